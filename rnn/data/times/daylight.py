"""Local times in which the clock was put forward and back: recognised by the hours that are absent and that come twice."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from .zones import Datetimes, zone

# One zone for each rule by which clocks are changed today, the most people first.
_RULES = (
    *("Europe/Berlin", "America/New_York", "Europe/London", "Europe/Helsinki", "Australia/Sydney", "Pacific/Auckland"),
    *("America/Santiago", "Asia/Jerusalem", "Africa/Cairo"),
)
_HOUR = np.timedelta64(3_600_000_000, "us")
_SCARCE = 0.05  # share of repeated times up to which a repeated hour tells anything
_YEARS = (1970, 2037)


@dataclass(frozen=True)
class Change:
    """One change of a clock: start and end (local, datetime64[us]) of the time that it skipped (forward) or showed twice."""

    start: np.datetime64
    end: np.datetime64
    forward: bool


@dataclass(frozen=True)
class Daylight:
    """What speaks for local time: a zone with such changes; how often the clock went forward and back in the data.

    repeated: (N,) mask of the sorted times that a clock put back shows again. skipped: the steps that it left out.
    """

    zone: str
    forward: int
    back: int
    repeated: NDArray[np.bool_]
    skipped: int


def find_daylight(ordered: Datetimes) -> Daylight | None:
    """Whether sorted moments (N,), hourly or finer, are local times of a zone that changes its clocks; the first that fits.

    A change speaks for a rule where the hour before and the hour after are there and the one between is absent, or comes twice;
    one that goes otherwise speaks against it.
    """
    moments = ordered.astype("datetime64[us]")
    if len(moments) < 6:
        return None
    steps = np.diff(moments)
    same = steps == np.timedelta64(0)
    if same.all() or np.median(steps[~same]) > _HOUR or not (same.any() or (steps > _HOUR).any()):
        return None
    scarce = bool(same.mean() <= _SCARCE)
    step = np.median(steps[~same])
    for name in _RULES:
        found = _judged(moments, same, name, scarce, step)
        if found is not None:
            return found
    return None


def _judged(
    moments: Datetimes, same: NDArray[np.bool_], name: str, scarce: bool, step: np.timedelta64
) -> Daylight | None:
    forward = back = against = skipped = 0
    repeated = np.zeros(len(moments), dtype=bool)
    for change in changes(name, *_span(moments)):
        before, start, end, after = np.searchsorted(
            moments, [change.start - _HOUR, change.start, change.end, change.end + _HOUR]
        )
        if before == start or end == after:
            continue  # nothing there to judge by
        if change.forward:
            forward += start == end
            against += start != end
            skipped += round((change.end - change.start) / step) if start == end else 0
        elif scarce and start < end:
            again = same[max(0, start - 1) : end - 1] if start else np.concatenate(([False], same[: end - 1]))
            back += bool(again.any())
            against += not again.any()
            repeated[start:end] = again
    if against or not forward + back:
        return None
    return Daylight(name, forward, back, repeated, skipped)


def _span(moments: Datetimes) -> tuple[int, int]:
    years = moments[[0, -1]].astype("datetime64[Y]").astype(int) + 1970
    return max(int(years[0]), _YEARS[0]), min(int(years[1]), _YEARS[1])


@lru_cache(maxsize=64)
def changes(name: str, first: int, last: int) -> tuple[Change, ...]:
    """The changes of the zone's clocks in the years from first to last, in order."""
    where = zone(name)
    if where is None:
        return ()
    months = [dt.datetime(year, month, 1) for year in range(first, last + 1) for month in range(1, 13)]
    months.append(dt.datetime(last + 1, 1, 1))
    offsets = [_ahead(where, month) for month in months]
    found = []
    for k in range(len(months) - 1):
        if offsets[k] != offsets[k + 1]:
            found.append(_located(where, months[k], months[k + 1]))
    return tuple(found)


def _located(where: ZoneInfo, low: dt.datetime, high: dt.datetime) -> Change:
    """The change between two moments (UTC), to the minute."""
    before, after = _ahead(where, low), _ahead(where, high)
    while high - low > dt.timedelta(minutes=1):
        middle = low + dt.timedelta(minutes=int((high - low).total_seconds() // 120))
        low, high = (middle, high) if _ahead(where, middle) == before else (low, middle)
    edges = sorted((high + before, high + after))
    return Change(np.datetime64(edges[0], "us"), np.datetime64(edges[1], "us"), after > before)


def _ahead(where: ZoneInfo, utc: dt.datetime) -> dt.timedelta:
    return utc.replace(tzinfo=dt.UTC).astimezone(where).utcoffset() or dt.timedelta(0)
