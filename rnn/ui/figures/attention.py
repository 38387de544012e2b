"""What a forecast listens to: the course of a column, and beneath it what each value adds to the forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from rnn.ui.figures.heat import DIVERGING, heat_trace
from rnn.ui.figures.style import ACTUAL, axis, curve, figure, floats, moment, moments, number, plain, shortened

MOST = 400
_HEAT_TOP, _VALUES_FOOT = 0.62, 0.7
RAISES, LOWERS = "#d9650b", "#2f80c9"


@dataclass(frozen=True, eq=False)
class Influence:
    """times: (N,), of the records, or steps from the last one. matrix: (rows, N), what each value adds to the forecast per
    `unit`, NaN where it is not read. names: of the rows, columns of the series. output: the forecast in words. values: (N,),
    the course of `column` above, or None. own_colours: whether each row has colours of its own."""

    times: ArrayLike
    matrix: NDArray[np.float64]
    names: Sequence[str]
    output: str
    column: str
    time_label: str
    values: ArrayLike | None
    own_colours: bool
    unit: str


def attention_figure(influence: Influence) -> go.Figure:
    """One column as bars, several as a heat map; of more than 400 records every so many by the strongest of them."""
    times = moments(influence.times)
    drawn = np.asarray(influence.matrix, np.float64)
    below = _bars(influence, times, drawn[0]) if len(drawn) == 1 else _heat(influence, times, drawn)
    if influence.values is None:
        top, traces = 1.0, [below]
    else:
        above = curve(times, floats(influence.values), influence.column, ACTUAL, width=2) | {
            "hovertemplate": "%{x}: %{y:.4~g}<extra></extra>", "yaxis": "y2",
        }  # fmt: skip
        top, traces = _HEAT_TOP, [below, above]
    made = figure(traces, influence.time_label, "", hovermode="closest", showlegend=False)
    if len(drawn) == 1:
        made.update_yaxes(title={"text": f"per {influence.unit}"}, nticks=5, zeroline=True)
    else:
        made.update_layout(yaxis=axis("", type="category", autorange="reversed", showgrid=False))
    made.update_layout(yaxis_domain=[0, top])
    if influence.values is not None:
        made.update_layout(yaxis2=axis(shortened(influence.column), domain=[_VALUES_FOOT, 1], nticks=4))
    made.update_xaxes(anchor="y")
    return made


def _bars(influence: Influence, times: NDArray[Any], row: NDArray[np.float64]) -> dict[str, Any]:
    across = -(-len(row) // MOST)
    small = np.nan_to_num(_thinned(row[None], across)[0])
    return {
        "type": "bar", "x": times[::across], "y": small, "marker": {"color": _sides(small), "line": {"width": 0}},
        "hovertemplate": f"%{{x}}<br>{influence.unit} adds %{{y:.4~g}}<extra></extra>",
    }  # fmt: skip


def _sides(values: NDArray[np.float64]) -> list[str]:
    return [RAISES if value >= 0 else LOWERS for value in values.tolist()]


def _heat(influence: Influence, times: NDArray[Any], matrix: NDArray[np.float64]) -> dict[str, Any]:
    across = -(-matrix.shape[1] // MOST)
    small = _thinned(matrix, across)
    size = np.nanmax(np.abs(small), axis=1, keepdims=True) if influence.own_colours else np.nanmax(np.abs(small))
    coloured = small / np.where(size > 0, size, 1)
    names = [plain(shortened(name, 24)) for name in influence.names]
    bound = float(np.max(size)) if not influence.own_colours else 1.0
    ends = [number(-bound), "0", number(bound)] if not influence.own_colours else ["lowers", "0", "raises"]
    made = heat_trace(
        coloured, times[::across], _told_apart(names), low=-1, high=1, colorscale=DIVERGING,
        hover=f"%{{y}}, %{{x}}<br>{influence.unit} adds %{{text}}",
        bar={"len": _HEAT_TOP if influence.values is not None else 1, "y": 0, "yanchor": "bottom",
             "tickvals": [-1, 0, 1], "ticktext": ends},
    )  # fmt: skip
    # Colours are shares of the largest; what is read is the number itself.
    made["text"] = [[number(value) if np.isfinite(value) else "" for value in row] for row in small.tolist()]
    made["hoverongaps"] = False
    return made


def _thinned(matrix: NDArray[np.float64], across: int) -> NDArray[np.float64]:
    """Blocks of columns by their strongest; a block of NaN stays one."""
    if across == 1:
        return matrix
    blocks = -(-matrix.shape[1] // across)
    padded = np.full((len(matrix), blocks * across), np.nan)
    padded[:, : matrix.shape[1]] = matrix
    parts = padded.reshape(len(matrix), blocks, across)
    at = np.nan_to_num(np.abs(parts), nan=-1.0).argmax(axis=2)
    return np.take_along_axis(parts, at[:, :, None], axis=2)[:, :, 0]


def _told_apart(names: list[str]) -> list[str]:
    """Two rows of one name would be one row."""
    return [name if names.count(name) == 1 else f"{name} ({place + 1})" for place, name in enumerate(names)]


def alt_attention(influence: Influence) -> str:
    """The figure in words: the three strongest values with their numbers."""
    times, matrix = moments(influence.times), np.nan_to_num(np.asarray(influence.matrix, np.float64))
    order = np.argsort(-np.abs(matrix), axis=None, kind="stable")[:3]
    said = []
    for row, place in zip(*np.unravel_index(order, matrix.shape), strict=True):
        value = matrix[row, place]
        word = "raises" if value >= 0 else "lowers"
        said.append(f"{influence.names[row]} at {moment(times[place])} {word} it by {number(abs(value))}")
    return (
        f"What changes {influence.output}, per {influence.unit} of each of {len(influence.names)} "
        f"column{'s' if len(influence.names) > 1 else ''} at {len(times)} steps. Strongest: {'; '.join(said)}."
    )
