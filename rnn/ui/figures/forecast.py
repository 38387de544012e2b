"""The future: the history's end, the mean, and how sure the network is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from rnn.ui.figures.past import Marks, Track, alt_tracks, mark, track_traces
from rnn.ui.figures.style import (
    ACTUAL,
    DASHED,
    FORECAST,
    curve,
    empty_figure,
    figure,
    floats,
    moment,
    moments,
    number,
)

_NOTHING = "There is no forecast to draw."
Band = tuple[float, ArrayLike, ArrayLike]


def forecast_figure(
    history_times: ArrayLike,
    history: ArrayLike,
    future_times: ArrayLike,
    mean: ArrayLike,
    bands: Sequence[Band] = (),
    *,
    target: str = "",
    time_label: str = "",
    tracks: Sequence[Track] = (),
    marks: Marks | None = None,
    focus: tuple[Any, Any] | None = None,
) -> go.Figure:
    """History and forecast, with a fan of intervals that opens at the last known value; over the history what was forecast
    for it.

    history_times, history: (N,). future_times, mean: (S,). bands: (level in per cent, lo (S,), hi (S,)). Original
    units. target: the name (and unit) on the y axis. tracks: forecasts of the past. marks: what is shaded and marked.
    focus: the part of the time axis to begin with; None for all of it.
    """
    past_x, past = moments(history_times), floats(history)
    x, middle = moments(future_times), floats(mean)
    if len(x) == 0:
        return empty_figure(_NOTHING)
    widest_first = sorted(((level, floats(lo), floats(hi)) for level, lo, hi in bands), key=lambda band: -band[0])
    known = np.flatnonzero(np.isfinite(past))[-1:]  # the fan opens here; empty where nothing is known
    fan_x, root = np.concatenate([past_x[known], x]) if len(known) else x, past[known]
    traces = [curve(past_x, past, "history", ACTUAL, width=2)] if len(past_x) else []
    for k, (level, lo, hi) in enumerate(widest_first):
        edges = np.concatenate([root, lo]), np.concatenate([root, hi])
        traces += _fan(fan_x, *edges, level, opacity=0.15 + 0.13 * k)
    drawn = curve(fan_x, np.concatenate([root, middle]), "forecast", FORECAST, dash=DASHED, width=2, symbol="diamond")
    drawn["hovertemplate"] = "%{y:.4~g}%{customdata}"
    drawn["customdata"] = [""] * len(root) + _intervals(widest_first, len(x))
    made = figure([*traces, *track_traces(tracks), drawn], time_label, target)
    if marks is not None:
        mark(made, marks)
    if focus is not None:
        made.update_xaxes(range=list(focus))
    return made


def _fan(
    x: NDArray[Any], lo: NDArray[np.float64], hi: NDArray[np.float64], level: float, *, opacity: float
) -> list[dict[str, Any]]:
    """An interval as two lines without width, the upper one filled down to the lower."""
    edge = {"type": "scatter", "x": x, "mode": "lines", "line": {"width": 0, "color": FORECAST}, "hoverinfo": "skip"}
    group = f"band{level:g}"
    lower = {**edge, "y": lo, "showlegend": False, "legendgroup": group}
    shaded = {"fill": "tonexty", "fillcolor": f"rgba(15, 145, 114, {opacity:.2f})", "legendgroup": group}
    return [lower, {**edge, **shaded, "y": hi, "name": f"{level:g} % interval"}]


def _intervals(bands: Sequence[tuple[float, NDArray[Any], NDArray[Any]]], steps: int) -> list[str]:
    """For each step what the hover box says after the mean."""
    return [
        "".join(f"<br>{level:g} %: {number(lo[k])} to {number(hi[k])}" for level, lo, hi in reversed(bands))
        for k in range(steps)
    ]


def alt_forecast(
    history_times: ArrayLike,
    history: ArrayLike,
    future_times: ArrayLike,
    mean: ArrayLike,
    bands: Sequence[Band] = (),
    *,
    target: str = "",
    tracks: Sequence[Track] = (),
) -> str:
    """The forecast chart in words; arguments as for `forecast_figure`."""
    past_x, past = moments(history_times), floats(history)
    x, middle = moments(future_times), floats(mean)
    if len(x) == 0:
        return f"Forecast chart. {_NOTHING}"
    text = ["Forecast chart" + (f" of {target}" if target else "")]
    known = np.flatnonzero(np.isfinite(past))
    if len(known):
        text.append(f"The last known value is {number(past[known[-1]])} at {moment(past_x[known[-1]])}")
    span = f"from {number(middle[0])} at {moment(x[0])} to {number(middle[-1])} at {moment(x[-1])}"
    text.append(f"The forecast runs {len(x)} steps, {span}" if len(x) > 1 else f"The forecast is {_single(x, middle)}")
    for level, lo, hi in sorted(bands, key=lambda band: band[0]):
        text.append(f"The {level:g} % interval ends at {number(floats(lo)[-1])} to {number(floats(hi)[-1])}")
    return " ".join(filter(None, [". ".join(text) + ".", alt_tracks(tracks)]))


def _single(x: NDArray[Any], middle: NDArray[np.float64]) -> str:
    return f"{number(middle[0])} at {moment(x[0])}"
