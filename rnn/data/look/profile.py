"""The seasonal plot: what is usual at each place of a season (month, weekday, hour), and the last seasons one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from .natural import nearest_natural
from .pattern import places, without_trend
from .usable import usable

Array64 = NDArray[np.float64]

FEWEST = 2  # whole seasons
MOST_LINES = 12  # seasons drawn one by one; more are a tangle
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MINUTE = 60_000_000  # microseconds


@dataclass(frozen=True, eq=False)
class Profile:
    """P places of a season, each with the values that fell there, as what they lie above or below the series' moving average
    over one season.

    by: what the places are ("month", "weekday", "hour of the day", "record of the season", …). at: (P,) where they stand on an
    axis; labels: the P names. mean, low, median, high: (P,), low and high the quartiles. seasons: names of the last S ≤ 12, in
    order, and lines (S, P) their values, NaN where a season has none. count: seasons in all.
    """

    by: str
    at: Array64
    labels: tuple[str, ...]
    mean: Array64
    low: Array64
    median: Array64
    high: Array64
    seasons: tuple[str, ...]
    lines: Array64
    count: int


@dataclass(frozen=True, eq=False)
class _Places:
    by: str
    place: NDArray[np.intp]
    season: NDArray[Any]
    labels: tuple[str, ...]


def seasonal_profile(values: ArrayLike, times: ArrayLike | None, frequency: str | None, period: float) -> Profile:
    """The profile of values (N,) over a season of `period` records.

    times: (N,) datetime64, by whose calendar the places are taken where the period is a natural one of the frequency; else, and
    without times, the place is the record's number within the season. Raises ValueError where there are fewer than two seasons,
    and as `usable` does.
    """
    array = usable(values)
    if period < 2 or len(array) < FEWEST * period:
        raise ValueError(
            f"{len(array):,} records are fewer than two seasons of {round(period):,}, so there is nothing to lay side by side."
        )
    width = max(2, round(period))
    rest = without_trend(array, period)
    first = width // 2
    moments = None if times is None else np.asarray(times)[first : first + len(rest)]
    framed = _calendar(moments, frequency, period) or _counted(first, len(rest), period)
    table = pd.DataFrame({"place": framed.place, "season": framed.season, "value": rest})
    groups = table.groupby("place")["value"]
    every = np.arange(len(framed.labels))
    spread = groups.quantile([0.25, 0.5, 0.75]).unstack().reindex(every)
    seasons, lines = _lines(table, every)
    return Profile(
        framed.by, every + 1.0, framed.labels, groups.mean().reindex(every).to_numpy(), spread[0.25].to_numpy(),
        spread[0.5].to_numpy(), spread[0.75].to_numpy(), seasons, lines, int(table["season"].nunique()),
    )  # fmt: skip


def _lines(table: pd.DataFrame, every: NDArray[Any]) -> tuple[tuple[str, ...], Array64]:
    last = np.sort(table["season"].unique())[-MOST_LINES:]
    recent = table[table["season"] >= last[0]]
    grid = recent.groupby(["season", "place"])["value"].mean().unstack().reindex(columns=every)
    names = tuple(str(name)[:10] for name in grid.index)  # a date without its midnight
    return names, grid.to_numpy(dtype=np.float64)


def _counted(first: int, count: int, period: float) -> _Places:
    place, many = places(first + count, period)
    season = (np.arange(first + count) // period).astype(int)[first:] + 1
    step = period / many
    labels = tuple(f"{k + 1}" if many == round(period) else f"{1 + k * step:.1f}" for k in range(many))
    return _Places("record of the season", place[first:], season, labels)


def _calendar(moments: NDArray[Any] | None, frequency: str | None, period: float) -> _Places | None:
    near = nearest_natural(period, frequency, 0.02)
    if near is None or moments is None or moments.dtype.kind != "M":
        return None
    when = moments.astype("datetime64[us]")
    days = when.astype("datetime64[D]")
    within_day = (when - days).astype(np.int64)
    years, months = (
        when.astype("datetime64[Y]").astype(np.int64) + 1970,
        when.astype("datetime64[M]").astype(np.int64) % 12,
    )
    weekday = (days.astype(np.int64) + 3) % 7
    match near[0]:
        case "year" if near[1] < 6:
            return _Places("quarter", months // 3, years, ("Q1", "Q2", "Q3", "Q4"))
        case "year":
            return _Places("month", months, years, _MONTHS)
        case "month":
            day = (days - when.astype("datetime64[M]")).astype(np.int64)
            return _Places("day of the month", day, when.astype("datetime64[M]"), tuple(f"{k}" for k in range(1, 32)))
        case "week" if near[1] <= 7:
            return _Places("weekday", weekday, days - weekday, _DAYS)
        case "week":
            hours = tuple(f"{day} {hour}:00" for day in _DAYS for hour in range(24))
            return _Places("hour of the week", weekday * 24 + within_day // (60 * _MINUTE), days - weekday, hours)
        case "day":
            slot = 15 * _MINUTE if near[1] >= 96 else 30 * _MINUTE if near[1] >= 48 else 60 * _MINUTE
            slots = tuple(
                f"{k * slot // _MINUTE // 60}:{k * slot // _MINUTE % 60:02d}" for k in range(1440 * _MINUTE // slot)
            )
            return _Places("time of the day", within_day // slot, days, slots)
        case "hour":
            minute = within_day // _MINUTE % 60
            return _Places("minute of the hour", minute, when.astype("datetime64[h]"), tuple(f"{k}" for k in range(60)))
    return None
