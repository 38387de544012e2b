"""A method without training in a backtest: its forecast of each series of a fold, and intervals where they cost little.

Intervals are split conformal, as a network's are: on the errors of the same method from origins in the later half of each
history, each method fitted anew on the records before. Of many series the errors of all are put together, each in its own
unit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.forecast.backtest.fold import Array, Fold, history_of
from rnn.forecast.backtest.rows import Forecast
from rnn.forecast.methods import METHODS

# What the intervals of one fold may cost: so many forecasts without any fitting; regressions on so many records in all; of any
# method a share of the forecasts that the fold takes anyway. Below LEAST_ORIGINS, too few for a 95 % interval, there are none.
UNFITTED, UNFITTED_FORECASTS = ("naive", "seasonal", "drift"), 1000
REGRESSIONS, REGRESSION_RECORDS = ("linear", "ridge"), 20_000
SHARE = 0.25
MOST_ORIGINS_A_SERIES, LEAST_ORIGINS = 60, 19
# Origins one after the other, each so much further on (the golden section), lie evenly however many there are.
GOLDEN = 0.6180339887498949


@dataclass(frozen=True, eq=False)
class Request:
    """config: whose season, window and preparation the method takes."""

    key: str
    config: Config
    steps: int
    levels: Sequence[float]

    def forecast(self, history: Series) -> Array | None:
        return METHODS[self.key].forecast(history, self.config, self.steps)


def by_method(request: Request, fold: Fold, halt: Callable[[], None], note: Callable[[str], None]) -> Forecast:
    """One series after the other; NaN where there is no forecast. halt is called before each, and raises where it is time to;
    note takes the sentence on a series that the method fails on."""
    predicted = np.full(fold.actual.shape, np.nan)
    for number, history in enumerate(fold.histories):
        halt()
        try:
            found = request.forecast(history)
        except (ValueError, np.linalg.LinAlgError) as error:
            note(f"{history.name}: {error}")
            continue
        if found is not None:
            predicted[number] = found
    units = np.where(fold.scale > 0, fold.scale, 1.0)
    reaches = reaches_of(request, fold.histories, units, halt) if np.isfinite(predicted).any() else {}
    low = {level: predicted - reach * units[:, None] for level, reach in reaches.items()}
    return Forecast(predicted, low, {level: predicted + reach * units[:, None] for level, reach in reaches.items()})


def reaches_of(
    request: Request, histories: Sequence[Series], units: Array, halt: Callable[[], None]
) -> dict[float, Array]:
    """Level → (steps, K): half the width of the interval, in units (P, K); empty where it would take long, or no levels are
    asked for."""
    count = _affordable(request.key, histories)
    if not request.levels or count < LEAST_ORIGINS:
        return {}
    errors = []
    for number, start in _origins(histories, request.steps, count):
        halt()
        history = histories[number]
        predicted = request.forecast(history_of(history, slice(0, start)))
        if predicted is not None:
            actual = history.values[start : start + request.steps, history.target_columns]
            errors.append(np.abs(actual - predicted) / units[number])
    if not errors:
        return {}
    residuals = np.stack(errors)
    return {level: _reach(residuals, level) for level in request.levels}


def _reach(residuals: Array, level: float) -> Array:
    """residuals (n, …) → (…): the ⌈(n + 1) · level⌉-th smallest, NaN where n is too small for the level."""
    # 99.9 is not exactly 99.9 in binary: without rounding, the ⌈ ⌉ of a whole number could be the next one.
    rank = max(1, math.ceil(round((len(residuals) + 1) * level / 100, 9)))
    if rank > len(residuals):
        return np.full(residuals.shape[1:], np.nan)
    return np.sort(residuals, axis=0)[rank - 1]


def _affordable(key: str, histories: Sequence[Series]) -> int:
    """How many origins, over all histories."""
    count = int(SHARE * len(histories))
    if key in UNFITTED:
        count = max(count, UNFITTED_FORECASTS)
    if key in REGRESSIONS:
        count = max(count, REGRESSION_RECORDS * len(histories) // sum(map(len, histories)))
    return min(count, MOST_ORIGINS_A_SERIES * len(histories))


def _origins(histories: Sequence[Series], steps: int, count: int) -> list[tuple[int, int]]:
    """The history's number, and the first record predicted, a whole forecast before its end: evenly over the histories, and
    in each over its later half. Each is named once, however short the histories are."""
    found: dict[tuple[int, int], None] = {}
    for k in range(count):
        number = k * len(histories) // count
        rows = len(histories[number])
        first, last = max(1, min(rows // 2, rows - steps)), rows - steps
        if last >= first:
            found[number, first + int(k * GOLDEN % 1 * (last - first + 1))] = None
    return list(found)
