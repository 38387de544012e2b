"""What the point forecast aims at (mean, median, a quantile), and how far its sum lies from the sum of what comes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnn.core.config import Config
from rnn.core.fit import Fit
from rnn.core.losses import middle_level
from rnn.forecast.held_out import held_out

Array = NDArray[np.float64]

# A sum that is off by less is not worth a word.
SMALL = 0.005


def bias_of(config: Config) -> str:
    """In a sentence, what the column `mean` of a forecast is: it depends on the loss, and a logarithm moves it."""
    aim = _aim(config)
    members = f" (the median of {config.seeds} networks)" if config.seeds > 1 else ""
    if not config.log:
        return f"The forecast{members} aims at {aim}."
    if config.loss in ("mae", "quantile"):
        return (
            f"The forecast{members} aims at {aim}, learned as a logarithm and brought back, which leaves it what it is: for "
            "skewed values a median lies below the mean, so that sums over many steps come out too low."
        )
    return (
        f"The forecast{members} aims at {aim} of the logarithm, and brought back to original units that is about the median: "
        "for skewed values it lies below the mean, so that sums over many steps come out too low."
    )


def _aim(config: Config) -> str:
    if config.loss == "quantile":
        level = config.quantiles[middle_level(config)]
        return "the median, which as many values exceed as not" if level == 0.5 else f"the {level:.0%} quantile"
    return {
        "mse": "the mean",
        "mae": "the median, which as many values exceed as not",
        "huber": "a middle between mean and median",
    }[config.loss]


@dataclass(frozen=True, eq=False)
class MeasuredBias:
    """What multiplies a forecast so that its mean is right, by steps ahead, as the held-out part tells.

    n: (S, K), forecasts that were checked. mean_error: (S, K), the mean of actual − predicted, original units (of many series
    in one over all of them). factor: (S, K), the sum of the actual values over that of the predicted, of logarithms the mean
    of the single ratios (the smearing estimate of Duan 1983); NaN where there is none, or where a target's values are not all
    above zero. sentence: the factor over all steps, of the first target, in words; empty where it cannot be said.
    """

    n: NDArray[np.intp]
    mean_error: Array
    factor: Array
    sentence: str


def measured_bias(fit: Fit, steps: int, part: str = "validation") -> MeasuredBias:
    """Of `fit.model` on a part that it was not trained on. Raises ValueError where there is no such part."""
    held = held_out(fit, steps, part)
    told = held.told & np.isfinite(held.point)
    n = told.sum(axis=0)
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        actual, predicted = np.where(told, held.actual, 0.0), np.where(told, held.point, 0.0)
        mean_error = np.where(n > 0, (actual - predicted).sum(axis=0) / np.maximum(n, 1), math.nan)
        ratio = np.where(told, held.actual / held.point, 0.0).sum(axis=0) / np.maximum(n, 1)
        factor = ratio if fit.config.log else actual.sum(axis=0) / predicted.sum(axis=0)
        positive = np.where(told, np.minimum(held.actual, held.point), 1.0).min(axis=(0, 1), initial=1.0) > 0
    factor = np.where((n > 0) & positive & np.isfinite(factor), factor, math.nan)
    return MeasuredBias(n, mean_error, factor, _sentence(n[:, 0], factor[:, 0], part))


def _sentence(n: NDArray[np.intp], factor: Array, part: str) -> str:
    known = np.isfinite(factor) & (n > 0)
    if not known.any():
        return ""
    off = float(np.average(factor[known], weights=n[known])) - 1
    if abs(off) < SMALL:
        return f"On the {part} part actual values were as large as forecast on average, within {SMALL:.1%}."
    more = "above" if off > 0 else "below"
    return f"On the {part} part actual values were on average {abs(off):.1%} {more} what was forecast."
