"""The table of methods, and what holds for every one of them: its request is checked and its answer finite."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnn.core.config import Config
from rnn.core.series import LARGEST, Series
from rnn.forecast.baselines import BASELINES
from rnn.forecast.methods.banded import Banded, Levels
from rnn.forecast.methods.regressions import linear, ridge
from rnn.forecast.methods.simple import Array, drift, naive, seasonal
from rnn.forecast.methods.smoothing import ets, stl, theta

Forecast = Callable[[Series, Config, int], Array | None]
WithBands = Callable[[Series, Config, int, Levels], Banded | None]


@dataclass(frozen=True)
class Method:
    """label: its name in words. compute: the forecast itself, which `forecast` guards. bands: of a method whose model gives
    intervals, the forecast with those."""

    label: str
    compute: Forecast
    bands: WithBands | None = None

    def forecast(self, history: Series, config: Config, steps: int) -> Array | None:
        """The `steps` records after the history, (steps, K) in original units; None where the method has no meaning: a
        seasonal one without a season. A target that the method takes beyond all numbers gets its last value instead.

        Raises ValueError for many series in one and for steps below 1.
        """
        _check(history, steps)
        with np.errstate(all="ignore"):
            found = self.compute(history, config, int(steps))
            if found is None:
                return None
            usable = (np.abs(found) <= LARGEST).all(axis=0)
        return np.where(usable, found, naive(history, config, int(steps)))

    def banded(self, history: Series, config: Config, steps: int, levels: Levels) -> Banded | None:
        """The same forecast with the model's own intervals, (steps, K) each; None where it has no meaning, as `forecast`. A
        target that gets its last value has no intervals (NaN). Raises ValueError as `forecast`, and for a method without a
        model of its errors."""
        _check(history, steps)
        if self.bands is None:
            raise ValueError(f"The {self.label} has no model of its errors; measure them within the history.")
        with np.errstate(all="ignore"):
            found = self.bands(history, config, int(steps), levels)
            if found is None:
                return None
            usable = (np.abs(found.mean) <= LARGEST).all(axis=0)
        mean = np.where(usable, found.mean, naive(history, config, int(steps)))
        low, high = ({k: np.where(usable, end, np.nan) for k, end in ends.items()} for ends in (found.low, found.high))
        return Banded(mean, low, high)


def _check(history: Series, steps: int) -> None:
    if history.lengths:
        raise ValueError(
            f"A method forecasts one series at a time, got {len(history.lengths)} in one; take them with `part`."
        )
    if isinstance(steps, bool) or not isinstance(steps, int | np.integer) or steps < 1:
        raise ValueError(f"steps={steps!r} is not allowed; allowed: a whole number from 1 on.")


def _modelled(label: str, bands: WithBands) -> Method:
    """A method whose model gives intervals."""

    def compute(history: Series, config: Config, steps: int) -> Array | None:
        found = bands(history, config, steps, ())
        return None if found is None else found.mean

    return Method(label, compute, bands)


METHODS: dict[str, Method] = {
    "naive": Method(BASELINES["naive"].label, naive),
    "seasonal": Method(BASELINES["seasonal"].label, seasonal),
    "drift": Method(BASELINES["drift"].label, drift),
    "linear": Method(BASELINES["linear"].label, linear),
    "ridge": Method("ridge regression, prepared as for the network", ridge),
    "ets": _modelled("exponential smoothing", ets),
    "theta": _modelled("Theta", theta),
    "stl": _modelled("seasonal decomposition + exponential smoothing", stl),
}
