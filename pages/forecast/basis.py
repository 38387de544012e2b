"""What the intervals rest on, said plainly beneath the chart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from rnn.core.fit import Fit
from rnn.core.series import Series
from rnn.runs.records import Run
from rnn.ui import run_history, session
from rnn.ui.error_unit import OWN
from rnn.ui.wording import escaped, number_in_words


def draw(run: Run, fit: Fit, future: pd.DataFrame, levels: Sequence[int], residuals: int) -> None:
    whole = session.series_of_run(run)
    sentences = [_intervals(future, levels, residuals, whole, fit.series.name)] if levels else []
    if len(future) > fit.config.horizon:
        sentences.append(_free_running(fit.config.horizon))
    if tested := _tested(run):
        sentences.append(tested)
    if sentences:
        st.caption(" ".join(sentences))


def _tested(run: Run) -> str:
    seen = run_history.seen(run)
    if seen.test_rmse is None:
        return ""
    whose = ", over all series" if seen.unit is not OWN else ""
    error = f"**{number_in_words(seen.test_rmse)}**{seen.unit.after}{whose}"
    return f"On the test part, which no choice was made by, the RMSE is {error}."


def _intervals(future: pd.DataFrame, levels: Sequence[int], residuals: int, whole: Series, shown: str) -> str:
    pooled = "this network's own errors on the validation part were"
    if len(whole.parts) > 1:
        pooled = (
            f"the errors on the validation parts of **all {len(whole.ids):,} series** were (pooled), each in its own usual "
            f"step, brought back to the units of {escaped(shown)} by its usual step"
        )
    text = (
        f"The intervals are as wide as {pooled}: measured on **{residuals:,}** "
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
