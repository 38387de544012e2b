"""The methods that need no fitting, under the signature that every method has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.forecast.backtest.fold import Array


@dataclass(frozen=True)
class Method:
    """forecast(history, config, steps) → (steps, K), original units, or None where it has no meaning."""

    label: str
    forecast: Callable[[Series, Config, int], Array | None]


def _naive(history: Series, config: Config, steps: int) -> Array:
    return np.repeat(history.values[-1:, history.target_columns], steps, axis=0)


def _seasonal(history: Series, config: Config, steps: int) -> Array | None:
    season = config.season
    if season is None or season < 2 or len(history) < season:
        return None
    return history.values[len(history) - season + np.arange(steps) % season][:, history.target_columns]


def _drift(history: Series, config: Config, steps: int) -> Array:
    values = history.values[:, history.target_columns]
    slope = (values[-1] - values[0]) / max(1, len(values) - 1)
    return values[-1] + np.arange(1, steps + 1)[:, None] * slope


METHODS: dict[str, Method] = {
    "naive": Method("last value (naive)", _naive),
    "seasonal": Method("last season (seasonal naive)", _seasonal),
    "drift": Method("drift", _drift),
}
