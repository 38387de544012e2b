"""The error on its way back through time: over the epochs of a run as a heat map, and along one window as bars."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from rnn.ui.figures.heat import RISING, heat_trace
from rnn.ui.figures.style import ACTUAL, DASHED, TRAIN, VALIDATION, axis, curve, empty_figure, figure, floats, number

# Decades below the largest that the colours span.
DECADES = 8
_HEAT_FOOT, _CLIP_TOP = 0.3, 0.16
_NONE = "No epoch is measured yet."


def flow_figure(
    epochs: ArrayLike,
    back: ArrayLike,
    norms: ArrayLike,
    *,
    cut: int | None = None,
    chosen: int | None = None,
    clip_epochs: ArrayLike = (),
    clipped: ArrayLike | None = None,
) -> go.Figure:
    """Norms of ∂loss/∂h over the epochs, the prediction's step on top; beneath, on the same epochs, how often the clip bit.

    epochs: (N,), rising, not necessarily all. back: (T',), how many steps before the last, rising from 0. norms: (T', N).
    cut: the steps after which truncation ends the error, None where it does not. chosen: the epoch to be marked.
    clip_epochs, clipped: (M,), the share of batches of each epoch whose gradient was clipped; None without a clip.
    """
    x, y, sizes = np.asarray(epochs).reshape(-1), np.asarray(back).reshape(-1), np.asarray(norms, np.float64)
    if len(x) == 0:
        return empty_figure(_NONE)
    logs, low, high = _logs(sizes)
    ticks = np.arange(math.ceil(low), math.floor(high) + 1, 2 if high - low > 4 else 1)
    bar = {
        "tickvals": ticks, "ticktext": [f"10<sup>{_signed(tick)}</sup>" for tick in ticks], "len": 1 - _HEAT_FOOT, "y": 1,
        "yanchor": "top", "lenmode": "fraction",
    }  # fmt: skip
    if clipped is None:
        bar |= {"len": 1}
    hover = "epoch %{x:d}, %{y} steps back<br>size 10<sup>%{z:.2f}</sup>"
    made = figure(
        [heat_trace(logs, x, y, low=low, high=high, hover=hover, bar=bar, colorscale=RISING, hoverongaps=False)],
        "epoch", "steps back", hovermode="closest", showlegend=False, **_marks(y, cut, chosen),
    )  # fmt: skip
    made.update_yaxes(autorange="reversed", showgrid=False, nticks=7, tickformat="d")
    made.update_xaxes(tickformat=",d", nticks=8)
    if np.ptp(x) < 8:
        made.update_xaxes(dtick=1)
    if clipped is not None:
        _add_clip(made, np.asarray(clip_epochs).reshape(-1), floats(clipped))
    return made


def _logs(sizes: NDArray[np.float64]) -> tuple[NDArray[np.float64], float, float]:
    """log₁₀, a gap where nothing is left or no number, and the span of the colours."""
    usable = np.isfinite(sizes) & (sizes > 0)
    logs = np.full(sizes.shape, np.nan)
    logs[usable] = np.log10(sizes[usable])
    if not usable.any():
        return logs, -1.0, 0.0
    high, least = float(np.nanmax(logs)), float(np.nanmin(logs))
    low = max(least, high - DECADES)
    return logs, min(low, high - 1), high


def _signed(value: float) -> str:
    return f"{value:.0f}".replace("-", "−")


def _marks(back: NDArray[Any], cut: int | None, chosen: int | None) -> dict[str, Any]:
    shapes: list[dict[str, Any]] = []
    if cut is not None:
        at = cut - 0.5
        label = {"text": f"truncated after {cut} step{'s' * (cut > 1)}", "textposition": "end", "yanchor": "top"}
        shapes.append(
            {"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "y0": at, "y1": at, "label": label | {"font": {"size": 11}},
             "line": {"color": VALIDATION, "width": 2, "dash": "dash"}}
        )  # fmt: skip
    if chosen is not None:
        shapes.append(
            {"type": "line", "x0": chosen, "x1": chosen, "yref": "paper", "y0": 0, "y1": 1,
             "line": {"color": ACTUAL, "width": 1.5, "dash": "dot"}}
        )  # fmt: skip
    return {"shapes": shapes}


def _add_clip(made: go.Figure, x: NDArray[Any], clipped: NDArray[np.float64]) -> None:
    line = curve(
        x, 100 * clipped, "clipped", VALIDATION, dash=DASHED, yaxis="y2", hovertemplate="epoch %{x}<br>%{y:.3~g} %"
    )
    made.add_trace(line | {"fill": "tozeroy"})
    made.update_layout(
        yaxis_domain=[_HEAT_FOOT, 1],
        yaxis2=axis(
            "clipped", domain=[0, _CLIP_TOP], range=[0, 105], tickvals=[0, 100], ticksuffix=" %", fixedrange=True
        ),
    )
    made.update_xaxes(anchor="y2")


def alt_flow(
    epochs: ArrayLike,
    back: ArrayLike,
    norms: ArrayLike,
    *,
    cut: int | None = None,
    chosen: int | None = None,
    clip_epochs: ArrayLike = (),
    clipped: ArrayLike | None = None,
) -> str:
    """The heat map in words; arguments as for `flow_figure`."""
    x, y, sizes = np.asarray(epochs).reshape(-1), np.asarray(back).reshape(-1), np.asarray(norms, np.float64)
    if len(x) == 0:
        return f"Size of the error by epoch and steps back. {_NONE}"
    seen = len(y) if cut is None else int((y < cut).sum())
    parts = [f"Size of the error by epoch (from {x[0]} to {x[-1]}) and steps back from the prediction (0 to {y[-1]})"]
    for place in dict.fromkeys((0, len(x) - 1)):
        parts.append(
            f"At epoch {x[place]} it is {number(sizes[0, place])} at the last step, {number(sizes[seen // 2, place])} "
            f"{y[seen // 2]} back and {number(sizes[seen - 1, place])} {y[seen - 1]} back"
        )
    if cut is not None:
        parts.append(f"Truncated after {cut} steps")
    if chosen is not None:
        parts.append(f"Epoch {chosen} is marked")
    if clipped is not None and len(share := floats(clipped)):
        of = np.asarray(clip_epochs).reshape(-1)
        parts.append(
            f"Clipped were {100 * share[0]:.3g} % of the batches of epoch {of[0]}, {100 * share[-1]:.3g} % of {of[-1]}"
        )
    return ". ".join(parts) + "."


def window_flow_figure(
    steps: ArrayLike, norms: ArrayLike, shares: dict[str, ArrayLike], *, cut: int | None = None
) -> go.Figure:
    """One window: the size of the error at each step on a logarithmic axis, beneath it what share each step has in the
    gradients of the layer's weights.

    steps: (T',), steps before the last as negative numbers, rising to 0. norms: (T',). shares: name → (T',), in %.
    """
    x, sizes = np.asarray(steps).reshape(-1), floats(norms)
    usable = sizes > 0
    bars = {
        "type": "bar", "x": x, "y": np.where(usable, sizes, np.nan), "name": "size of the error", "marker": {"color": TRAIN},
        "hovertemplate": "%{y:.3~g}",
    }  # fmt: skip
    traces = [bars if len(x) <= 200 else curve(x, np.where(usable, sizes, np.nan), "size of the error", TRAIN)]
    looks = ((VALIDATION, "solid", "circle"), (ACTUAL, DASHED, "square"))
    for (name, share), (colour, dash, symbol) in zip(shares.items(), looks, strict=False):
        traces.append(
            curve(x, floats(share), f"share in {name}’s gradient", colour, dash=dash, symbol=symbol, yaxis="y2")
            | {"hovertemplate": "%{y:.3~g} %"}
        )  # fmt: skip
    made = figure(traces, "steps before the last", "size of ∂L/∂h", bargap=0.15)
    made.update_yaxes(type="log", domain=[0.46, 1], **_decades(sizes[usable]))
    made.update_layout(yaxis2=axis("share", domain=[0, 0.36], ticksuffix=" %", rangemode="tozero", nticks=4))
    made.update_xaxes(anchor="y2", unifiedhovertitle={"text": "step %{x}"}, tickformat="d")
    if cut is not None:
        shape = {"type": "line", "x0": 0.5 - cut, "x1": 0.5 - cut, "yref": "paper", "y0": 0, "y1": 1}
        label = {"text": f"truncated after {cut}", "textangle": 0, "textposition": "end", "font": {"size": 11}}
        made.update_layout(shapes=[shape | {"line": {"color": VALIDATION, "width": 2, "dash": "dash"}, "label": label}])
    return made


def _decades(sizes: NDArray[np.float64]) -> dict[str, Any]:
    """Ticks at some powers of ten alone, or where there are none between, wherever Plotly finds a place."""
    span = float(np.log10(sizes.max() / sizes.min())) if len(sizes) else 0.0
    if span < 1:
        return {"nticks": 5, "tickformat": "~g"}
    return {"dtick": math.ceil(span / 6), "exponentformat": "power", "minexponent": 3}


def alt_window_flow(steps: ArrayLike, norms: ArrayLike, shares: dict[str, ArrayLike], *, cut: int | None = None) -> str:
    """The window's way in words; arguments as for `window_flow_figure`."""
    x, sizes = np.asarray(steps).reshape(-1), floats(norms)
    text = [f"Size of the error at {len(x)} steps of the window: {number(sizes[-1])} at the last one"]
    left = np.flatnonzero(sizes > 0)
    if len(left):
        text.append(f"{number(sizes[left[0]])} {-x[left[0]]} steps before it, the first that it reaches")
    for name, share in shares.items():
        most = int(np.nanargmax(floats(share))) if np.isfinite(floats(share)).any() else None
        if most is not None:
            text.append(
                f"Most of {name}’s gradient, {number(floats(share)[most])} %, comes from {-x[most]} steps before the last"
            )
    if cut is not None:
        text.append(f"Truncated after {cut} steps")
    return ". ".join(text) + "."
