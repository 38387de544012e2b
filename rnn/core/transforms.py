"""Logarithm and differencing: what is done to the target columns before they are scaled, and how it is undone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array64 = NDArray[np.float64]


def logarithm(values: Array64, names: Sequence[str]) -> Array64:
    """The natural logarithm of values (N, K), column names as given.

    Raises ValueError naming the first value that has none, by column and row (from 1 on).
    """
    unfit = values <= 0
    if unfit.any():
        row, column = (int(k) for k in np.argwhere(unfit)[0])
        raise ValueError(
            f"Row {row + 1} of column {names[column]!r} is {values[row, column]:g}, and log=True takes values above zero "
            f"only ({int(unfit.sum())} in all are not). Set log=False."
        )
    return np.log(values)


def difference(levels: Array64, lag: int) -> Array64:
    """levels (N, K) → (N − lag, K): each value less the one `lag` (≥ 1) rows before it."""
    return levels[lag:] - levels[:-lag]


def undo_difference(changes: Array64, before: Array64, lag: int) -> Array64:
    """Changes (B, H, K) of H steps ahead → their levels; before (B, min(H, lag), K): the levels `lag` before the first
    of those steps. From step `lag` on each stands on the level found for the step `lag` before it, a forecast itself.
    """
    levels = changes.copy()
    levels[:, :lag] += before
    steps = levels.shape[1]
    for first in range(lag, steps, lag):
        ahead = levels[:, first : first + lag]
        ahead += levels[:, first - lag : first - lag + ahead.shape[1]]
    return levels
