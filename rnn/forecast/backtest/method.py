"""A method without training in a backtest: its forecast of each series of a fold, with intervals.

Exponential smoothing, Theta and STL give those of their own models. Of the others they are split conformal, as a network's
are, on errors within each history: a regression's from one fit to its earlier part (`held_back`), those of a method that fits
nothing from origins in its later half, each forecast from the records before. Of many series the errors of all are put
together, each in its own unit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.forecast.backtest.fold import Array, history_of
from rnn.forecast.backtest.held_back import reaches_of_regression
from rnn.forecast.backtest.rows import Forecast
from rnn.forecast.methods import METHODS
from rnn.forecast.methods.banded import Banded
from rnn.forecast.methods.regressions import LEARN
from rnn.forecast.residuals import rank_of

# What the intervals of a method that fits nothing cost: so many forecasts, and no more of one series.
MOST_ORIGINS, MOST_ORIGINS_A_SERIES = 1000, 60
# An interval that is narrower than this share of the values around it is a fit without anything left over, or rounding.
NO_WIDTH = 1e-12
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

    def banded(self, history: Series) -> Banded | None:
        """With the intervals of the method's own model; without any where it has none."""
        method = METHODS[self.key]
        if method.bands is not None:
            return method.banded(history, self.config, self.steps, self.levels)
        mean = self.forecast(history)
        return None if mean is None else Banded(mean)


def forecasts_of(
    request: Request,
    histories: Sequence[Series],
    scale: Array,
    halt: Callable[[], None] = lambda: None,
    note: Callable[[str], None] | None = None,
) -> Forecast:
    """One series after the other, from the end of each history; NaN where there is no forecast, or no interval.

    scale: (P, K), in which the errors of series of different size are put together. halt is called before each forecast, and
    raises where it is time to; note takes what the method fails on, in words (None: the error is raised).
    """
    shape = (len(histories), request.steps, len(histories[0].targets))
    predicted = np.full(shape, np.nan)
    low, high = ({level: np.full(shape, np.nan) for level in request.levels} for _ in range(2))
    for number, history in enumerate(histories):
        halt()
        try:
            found = request.banded(history)
        except (ValueError, np.linalg.LinAlgError) as error:
            if note is None:
                raise
            note(f"no forecast of {history.name}: {error}")
            continue
        if found is not None:
            predicted[number] = found.mean
            for level in found.low:
                low[level][number], high[level][number] = found.low[level], found.high[level]
    if METHODS[request.key].bands is None and request.levels and np.isfinite(predicted).any():
        units = np.where(scale > 0, scale, 1.0)
        for level, reach in _measured(request, histories, units, halt, note).items():
            width = np.where(np.isfinite(reach), reach, np.nan) * units[:, None]
            low[level], high[level] = predicted - width, predicted + width
    _without_width(histories, low, high)
    return Forecast(predicted, low, high)


def _without_width(histories: Sequence[Series], low: dict[float, Array], high: dict[float, Array]) -> None:
    """Take out, in place, the intervals without any width: only a constant history may have those."""
    for number, history in enumerate(histories):
        values = history.values[:, history.target_columns]
        size, changes = np.abs(values).max(axis=0), np.ptp(values, axis=0)
        for level in low:
            flat = (high[level][number] - low[level][number] <= NO_WIDTH * size) & (changes > 0)
            low[level][number][flat] = high[level][number][flat] = np.nan


def _measured(
    request: Request,
    histories: Sequence[Series],
    units: Array,
    halt: Callable[[], None],
    note: Callable[[str], None] | None,
) -> dict[float, Array]:
    """Level → (steps, K): half the width of the interval, in units (P, K); empty where nothing could be measured."""
    try:
        if request.key in LEARN:
            return reaches_of_regression(
                request.key, request.config, histories, request.steps, request.levels, units, halt
            )
        return _reaches_of_origins(request, histories, units, halt)
    except (ValueError, np.linalg.LinAlgError) as error:
        if note is None:
            raise
        note(f"no intervals: {error}")  # the forecast itself stands
        return {}


def _reaches_of_origins(
    request: Request, histories: Sequence[Series], units: Array, halt: Callable[[], None]
) -> dict[float, Array]:
    count = min(max(MOST_ORIGINS, len(histories)), MOST_ORIGINS_A_SERIES * len(histories))
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
    rank = rank_of(len(residuals), len(residuals), level)
    if rank > len(residuals):
        return np.full(residuals.shape[1:], np.nan)
    return np.sort(residuals, axis=0)[rank - 1]


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
