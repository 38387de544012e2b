"""What a network's predictions missed: over time, how often how much, and predicted beside actual."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from rnn.ui.figures.style import (
    ACTUAL,
    DASHED,
    TRAIN,
    VALIDATION,
    axis,
    curve,
    empty_figure,
    figure,
    floats,
    moment,
    moments,
    number,
)

_NOTHING = "There are no residuals to draw."
_CURVE_POINTS = 161


def residuals_figure(times: ArrayLike, residuals: ArrayLike, *, unit: str, time_label: str = "") -> go.Figure:
    """times, residuals: (P,), actual less predicted, original units; a line at zero and one at their mean."""
    x, y = moments(times), floats(residuals)
    if not np.isfinite(y).any():
        return empty_figure(_NOTHING)
    made = figure([curve(x, y, "residual", VALIDATION, width=1.25)], time_label, unit, showlegend=False)
    made.update_yaxes(axis(unit, zeroline=True, zerolinecolor=ACTUAL, zerolinewidth=1.5))
    mean = float(np.nanmean(y))
    made.update_layout(shapes=[{
        "type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": mean, "y1": mean, "name": "mean",
        "line": {"color": TRAIN, "width": 1.5, "dash": "dash"},
    }])  # fmt: skip
    return made


def alt_residuals(times: ArrayLike, residuals: ArrayLike, *, unit: str) -> str:
    """The chart in words; arguments as for `residuals_figure`."""
    x, y = moments(times), floats(residuals)
    there = np.flatnonzero(np.isfinite(y))
    if not len(there):
        return f"Chart of the residuals over time. {_NOTHING}"
    worst = there[int(np.argmax(np.abs(y[there])))]
    return (
        f"Chart of {len(there)} residuals over time, {unit}, {moment(x[there[0]])} to {moment(x[there[-1]])}. Their mean is "
        f"{number(np.nanmean(y))}, their standard deviation {number(np.nanstd(y))}. The largest, {number(y[worst])}, is at "
        f"{moment(x[worst])}."
    )


def histogram_figure(edges: ArrayLike, counts: ArrayLike, *, mean: float, deviation: float, unit: str) -> go.Figure:
    """How many residuals lie in each bin, beside the normal distribution of the same mean and standard deviation.

    edges: (B + 1,), equally wide bins. counts: (B,). unit: what the residuals are counted in.
    """
    limits, heights = floats(edges), floats(counts)
    if not heights.sum():
        return empty_figure(_NOTHING)
    widths = np.diff(limits)
    bars = {
        "type": "bar", "x": (limits[:-1] + limits[1:]) / 2, "y": heights, "width": widths, "name": "residuals",
        "marker": {"color": VALIDATION, "opacity": 0.65, "line": {"width": 0}},
        "customdata": [f"{number(low)} to {number(high)}" for low, high in itertools.pairwise(limits)],
        "hovertemplate": "%{customdata}: %{y:,d}<extra></extra>",
    }  # fmt: skip
    traces = [bars]
    if deviation > 0:
        x = np.linspace(limits[0], limits[-1], _CURVE_POINTS)
        normal = curve(x, _expected(x, heights.sum() * widths[0], mean, deviation), "as many if normal", TRAIN, width=2)
        traces.append({**normal, "hoverinfo": "skip", "hovertemplate": None})
    made = figure(traces, unit, "how many", hovermode="closest", bargap=0)
    made.update_yaxes(axis("how many", rangemode="tozero"))
    made.update_layout(shapes=[{
        "type": "line", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "yref": "paper", "name": "zero",
        "line": {"color": ACTUAL, "width": 1.5},
    }])  # fmt: skip
    return made


def _expected(x: NDArray[Any], area: float, mean: float, deviation: float) -> NDArray[np.float64]:
    """A normal density that covers as much as the bars do."""
    density: NDArray[np.float64] = np.exp(-(((x - mean) / deviation) ** 2) / 2) / (deviation * np.sqrt(2 * np.pi))
    return area * density


def alt_histogram(edges: ArrayLike, counts: ArrayLike, *, mean: float, deviation: float, unit: str) -> str:
    """The chart in words; arguments as for `histogram_figure`."""
    limits, heights = floats(edges), floats(counts)
    if not heights.sum():
        return f"Histogram of the residuals. {_NOTHING}"
    top = int(np.argmax(heights))
    within = f"mean {number(mean)}, standard deviation {number(deviation)}"
    return (
        f"Histogram of {int(heights.sum()):,} residuals, {unit}, from {number(limits[0])} to {number(limits[-1])}; {within}. "
        f"Most of them, {int(heights[top]):,}, lie between {number(limits[top])} and {number(limits[top + 1])}. Beside it the "
        "normal distribution of the same mean and deviation."
    )


def agreement_figure(actual: ArrayLike, predicted: ArrayLike, *, target: str) -> go.Figure:
    """Each prediction over what happened, (P,) both, on equal axes: on the diagonal they are the same."""
    x, y = floats(actual), floats(predicted)
    there = np.isfinite(x) & np.isfinite(y)
    if not there.any():
        return empty_figure("There are no predictions to draw.")
    x, y = x[there], y[there]
    low, high = float(min(x.min(), y.min())), float(max(x.max(), y.max()))
    room = (high - low) * 0.04 or abs(high) * 0.04 or 1.0
    ends = np.array([low - room, high + room])
    dots = {
        "type": "scatter", "mode": "markers", "x": x, "y": y, "name": "predictions",
        "marker": {"color": VALIDATION, "size": 6 if len(x) <= 500 else 4, "opacity": 0.55, "line": {"width": 0}},
        "hovertemplate": "actual %{x:.4~g}<br>predicted %{y:.4~g}<extra></extra>",
    }  # fmt: skip
    same = {**curve(ends, ends, "exactly right", ACTUAL, dash=DASHED, mode="lines"), "hoverinfo": "skip"}
    made = figure(
        [{**same, "hovertemplate": None}, dots], f"actual {target}", f"predicted {target}", hovermode="closest"
    )
    limits = [float(ends[0]), float(ends[1])]
    made.update_xaxes(range=limits, constrain="domain", showspikes=False)
    made.update_yaxes(range=limits, scaleanchor="x", scaleratio=1, constrain="domain")
    return made


def alt_agreement(actual: ArrayLike, predicted: ArrayLike, *, target: str) -> str:
    """The chart in words; arguments as for `agreement_figure`."""
    x, y = floats(actual), floats(predicted)
    there = np.isfinite(x) & np.isfinite(y)
    if not there.any():
        return f"Chart of predicted over actual {target}. There are no predictions to draw."
    x, y = x[there], y[there]
    alike = "" if len(x) < 3 or not x.std() or not y.std() else f" Their correlation is {np.corrcoef(x, y)[0, 1]:.3f}."
    return (
        f"Chart of {len(x):,} predictions over actual values of {target}: actual {number(x.min())} to {number(x.max())}, "
        f"predicted {number(y.min())} to {number(y.max())}, with the diagonal where both are the same.{alike}"
    )
