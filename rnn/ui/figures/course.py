"""What becomes of the weights over the epochs: how their values spread, how strongly W_h repeats, how far they have moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from rnn.ui.figures.heat import RISING, heat_trace
from rnn.ui.figures.style import (
    ACTUAL,
    DASHED,
    DOTTED,
    FORECAST,
    TRAIN,
    VALIDATION,
    axis,
    curve,
    figure,
    floats,
    number,
)

# Which part of the entries lies below each line.
LINES = {5: "5 %", 50: "half", 95: "95 %"}
_COLOURS = (
    (TRAIN, "solid", "circle"),
    (VALIDATION, DASHED, "square"),
    (FORECAST, DOTTED, "diamond"),
    (ACTUAL, "8px,3px,2px,3px", "x"),
)


def spread_figure(epochs: ArrayLike, edges: ArrayLike, shares: ArrayLike, lines: Mapping[int, ArrayLike]) -> go.Figure:
    """Heat map of the values of a matrix: a column an epoch, upwards the value, the colour the share of the entries.

    epochs: (N,). edges: (bins + 1,). shares: (N, bins). lines: per cent → (N,), the value that so many of the entries lie
    below. `marked` adds the epoch that is shown elsewhere.
    """
    x, bins, cells = np.asarray(epochs, np.float64), floats(edges), np.asarray(shares, np.float64)
    trace = heat_trace(
        100 * cells.T, _edges(x), bins, low=0.0, high=float(100 * np.quantile(cells, 0.995)) or 1.0, colorscale=RISING,
        hover="epoch %{x:.0f}, about %{y:.3f}<br>%{z:.1f} % of the weights", bar={"ticksuffix": " %"},
    )  # fmt: skip
    traces = [trace]
    for per_cent, line in lines.items():
        dash = "solid" if per_cent == 50 else DASHED
        drawn = curve(x, floats(line), f"{LINES.get(per_cent, per_cent)} below", "#a84a00", dash=dash, width=1.25)
        traces.append({**drawn, "mode": "lines", "hoverinfo": "skip", "hovertemplate": None})
    return figure(traces, "", "weight", hovermode="closest", showlegend=False, xaxis=_epoch_axis(x))


def courses_figure(
    epochs: Mapping[str, ArrayLike], values: Mapping[str, ArrayLike], title: str, *, level: float | None = None
) -> go.Figure:
    """One line a name over the epochs. level: a dotted line across. `marked` adds the epoch that is shown elsewhere."""
    traces = []
    for name, (colour, dash, symbol) in zip(values, _COLOURS, strict=False):  # three lines at most
        x = np.asarray(epochs[name], np.float64)
        drawn = curve(x, floats(values[name]), name, colour, dash=dash, symbol=symbol)
        traces.append({**drawn, "hovertemplate": "%{y:.4~g}"})
    everywhere = np.concatenate([np.asarray(one, np.float64) for one in epochs.values()])
    if level is not None and len(everywhere):
        ends = np.array([everywhere.min(), everywhere.max()])
        line = curve(ends, np.array([level, level]), number(level), ACTUAL, dash=DOTTED, width=1.25)
        traces.append({**line, "mode": "lines", "hoverinfo": "skip", "hovertemplate": None})
    return figure(
        traces,
        "",
        title,
        showlegend=len(traces) > 1,
        xaxis=_epoch_axis(everywhere),
        yaxis=axis(title, rangemode="tozero"),
    )


def _edges(x: Any) -> Any:
    """The borders between columns, halfway between the epochs."""
    if len(x) == 1:
        return np.array([x[0] - 0.5, x[0] + 0.5])
    middle = (x[1:] + x[:-1]) / 2
    return np.concatenate([[x[0] - (middle[0] - x[0])], middle, [x[-1] + (x[-1] - middle[-1])]])


def _epoch_axis(x: Any) -> dict[str, Any]:
    few = {"dtick": 1} if len(x) and np.ptp(x) < 6 else {"nticks": 6}
    return axis(
        "epoch", tickformat=",d", showgrid=False, showline=True, ticks="outside", ticklen=4, hoverformat="d",
        unifiedhovertitle={"text": "epoch %{x}"}, **few,
    )  # fmt: skip


def marked(made: go.Figure, at: int) -> go.Figure:
    """The figure with an upright line at an epoch, in place of the one before."""
    line = {"color": ACTUAL, "width": 1.5}
    made.layout.shapes = [{"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper", "line": line}]
    return made


def alt_spread(epochs: ArrayLike, lines: Mapping[int, ArrayLike], *, name: str, at: int) -> str:
    """The heat map in words; arguments as for `spread_figure`."""
    x = np.asarray(epochs)
    ends = [
        f"at epoch {x[place]:.0f} half of the weights lie below {number(floats(lines[50])[place])}, nine in ten between "
        f"{number(floats(lines[5])[place])} and {number(floats(lines[95])[place])}"
        for place in sorted({0, len(x) - 1})
    ]
    return f"Values of {name} over {len(x)} epochs: {'; '.join(ends)}. Epoch {at} is shown."


def alt_courses(epochs: Mapping[str, ArrayLike], values: Mapping[str, ArrayLike], *, what: str, at: int) -> str:
    """The lines in words; arguments as for `courses_figure`. what: what they show."""
    parts = []
    for name, line in values.items():
        x, y = np.asarray(epochs[name]), floats(line)
        known = np.flatnonzero(np.isfinite(y))
        if len(known):
            first, last = known[0], known[-1]
            parts.append(f"{name} {number(y[first])} at epoch {x[first]:.0f}, {number(y[last])} at epoch {x[last]:.0f}")
    return f"{what}: {'; '.join(parts) or 'nothing is computed yet'}. Epoch {at} is shown."
