"""Which season to go by, and whether the value a season before is a good start of a forecast: by trying it on the series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .subject import Subject
from .suggestion import Suggestion

Array64 = NDArray[np.float64]

STRONG = 0.3  # share of the movement that repeats, from which on a season is gone by
MANY_SEASONS = 20
LONGEST = 400  # records of a season that a window can hold several of
ORIGINS = 60  # forecasts that a lag is tried on
DAYS = (24, 48, 72, 96, 144, 288, 1440)  # records of a day, of which seven make a week
SHORTEST = 4


@dataclass(frozen=True)
class Lag:
    """period: records of the season that a step of the network sees. lag: those of the season that the naive forecast looks
    back, the same or a week of days. count: of the typical series. pays: whether that forecast beats the last value."""

    period: int
    lag: int
    count: int
    pays: bool
    why: str

    @property
    def many(self) -> bool:
        """Whether there are many seasons to learn from."""
        return self.count >= MANY_SEASONS * self.period

    @property
    def seasons_read(self) -> int:
        """Whole seasons in a window."""
        if not self.many:
            return 2
        most = max(1, int(0.4 * self.count) // self.period)
        return min(7 if self.lag > self.period else 3, most)


def suggested_season(subject: Subject, horizon: int, fixed: Mapping[str, Any]) -> tuple[Suggestion, Lag | None]:
    """The season, and how to look back on it; None where there is none to go by."""
    if "season" in fixed:
        period = fixed["season"]
        name, strength = "", 1.0
    elif subject.seasons:
        best = subject.seasons[0]
        period, name, strength = best.records, best.name, best.strength
    else:
        period = None
    if period is None:
        return Suggestion("season", None, "Nothing repeats at a fixed number of records by more than chance."), None
    called = f", a {name}," if name else ""
    said = f"Records {period:,} apart{called} are alike, and {strength:.0%} of the movement about the trend repeats."
    if not (SHORTEST <= period <= LONGEST and subject.count >= 3 * period) or strength < STRONG:
        return Suggestion("season", period, said), None
    lags = [period]
    if period in DAYS and "season" not in fixed and subject.count >= 21 * period:
        lags.append(7 * period)
    errors = {lag: naive_error(subject.usable, lag, horizon) for lag in (1, *lags)}
    best_lag = min(lags, key=lambda lag: errors[lag])
    pays = errors[best_lag] < errors[1]
    why = f"Looking back {best_lag:,} records misses by {errors[best_lag]:.3g}, the last value by {errors[1]:.3g}."
    if best_lag > period:
        said = f"Records {best_lag:,} apart are more alike than those {period:,} apart: a week of days."
    return Suggestion("season", best_lag, said), Lag(period, best_lag, subject.count, pays, why)


def naive_error(series: Sequence[Array64], lag: int, horizon: int) -> float:
    """Mean absolute error of repeating the last `lag` values over `horizon` steps, in units of each series' own usual step,
    from origins over its later half."""
    found = []
    for values in series:
        count = len(values)
        first, last = max(lag, count // 2), count - min(horizon, count // 4)
        if first >= last:
            continue
        origins = np.unique(np.linspace(first, last, ORIGINS).astype(int))
        steps = np.arange(min(horizon, count // 4))
        actual = values[np.minimum(origins[:, None] + steps, count - 1)]
        naive = values[origins[:, None] - lag + steps % lag]
        size = float(np.abs(np.diff(values)).mean()) or 1.0
        found.append(float(np.abs(actual - naive).mean()) / size)
    return float(np.mean(found)) if found else float("inf")
