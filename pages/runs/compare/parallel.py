"""All numbers in which the selected runs differ, on upright axes beside each other, and what they led to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from pages.race.names import differing_fields
from pages.runs.compare.group import MOST_DRAWN, short_names
from pages.runs.results import results_of
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
    st.markdown("**Parallel axes**: a line a run, a number an axis")
    if len(axes) < 2:
        st.caption("These runs differ in no setting that is a number.")
        return
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
    """The numbers among the settings in which they differ, and last the best validation RMSE. Off is no number."""
    axes = []
    for name in differing_fields([run.config for run in runs]):
        values = [getattr(run.config, name) for run in runs]
        numbers = [value for value in values if value is not None]
        if numbers and all(isinstance(value, int | float) and not isinstance(value, bool) for value in numbers):
            axes.append(
                Axis(FIELDS[name].label, np.array([np.nan if v is None else v for v in values], dtype=np.float64))
            )
    if not axes:
        return []
    best = [results_of(run).best_rmse for run in runs]
    return [*axes, Axis("Best RMSE", np.array([np.nan if v is None else v for v in best], dtype=np.float64))]
