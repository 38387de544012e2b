"""The pictures of the walk through the article: a series with a window on it, a loss and its slope, what comes back in time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from rnn.ui.figures.style import (
    ACTUAL,
    DASHED,
    FORECAST,
    TEST,
    TRAIN,
    VALIDATION,
    axis,
    curve,
    figure,
    floats,
    number,
    tint,
)

# Told apart by lightness and dash as well as by colour.
LINES = ((TRAIN, "solid"), (VALIDATION, DASHED), (FORECAST, "2px,2px"), (TEST, "8px,3px,2px,3px"))


def window_figure(
    values: ArrayLike, first: int, window: int, predicted: float | None = None, *, name: str
) -> go.Figure:
    """A series (N,) with one of its windows marked and the value that follows it as a ring; `predicted` stands beside that."""
    y = floats(values)
    k, after = np.arange(len(y), dtype=np.float64), first + window
    inside = slice(first, after)
    traces = [
        curve(k, y, name, ACTUAL, width=1.25),
        curve(k[inside], y[inside], "the window, X", TRAIN, width=2.25),
        _mark(k[after : after + 1], y[after : after + 1], "the next value, Y", VALIDATION, "circle-open"),
    ]
    if predicted is not None:
        traces.append(_mark(k[after : after + 1], np.array([predicted]), "predicted", FORECAST, "x-thin-open"))
    band = {
        "type": "rect", "x0": first, "x1": after - 1, "y0": 0, "y1": 1, "yref": "paper", "layer": "below",
        "line": {"width": 0}, "fillcolor": tint(TRAIN, 0.10),
    }  # fmt: skip
    return figure(traces, "k", name, shapes=[band])


def alt_window(values: ArrayLike, first: int, window: int, predicted: float | None = None, *, name: str) -> str:
    y, after = floats(values), first + window
    told = f"; predicted {number(predicted)}" if predicted is not None else ""
    return (
        f"{name}, {len(y)} values from {number(y.min())} to {number(y.max())}. The window holds values {first} to {after - 1}, "
        f"from {number(y[first])} to {number(y[after - 1])}; the next value, {after}, is {number(y[after])}{told}."
    )


def _mark(x: ArrayLike, y: ArrayLike, name: str, colour: str, symbol: str) -> dict[str, object]:
    marker = {"symbol": symbol, "size": 12, "color": colour, "line": {"width": 2.5, "color": colour}}
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "mode": "markers",
        "marker": marker,
        "name": name,
        "hovertemplate": "%{y:.4~g}",
    }


def loss_curve_figure(
    y_hat: ArrayLike, losses: Mapping[str, ArrayLike], at: float, touching: Mapping[str, tuple[float, float]]
) -> go.Figure:
    """Losses as curves over the output ŷ (N,), and where the output stands now each one's value and slope as a tangent.

    losses: name → (N,). touching: name → (value, slope) at ŷ = at.
    """
    x, traces = floats(y_hat), []
    reach = 0.25 * float(np.ptp(x)) / 2
    for (name, values), (colour, dash) in zip(losses.items(), LINES, strict=False):
        value, slope = touching[name]
        ends = np.array([at - reach, at + reach])
        traces.append(curve(x, floats(values), name, colour, dash=dash, width=2))
        traces.append(
            curve(ends, value + slope * (ends - at), f"slope of {name}", colour, dash="dot", showlegend=False)
        )
        traces[-1]["mode"], traces[-1]["hoverinfo"] = "lines", "skip"
        traces.append(_mark(np.array([at]), np.array([value]), f"{name} now", colour, "circle") | {"showlegend": False})
    made = figure(traces, "the output ŷ", "loss of one record")
    top = max(float(floats(values).max()) for values in losses.values())
    return made.update_yaxes(range=[-0.12 * top, 1.04 * top])


def alt_loss_curve(at: float, y: float, touching: Mapping[str, tuple[float, float]]) -> str:
    told = "; ".join(
        f"{name} is {number(value)} with slope {number(slope)}" for name, (value, slope) in touching.items()
    )
    return f"Loss over the output. At ŷ = {number(at)} and y = {number(y)}: {told}. All are lowest at ŷ = {number(y)}."


def steps_figure(
    steps: ArrayLike,
    curves: Mapping[str, ArrayLike],
    *,
    y_title: str,
    x_title: str = "step t",
    log: bool = True,
    mark: float | None = None,
) -> go.Figure:
    """Up to four curves over the steps of a window; on a logarithmic axis zeros are gaps. mark: a step with an upright line."""
    x, traces = floats(steps), []
    for (name, values), (colour, dash) in zip(curves.items(), LINES, strict=False):
        y = floats(values)
        traces.append(curve(x, np.where(y > 0, y, np.nan) if log else y, name, colour, dash=dash, width=2))
    shapes = [] if mark is None else [{
        "type": "line", "x0": mark, "x1": mark, "y0": 0, "y1": 1, "yref": "paper",
        "line": {"color": ACTUAL, "width": 1.5, "dash": "dot"},
    }]  # fmt: skip
    made = figure(traces, x_title, y_title, shapes=shapes)
    return made.update_yaxes(
        {"type": "log", "tickformat": "~e", "nticks": 6}
        if log
        else {"type": "linear", "rangemode": "tozero" if _rises_from_zero(curves) else "normal"}
    )


def _rises_from_zero(curves: Mapping[str, ArrayLike]) -> bool:
    """Lengths and shares are seen beside zero; values that go below it are not."""
    return not any((floats(values) < 0).any() for values in curves.values())


def alt_steps(steps: ArrayLike, curves: Mapping[str, ArrayLike], *, y_title: str, x_title: str = "step t") -> str:
    x = floats(steps)
    parts = []
    for name, values in curves.items():
        y = floats(values)
        known = np.flatnonzero(np.isfinite(y))
        if len(known):
            first, last = known[0], known[-1]
            parts.append(f"{name} goes from {number(y[first])} at {x[first]:g} to {number(y[last])} at {x[last]:g}")
    return f"{y_title} by {x_title}: {'; '.join(parts) or 'nothing to draw'}."


def arrows_figure(gradient: tuple[float, float], clipped: Mapping[str, tuple[float, float]], limit: float) -> go.Figure:
    """A gradient of two entries as an arrow, and the same after each kind of clip; the square and the circle of `limit`."""
    whole = (("gradient", gradient), *clipped.items())
    reach = 1.15 * max(limit, *(abs(value) for _, pair in whole for value in pair))
    angle = np.linspace(0, 2 * np.pi, 91)
    outline = {"showlegend": False, "hoverinfo": "skip", "mode": "lines"}
    square = np.array([1.0, 1.0, -1.0, -1.0, 1.0]), np.array([1.0, -1.0, -1.0, 1.0, 1.0])
    traces = [
        curve(limit * square[0], limit * square[1], "±limit", ACTUAL, dash="dot", width=1.25) | outline,
        curve(limit * np.cos(angle), limit * np.sin(angle), "length limit", ACTUAL, dash="dot", width=1.25) | outline,
    ]
    for (name, (x, y)), (colour, dash) in zip(whole, ((ACTUAL, "solid"), *LINES[1:]), strict=False):
        line = curve(
            np.array([0.0, x]), np.array([0.0, y]), name, colour, dash=dash, width=3 if name == "gradient" else 2.25
        )
        line["mode"], line["hovertemplate"] = "lines+markers", "(%{x:.3~g}, %{y:.3~g})"
        line["marker"] = {"symbol": "arrow", "angleref": "previous", "size": np.array([0.0, 13.0]), "color": colour}
        traces.append(line)
    made = figure(traces, "", "", hovermode="closest")
    made.update_layout(
        xaxis=axis("entry 1", range=[-reach, reach], zeroline=True, spikedash="solid"),
        yaxis=axis("entry 2", range=[-reach, reach], zeroline=True, scaleanchor="x"),
    )
    return made


def alt_arrows(gradient: tuple[float, float], clipped: Mapping[str, tuple[float, float]], limit: float) -> str:
    told = "; ".join(f"{name} ({number(x)}, {number(y)})" for name, (x, y) in clipped.items())
    return f"A gradient ({number(gradient[0])}, {number(gradient[1])}) as an arrow, limit {number(limit)}; {told}."
