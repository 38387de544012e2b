"""Rows left out: those with missing values, those that are named, and those outside a range."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..findings import BadFile, counted, row_list
from .option import Done, Kind, Option
from .row_ranges import rows_within
from .sheet import Sheet, named_rows

MISSING, NAMED, OUTSIDE = "missing", "chosen", "outside the range"


def _drop(sheet: Sheet, columns: list[int], options: Mapping[str, Any]) -> tuple[Sheet, Done]:
    if options["rows"]:
        return _left(sheet, rows_within(sheet.rows, options["rows"]), NAMED, "as chosen")
    lacking = np.isnan(sheet.values[:, columns]).any(axis=1)
    where = "" if len(columns) == len(sheet.names) else f" in {sheet.names[columns[0]]!r}"
    return _left(sheet, lacking, MISSING, f"with missing values{where}")


def _trim(sheet: Sheet, columns: list[int], options: Mapping[str, Any]) -> tuple[Sheet, Done]:
    out = np.zeros(len(sheet), dtype=bool)
    first, last, start, end = (options[name] for name in ("first_row", "last_row", "start", "end"))
    named = sheet.rows > 0
    if first is not None:
        out |= named & (sheet.rows < first)
    if last is not None:
        out |= named & (sheet.rows > last)
    if start is not None:
        out |= _times(sheet, "start") < _moment(sheet, "start", start)
    if end is not None:
        out |= _times(sheet, "end") > _last_moment(sheet, end)
    return _left(sheet, out, OUTSIDE, "outside the range")


def _left(sheet: Sheet, out: NDArray[np.bool_], reason: str, words: str) -> tuple[Sheet, Done]:
    rows = named_rows(sheet.rows[out])
    count = int(out.sum())
    if not count:
        return sheet, Done(f"No row {words}, so none left out.", rows)
    where = f" ({row_list(rows)})" if len(rows) else ""
    return sheet.keep(~out, reason), Done(f"{counted(count, 'row')} {words} left out{where}.", rows)


def _times(sheet: Sheet, name: str) -> NDArray[Any]:
    if sheet.times is None:
        raise BadFile(f"Trimming by {name} needs a time column, and this file has none; trim by row numbers.")
    return sheet.times


def _moment(sheet: Sheet, name: str, value: str | float) -> Any:
    dated = _times(sheet, name).dtype.kind == "M"
    if dated != isinstance(value, str):
        kind = "a date such as 2024-03-31" if dated else "a number, as the times of this file are"
        raise BadFile(f"{name}={value!r} must be {kind}.")
    return np.datetime64(value) if dated else value


def _last_moment(sheet: Sheet, value: str | float) -> Any:
    """The end includes all of its day, hour or month: "2024-03" ends with the last moment of March."""
    moment = _moment(sheet, "end", value)
    if not isinstance(moment, np.datetime64) or np.datetime_data(moment)[0] in ("us", "ns"):
        return moment
    return (moment + 1).astype("datetime64[us]") - np.timedelta64(1, "us")


DROP = Kind(
    "drop",
    "Leave out rows",
    "Rows with a missing value, in one column or in any, are left out; or the rows that you name. The steps across what is "
    "left out become longer, which a network does not see: filling is often better.",
    "any",
    (Option("rows", "rows", [], "Row numbers to leave out instead, such as 12-18, 40."),),
    _drop,
)
TRIM = Kind(
    "trim",
    "Keep a range",
    "Only the rows from one row number or date to another stay, for example those after a change that made the past "
    "another world.",
    "none",
    (
        Option("first_row", "count", None, "The first row of the file to keep; empty: from the start."),
        Option("last_row", "count", None, "The last row of the file to keep; empty: to the end."),
        Option("start", "moment", None, "The first time to keep, such as 2020 or 2020-03-31."),
        Option("end", "moment", None, "The last time to keep; a day or a month is kept to its end."),
    ),
    _trim,
)
