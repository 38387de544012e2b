"""Which column of a table is its time, found by what its cells hold, and the moments in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..findings import BadFile, Finding, counted, finding, row_list, shown
from . import families, moments, zones
from .dayorder import ordered
from .numbers import from_numbers
from .parts import Joined, join_clock, join_parts
from .zoned import in_utc, localised

_ENOUGH = 0.9  # share of the cells that must be dates


@dataclass(frozen=True)
class TimeColumn:
    """The time of every row: moments (N,) datetime64 with NaT where there is none, or plain numbers; how it was read.

    unit: of numbers that count from a day 0, one of numbers.UNITS. timezone: the zone that local times were read in.
    """

    name: str
    moments: np.ndarray[Any, Any]
    day_first: bool | None
    findings: tuple[Finding, ...]
    unit: str | None = None
    timezone: str | None = None

    @property
    def choices(self) -> dict[str, Any]:
        """The choices that make the same moments of the same cells again."""
        found = {"day_first": self.day_first, "time_unit": self.unit, "timezone": self.timezone}
        return {name: value for name, value in found.items() if value is not None}


def find_time(frame: pd.DataFrame, choices: dict[str, Any], delimiter: str) -> TimeColumn | None:
    """The leftmost column that holds dates; else columns of year and month and so on; else numbers that are dates; else clocks.

    frame: columns of text or of numbers; its index holds the file's row numbers. choices: "time" may name the column, and
    "day_first", "time_unit" and "timezone" say how to read it. Raises BadFile where a chosen column is not there or does not
    hold dates.
    """
    if "time" not in choices:
        column = _found(frame, choices, delimiter)
    elif choices["time"] is None:
        return None
    elif choices["time"] not in frame.columns:
        raise BadFile(f"time={choices['time']!r} is not a column; the columns are {', '.join(frame.columns)}.")
    else:
        column = _chosen(frame, choices["time"], choices, delimiter)
    if column is None or column.moments.dtype.kind != "M":
        return column
    wanted = choices.get("timezone")
    if wanted is not None:
        column = _in_zone(frame, column, wanted)
    return replace(column, moments=moments.tidy(column.moments))


def _found(frame: pd.DataFrame, choices: dict[str, Any], delimiter: str) -> TimeColumn | None:
    texts = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    kinds = {name: kind for name in texts if (kind := _family(frame[name]))}
    for name, kind in kinds.items():
        if kind == "clock":
            continue
        column = _from_text(frame, name, kind, choices, delimiter)
        if column is not None and np.isnat(column.moments).mean() < 1 - _ENOUGH / 2:
            return _with_clock(frame, column)
    joined = join_parts(frame)
    if joined is not None and len(joined.columns) < len(frame.columns):
        return _from_joined(frame, joined)
    if len(frame.columns) > 1 + len(texts):  # else the only numbers are the values themselves
        for name in frame.columns.difference(texts, sort=False):
            column = _from_numbers(frame, name, choices)
            if column is not None:
                return _with_clock(frame, column)
    clocks = [name for name, kind in kinds.items() if kind == "clock"]
    return _from_clock(frame, clocks[0]) if len(clocks) == 1 else None


def _chosen(frame: pd.DataFrame, name: str, choices: dict[str, Any], delimiter: str) -> TimeColumn:
    joined = join_parts(frame)
    if joined is not None and name in joined.columns:
        return _from_joined(frame, joined)
    column = frame[name]
    if pd.api.types.is_numeric_dtype(column):
        found = _from_numbers(frame, name, choices, chosen=True)
        if found is not None:
            return _with_clock(frame, found)
        if "time_unit" in choices:
            raise BadFile(
                f"Column {name!r} cannot be read as time_unit={choices['time_unit']!r}: more than a tenth of its cells hold no "
                "number; choose another column."
            )
        return TimeColumn(name, column.to_numpy(dtype=np.float64, na_value=np.nan), None, ())
    kind = _family(column, enough=0.5)
    if kind == "clock":
        return _from_clock(frame, name, chosen=True)  # type: ignore[return-value]
    found = _from_text(frame, name, kind, choices, delimiter) if kind else None
    if found is None:
        odd = [(row, cell) for row, cell in column.dropna().items() if families.family(cell) in (None, "clock")]
        where = f"row {odd[0][0]} holds {shown(odd[0][1])}" if odd else "it is empty"
        raise BadFile(
            f"Column {name!r} cannot be the time: {where}, which is not a date; choose another column, or none."
        )
    return _with_clock(frame, found)


def _family(column: pd.Series, enough: float = _ENOUGH) -> str | None:
    """The family of dates that the first cells (and a few from the rest) belong to, or None."""
    known = column.dropna()
    some = pd.concat([known.iloc[:100], known.iloc[100 :: max(1, len(known) // 100)]]).tolist()
    if not some:
        return None
    kinds = Counter(families.family(cell) for cell in some)
    kind, count = kinds.most_common(1)[0]
    return kind if kind and count >= enough * len(some) else None


def _from_text(frame: pd.DataFrame, name: str, kind: str, choices: dict[str, Any], delimiter: str) -> TimeColumn | None:
    column, day_first = frame[name], None
    findings: list[Finding] = []
    if kind == "day-month":
        parsed, day_first, doubts = ordered(column, choices.get("day_first"), delimiter)
        findings += doubts
    else:
        parsed = moments.parse(column, kind)
    if kind == "name-year" and parsed.short_years and _is_numbering(parsed):
        return None
    if parsed.weeks:
        message = f"The numbers after the year in {name!r} go beyond 12: they were read as weeks (ISO 8601), by their Mondays."
        findings.append(finding("weeks", message, count=len(column), column=name))
    if parsed.short_years:
        message = f"Years of two digits in {name!r}: {moments.SHORT_YEARS}."
        findings.append(finding("short-years", message, count=parsed.short_years, column=name))
    values, zoned = in_utc(column, parsed, choices.get("timezone"))
    findings += zoned
    timezone = choices.get("timezone") if parsed.zones else None
    found = TimeColumn(name, values, day_first, tuple(findings), timezone=timezone)
    return replace(found, findings=(*found.findings, *_unread(frame, name, values)))


def _unread(frame: pd.DataFrame, name: str, values: moments.Datetimes) -> list[Finding]:
    unread = np.isnat(values)
    if not unread.any():
        return []
    rows, cell = frame.index[unread], frame[name][unread].iloc[0]
    held = f"holds {shown(cell)}" if pd.notna(cell) else "is empty"
    lost = counted(len(rows), "row")
    message = f"{lost} without a readable time ({row_list(rows)}; the first {held}); left out of a series."
    return [finding("unreadable-times", message, rows, column=name)]


def _is_numbering(parsed: moments.Parsed) -> bool:
    """ "Set 01", "Set 02", …: a word that could be a month, always the same, with a number behind it."""
    known = parsed.values[~np.isnat(parsed.values)].astype("datetime64[M]").astype(np.int64)
    return len(np.unique(known)) > 2 and len(np.unique(known % 12)) == 1


def _from_joined(frame: pd.DataFrame, joined: Joined) -> TimeColumn:
    first = joined.columns[0]
    return TimeColumn(first, joined.values, None, (*_joining(frame, joined), *_unread(frame, first, joined.values)))


def _joining(frame: pd.DataFrame, joined: Joined) -> list[Finding]:
    first, *others = joined.columns
    listed = ", ".join(map(repr, joined.columns[:-1])) + f" and {joined.columns[-1]!r}"
    message = f"The columns {listed} were joined to one time, {first!r}. {joined.remark}".strip()
    return [finding("joined-time", message, count=len(frame), column=name) for name in others[:1]] + [
        finding("joined-time", f"{name!r} is part of the time {first!r}.", count=len(frame), column=name)
        for name in others[1:]
    ]


def _from_numbers(frame: pd.DataFrame, name: str, choices: dict[str, Any], chosen: bool = False) -> TimeColumn | None:
    numbers = frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
    found = from_numbers(numbers, name, chosen, choices.get("time_unit"))
    if found is None:
        return None
    findings = []
    if found.unit is not None:
        read = ~np.isnat(found.values)
        first = float(numbers[read][0]) if read.any() else float(numbers[0])
        kind = "unix-time" if found.unit in ("s", "ms", "us", "ns") else "serial-days"
        findings.append(finding(kind, found.message(name, first), count=int(read.sum()), column=name))
    findings += _unread(frame, name, found.values)
    return TimeColumn(name, found.values, None, tuple(findings), found.unit)


def _with_clock(frame: pd.DataFrame, column: TimeColumn) -> TimeColumn:
    """Where the dates name no time of day and another column does ("Date;Time;…"), the two together are the time."""
    known = column.moments[~np.isnat(column.moments)]
    if (known != known.astype("datetime64[D]")).any() or column.unit in ("s", "ms", "us", "ns"):
        return column
    joined = join_clock(frame, column.name, column.moments)
    if joined is None:
        return column
    findings = (*column.findings, *_joining(frame, joined))
    lost = np.isnat(joined.values) & ~np.isnat(column.moments)
    if lost.any():
        findings = (
            *findings,
            *_unread(frame, joined.columns[1], np.where(lost, joined.values, np.datetime64(0, "us"))),
        )
    return replace(column, moments=joined.values, findings=findings)


def _from_clock(frame: pd.DataFrame, name: str, chosen: bool = False) -> TimeColumn | None:
    """Times of day without a date, counted from 1 January 1970; a new day begins where the clock goes back.

    Unless chosen, the steps must show a clock that runs: most of them alike, across midnight too.
    """
    since = moments.parse_clock(frame[name])
    known = ~np.isnat(since)
    clock = since[known].astype(np.int64)
    steps = np.diff(clock) % 86_400_000_000
    if not chosen and (len(steps) < 3 or np.median(steps) == 0 or (steps == np.median(steps)).mean() < 0.5):
        return None
    days = np.concatenate(([0], np.cumsum(np.diff(clock) < 0)))
    values = np.full(len(since), np.datetime64("NaT", "us"), dtype="datetime64[us]")
    values[known] = (clock + days * 86_400_000_000).astype("datetime64[us]")
    message = (
        f"{name!r} holds times of day and no date: counted from 1 January 1970, a new day beginning where the clock goes back. "
        "Choose time=none if the rows are to be numbered instead."
    )
    found = finding("clock-only", message, count=int(known.sum()), column=name)
    return TimeColumn(name, values, None, (found, *_unread(frame, name, values)))


def _in_zone(frame: pd.DataFrame, column: TimeColumn, wanted: str) -> TimeColumn:
    """Local times of the chosen zone in UTC; times that already are in UTC stay."""
    if column.timezone is not None:
        return column
    if column.unit in ("s", "ms", "us", "ns"):
        message = f"Unix time is UTC already: timezone={wanted} changes nothing in {column.name!r}."
        said = (finding("timezone", message, count=len(frame), column=column.name),)
        return replace(column, findings=(*column.findings, *said), timezone=wanted)
    where = zones.zone(wanted)
    assert where is not None, wanted  # checked with the choices
    values, said_so = localised(frame.index.to_numpy(), column.name, column.moments, where)
    return replace(column, moments=values, findings=(*column.findings, *said_so), timezone=wanted)
