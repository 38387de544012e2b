"""Intervals of a regression: fitted once to the earlier part of a history, it forecasts the later part from one record after
another, and its errors there, step by step ahead, say how wide an interval has to be (split conformal)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.forecast.backtest.fold import Array, history_of
from rnn.forecast.held_out import HeldOut
from rnn.forecast.intervals import calibrate
from rnn.forecast.known_future import steps_needed
from rnn.forecast.measure import Measure
from rnn.forecast.methods.regressions import LEARN

# Of many series so many are measured, evenly spread; forecasts over all of them, and of one; numbers that their windows hold.
MOST_SERIES, MOST_FORECASTS, MOST_OF_A_SERIES, MOST_NUMBERS = 60, 1000, 300, 2_000_000
# The later part: this share of the history, and more of it, up to a half, where a forecast and these records take more.
SHARE, LEAST_RECORDS = 3, 40


def reaches_of_regression(
    key: str,
    config: Config,
    histories: Sequence[Series],
    steps: int,
    levels: Sequence[float],
    units: Array,
    halt: Callable[[], None],
) -> dict[float, Array]:
    """Level → (steps, K): half the width of the interval, in units (P, K); NaN where too few errors are known for the level,
    empty where none are.

    What the regression forecasts itself is learnt from the whole history; the one measured had a third less, and errs a
    little more. Neighbouring forecasts have errors in common, which `calibrate` allows for.
    """
    chosen = np.unique(np.linspace(0, len(histories) - 1, min(MOST_SERIES, len(histories))).astype(int))
    most = min(MOST_OF_A_SERIES, -(-MOST_FORECASTS // len(chosen)))
    found = []
    for number in chosen:
        halt()
        with np.errstate(all="ignore"):  # what grows beyond all numbers is an infinite error
            found.append(_forecasts(key, config, histories[number], steps, most))
    if not any(len(one) for one, _, _ in found):
        return {}
    # Records of one series after those of another, so far apart that no forecast reaches over.
    apart = max(map(len, histories)) + steps
    first = np.concatenate([one + number * apart for number, (one, _, _) in zip(chosen, found, strict=True)])
    numbers = np.concatenate([np.full(len(one), number) for number, (one, _, _) in zip(chosen, found, strict=True)])
    predicted, actual = (np.concatenate([each[k] for each in found]) for k in (1, 2))
    held = HeldOut(first, predicted[..., None], 0, actual, units[numbers][:, None], numbers, numbers)
    plain = Measure(False, False, units, units, tuple(histories[0].target_columns), 1)
    return dict(calibrate(held, plain, config, levels, "conformal").reaches)


def _forecasts(key: str, config: Config, history: Series, steps: int, most: int) -> tuple[np.ndarray, Array, Array]:
    """n forecasts within the later part, oldest first: the first record of each (n,), what it says and what came, (n, steps,
    K), the latter NaN beyond the history."""
    rows, columns = len(history), history.target_columns
    begin = rows - max(rows // SHARE, min(rows // 2, steps + LEAST_RECORDS))
    none = np.empty((0, steps, len(columns)))
    if not 0 < begin < rows:
        return np.empty(0, np.intp), none, none
    if config.log and (history.values[:, columns] <= 0).any():
        config = config.replace(log=False)  # as for the forecast itself, though the earlier part may be above zero
    earlier = history_of(history, slice(0, begin))
    learnt = LEARN[key](earlier, config, steps)
    read = learnt.history
    places = [history.names.index(name) for name in read.names]
    told = np.asarray(earlier.future) if read.known else None  # from `begin` on
    end = rows if told is None else min(rows, begin + len(told) - steps_needed(config, steps) + 1)
    ahead = np.arange(steps_needed(config, steps))
    most = max(1, min(most, MOST_NUMBERS // ((learnt.reach + len(ahead)) * len(places))))
    first = np.arange(begin, end)
    first = first[np.linspace(0, len(first) - 1, min(most, len(first))).astype(int)]
    windows = history.values[:, places][first[:, None] + np.arange(-learnt.reach, 0)]
    predicted = learnt.predict(windows, steps, None if told is None else told[first[:, None] - begin + ahead])
    records = first[:, None] + np.arange(steps)
    actual = history.values[:, columns][np.minimum(records, rows - 1)]
    return first, predicted, np.where((records < rows)[:, :, None], actual, np.nan)
