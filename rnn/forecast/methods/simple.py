"""The three forecasts that need no fitting (Hyndman and Athanasopoulos 2021, section 5.2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rnn.core.config import Config
from rnn.core.series import Series

Array = NDArray[np.float64]


def targets_of(history: Series) -> Array:
    """The records of the targets alone, (N, K)."""
    return history.values[:, history.target_columns]


def naive(history: Series, config: Config, steps: int) -> Array:
    """The last value, for every step."""
    return np.repeat(targets_of(history)[-1:], steps, axis=0)


def seasonal(history: Series, config: Config, steps: int) -> Array | None:
    """The last whole season over and over; None without a season of two or more. A history shorter than a season has none to
    repeat, and gets its last value."""
    season, values = config.season, targets_of(history)
    if season is None or season < 2:
        return None
    if len(values) < season:
        return naive(history, config, steps)
    return values[len(values) - season + np.arange(steps) % season]


def drift(history: Series, config: Config, steps: int) -> Array:
    """The line from the first value to the last, drawn on; of a single record its value."""
    values = targets_of(history)
    change = (values[-1] - values[0]) / max(1, len(values) - 1)
    return values[-1] + change * np.arange(1, steps + 1)[:, None]
