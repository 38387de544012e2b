"""The table of methods, and what holds for every one of them: its request is checked and its answer finite."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnn.core.config import Config
from rnn.core.series import LARGEST, Series
from rnn.forecast.baselines import BASELINES
from rnn.forecast.methods.regressions import linear, ridge
from rnn.forecast.methods.simple import Array, drift, naive, seasonal
from rnn.forecast.methods.smoothing import ets, stl, theta

Forecast = Callable[[Series, Config, int], Array | None]


@dataclass(frozen=True)
class Method:
    """label: its name in words. compute: the forecast itself, which `forecast` guards."""

    label: str
    compute: Forecast

    def forecast(self, history: Series, config: Config, steps: int) -> Array | None:
        """The `steps` records after the history, (steps, K) in original units; None where the method has no meaning: a
        seasonal one without a season. A target that the method takes beyond all numbers gets its last value instead.

        Raises ValueError for many series in one and for steps below 1.
        """
        if history.lengths:
            raise ValueError(
                f"A method forecasts one series at a time, got {len(history.lengths)} in one; take them with `part`."
            )
        if isinstance(steps, bool) or not isinstance(steps, int | np.integer) or steps < 1:
            raise ValueError(f"steps={steps!r} is not allowed; allowed: a whole number from 1 on.")
        with np.errstate(all="ignore"):
            found = self.compute(history, config, int(steps))
            if found is None:
                return None
            usable = (np.abs(found) <= LARGEST).all(axis=0)
        return np.where(usable, found, naive(history, config, int(steps)))


METHODS: dict[str, Method] = {
    "naive": Method(BASELINES["naive"].label, naive),
    "seasonal": Method(BASELINES["seasonal"].label, seasonal),
    "drift": Method(BASELINES["drift"].label, drift),
    "linear": Method(BASELINES["linear"].label, linear),
    "ridge": Method("ridge regression, prepared as for the network", ridge),
    "ets": Method("exponential smoothing", ets),
    "theta": Method("Theta", theta),
    "stl": Method("seasonal decomposition + exponential smoothing", stl),
}
