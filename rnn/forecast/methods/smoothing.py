"""Exponential smoothing, Theta, and seasonal decomposition with exponential smoothing, by statsmodels; each target by itself.

What holds for all three. Of a long history the last MOST_RECORDS records count, or the last MOST_SEASONS seasons where those
are longer. A season is used where the history holds two whole ones, else the method goes without. A history that is constant,
or too short to fit anything (LEAST_RECORDS), gets its last value, and so does one that the fit breaks down on.

Intervals are those of each method's own model (`rnn.forecast.methods.spread`), for the levels asked for; where the last value
stands in for it, they come of the errors that the last value made in the history (`banded.repeated`). A constant history keeps
its value. One that is not constant never gets an interval without width: where the model had nothing left over to measure it
by, there is none (NaN).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.forecast.methods import spread
from rnn.forecast.methods.banded import Banded, Levels, normal, repeated
from rnn.forecast.methods.simple import Array, targets_of

if TYPE_CHECKING:
    from statsmodels.tsa.holtwinters import HoltWintersResults

MOST_RECORDS, MOST_SEASONS = 2000, 3
LEAST_RECORDS = 5
# Values that ought to be equal differ by up to about this share of their size.
ROUNDING = 1e-12
# The first states of a longer season are not optimised, but taken from the first seasons: they would be too many to search.
LONGEST_SEARCHED = 24
# What varies by less than this share of the whole, once its season is taken out, is taken for constant.
CONSTANT = 1e-9
# A loess over a long season is worked out at so many points a season, with straight lines in between.
POINTS_A_SEASON = 50

# (records (n,) in units of their deviation, season that fits in twice or None, steps, levels) → in the same units
OneTarget = Callable[[Array, int | None, int, Levels], Banded]


def ets(history: Series, config: Config, steps: int, levels: Levels = ()) -> Banded:
    """Exponential smoothing (Holt 1957, Winters 1960; in the taxonomy of Hyndman et al. 2008 the trend N or Ad and the season
    N, A or M): no trend or an additive damped one, no season, an additive one or, where all values are above zero, a
    multiplicative one. The season is chosen first, then the trend, by AICc, with the initial states counted."""

    def one(y: Array, season: int | None, ahead: int, levels: Levels) -> Banded:
        return spread.smoothed(_smoothing(y, season), ahead, levels)

    return _each(history, config, steps, levels, one)


def theta(history: Series, config: Config, steps: int, levels: Levels = ()) -> Banded:
    """Theta (Assimakopoulos and Nikolopoulos 2000), the standard one with θ = 0 and 2. As in the M4 competition a season is
    taken out first, by classical decomposition, if the autocorrelation at it is significant; here as a factor where all values
    are above zero, else as a difference."""
    return _each(history, config, steps, levels, _theta)


def stl(history: Series, config: Config, steps: int, levels: Levels = ()) -> Banded | None:
    """STL (Cleveland et al. 1990): the season, which may change slowly, is taken out and its last one repeated; the rest is
    forecast by exponential smoothing without a season, as `ets` chooses it. None without a season of two or more."""
    if config.season is None or config.season < 2:
        return None
    return _each(history, config, steps, levels, _stl)


def _each(history: Series, config: Config, steps: int, levels: Levels, one: OneTarget) -> Banded:
    """Target by target, in units of its own deviation: (steps, K)."""
    season = config.season if config.season is not None and config.season >= 2 else None
    found = []
    for values in targets_of(history).T:
        values = values[-max(MOST_RECORDS, MOST_SEASONS * (season or 0)) :]
        found.append(_of_target(values, season, steps, levels, one))
    low, high = (
        {level: np.stack([getattr(each, side)[level] for each in found], axis=1) for level in levels}
        for side in ("low", "high")
    )
    return Banded(np.stack([each.mean for each in found], axis=1), low, high)


def _of_target(values: Array, season: int | None, steps: int, levels: Levels, one: OneTarget) -> Banded:
    """values (n,), original units → (steps,), by the method or, where it has no meaning or fails, by the last value."""
    size = float(np.abs(values).max())
    if np.ptp(values) <= ROUNDING * size:
        mean = np.repeat(values[-1], steps)
        return Banded(mean, dict.fromkeys(levels, mean), dict.fromkeys(levels, mean))
    last = repeated(values, steps, levels)
    if len(values) < LEAST_RECORDS:
        return last
    size *= float((values / size).std())
    fits = season if season is not None and 2 * season <= len(values) else None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a search that ends early is no failure: what it found is used
            found = one(values / size, fits, steps, levels)
    except (ValueError, ArithmeticError, IndexError, np.linalg.LinAlgError):
        return last
    return found.moved(lambda each: size * each) if np.isfinite(found.mean).all() else last


@dataclass(frozen=True, eq=False)
class Smoothing:
    """A fit by exponential smoothing. shift: what was taken off the records before they were fitted."""

    result: HoltWintersResults
    shift: float

    @property
    def aicc(self) -> float:
        """Infinite where the records are too few for so many parameters; a fit that failed never wins."""
        found = float(self.result.aicc)
        return found if np.isfinite(found) else np.inf

    def forecast(self, steps: int) -> Array:
        ahead: Array = np.asarray(self.result.forecast(steps)) + self.shift
        return ahead


def _smoothing(y: Array, season: int | None) -> Smoothing:
    """The fit with the least AICc: seasons are compared without a trend, then the best of them with one."""
    seasons: list[str | None] = [None]
    if season is not None:
        seasons += ["add", "mul"] if (y > 0).all() else ["add"]
    plain = {kind: _fitted(y, kind, season, damped=False) for kind in seasons}
    kind = min(plain, key=lambda one: plain[one].aicc)
    return min(plain[kind], _fitted(y, kind, season, damped=True), key=lambda one: one.aicc)


def _fitted(y: Array, kind: str | None, season: int | None, *, damped: bool) -> Smoothing:
    # Imported here: statsmodels takes seconds, and most of what uses this package asks for none of these methods.
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    # A small change of a large level is lost on the search, and where all terms add up the level does not matter.
    shift = 0.0 if kind == "mul" else float(y.mean())
    # The states that are taken from the first records need ten of them, and two seasons.
    searched = kind is None or season is None or season <= LONGEST_SEARCHED
    model = ExponentialSmoothing(
        y - shift, trend="add" if damped else None, damped_trend=damped, seasonal=kind,
        seasonal_periods=season if kind else None, initialization_method="estimated" if searched else "heuristic",
    )  # fmt: skip
    return Smoothing(model.fit(use_brute=False), shift)


def _theta(y: Array, season: int | None, steps: int, levels: Levels) -> Banded:
    from statsmodels.tsa.forecasting.theta import ThetaModel
    from statsmodels.tsa.seasonal import seasonal_decompose

    multiplicative = bool((y > 0).all())
    if season is None or not _seasonal(y, season):
        seasonal = np.full(1, float(multiplicative))
    else:
        seasonal = seasonal_decompose(y, "mul" if multiplicative else "add", period=season).seasonal[:season]
    pattern = seasonal[np.arange(len(y) + steps) % len(seasonal)]
    rest = y / pattern[: len(y)] if multiplicative else y - pattern[: len(y)]
    # Without its season the record may be constant, and there is nothing to fit. Its level does not matter to the method, but
    # a large one does to the search.
    level = rest.mean()
    if np.ptp(rest) > CONSTANT * np.ptp(y):
        fit = ThetaModel(rest - level, deseasonalize=False).fit()
        mean = np.asarray(fit.forecast(steps)) + level
        variance = spread.theta_variance(rest, float(fit.params["alpha"]), steps, len(seasonal)) if levels else mean
    else:
        mean, variance = np.full(steps, level), np.zeros(steps)
    ahead = pattern[len(y) :]
    return normal(mean, variance, levels).moved(lambda each: each * ahead if multiplicative else each + ahead)


def _seasonal(y: Array, season: int) -> bool:
    """The M4 competition's test, at 90 %: the autocorrelation at the season against what those at shorter lags would let it
    vary by (Bartlett's formula)."""
    from statsmodels.tsa.stattools import acf

    found = acf(y, nlags=season, fft=True)
    return bool(abs(found[-1]) > 1.645 * np.sqrt((1 + 2 * np.square(found[1:-1]).sum()) / len(y)))


def _stl(y: Array, season: int | None, steps: int, levels: Levels) -> Banded:
    from statsmodels.tsa.forecasting.stl import STLForecast

    if season is None:
        return spread.smoothed(_smoothing(y, None), steps, levels)
    jump = max(1, season // POINTS_A_SEASON)
    decomposed = STLForecast(y, _WithoutSeason, period=season, trend_jump=jump, low_pass_jump=jump)
    # Two passes of the inner loop are what its authors find enough where no outliers are to be weighed down.
    fit = decomposed.fit(inner_iter=2, outer_iter=0)
    mean = np.asarray(fit.forecast(steps))
    if not levels:
        return Banded(mean)
    return spread.decomposed(y, mean, fit.model_result, season, levels)


class _WithoutSeason:
    """What STLForecast asks of the model for the rest: made from the records (n,), `fit` gives something with `forecast`."""

    def __init__(self, endog: Any) -> None:
        self.endog = np.asarray(endog, np.float64)

    def fit(self) -> Smoothing:
        return _smoothing(self.endog, None)
