"""Matrices as colours: the scales that all heat maps share, and matrices too large for a screen made smaller."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Blue and orange differ for every kind of colour vision, and both ends are equally dark: the middle is the zero.
DIVERGING = [[0.0, "#1f5f99"], [0.25, "#7fb0d6"], [0.5, "#f5f4f1"], [0.75, "#eca468"], [1.0, "#a84a00"]]
RISING = [[0.0, "#f5f4f1"], [0.5, "#7fb0d6"], [1.0, "#1f5f99"]]


def heat_trace(
    z: NDArray[Any], x: Any, y: Any, *, low: float, high: float, hover: str, bar: dict[str, Any],
    of_column: Sequence[str] = (), of_row: Sequence[str] = (), **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """A heat map of z (rows, columns), row y[i], column x[j]; the colours span low … high.

    hover: what the box over a cell says. bar: where the colour bar stands. of_column, of_row: what it says besides, of the
    cell's column and of its row; only live_chart makes of them what Plotly wants, a text for each cell.
    """
    for attribute, template, given in (
        ("hovertext", "%{hovertext}", [list(of_column)] if of_column else None),
        ("customdata", "%{customdata}", [[text] for text in of_row] or None),
    ):
        if given:
            more[attribute], hover = given, f"{hover}<br>{template}"
    return {
        "type": "heatmap",
        "z": np.asarray(z, np.float32),
        "x": x,
        "y": y,
        "zmin": low,
        "zmax": high,
        "hovertemplate": f"{hover}<extra></extra>",
        "colorbar": {"thickness": 10, "outlinewidth": 0, "nticks": 5, "xpad": 6, **bar},
        **more,
    }


def strongest(matrix: NDArray[Any], most: int) -> tuple[NDArray[Any], int, int]:
    """The matrix in at most `most` rows and columns, each block of entries replaced by its entry of largest size.

    Returns the smaller matrix, and how many rows and how many columns went into one.
    """
    down, across = (-(-size // most) for size in matrix.shape)
    rows = _strongest_of_rows(matrix, down)
    return _strongest_of_rows(rows.T, across).T, down, across


def _strongest_of_rows(matrix: NDArray[Any], step: int) -> NDArray[Any]:
    if step == 1:
        return matrix
    count = -(-len(matrix) // step)
    padded = np.zeros((count * step, matrix.shape[1]), matrix.dtype)
    padded[: len(matrix)] = matrix
    blocks = padded.reshape(count, step, -1)
    at = np.abs(blocks).argmax(axis=1)
    return np.take_along_axis(blocks, at[:, None], axis=1)[:, 0]
