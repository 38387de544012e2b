"""What the intervals rest on, said plainly beneath the chart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from rnn.core.fit import Fit


def draw(fit: Fit, future: pd.DataFrame, levels: Sequence[int], residuals: int) -> None:
    sentences = [_intervals(future, levels, residuals)] if levels else []
    if len(future) > fit.config.horizon:
        sentences.append(_free_running(fit.config.horizon))
    if sentences:
        st.caption(" ".join(sentences))


def _intervals(future: pd.DataFrame, levels: Sequence[int], residuals: int) -> str:
    text = (
        f"The intervals are as wide as this network's own errors on the validation part were: measured on **{residuals:,}** "
        f"{'forecasts' if residuals != 1 else 'forecast'} made there"
        f"{', fewer for the later steps' if len(future) > 1 else ''}. They are a little optimistic, because the validation "
        "part also chose the epoch whose weights are used."
    )
    return " ".join([text, *filter(None, (_missing(future, level) for level in levels))])


def _missing(future: pd.DataFrame, level: int) -> str:
    """Where a level has no interval, because too few residuals reach so far."""
    known = np.isfinite(future[f"lo{level}"].to_numpy())
    if known.all():
        return ""
    if not known.any():
        return f"There are too few of them for a {level} % interval."
    return f"From step {int(np.argmin(known)) + 1:,} on there are too few of them for a {level} % interval."


def _free_running(horizon: int) -> str:
    return (
        f"From step {horizon + 1:,} on the network is fed its own predictions, because it was trained to look "
        f"{horizon:,} {'steps' if horizon > 1 else 'step'} ahead."
    )
