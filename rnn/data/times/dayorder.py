"""Dates such as 03/04/2020: which number is the day, decided over the whole column, with the doubt that remains shown."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from ..findings import Finding, counted, finding, row_list, shown
from .frequency import infer_frequency
from .moments import Datetimes, Parsed, parse

_SPOKEN = {"dmy": "day first", "mdy": "month first", "ymd": "year first"}
_CLEARER = 0.1  # by which the share of absent steps must differ to speak for an order


def ordered(column: pd.Series, day_first: Any, delimiter: str) -> tuple[Parsed, bool | None, list[Finding]]:
    """The dates of the column, whether the day stands first (None: the year does), and what is to be said of it.

    day_first: True or False where the user decides. Otherwise the order that reads the most cells wins; of orders that read
    equally many, the one with the more even steps; else the custom of files with points or semicolons (day first).
    """
    if day_first is not None:
        return parse(column, "day-month", "dmy" if day_first else "mdy"), bool(day_first), []
    some = column.iloc[:: max(1, len(column) // 2000)]
    lost = {order: parse(some, "day-month", order).unread for order in _orders(some)}
    fewest = min(lost.values())
    if list(lost.values()).count(fewest) == 1:
        order = min(lost, key=lambda one: lost[one])
        parsed = parse(column, "day-month", order)
        return parsed, _is_day_first(order), _mixed(column, parsed, order)
    read = {order: parse(column, "day-month", order) for order, count in lost.items() if count == fewest}
    fewest = min(one.unread for one in read.values())
    read = {order: one for order, one in read.items() if one.unread == fewest}
    first, *others = read
    if not others or all(np.array_equal(read[first].values, read[one].values, equal_nan=True) for one in others):
        order = first if not others else "mdy"
        return read[order], _is_day_first(order), _mixed(column, read[order], order)
    return _weighed(column, read, delimiter)


def _orders(some: pd.Series) -> list[str]:
    """Day first and month first; year first where all years have two digits."""
    short = some.dropna().str.strip().str.match(r"\d{2}([-/.])\d{1,2}\1\d{2}(?!\d)").to_numpy(dtype=bool)
    return ["dmy", "mdy", *(["ymd"] if len(short) and short.all() else [])]


def _is_day_first(order: str) -> bool | None:
    return {"dmy": True, "mdy": False}.get(order)


def _weighed(column: pd.Series, read: dict[str, Parsed], delimiter: str) -> tuple[Parsed, bool | None, list[Finding]]:
    """The order among several that read the same number of cells, and both readings of an example."""
    uneven = {order: _unevenness(one.values) for order, one in read.items()}
    ranked = sorted(read, key=lambda order: uneven[order])
    best, second = ranked[0], ranked[1]
    settled = uneven[second] - uneven[best] > _CLEARER
    if settled:
        order, other = best, second
        why = f"because that gives the more even steps ({_evidence(read[order])}; {_SPOKEN[other]}: {_evidence(read[other])})"
    else:
        custom = "dmy" if delimiter == ";" or _has_points(column) else "mdy"
        order = custom if custom in read else best
        other = next(one for one in ranked if one != order)
        why = "by the custom of such files"
    at = int(np.flatnonzero(_differ(read[order].values, read[other].values))[0])
    change = {
        "dmy": " Choose day_first=True if that is wrong.",
        "mdy": " Choose day_first=False if that is wrong.",
    }.get(other, "")
    message = (
        f"No date in {column.name!r} tells day and month apart: {shown(column.iloc[at])} can be "
        f"{_day(read[order].values[at])} or {_day(read[other].values[at])}; they were read {_SPOKEN[order]}, {why}.{change}"
    )
    found = finding("ambiguous-dates", message, column.index[at : at + 1], len(column), str(column.name))
    return read[order], _is_day_first(order), [found]


def _mixed(column: pd.Series, parsed: Parsed, order: str) -> list[Finding]:
    """A column in which some cells can only be read the other way: the dates that go both ways may be wrong too."""
    at = np.flatnonzero(np.isnat(parsed.values) & column.notna().to_numpy(dtype=bool))
    if not len(at) or order == "ymd":
        return []
    other = parse(column.iloc[at], "day-month", "mdy" if order == "dmy" else "dmy")
    swapped = column.index[at[~np.isnat(other.values)]]
    if not len(swapped):
        return []
    message = (
        f"{counted(len(swapped), 'date')} of {column.name!r} can only be read with day and month the other way round "
        f"({row_list(swapped)}; the first is {shown(column[swapped[0]])}), so the column mixes two orders and other dates may "
        f"be misread; it was read {_SPOKEN[order]}. Correct it in the file."
    )
    return [finding("mixed-date-order", message, swapped, column=str(column.name))]


def _has_points(column: pd.Series) -> bool:
    return "." in re.sub(r"[ T].*", "", str(column.dropna().iloc[0]).strip())


def _differ(left: Datetimes, right: Datetimes) -> np.ndarray[Any, Any]:
    differ: np.ndarray[Any, Any] = (left != right) & ~(np.isnat(left) & np.isnat(right))
    return differ


def _day(moment: np.datetime64) -> str:
    if np.isnat(moment):
        return "no date"
    stamp = pd.Timestamp(moment)
    return f"{stamp.day} {stamp.month_name()} {stamp.year}"


def _unevenness(moments: Datetimes) -> float:
    """The share of steps that are absent from a regular series of these moments; 1 where they make no regular series."""
    frequency, absent = infer_frequency(np.sort(moments[~np.isnat(moments)]))
    return absent / (absent + len(moments)) if frequency else 1.0


def _evidence(parsed: Parsed) -> str:
    frequency, absent = infer_frequency(np.sort(parsed.values[~np.isnat(parsed.values)]))
    return f"frequency {frequency}, {counted(absent, 'step')} absent" if frequency else "no even steps"
