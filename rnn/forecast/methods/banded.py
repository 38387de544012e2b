"""A forecast of one series with its intervals, and the two ways to them that the methods share: a normal law whose spread a
model gives, and the errors that the same forecast made within the history."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from rnn.forecast.residuals import rank_of

Array = NDArray[np.float64]
Levels = Sequence[float]


@dataclass(frozen=True, eq=False)
class Banded:
    """mean: the forecast, (steps,) of one target or (steps, K) of all, in one unit with the rest. low, high: level in per cent
    → the ends of its interval, likewise; NaN where there is none."""

    mean: Array
    low: Mapping[float, Array] = field(default_factory=dict)
    high: Mapping[float, Array] = field(default_factory=dict)

    def moved(self, change: Callable[[Array], Array]) -> Banded:
        """Mean and ends after a change that keeps their order."""
        low, high = ({level: change(end) for level, end in ends.items()} for ends in (self.low, self.high))
        return Banded(change(self.mean), low, high)


def normal(mean: Array, variance: Array, levels: Levels) -> Banded:
    """Intervals of a normal law around the mean. A variance of zero, or none, is no certainty but a fit that had nothing left
    over: NaN."""
    known = np.isfinite(variance) & (variance > 0)
    deviation = np.sqrt(np.where(known, variance, math.nan))
    reach = {level: NormalDist().inv_cdf(0.5 + level / 200) * deviation for level in levels}
    return Banded(mean, {k: mean - one for k, one in reach.items()}, {k: mean + one for k, one in reach.items()})


def drawn(mean: Array, paths: Array, levels: Levels) -> Banded:
    """Intervals that hold their share of simulated paths (steps, n), and the mean."""
    low = {level: np.minimum(mean, np.quantile(paths, 0.5 - level / 200, axis=1)) for level in levels}
    high = {level: np.maximum(mean, np.quantile(paths, 0.5 + level / 200, axis=1)) for level in levels}
    return Banded(mean, low, high)


def repeated(values: Array, steps: int, levels: Levels, lag: int = 1) -> Banded:
    """The last `lag` of the values (n,), n ≥ lag, over and over, and intervals of the errors that this made in the history:
    split conformal, the errors of origins less than a forecast apart taken for one (`rank_of`). NaN where they are too few."""
    mean = values[len(values) - lag + np.arange(steps) % lag]
    reach = {level: np.full(steps, math.nan) for level in levels}
    for step in range(steps):
        back = lag * (step // lag + 1)
        errors = np.sort(np.abs(values[back:] - values[:-back]))
        worth = max(1.0, len(errors) / (step + 1))
        for level in levels:
            if rank_of(len(errors), len(errors), level) <= len(errors):
                reach[level][step] = errors[min(len(errors), rank_of(len(errors), worth, level)) - 1]
    return Banded(mean, {k: mean - one for k, one in reach.items()}, {k: mean + one for k, one in reach.items()})
