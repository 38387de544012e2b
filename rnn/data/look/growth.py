"""Does the spread grow with the level? Then growth in per cent is the steadier thing to learn, by a logarithm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .usable import is_constant

Array64 = NDArray[np.float64]

_FEWEST_BLOCKS = 6
_MOST_BLOCKS = 200
_SHORTEST = 6  # records of a block whose spread is measured


@dataclass(frozen=True)
class Growth:
    """power: p of spread ∝ level^p over blocks; 0 is a spread of its own, 1 a spread in per cent. error: its standard error.
    factor: by how many times the level rises from a low block (the 10 % quantile) to a high one (90 %)."""

    power: float
    error: float
    factor: float

    @property
    def proportional(self) -> bool:
        """Whether the spread clearly grows with the level, at least as fast as its square root, over levels of which the
        high are at least twice the low: with less, a logarithm bends next to nothing."""
        return self.power >= 0.5 and self.power - 2 * self.error > 0.25 and self.factor >= 2


def spread_with_level(values: ArrayLike, period: float | None = None) -> Growth | None:
    """The slope of log(spread) on log(level) over blocks of whole seasons, or of N / 40 records without one (Box and Cox 1964,
    by blocks as Guerrero 1993: 1 − λ is the slope). None where a value is not above zero or there are fewer than six blocks.

    values: (N,). The spread is the standard deviation about each block's own straight line.
    """
    array = np.asarray(values, dtype=np.float64)
    if (
        len(array) < _FEWEST_BLOCKS * _SHORTEST
        or not np.isfinite(array).all()
        or array.min() <= 0
        or is_constant(array)
    ):
        return None
    width = _width(len(array), period)
    count = len(array) // width
    if count < _FEWEST_BLOCKS:
        return None
    blocks = array[len(array) - count * width :].reshape(count, width)
    level, spread = blocks.mean(axis=1), _about_line(blocks)
    there = spread > 1e-9 * level
    if there.sum() < _FEWEST_BLOCKS or is_constant(level[there]):
        return None
    x, y = np.log(level[there]), np.log(spread[there])
    x = x - x.mean()
    power = float(x @ y / (x @ x))
    left = y - y.mean() - power * x
    error = float(np.sqrt(left @ left / (len(x) - 2) / (x @ x)))
    low, high = np.quantile(level, (0.1, 0.9))
    return Growth(power, error, float(high / low))


def _width(count: int, period: float | None) -> int:
    """Records of a block: whole seasons where there are some, else short enough for a level that bends."""
    longest = count // _FEWEST_BLOCKS
    width = max(_SHORTEST, count // _MOST_BLOCKS, min(count // 40, 50))
    if not period:
        return min(width, longest)
    season = max(round(period), 2)
    return max(min(season * max(round(width / season), 1), longest), _SHORTEST)


def _about_line(blocks: Array64) -> Array64:
    """(B, W) → (B,): the standard deviation of each row about its straight line."""
    at = np.arange(blocks.shape[1]) - (blocks.shape[1] - 1) / 2
    centred = blocks - blocks.mean(axis=1, keepdims=True)
    rest = centred - np.outer(centred @ at / (at @ at), at)
    spread: Array64 = rest.std(axis=1)
    return spread
