"""The course of a run as a small picture, on which an epoch is picked."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from rnn.ui.figures.style import DASHED, TRAIN, VALIDATION, curve, figure, floats, number


def scrubber_figure(
    epochs: ArrayLike, train: ArrayLike, val: ArrayLike, *, first: int, last: int, best: int | None
) -> go.Figure:
    """Training and validation loss over the epochs, on a logarithmic axis without numbers; no zoom, for it is a control.

    epochs: (N,) from 1. train, val: (N,). first, last: the epochs between which one is picked. best: marked.
    """
    x = np.asarray(epochs).reshape(-1)
    curves = [np.where(y > 0, y, np.nan) for y in (floats(train), floats(val))]
    traces = [
        curve(x, curves[0], "training loss", TRAIN, hovertemplate="%{y:.4~g}"),
        curve(x, curves[1], "validation loss", VALIDATION, dash=DASHED, symbol="square", hovertemplate="%{y:.4~g}"),
    ]
    if best is not None and best in x:
        at = np.flatnonzero(x == best)
        traces.append(_best(x[at], curves[1][at]))
    made = figure(traces, "", "", margin={"l": 14, "r": 14, "t": 4, "b": 4}, showlegend=False, dragmode=False)
    room = max(last - first, 1) * 0.012
    made.update_xaxes(
        range=[first - room, last + room], fixedrange=True, tickformat=",d", nticks=8,
        unifiedhovertitle={"text": "epoch %{x}"}, hoverformat="d",
    )  # fmt: skip
    if last - first < 8:
        made.update_xaxes(dtick=1)
    log = any(np.isfinite(y).any() for y in curves)
    made.update_yaxes(type="log" if log else "linear", fixedrange=True, showticklabels=False, showgrid=False)
    return made


def _best(x: Any, y: Any) -> dict[str, Any]:
    marker = {"symbol": "diamond-open", "size": 10, "color": VALIDATION, "line": {"width": 2}}
    return {"type": "scatter", "x": x, "y": y, "mode": "markers", "marker": marker, "name": "best", "hoverinfo": "skip"}


def alt_scrubber(epochs: ArrayLike, train: ArrayLike, val: ArrayLike, *, at: int, kept: int, best: int | None) -> str:
    """The picture in words. at: the epoch picked, of `kept` ones; else as for `scrubber_figure`."""
    x, fell, held = np.asarray(epochs).reshape(-1), floats(train), floats(val)
    if len(x) == 0:
        return f"Epoch {at} of {kept} kept is shown; no loss has been measured yet."
    here = np.flatnonzero(x == at)
    losses = f", training loss {number(fell[here[0]])}, validation loss {number(held[here[0]])}" if len(here) else ""
    most = f" The best is epoch {best}." if best is not None else ""
    return (
        f"Epoch {at} is shown, one of {kept} kept{losses}. Over epochs {x[0]} to {x[-1]} the training loss went from "
        f"{number(fell[0])} to {number(fell[-1])}, the validation loss from {number(held[0])} to {number(held[-1])}.{most}"
    )
