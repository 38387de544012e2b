"""A method without training in a backtest: its forecast of each series of a fold, and intervals where they cost little."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.forecast.backtest.fold import Array, Fold, history_of
from rnn.forecast.backtest.rows import Forecast
from rnn.forecast.residuals import conformal_reach
from rnn.forecast.methods import METHODS

# Intervals take the forecast again from many origins. What one fold may spend on that: forecasts without any fitting, over all
# its series; for the regressions, records that they are fitted on. Methods that search for their parameters have none.
UNFITTED, UNFITTED_FORECASTS = ("naive", "seasonal", "drift"), 10_000
REGRESSIONS, REGRESSION_RECORDS = ("linear", "ridge"), 20_000
# Origins of a series that residuals are measured from, at most and at least: fewer give no 95 % interval.
MOST_ORIGINS, LEAST_ORIGINS = 60, 19


@dataclass(frozen=True, eq=False)
class MethodForecast:
    """mean: (steps, K), None where the method has no meaning; reach: level → (steps, K), half the width of its interval, NaN
    where there is none."""

    mean: Array | None
    reach: dict[float, Array]


def by_method(
    key: str, fold: Fold, config: Config, levels: Sequence[float], stop: Callable[[], None], note: Callable[[str], None]
) -> Forecast:
    """One series after the other; NaN where there is no forecast. stop is called before each, and raises where it is time to;
    note takes the sentence on a series that the method fails on."""
    predicted = np.full(fold.actual.shape, np.nan)
    reaches = {level: np.full(fold.actual.shape, np.nan) for level in levels}
    origins = _origins(key, fold.histories)
    for number, history in enumerate(fold.histories):
        stop()
        try:
            found = forecast_method(key, history, config, fold.actual.shape[1], levels, origins)
        except (ValueError, np.linalg.LinAlgError) as error:
            note(f"{history.name}: {error}")
            continue
        if found.mean is not None:
            predicted[number] = found.mean
            for level, reach in found.reach.items():
                reaches[level][number] = reach
    low = {level: predicted - reach for level, reach in reaches.items()}
    return Forecast(predicted, low, {level: predicted + reach for level, reach in reaches.items()})


def forecast_method(
    key: str, history: Series, config: Config, steps: int, levels: Sequence[float], origins: int | None = None
) -> MethodForecast:
    """The forecast after one history. Its intervals are split conformal as a network's are, on the residuals of the same
    method from so many origins (None: what takes no long time) in its later half; NaN where those are too few."""
    origins = _origins(key, [history]) if origins is None else origins
    mean = METHODS[key].forecast(history, config, steps)
    if mean is None or not levels or origins < LEAST_ORIGINS:
        return MethodForecast(mean, {level: np.full((steps, len(history.targets)), np.nan) for level in levels})
    residuals = _residuals(key, history, config, steps, origins)
    shape = range(len(history.targets))
    reach = {
        level: np.array([[conformal_reach(errors[:, k], level) for k in shape] for errors in residuals])
        for level in levels
    }
    return MethodForecast(mean, reach)


def _origins(key: str, histories: Sequence[Series]) -> int:
    """How many origins of each history residuals are measured from."""
    allowed = UNFITTED_FORECASTS // len(histories) if key in UNFITTED else 0
    if key in REGRESSIONS:
        allowed = REGRESSION_RECORDS // sum(len(history) for history in histories)
    return min(MOST_ORIGINS, allowed)


def _residuals(key: str, history: Series, config: Config, steps: int, origins: int) -> list[Array]:
    """For each step ahead the absolute residuals (origins, K); later steps of the last origins lie beyond the history."""
    rows = len(history)
    first = max(rows // 2, 1)
    starts = np.unique(np.linspace(first, rows - 1, min(origins, rows - first)).astype(int)) if rows > first else []
    actual = history.values[:, history.target_columns]
    found: list[list[Array]] = [[] for _ in range(steps)]
    for start in starts:
        predicted = METHODS[key].forecast(history_of(history, slice(0, int(start))), config, steps)
        if predicted is None:
            continue
        errors = np.abs(actual[start : start + steps] - predicted[: rows - start])
        for step, error in enumerate(errors):
            found[step].append(error)
    return [np.array(errors).reshape(-1, actual.shape[1]) for errors in found]
