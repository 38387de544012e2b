"""The folds before anything runs: their dates, and where they lie on the series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.forecast.backtest.form import Asked
from rnn.core.series import Series
from rnn.forecast.backtest import Cutoff, cutoffs
from rnn.ui.figures.backtest import Span, alt_folds, folds_figure
from rnn.ui.live_chart import live_chart
from rnn.ui.thinning import thin
from rnn.ui.wording import escaped

HEIGHT = 300
MOST_POINTS = 1200


def draw(asked: Asked, shown: Series, target: str, whole: Series) -> None:
    """shown: the series that the strip is drawn on, one of many, each of which is cut as far from its own end. whole: all."""
    configs = list(asked.networks.values())
    try:
        found = cutoffs(shown, configs, asked.plan)
    except ValueError:
        if not whole.lengths:
            raise
        st.caption(f":material/info: {escaped(shown.name)} has too few records for this plan and will be left out.")
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        times, values = thin(shown.times, shown.values[:, shown.names.index(target)], MOST_POINTS)
        spans = spans_of(found)
        live_chart(
            folds_figure(times, values, spans, target=target), key="backtest_folds", identity=f"{shown.name}:{target}",
            alt=alt_folds(shown.times, spans), height=HEIGHT, file=f"{shown.name} folds",
        )  # fmt: skip
    with right:
        table = table_of(found)
        st.dataframe(
            table, hide_index=True, height=min(36 * (len(table) + 1) + 3, HEIGHT), row_height=36,
            alt=f"The dates of the {len(table)} folds",
        )  # fmt: skip
        if whole.lengths:
            others = len(whole.ids) - 1
            st.caption(f"Of {escaped(shown.name)}; each of the {others:,} others is cut as far from its own end.")


def spans_of(found: Sequence[Cutoff]) -> list[Span]:
    return [Span((one.train_from, one.train_to), (one.time, one.last_time)) for one in found]


def table_of(found: Sequence[Cutoff]) -> pd.DataFrame:
    """One row a fold: what it learns from, and what it predicts."""
    return pd.DataFrame(
        {
            "Fold": [one.number for one in found],
            "Learns from": [_moment(one.train_from) for one in found],
            "to": [_moment(one.train_to) for one in found],
            "Predicts from": [_moment(one.time) for one in found],
            "until": [_moment(one.last_time) for one in found],
        }
    )


def _moment(time: Any) -> str:
    """A date without its midnight, a time without its seconds where they are none; a record by its number."""
    if not isinstance(time, np.datetime64):
        return f"{time:,.10g}" if isinstance(time, float) else f"{time:,}"
    text = str(time.astype("datetime64[s]"))
    return text[:10] if text.endswith("T00:00:00") else text.removesuffix(":00").replace("T", " ")
