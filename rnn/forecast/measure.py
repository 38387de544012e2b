"""In what the errors behind intervals are measured: logarithms where the network learns those, and each series' own units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnn.core.config import Config
from rnn.core.fit import Fit
from rnn.core.panel import split_series
from rnn.core.scaling import LEAST_SHARE
from rnn.core.series import Series
from rnn.forecast.ahead import SMALLEST

Array = NDArray[np.float64]
Numbers = NDArray[np.intp]

# What changes less than this share of its size has but the rounding of its numbers.
ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Measure:
    """Values are put on a scale (their logarithm where config.log) and errors there divided by a unit.

    log: an interval that is symmetric in logarithms is a factor up and down, and never below zero. sizes: (P, K), one unit
    for each of P series. local: the unit is each window's own mean absolute change from record to record instead, and at
    least `least` (P, K), so that an interval is wide where the series has just been restless (locally weighted conformal
    prediction: Papadopoulos, Gammerman and Vovk 2008; Lei et al. 2018).
    """

    log: bool
    local: bool
    sizes: Array
    least: Array
    targets: tuple[int, ...]
    window: int

    @classmethod
    def of(cls, fit: Fit, local: bool | None = None) -> Measure:
        """local: None leaves it to the config."""
        config, series = fit.config, fit.series
        sizes, least = _usual(config, series)
        return cls(config.log, is_local(config) if local is None else local, sizes, least,
                   tuple(series.target_columns), config.window)  # fmt: skip

    def scale(self, values: Array) -> Array:
        """Original units → the scale on which errors are measured."""
        # The exponential of a very small logarithm is zero, which has none.
        return np.log(np.maximum(values, SMALLEST)) if self.log else values

    def original(self, scaled: Array) -> Array:
        """The way back; what no number can hold is infinite."""
        if not self.log:
            return scaled
        with np.errstate(over="ignore"):
            restored: Array = np.exp(scaled)
        return restored

    def units(self, windows: NDArray[np.floating], numbers: Numbers) -> Array:
        """windows (B, reach, D), original units, of series `numbers` (B,) → (B, 1, K): what an error is divided by."""
        if not self.local:
            return self.sizes[numbers][:, None]
        records = self.scale(np.asarray(windows[:, -self.window :][:, :, self.targets], np.float64))
        change = np.abs(np.diff(records, axis=1))
        own = change.mean(axis=1) if change.shape[1] else np.zeros_like(records[:, 0])
        return np.maximum(own, self.least[numbers])[:, None]


def is_local(config: Config) -> bool:
    """Whether errors are measured in units of each window."""
    return config.scaling == "window" and config.window > 1


def _usual(config: Config, series: Series) -> tuple[Array, Array]:
    """(P, K) each: the unit of a series, 1 where there is but one, and the least unit of a window."""
    split = split_series(config, series)
    seen = [split.seen_rows] if isinstance(split.seen_rows, int) else split.seen_rows
    sizes, least, many = [], [], len(seen) > 1
    for part, rows in zip(series.parts, seen, strict=True):
        values = series.values[part][:rows][:, series.target_columns]
        scaled = np.log(values) if config.log else values
        change, largest = np.diff(scaled, axis=0), np.abs(scaled).max(axis=0)
        root, mean = np.zeros_like(largest), np.zeros_like(largest)
        if len(change):
            root, mean = np.sqrt(np.square(change).mean(axis=0)), np.abs(change).mean(axis=0)
        # Where nothing changes the unit is the size of the values, and 1 where that is nothing, too.
        whole = np.where(largest > 0, largest, 1.0)
        sizes.append(np.where(root > ROUNDING * largest, root, whole) if many else np.ones_like(whole))
        least.append(np.where(mean > ROUNDING * largest, LEAST_SHARE * mean, whole))
    return np.stack(sizes), np.stack(least)
