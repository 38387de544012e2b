"""A weight matrix as a heat map around zero."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from rnn.ui.figures.heat import DIVERGING, heat_trace, strongest
from rnn.ui.figures.style import axis, figure, number, plain

MOST = 160


def weights_figure(
    matrix: ArrayLike, *, row: str, column: str, row_names: Sequence[str] = (), column_names: Sequence[str] = (),
    bound: float | None = None,
) -> go.Figure:  # fmt: skip
    """The weights (rows, columns), with the colours' span set by the largest |weight|, or by `bound` where several pictures
    are to be compared.

    row, column: what a row and a column stand for, for the axes; row_names, column_names: their names, else numbers from
    0. More than 160 rows or columns are drawn in blocks, each by its strongest weight.
    """
    drawn, _, _ = strongest(np.asarray(matrix), MOST)
    bound = max(float(np.abs(drawn).max()) if bound is None else bound, 1e-12)
    names = labels(np.shape(matrix), row_names, column_names)
    hover = f"{row} %{{y}}, {column} %{{x}}<br>weight %{{z:.4f}}"
    trace = heat_trace(
        drawn, names[1], names[0], low=-bound, high=bound, hover=hover, colorscale=DIVERGING, bar=_bar(bound)
    )
    # The axes are given at once: to update a figure takes longer than to make it, and these are made as the run is played.
    return figure(
        [trace], "", "", hovermode="closest", showlegend=False,
        xaxis=axis(column, type="category", showgrid=False, ticks="", showline=False, nticks=8),
        yaxis=axis(row, type="category", showgrid=False, autorange="reversed", nticks=8),
    )  # fmt: skip


def _bar(bound: float) -> dict[str, Any]:
    return {"tickvals": [-bound, 0, bound], "ticktext": [number(-bound), "0", number(bound)]}


def labels(
    shape: tuple[int, ...], row_names: Sequence[str] = (), column_names: Sequence[str] = ()
) -> tuple[list[str], list[str]]:
    """What the axes of `weights_figure` say at each row and each column that is drawn."""
    rows, columns = (
        _names(given, size, -(-size // MOST)) for given, size in zip((row_names, column_names), shape, strict=True)
    )
    return rows, columns


def _names(given: Sequence[str], size: int, step: int) -> list[str]:
    if given:
        return [plain(str(name)) for name in given[::step]]
    if step == 1:
        return [str(k) for k in range(size)]
    return [f"{k}–{min(k + step, size) - 1}" for k in range(0, size, step)]


def alt_weights(matrix: ArrayLike, *, name: str, row: str, column: str) -> str:
    """The heat map in words; arguments as for `weights_figure`."""
    weights = np.asarray(matrix, np.float64)
    i, j = np.unravel_index(int(np.abs(weights).argmax()), weights.shape)
    return (
        f"Weights {name}, {weights.shape[0]} × {weights.shape[1]}, mean {number(weights.mean())}, standard deviation "
        f"{number(weights.std())}; the largest by size is {number(weights[i, j])}, at {row} {i}, {column} {j}."
    )
