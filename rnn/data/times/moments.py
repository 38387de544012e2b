"""Columns of one family of dates as moments: their parts put together by arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from . import names
from .templates import Parts, take_apart

Datetimes = NDArray[np.datetime64]
Integers = NDArray[np.int64]

SHORT_YEARS = "00 to 68 mean 2000 to 2068, and 69 to 99 mean 1969 to 1999"
_NEVER = -1  # no such part: a month, day or hour that does not exist


@dataclass(frozen=True)
class Parsed:
    """A column of dates: values (N,) datetime64 as the clock showed them, NaT where a cell could not be read.

    zones: the zones written in the cells; zone_codes: (N,) positions in it, −1 without a zone. short_years: cells whose year
    has two digits. weeks: the numbers after the year were weeks, for some go beyond the twelfth.
    """

    values: Datetimes
    zones: tuple[str, ...] = ()
    zone_codes: Integers | None = None
    short_years: int = 0
    weeks: bool = False

    @property
    def unread(self) -> int:
        return int(np.isnat(self.values).sum())


def parse(cells: pd.Series, kind: str, order: str = "dmy") -> Parsed:
    """The dates in `cells` (text of one family; missing → NaT). order ("dmy", "mdy", "ymd") matters to "day-month" alone."""
    cells = cells.str.strip()
    if kind == "iso" and _plain_iso(cells.iloc[:1000]) is not None and (plain := _plain_iso(cells)) is not None:
        return Parsed(plain)
    parts = take_apart(cells, kind)
    numbers, short = parts.numbers, parts.short
    if "name" in parts.words:
        numbers["month"] = parts.coded("name", names.month)
    if kind == "day-month" and parts.read.any():
        first, second, year = numbers.pop("first"), numbers.pop("second_"), numbers["year"]
        if order == "ymd":
            numbers |= {"year": first, "month": second, "day": year}
            short = parts.read
        else:
            numbers |= {"day": first, "month": second} if order == "dmy" else {"month": first, "day": second}
    if short.any():
        year = numbers["year"]
        numbers["year"] = np.where(short, year + np.where(year <= 68, 2000, 1900), year)
    weeks = kind == "year-month" and bool(parts.read.any()) and 12 < numbers["month"].max() <= 53
    if weeks:
        numbers["week"] = numbers.pop("month")
    _twelve_hours(parts)
    if not parts.read.any():
        return Parsed(np.full(len(cells), np.datetime64("NaT", "us"), dtype="datetime64[us]"))
    values = assemble(numbers, parts.read)
    if "zone" not in parts.words:
        return Parsed(values, short_years=int(short.sum()), weeks=weeks)
    return Parsed(values, tuple(parts.words["zone"][1:]), parts.codes["zone"] - 1, int(short.sum()), weeks)


def _plain_iso(cells: pd.Series) -> Datetimes | None:
    """The moments where all cells are as the standard has them, without a zone: Arrow reads those three times as fast."""
    try:
        text = pa.array(cells, type=pa.large_string(), from_pandas=True)
        return pc.cast(text, pa.timestamp("us")).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return None


def parse_clock(cells: pd.Series) -> NDArray[np.timedelta64]:
    """Times of day as the time since midnight, NaT where a cell is none."""
    parts = take_apart(cells.str.strip(), "clock")
    _twelve_hours(parts)
    parts.numbers["year"] = np.full(len(cells), 1970)
    since_midnight: NDArray[np.timedelta64] = assemble(parts.numbers, parts.read) - np.datetime64(0, "us")
    return since_midnight


def assemble(parts: Mapping[str, Integers], read: NDArray[np.bool_]) -> Datetimes:
    """The moments (N,) that numbers stand for, NaT where not `read` or where there is no such moment (30 February).

    parts: "year" and of "month" and "day", "quarter", "semester", "week" (ISO 8601) and "weekday", "ordinal" (day of the year),
    "hour", "minute", "second", "fraction" (microseconds) those that there are, each (N,). 24:00 is the midnight that ends the
    day; second 60 is allowed.
    """
    years = parts["year"]
    good = read & (years >= 1) & (years <= 9999)
    start = (np.where(good, years, 1970) - 1970).astype("datetime64[Y]")
    if "ordinal" in parts:
        days, limit = parts["ordinal"], (start + 1).astype("datetime64[D]") - start.astype("datetime64[D]")
        good &= (days >= 1) & (days <= limit.astype(np.int64))
        dates = start.astype("datetime64[D]") + (days - 1)
    elif "week" in parts:
        first = _first_monday(start)
        weekday = np.where(parts.get("weekday", 0) == 0, 1, parts.get("weekday", 1))
        good &= (parts["week"] >= 1) & (first + 7 * (parts["week"] - 1) < _first_monday(start + 1))
        dates = first + 7 * (parts["week"] - 1) + (weekday - 1)
    else:
        dates, exists = _by_month(parts, start)
        good &= exists
    values: Datetimes = dates.astype("datetime64[us]")
    for name, size, end in (("hour", 3_600_000_000, 24), ("minute", 60_000_000, 59), ("second", 1_000_000, 60)):
        if name in parts:
            good &= (parts[name] >= 0) & (parts[name] <= end)
            values += (parts[name] * size).astype("timedelta64[us]")
    if "hour" in parts:
        late = parts["hour"] == 24
        good &= ~late | ((parts.get("minute", 0) == 0) & (parts.get("second", 0) == 0))  # type: ignore[operator]
    if "fraction" in parts:
        values += parts["fraction"].astype("timedelta64[us]")
    values[~good] = np.datetime64("NaT")
    return values


def tidy(values: Datetimes) -> Datetimes:
    """datetime64[s] where every moment is a whole second, else [ns] where the range allows, else [us]."""
    seconds: Datetimes = values.astype("datetime64[s]")
    known = ~np.isnat(values)
    if (seconds[known] == values[known]).all():
        return seconds
    years = seconds[known].astype("datetime64[Y]").astype(int) + 1970
    return values.astype("datetime64[ns]" if years.min() > 1678 and years.max() < 2262 else "datetime64[us]")


def _by_month(parts: Mapping[str, Integers], start: Datetimes) -> tuple[Datetimes, NDArray[np.bool_]]:
    if "quarter" in parts:
        month = 3 * parts["quarter"] - 2
    elif "semester" in parts:
        month = 6 * parts["semester"] - 5
    else:
        month = parts.get("month", np.ones(len(start), np.int64))
    day = parts.get("day", np.ones(len(start), np.int64))
    months = start.astype("datetime64[M]") + (month - 1)
    dates = months.astype("datetime64[D]") + (day - 1)
    return dates, (month >= 1) & (month <= 12) & (day >= 1) & (dates < (months + 1).astype("datetime64[D]"))


def _first_monday(year: Datetimes) -> Datetimes:
    """The Monday of the first ISO week: of the week that 4 January is in."""
    fourth = year.astype("datetime64[D]") + 3
    monday: Datetimes = fourth - ((fourth.astype(np.int64) + 3) % 7)
    return monday


def _twelve_hours(parts: Parts) -> None:
    """Hours before and after noon as hours of the day; a thirteenth hour of a half does not exist."""
    if "noon" not in parts.words:
        return
    half = parts.coded("noon", lambda word: {"a": 1, "p": 2}.get(word.lower(), 0))
    hour = parts.numbers["hour"]
    twelfth = np.where((hour < 1) | (hour > 12), _NEVER, hour % 12 + 12 * (half == 2))
    parts.numbers["hour"] = np.where(half == 0, hour, twelfth)
