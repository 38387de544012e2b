"""One column, or several, read as the time of a table, with what is to be said of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..findings import Finding, counted, finding, row_list, shown
from . import families, moments
from .dayorder import ordered
from .numbers import NumericTime, from_numbers
from .parts import Joined
from .zoned import in_utc

ENOUGH = 0.9  # share of the cells that must be dates
_MOST_GROUPINGS = 20  # columns of text that are tried


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


def family_of(column: pd.Series, enough: float = ENOUGH) -> str | None:
    """The family of dates that the first cells (and a few from the rest) belong to, "typed" for datetimes, or None."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return "typed"
    known = column.dropna()
    some = pd.concat([known.iloc[:100], known.iloc[100 :: max(1, len(known) // 100)]]).tolist()
    if not some:
        return None
    kinds = Counter(families.family(cell) for cell in some)
    kind, count = kinds.most_common(1)[0]
    return kind if kind and count >= enough * len(some) else None


def from_datetimes(frame: pd.DataFrame, name: str) -> TimeColumn:
    """A column of datetimes, as spreadsheets and Parquet have them; those of a zone are instants and become UTC."""
    stamps, findings = frame[name], []
    if stamps.dt.tz is not None:
        message = f"The times in {name!r} are of the zone {stamps.dt.tz}; they were converted to UTC."
        findings.append(finding("timezone", message, count=len(stamps), column=name))
        stamps = stamps.dt.tz_convert("UTC").dt.tz_localize(None)
    values = stamps.to_numpy().astype("datetime64[us]")
    return TimeColumn(name, values, None, (*findings, *unread(frame, name, values)))


def from_text(frame: pd.DataFrame, name: str, kind: str, choices: dict[str, Any], delimiter: str) -> TimeColumn | None:
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
    return TimeColumn(name, values, day_first, (*findings, *unread(frame, name, values)))


def _is_numbering(parsed: moments.Parsed) -> bool:
    """ "Set 01", "Set 02", …: a word that could be a month, always the same, with a number behind it."""
    known = parsed.values[~np.isnat(parsed.values)].astype("datetime64[M]").astype(np.int64)
    return len(np.unique(known)) > 2 and len(np.unique(known % 12)) == 1


def from_joined(frame: pd.DataFrame, joined: Joined) -> TimeColumn:
    first = joined.columns[0]
    return TimeColumn(first, joined.values, None, (*joining(frame, joined), *unread(frame, first, joined.values)))


def joining(frame: pd.DataFrame, joined: Joined) -> list[Finding]:
    first, *others = joined.columns
    listed = ", ".join(map(repr, joined.columns[:-1])) + f" and {joined.columns[-1]!r}"
    message = f"The columns {listed} were joined to one time, {first!r}. {joined.remark}".strip()
    return [finding("joined-time", message, count=len(frame), column=name) for name in others[:1]] + [
        finding("joined-time", f"{name!r} is part of the time {first!r}.", count=len(frame), column=name)
        for name in others[1:]
    ]


def from_column_of_numbers(
    frame: pd.DataFrame,
    name: str,
    choices: dict[str, Any],
    chosen: bool = False,
    groups: Callable[[], Sequence[NDArray[np.intp]]] = tuple,
) -> TimeColumn | None:
    """groups: gives the `groupings` of the rows within which the numbers may be times."""
    numbers = frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
    found = from_numbers(numbers, name, chosen, choices.get("time_unit"))
    if found is None and not chosen and "time_unit" not in choices:
        found = _in_groups(groups(), name, numbers)
    if found is None:
        return None
    findings = []
    if found.unit is not None:
        read = ~np.isnat(found.values)
        first = float(numbers[read][0]) if read.any() else float(numbers[0])
        kind = "unix-time" if found.unit in ("s", "ms", "us", "ns") else "serial-days"
        findings.append(finding(kind, found.message(name, first), count=int(read.sum()), column=name))
    findings += unread(frame, name, found.values)
    return TimeColumn(name, found.values, None, tuple(findings), found.unit)


def groupings(frame: pd.DataFrame, texts: Sequence[str]) -> list[NDArray[np.intp]]:
    """For each of the leftmost columns of text that may tell series apart, the number of the group of each row."""
    found = []
    for name in texts[:_MOST_GROUPINGS]:
        if isinstance(frame[name].dtype, pd.StringDtype):
            codes, groups = pd.factorize(frame[name])
            if 2 <= len(groups) <= len(frame) / 3:
                found.append(codes)
    return found


def _in_groups(groups: Sequence[NDArray[np.intp]], name: str, numbers: NDArray[np.float64]) -> NumericTime | None:
    """Numbers that are times within each group of a column of text (country, year): no two rows of a group share one."""
    for codes in groups:
        first = numbers[codes == 0]
        if len(first) < 3 or from_numbers(first, name) is None:
            continue
        if not pd.DataFrame({"group": codes, "number": numbers}).duplicated().any():
            found = from_numbers(first, name)
            return from_numbers(numbers, name, chosen=True, unit=found.unit if found else None)
    return None


def from_clock(frame: pd.DataFrame, name: str, chosen: bool = False) -> TimeColumn | None:
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
    return TimeColumn(name, values, None, (found, *unread(frame, name, values)))


def unread(frame: pd.DataFrame, name: str, values: moments.Datetimes) -> list[Finding]:
    lost = np.isnat(values)
    if not lost.any():
        return []
    rows, cell = frame.index[lost], frame[name][lost].iloc[0]
    held = f"holds {shown(cell)}" if pd.notna(cell) else "is empty"
    message = f"{counted(len(rows), 'row')} without a readable time ({row_list(rows)}; the first {held}); left out of a series."
    return [finding("unreadable-times", message, rows, column=name)]
