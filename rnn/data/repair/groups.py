"""Neighbouring rows made into one: for duplicate times and for a coarser grid, each column in its own way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .sheet import Sheet

_NO_ROW = np.iinfo(np.int64).max


def merged(sheet: Sheet, starts: NDArray[np.intp], how: Sequence[str]) -> Sheet:
    """Rows starts[k] … starts[k + 1] − 1 as one, each of the D columns by its aggregate; missing values do not count.

    starts: (M,) strictly rising, from 0. The merged rows keep the time of their first, and its row number.
    """
    values = np.column_stack(
        [_aggregated(column, starts, one) for column, one in zip(sheet.values.T, how, strict=True)]
    )
    rows = np.minimum.reduceat(np.where(sheet.rows > 0, sheet.rows, _NO_ROW), starts)
    return Sheet(
        sheet.names,
        values,
        None if sheet.times is None else sheet.times[starts],
        np.where(rows == _NO_ROW, 0, rows),
        np.add.reduceat(sheet.weights, starts),
        sheet.left,
    )


def _aggregated(column: NDArray[np.float64], starts: NDArray[np.intp], how: str) -> NDArray[np.float64]:
    known = ~np.isnan(column)
    count = np.add.reduceat(known.astype(np.int64), starts)
    if how in ("mean", "sum"):
        total = np.add.reduceat(np.where(known, column, 0.0), starts)
        total = total / np.maximum(count, 1) if how == "mean" else total
        return np.where(count > 0, total, np.nan)
    if how in ("min", "max"):
        return (np.fmin if how == "min" else np.fmax).reduceat(column, starts)
    at = np.arange(len(column))
    if how == "first":
        place = np.minimum.reduceat(np.where(known, at, len(column) - 1), starts)
    else:
        place = np.maximum.reduceat(np.where(known, at, 0), starts)
    return np.where(count > 0, column[place], np.nan)
