"""The losses by epoch, while they fall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from rnn.ui.figures.style import (
    ACTUAL,
    DASHED,
    DOTTED,
    TRAIN,
    VALIDATION,
    curve,
    empty_figure,
    figure,
    floats,
    number,
)

_NO_EPOCH = "No epoch is finished yet."


def loss_figure(
    epochs: ArrayLike,
    train: ArrayLike,
    val: ArrayLike | None,
    *,
    log: bool,
    unit: str,
    best_epoch: int | None = None,
    changes: Sequence[tuple[int, str]] = (),
    naive: float | None = None,
) -> go.Figure:
    """Training and validation loss over the epochs.

    epochs: (N,) from 1. train, val: (N,) on one basis; val may be None where there is no validation part.
    log: a logarithmic axis; values of zero and less are then gaps, and where there are no others the axis is linear.
    unit: the title of the y axis, for example "scaled loss (MSE)" or "RMSE, in °C". best_epoch: marked on the validation curve.
    changes: (epoch, label) of settings changed in mid-run, as thin upright lines. naive: the naive forecast's loss, as a
    dotted level.
    """
    x, curves = np.asarray(epochs).reshape(-1), [floats(train), floats(val)]
    if len(x) == 0:
        return empty_figure(_NO_EPOCH)
    # Where no error is left at all, a logarithmic axis would show nothing.
    log = log and any((y > 0).any() for y in curves)
    if log:
        curves = [np.where(y > 0, y, np.nan) for y in curves]
    traces = [curve(x, curves[0], "training", TRAIN, width=2)]
    if len(curves[1]):
        traces.append(curve(x, curves[1], "validation", VALIDATION, width=2, dash=DASHED, symbol="square"))
        traces += _best(x, curves[1], best_epoch)
    if naive is not None and np.isfinite(naive) and (naive > 0 or not log):
        traces.append(naive_level(x, naive))
    y_axis = log_axis(traces) if log else {"type": "linear", "rangemode": "tozero"}
    made = figure(traces, "epoch", unit, **_marks(x, changes))
    made.update_yaxes(y_axis)
    made.update_xaxes(unifiedhovertitle={"text": "epoch %{x}"}, hoverformat="d", tickformat=",d", minallowed=0)
    if np.ptp(x) < 8:
        made.update_xaxes(dtick=1)  # no half epochs
    return made


def log_axis(traces: list[dict[str, Any]]) -> dict[str, Any]:
    """Ticks at 1, 2 and 5 of each decade where decades are few, else at the decades alone; none of these may lie within less
    than a factor of five, where Plotly finds ticks of its own."""
    values = np.concatenate([trace["y"] for trace in traces])
    values = values[np.isfinite(values)]
    if len(values) > 0 and values.max() < 5 * values.min():
        return {"type": "log", "nticks": 6, "tickformat": "~g"}
    many = len(values) > 0 and values.max() > 300 * values.min()
    return {"type": "log", "dtick": 1 if many else "D2", "minorloglabels": "complete", "tickformat": "~g"}


def _best(x: NDArray[Any], val: NDArray[np.float64], best_epoch: int | None) -> list[dict[str, Any]]:
    at = np.flatnonzero(x == best_epoch) if best_epoch is not None else []
    if len(at) == 0:
        return []
    marker = {"symbol": "diamond-open", "size": 11, "color": VALIDATION, "line": {"width": 2}}
    row = at[-1:]
    return [
        {
            "type": "scatter",
            "x": x[row],
            "y": val[row],
            "mode": "markers",
            "marker": marker,
            "name": f"best epoch ({best_epoch})",
            "hoverinfo": "skip",
        }
    ]


def naive_level(x: NDArray[Any], naive: float) -> dict[str, Any]:
    line = {"color": ACTUAL, "dash": DOTTED, "width": 1.75}
    ends = np.array([x[0], x[-1]])
    return {
        "type": "scatter",
        "x": ends,
        "y": np.array([naive, naive], dtype=np.float64),
        "mode": "lines" if len(x) > 1 else "markers",
        "marker": {"color": ACTUAL, "symbol": "line-ew-open", "size": 12},
        "line": line,
        "name": "naive forecast",
        "hovertemplate": "%{y:.4~g}",
    }


def _marks(x: NDArray[Any], changes: Sequence[tuple[int, str]]) -> dict[str, Any]:
    """Upright lines with labels; a label too near to the one before it goes a row lower."""
    span, shapes, notes, row, before = max(float(x[-1] - x[0]), 1.0), [], [], 0, -np.inf
    for epoch, label in changes:
        row = row + 1 if (epoch - before) / span < 0.2 and row < 4 else 0
        before = epoch
        line = {"color": ACTUAL, "width": 1, "dash": "dot"}
        shapes.append({"type": "line", "x0": epoch, "x1": epoch, "y0": 0, "y1": 1, "yref": "paper", "line": line})
        left = (epoch - x[0]) / span > 0.75
        notes.append(
            {
                "text": label,
                "x": epoch,
                "y": 1,
                "yref": "paper",
                "showarrow": False,
                "xanchor": "right" if left else "left",
                "yanchor": "top",
                "xshift": -3 if left else 3,
                "yshift": -14 * row,
                "font": {"size": 11},
            }
        )
    return {"shapes": shapes, "annotations": notes}


def alt_loss(
    epochs: ArrayLike,
    train: ArrayLike,
    val: ArrayLike | None,
    *,
    unit: str,
    best_epoch: int | None = None,
    changes: Sequence[tuple[int, str]] = (),
    naive: float | None = None,
) -> str:
    """The loss chart in words; arguments as for `loss_figure`."""
    x, fell, held = np.asarray(epochs).reshape(-1), floats(train), floats(val)
    if len(x) == 0:
        return f"Loss chart. {_NO_EPOCH}"
    parts = [f"Loss chart, {unit}. Training {_course(x, fell)}"]
    if np.isfinite(held).any():
        at = int(np.flatnonzero(x == best_epoch)[-1]) if best_epoch in x else int(np.nanargmin(held))
        word = "best" if best_epoch in x else "lowest"
        parts[0] += f"; validation {_course(x, held)}, {word} {number(held[at])} at epoch {x[at]}"
    if naive is not None and np.isfinite(naive):
        parts.append(f"The naive forecast stands at {number(naive)}")
    if changes:
        parts.append("Changed in mid-run: " + ", ".join(f"{label} at epoch {epoch}" for epoch, label in changes))
    return ". ".join(parts) + "."


def _course(x: NDArray[Any], y: NDArray[np.float64]) -> str:
    known = np.flatnonzero(np.isfinite(y))
    if len(known) == 0:
        return "has no finite value"
    first, last = known[0], known[-1]
    if first == last:
        return f"loss is {number(y[first])} at epoch {x[first]}"
    verb = "fell" if y[last] < y[first] else "rose" if y[last] > y[first] else "stayed"
    return f"loss {verb} from {number(y[first])} at epoch {x[first]} to {number(y[last])} at epoch {x[last]}"
