"""Which column of a table is its time, found by what its cells hold, and the moments in it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from . import dates
from .findings import BadFile, Finding, counted, finding, row_list, shown
from .frequency import infer_frequency
from .numerictime import from_numbers

_ENOUGH = 0.9  # share of the cells that must be dates


@dataclass(frozen=True)
class TimeColumn:
    """The time of every row: moments (N,) datetime64 with NaT where there is none, or plain numbers; how it was read."""

    name: str
    moments: np.ndarray[Any, Any]
    day_first: bool | None
    findings: tuple[Finding, ...]


def find_time(frame: pd.DataFrame, choices: dict[str, Any], delimiter: str) -> TimeColumn | None:
    """The leftmost column that holds dates, or years, compact dates or Unix time in order; choices may name it.

    frame: columns of text or of numbers; its index holds the file's row numbers. Raises BadFile where a chosen column is
    not there or does not hold dates.
    """
    day_first = choices.get("day_first")
    if "time" in choices:
        name = choices["time"]
        if name is None:
            return None
        if name not in frame.columns:
            raise BadFile(f"time={name!r} is not a column; the columns are {', '.join(frame.columns)}.")
        return _chosen(frame, name, day_first, delimiter)
    texts = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    found = [(name, kind) for name in texts if (kind := _family(frame[name])) and kind != "clock"]
    for name, kind in found:
        column = _from_text(frame, name, kind, day_first, delimiter)
        if np.isnat(column.moments).mean() < 1 - _ENOUGH / 2:
            return _with_clock(frame, column)
    if len(frame.columns) - len(texts) < 2:
        return None  # the only numbers are the values themselves
    for name in frame.columns.difference(texts, sort=False):
        moments = from_numbers(frame[name].to_numpy(dtype=np.float64, na_value=np.nan), name)
        if moments is not None:
            return TimeColumn(name, dates.tidy(moments), None, ())
    return None


def _chosen(frame: pd.DataFrame, name: str, day_first: bool | None, delimiter: str) -> TimeColumn:
    column = frame[name]
    if pd.api.types.is_numeric_dtype(column):
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
        moments = from_numbers(numbers, name, chosen=True)
        return TimeColumn(name, numbers if moments is None else dates.tidy(moments), None, ())
    kind = _family(column, enough=0.5)
    if kind is None or kind == "clock":
        odd = [(row, cell) for row, cell in column.dropna().items() if dates.family(cell) in (None, "clock")]
        where = f"row {odd[0][0]} holds {shown(odd[0][1])}" if odd else "it is empty"
        raise BadFile(
            f"Column {name!r} cannot be the time: {where}, which is not a date; choose another column, or none."
        )
    return _with_clock(frame, _from_text(frame, name, kind, day_first, delimiter))


def _family(column: pd.Series, enough: float = _ENOUGH) -> str | None:
    """The family of dates that the first cells (and a few from the rest) belong to, or None."""
    known = column.dropna()
    some = pd.concat([known.iloc[:100], known.iloc[100 :: max(1, len(known) // 100)]]).tolist()
    if not some:
        return None
    kinds = Counter(dates.family(cell) for cell in some)
    kind, count = kinds.most_common(1)[0]
    return kind if kind and count >= enough * len(some) else None


def _from_text(frame: pd.DataFrame, name: str, kind: str, day_first: bool | None, delimiter: str) -> TimeColumn:
    column = frame[name]
    findings: list[Finding] = []
    if kind == "day-month":
        parsed, day_first, doubts = _ordered(column, day_first, delimiter)
        findings += doubts
    else:
        parsed, day_first = dates.parse(column, kind), None
    if parsed.zoned:
        message = f"The times in {name!r} name time zones; they were converted to UTC."
        findings.append(finding("timezone", message, count=len(column), column=name))
    unread = np.isnat(parsed.values)
    if unread.any():
        rows = column.index[unread]
        held = f"holds {shown(column[unread].iloc[0])}" if pd.notna(column[unread].iloc[0]) else "is empty"
        lost = counted(len(rows), "row")
        message = f"{lost} without a readable time ({row_list(rows)}; the first {held}); left out of a series."
        findings.append(finding("unreadable-times", message, rows, column=name))
    return TimeColumn(name, dates.tidy(parsed.values), day_first, tuple(findings))


def _ordered(column: pd.Series, day_first: bool | None, delimiter: str) -> tuple[dates.Parsed, bool, list[Finding]]:
    """Dates such as 03/04/2020: the order is decided by the whole column, and a doubt that remains is reported."""
    if day_first is not None:
        return dates.parse(column, "day-month", day_first), day_first, []
    some = column.iloc[:: max(1, len(column) // 2000)]
    lost = {first: dates.parse(some, "day-month", first).unread for first in (True, False)}
    if lost[True] != lost[False]:  # a day beyond the twelfth settles it
        first = lost[True] < lost[False]
        return dates.parse(column, "day-month", first), first, []
    day, month = dates.parse(column, "day-month", True), dates.parse(column, "day-month", False)
    if day.unread != month.unread:
        return (day, True, []) if day.unread < month.unread else (month, False, [])
    if np.array_equal(day.values, month.values, equal_nan=True):
        return month, False, []
    example = str(column.dropna().iloc[0])
    uneven_day, uneven_month = _unevenness(day.values), _unevenness(month.values)
    if abs(uneven_day - uneven_month) > 0.1:
        first, why = uneven_day < uneven_month, "which gives the more even steps"
    else:
        first, why = "." in re.sub(r"[ T].*", "", example) or delimiter == ";", "by the custom of such files"
    message = (
        f"No date in {column.name!r} tells day and month apart (the first is {example!r}); they were read "
        f"{'day' if first else 'month'} first, {why}. Choose day_first={not first} if that is wrong."
    )
    chosen = day if first else month
    return chosen, first, [finding("ambiguous-dates", message, column.index[:1], len(column), str(column.name))]


def _unevenness(moments: dates.Datetimes) -> float:
    """The share of steps that are absent from a regular series of these moments; 1 where they make no regular series."""
    frequency, absent = infer_frequency(np.sort(moments[~np.isnat(moments)]))
    return absent / (absent + len(moments)) if frequency else 1.0


def _with_clock(frame: pd.DataFrame, column: TimeColumn) -> TimeColumn:
    """Where the dates repeat and the next column holds times of day ("Date;Time;…"), the two together are the time."""
    at = int(frame.columns.get_loc(column.name)) + 1  # type: ignore[arg-type]
    moments = column.moments
    known = moments[~np.isnat(moments)]
    if at >= frame.shape[1] or (known != known.astype("datetime64[D]")).any():
        return column
    beside = frame.iloc[:, at]
    if pd.api.types.is_numeric_dtype(beside) or _family(beside) != "clock":
        return column
    joined: dates.Datetimes = moments.astype("datetime64[us]") + dates.parse_clock(beside)  # type: ignore[assignment]
    message = f"The dates in {column.name!r} and the times of day in {beside.name!r} were joined."
    found = finding("joined-clock", message, count=len(beside), column=str(beside.name))
    return TimeColumn(column.name, dates.tidy(joined), column.day_first, (*column.findings, found))
