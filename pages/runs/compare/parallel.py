"""All settings in which the selected runs differ, on upright axes beside each other, and what they led to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.race.names import differing_fields
from pages.runs.compare.group import MOST_DRAWN, short_names
from pages.runs.results import results_of
from pages.runs.settings import in_words
from rnn.core.fields import FIELDS
from rnn.runs.records import Run
from rnn.ui.figures.compare import Axis, alt_parallel, parallel_figure
from rnn.ui.figures.race import BESIDE
from rnn.ui.kept import kept
from rnn.ui.live_chart import live_chart

HEIGHT = 340
MOST = 200  # lines that can still be followed


def draw(runs: Sequence[Run], pinned: Run | None) -> None:
    """runs: the selected ones. pinned: the baseline, in grey."""
    shown = list(runs[:MOST])
    lanes: list[int | None] = [place if place < MOST_DRAWN else None for place in range(len(shown))]
    if pinned is not None:
        shown, lanes = [*shown, pinned], [*lanes, BESIDE]
    stamp = tuple((run.id, run.version, lane) for run, lane in zip(shown, lanes, strict=True))
    axes = kept("compare_axes", stamp, lambda: axes_of(shown))
    st.markdown("**Parallel axes**: a line a run, a setting or an error an axis")
    if not axes:
        st.caption("These runs differ in no setting.")
        return
    if not one_series(shown):
        st.caption(
            "These runs learn from different series, so their errors are in different units and have no axis here."
        )
    if len(runs) > MOST:
        st.caption(f"The first {MOST} of {len(runs):,} are drawn.")
    names = short_names(shown)
    if pinned is not None:
        names[-1] = f"{names[-1]} (baseline)"
    identity = ",".join([*(run.id for run in shown), *(one.label for one in axes)])
    figure = parallel_figure(axes, names, lanes)
    live_chart(
        figure, key="compare_parallel", identity=identity, alt=alt_parallel(axes, names), height=HEIGHT, file="parallel"
    )


def axes_of(runs: Sequence[Run]) -> list[Axis]:
    """The settings in which they differ, and last what they led to, where all learn from one series: errors on others are in
    other units."""
    axes = [_axis(name, runs) for name in differing_fields([run.config for run in runs])]
    if not axes or not one_series(runs):
        return axes
    results = [results_of(run) for run in runs]
    errors = {"Test RMSE": [one.test_rmse for one in results], "Best RMSE": [one.best_rmse for one in results]}
    return [
        *axes,
        *(Axis(label, _numbers(found)) for label, found in errors.items() if any(v is not None for v in found)),
    ]


def one_series(runs: Sequence[Run]) -> bool:
    return len({run.series_hash for run in runs}) == 1


def _axis(name: str, runs: Sequence[Run]) -> Axis:
    """Off is no number, among numbers; a choice has its words."""
    values = [getattr(run.config, name) for run in runs]
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, int | float) and not isinstance(value, bool) for value in known):
        return Axis(FIELDS[name].label, _numbers(values))
    return Axis.of_words(FIELDS[name].label, [in_words(value) for value in values])


def _numbers(values: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
