"""How far off the models behind exponential smoothing, Theta and STL expect to be, step by step ahead.

Each takes its model for true and its constants for known, as statsmodels' own intervals do; what was fitted to the history is
allowed for where that matters most, in the degrees of freedom and in the season. A history that changes its ways errs more.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from rnn.forecast.methods.banded import Banded, Levels, drawn, normal, repeated
from rnn.forecast.methods.simple import Array

if TYPE_CHECKING:
    from rnn.forecast.methods.smoothing import Smoothing

# Paths that the intervals of a multiplicative season rest on, and where their chance starts.
PATHS, SEED = 2000, 0
# A residual below this share of a history's deviation is what its numbers are rounded to.
ROUNDING = 1e-9
# Below so many seasons STL's season follows the noise so closely that what it leaves says nothing of it.
LEAST_SEASONS = 4
# From here on more of them change nothing of how the last one is found; and the season of the noise that shows it.
MOST_SEASONS, SEASON_OF_NOISE = 14, 200


def smoothed(fit: Smoothing, steps: int, levels: Levels) -> Banded:
    """Intervals of exponential smoothing, as of Hyndman et al. (2008, chapter 6): where all adds up a normal law with
    σ² Σ ψ², where the season multiplies PATHS simulated paths with errors in proportion to the level."""
    mean = fit.forecast(steps)
    if not levels:
        return Banded(mean)
    if fit.result.model.seasonal == "mul":
        return _simulated(fit, mean, levels)
    return normal(mean, residual_variance(fit) * np.cumsum(np.square(_weights(fit, steps))), levels)


def residual_variance(fit: Smoothing, lost: int = 0) -> float:
    """σ², the squares of the one-step errors over n less the parameters fitted, initial states among them, and `lost`; NaN
    where none are left, or nothing but rounding."""
    errors = np.asarray(fit.result.resid)
    free = len(errors) - _parameters(fit) - lost
    found = float(np.square(errors).sum()) / free if free > 0 else np.nan
    # The records come in units of their deviation.
    return found if found > ROUNDING**2 else np.nan


def _parameters(fit: Smoothing) -> int:
    model = fit.result.model
    season = 1 + model.seasonal_periods if model.seasonal else 0
    return 2 + (3 if model.trend else 0) + season


def _weights(fit: Smoothing, steps: int) -> Array:
    """ψ (steps,): what an error of one, and none after it, changes of each step from its own on."""
    shock = np.zeros((steps, 1))
    still = np.asarray(fit.result.simulate(steps, anchor="end", random_errors=shock))
    shock[0] = 1.0
    return (np.asarray(fit.result.simulate(steps, anchor="end", random_errors=shock)) - still).reshape(steps)


def _simulated(fit: Smoothing, mean: Array, levels: Levels) -> Banded:
    result, steps = fit.result, len(mean)
    fitted = np.asarray(result.fittedvalues)
    shares = np.asarray(result.resid) / fitted
    free = len(shares) - _parameters(fit)
    deviation = np.sqrt(np.square(shares).sum() / free) if free > 0 and (fitted > 0).all() else np.nan
    if not deviation > ROUNDING:
        return normal(mean, np.full(steps, np.nan), levels)
    errors = deviation * np.random.default_rng(SEED).standard_normal((steps, PATHS))
    paths = np.asarray(result.simulate(steps, anchor="end", repetitions=PATHS, error="mul", random_errors=errors))
    return drawn(mean, paths.reshape(steps, PATHS), levels)


def theta_variance(rest: Array, alpha: float, steps: int, season: int) -> Array:
    """(steps,): σ² (1 + (h − 1) α²), that of the integrated moving average that Theta's smoothing is (Hyndman and Billah 2003).

    rest (n,): the history without its season, of `season` values (1: none), which cost as many degrees of freedom and are each
    as uncertain as a mean of n / season errors. statsmodels has 1 + (α − 1)² in place of α², which is right for α = 1 alone and
    several times too wide for the small α of a steady level.
    """
    from scipy.signal import lfilter

    errors = lfilter([1.0, -1.0], [1.0, alpha - 1], rest - rest[0])[1:]
    free = len(errors) - 2 - (season - 1)
    found = float(np.square(errors - errors.mean()).sum()) / free if free > 0 else np.nan
    of_season = season / len(rest) if season > 1 else 0.0
    return found * (1 + np.arange(steps) * alpha**2 + of_season)


def decomposed(y: Array, mean: Array, rest: Smoothing, season: int, levels: Levels) -> Banded:
    """Intervals of STL: those of the smoothing of the rest, as statsmodels has them, and the season's own uncertainty, which it
    leaves out: STL's season takes up a third of pure noise, and its last one, repeated, errs by more than half of it
    (`season_of_noise`). With fewer than LEAST_SEASONS seasons: the errors of the last season repeated, within the history."""
    steps = len(mean)
    if len(y) < LEAST_SEASONS * season:
        around = repeated(y, steps, levels, season)
        low, high = (
            {level: end - around.mean + mean for level, end in ends.items()} for ends in (around.low, around.high)
        )
        return Banded(mean, low, high)
    left, last = season_of_noise(min(MOST_SEASONS, len(y) // season))
    variance = residual_variance(rest) / left * (np.cumsum(np.square(_weights(rest, steps))) + last)
    return normal(mean, variance, levels)


@lru_cache
def season_of_noise(seasons: int) -> tuple[float, float]:
    """Of white noise of variance one, so many seasons long: the variance that STL leaves when it takes a season out, and the
    mean square of the last season that it finds where there is none."""
    from statsmodels.tsa.seasonal import STL

    noise = np.random.default_rng(SEED).standard_normal(seasons * SEASON_OF_NOISE)
    found = STL(noise, period=SEASON_OF_NOISE).fit(inner_iter=2, outer_iter=0).seasonal
    return float((noise - found).var() / noise.var()), float(np.square(found[-SEASON_OF_NOISE:]).mean() / noise.var())
