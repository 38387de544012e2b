"""Forecasts of the past on the chart: one step ahead over what was held out, and direct and free-running from one origin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.forecast import measured
from pages.forecast.measured import OneStep
from pages.forecast.request import Request
from rnn.core.fit import Fit
from rnn.core.series import Series
from rnn.core.windows import Split, split_windows
from rnn.forecast.by_horizon import Tracks
from rnn.runs.records import Run
from rnn.ui.figures.past import Marks, Track
from rnn.ui.figures.style import moment
from rnn.ui.wording import escaped, number_in_words

MOST_ORIGINS = 240  # that the slider has; further apart in a long part
FOCUS = 160  # records before the origin that the chart begins with, at most


@dataclass(frozen=True, eq=False)
class Past:
    """What is drawn over the history. one_step: over the held-out parts. found: from the origin. split: of the series."""

    split: Split
    one_step: OneStep
    found: Tracks
    target: int

    @property
    def origin(self) -> int:
        return self.found.origin


def choose(run: Run, fit: Fit, whole: Series, asked: Request) -> Past:
    """Draws the choice of the origin and returns what is forecast from it."""
    split = split_windows(fit.config, len(fit.series))
    origin = _draw_origin(f"{run.id}:{fit.series.name}", fit.series, split, asked.steps)
    name = fit.series.name
    return Past(
        split,
        measured.one_step_of(run, whole, name),
        measured.tracks_of(run, whole, name, asked.steps, origin),
        asked.target,
    )


def origins(split: Split, records: int, steps: int) -> tuple[list[int], int]:
    """The records that a forecast of the past may begin with, evenly spaced, and the one to begin with: the last from which
    on all steps have happened."""
    first, last = split.validation_records.start, records - 1
    usual = max(first, records - steps)
    spacing = -(-(last - first + 1) // MOST_ORIGINS)
    offered = {*range(usual, first - 1, -spacing), *range(usual, last + 1, spacing)}
    return sorted(offered), usual


def _draw_origin(subject: str, series: Series, split: Split, steps: int) -> int:
    offered, usual = origins(split, len(series), steps)
    key = f"forecast_origin:{subject}"
    if len(offered) == 1:
        return offered[0]
    if st.session_state.get(key) not in offered:
        st.session_state[key] = usual
    chosen: int = st.select_slider(
        "Forecast of the past, from", offered, key=key, format_func=lambda record: moment(series.times[record]), width=420,
        help="What the network would have said at this moment, knowing nothing of what came after it; all of it lies in the "
        "parts that it was not trained on.",
    )  # fmt: skip
    return chosen


def tracks(past: Past, fit: Fit) -> list[Track]:
    """For the figure: one step, direct and free-running, as far as the network can do them."""
    found, k, series = past.found, past.target, fit.series
    actual = series.values[:, series.target_columns[k]]
    one = past.one_step
    drawn = [Track("one step", "one step ahead", series.times[one.records], one.predicted[:, k], actual[one.records])]
    truth = found.actual[:, k]
    if fit.config.horizon > 1 or found.free_running is None:
        drawn.append(Track("direct", "direct", found.times, found.direct[:, k], truth))
    if found.free_running is not None:
        drawn.append(Track("free-running", "free-running", found.times, found.free_running[:, k], truth))
    return drawn


def marks(past: Past, series: Series) -> Marks:
    test = series.times[past.split.test_records.start] if past.split.test else None
    return Marks(
        validation=series.times[past.split.validation_records.start], test=test, end=series.times[-1],
        origin=series.times[past.origin],
    )  # fmt: skip


def focus(past: Past, series: Series, steps: int, future: NDArray[Any], usual: int) -> tuple[Any, Any]:
    """The part of the time axis to begin with: the origin with what came before it, to the end of the forecast. usual: how
    many of the last records are shown where the origin is not further back."""
    before = min(FOCUS, max(2 * steps, 20))
    first = max(0, min(len(series) - usual, past.origin - before))
    ends = np.array([future[-2] if len(future) > 1 else series.times[-1], future[-1]])
    if ends.dtype.kind == "M":
        ends = ends.astype("datetime64[ms]")
    return series.times[first], ends[1] + (ends[1] - ends[0]) / 2  # so that the last marker is whole


def in_words(past: Past, fit: Fit) -> str:
    """What the lines over the past are, and how far off they were."""
    found, k = past.found, past.target
    at, n = escaped(moment(found.times[0])), len(found.times)
    at = at if np.issubdtype(found.times.dtype, np.datetime64) else f"record {at}"
    text = "**One step ahead**: each record of the shaded parts, predicted from the actual ones before it"
    if past.one_step.left_out:
        text += f" (the last {len(past.one_step.records):,} of them)"
    errors = []
    if fit.config.horizon > 1 or found.free_running is None:
        then = ", then on its own predictions" if n > fit.config.horizon else ""
        errors.append(f"**direct** ({_steps(min(n, fit.config.horizon))} at once{then}) {_off(found, found.direct, k)}")
    if found.free_running is not None:
        errors.append(f"**free-running** (step by step, each prediction fed back) {_off(found, found.free_running, k)}")
    return f"{text}. From {at}, over {_steps(n)}, {' and '.join(errors)}."


def _steps(count: int) -> str:
    return f"{count:,} {'step' if count == 1 else 'steps'}"


def _off(found: Tracks, predicted: NDArray[np.float64], target: int) -> str:
    error = np.abs(predicted[:, target] - found.actual[:, target])
    error = error[np.isfinite(error)]
    return f"was off by {number_in_words(float(error.mean()))} on average" if len(error) else "cannot be told"
