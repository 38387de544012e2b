"""Which season to go by, and whether the value a season before is a good start of a forecast: by trying it on the series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .pattern import alike, without_trend
from .seasons import Season
from .subject import Subject
from .suggestion import Suggestion

Array64 = NDArray[np.float64]

STRONG = 0.3  # share of the movement that repeats, from which on a season is gone by
MANY_SEASONS = 20
LONGEST_OF_FEW = 100
FRACTION, MULTIPLES = 0.02, 8  # of a record too many that matters, and how many seasons may make a whole number
LONGEST = 400  # records of a season that windows can be made of
ORIGINS = 60  # forecasts that a lag is tried on
DAYS = (24, 48, 72, 96, 144, 288, 1440)  # records of a day, of which seven make a week
SHORTEST = 4
MOST_READ, WIDEST = 7, 400  # seasons and records of a window
_WORDS = {
    "last": "the last value",
    "seasonal": "the value a season before",
    "seasons": "the mean over the last seasons",
}


@dataclass(frozen=True)
class Lag:
    """period: records of the season that a step of the network sees. lag: those of the season to look back, the same or a week
    of days. residual: which forecast from earlier seasons errs least, or "last". count: records of the typical series."""

    period: int
    lag: int
    residual: str
    count: int
    why: str

    @property
    def many(self) -> bool:
        """Whether there are many seasons to learn from."""
        return self.count >= MANY_SEASONS * self.period

    @property
    def seasons_read(self) -> int:
        """Whole seasons in a window."""
        return seasons_in(self.period, self.count)


def seasons_in(period: int, count: int) -> int:
    """Whole seasons of a window: seven where there are many, two where there are few."""
    if count < MANY_SEASONS * period:
        return 2
    return max(1, min(MOST_READ, WIDEST // period, int(0.4 * count) // period))


def suggested_season(
    subject: Subject, horizon: int, fixed: Mapping[str, Any], log: bool
) -> tuple[Suggestion, Lag | None]:
    """The season, and how to look back on it; None where there is none to go by."""
    strength, called = 1.0, ""
    if "season" in fixed:
        period = fixed["season"]
    elif subject.seasons:
        best = subject.seasons[0]
        period, strength, called = _whole(subject, best), best.strength, f", a {best.name}," if best.name else ""
    else:
        period = None
    if period is None:
        return Suggestion("season", None, "Nothing repeats at a fixed number of records by more than chance."), None
    said = f"Records {period:,} apart{called} are alike, and {strength:.0%} of the movement about the trend repeats."
    longest = LONGEST if subject.count >= MANY_SEASONS * period else LONGEST_OF_FEW
    if not (SHORTEST <= period <= longest and subject.count >= 3 * period) or strength < STRONG:
        return Suggestion("season", period, said), None
    series = [np.log(one) for one in subject.usable] if log else subject.usable
    tried = {(period, "last"): (1, 1), (period, "seasonal"): (period, 1)}
    if (seasons := seasons_in(period, subject.count)) > 2:
        tried[period, "seasons"] = (period, seasons)
    if period in DAYS and "season" not in fixed and subject.count >= 21 * period:
        tried[7 * period, "seasonal"] = (7 * period, 1)
    errors = {key: naive_error(series, *back, horizon) for key, back in tried.items()}
    lag, residual = min(errors, key=lambda key: errors[key])
    if lag > period:
        said = f"Records {lag:,} apart are more alike than those {period:,} apart: a week of days."
    why = f"{_WORDS[residual].capitalize()} misses least of what could be added to, by {errors[lag, residual]:.3g} usual steps"
    why += "." if residual == "last" else f"; the last value by {errors[period, 'last']:.3g}."
    return Suggestion("season", lag, said), Lag(period, lag, residual, subject.count, why)


def _whole(subject: Subject, season: Season) -> int:
    """The season in whole records: of one that is not whole and short, the multiple that nearly is, if it is more alike."""
    period = season.period
    if abs(period - round(period)) < FRACTION * period or not subject.usable:
        return round(period)
    series = subject.usable[0]
    rest = without_trend(series, period)
    near = {m: round(m * period) for m in range(1, MULTIPLES + 1) if m == 1 or 3 * m * period <= len(series)}
    likeness = {m: max(alike(rest, lag, near=False), 0.0) for m, lag in near.items()}
    return near[min(m for m, one in likeness.items() if one >= max(likeness.values()) - 0.005)]


def naive_error(series: Sequence[Array64], lag: int, times: int, horizon: int) -> float:
    """Mean absolute error of repeating the last `lag` values, or the mean of the last `times` such seasons, over `horizon`
    steps, in units of each series' own usual step, from origins over its later half."""
    found = []
    for values in series:
        count = len(values)
        first, last = max(times * lag, count // 2), count - min(horizon, count // 4)
        if first >= last:
            continue
        origins = np.unique(np.linspace(first, last, ORIGINS).astype(int))
        steps = np.arange(min(horizon, count // 4))
        actual = values[np.minimum(origins[:, None] + steps, count - 1)]
        naive = np.mean([values[origins[:, None] - back * lag + steps % lag] for back in range(1, times + 1)], axis=0)
        size = float(np.abs(np.diff(values)).mean()) or 1.0
        found.append(float(np.abs(actual - naive).mean()) / size)
    return float(np.mean(found)) if found else float("inf")
