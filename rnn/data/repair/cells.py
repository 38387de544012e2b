"""Single values changed where they stand: clipped, masked, or turned into another unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..findings import BadFile, counted, row_list
from .option import Done, Kind, Option
from .row_ranges import rows_within
from .sheet import Sheet, named_rows

_LOW = Option("low", "number", None, "Values below this are concerned; empty: no lower bound.")
_HIGH = Option("high", "number", None, "Values above this are concerned; empty: no upper bound.")


def _clip(sheet: Sheet, columns: list[int], options: Mapping[str, Any]) -> tuple[Sheet, Done]:
    low, high = _bounds(options)
    part = _rows(sheet, options)
    values = sheet.values.copy()
    values[:, columns] = np.where(part[:, None], np.clip(values[:, columns], low, high), values[:, columns])
    return _changed(sheet, columns, values, f"clipped to {_span(low, high)}")


def _mask(sheet: Sheet, columns: list[int], options: Mapping[str, Any]) -> tuple[Sheet, Done]:
    bounded = options["low"] is not None or options["high"] is not None
    if not bounded and not options["rows"]:
        raise BadFile("Masking needs to be told what: row numbers, or a lowest or highest value that counts.")
    values = sheet.values.copy()
    out = np.broadcast_to(_rows(sheet, options)[:, None], (len(sheet), len(columns)))
    if bounded:
        low, high = _bounds(options)
        out = out & ((values[:, columns] < low) | (values[:, columns] > high))
    values[:, columns] = np.where(out, np.nan, values[:, columns])
    return _changed(sheet, columns, values, "taken out, and missing from here on")


def _sentinel(sheet: Sheet, columns: list[int], options: Mapping[str, Any]) -> tuple[Sheet, Done]:
    values = sheet.values.copy()
    values[:, columns] = np.where(np.isin(values[:, columns], options["values"]), np.nan, values[:, columns])
    words = " and ".join(f"{value:g}" for value in options["values"])
    return _changed(sheet, columns, values, f"that hold {words} count as missing")


def _unit(sheet: Sheet, columns: list[int], options: Mapping[str, Any]) -> tuple[Sheet, Done]:
    factor, offset = options["factor"], options["offset"]
    part = _rows(sheet, options)
    values = sheet.values.copy()
    with np.errstate(over="ignore"):
        values[:, columns] = np.where(part[:, None], values[:, columns] * factor + offset, values[:, columns])
    if np.isinf(values).any():
        raise BadFile(f"Multiplying by {factor:g} leads beyond what can be computed with; take a smaller factor.")
    return _changed(sheet, columns, values, f"multiplied by {factor:g}" + (f", plus {offset:g}" if offset else ""))


def _shift(sheet: Sheet, columns: list[int], options: Mapping[str, Any]) -> tuple[Sheet, Done]:
    sheet = sheet.ordered()
    at = np.flatnonzero(sheet.rows == options["row"])
    if not len(at):
        return sheet, Done(f"Row {options['row']:,} is not among the rows, so no level is changed.", sheet.rows[:0])
    values = sheet.values.copy()
    values[: at[0], columns] += options["by"]
    return _changed(sheet, columns, values, f"before row {options['row']} moved by {options['by']:g}")


def _bounds(options: Mapping[str, Any]) -> tuple[float, float]:
    low = -np.inf if options["low"] is None else options["low"]
    high = np.inf if options["high"] is None else options["high"]
    if low > high:
        raise BadFile(f"The bounds must rise: low={low:g} is above high={high:g}.")
    return low, high


def _span(low: float, high: float) -> str:
    if np.isinf(low):
        return f"at most {high:g}"
    return f"at least {low:g}" if np.isinf(high) else f"{low:g} to {high:g}"


def _rows(sheet: Sheet, options: Mapping[str, Any]) -> NDArray[np.bool_]:
    return rows_within(sheet.rows, options["rows"]) if options["rows"] else np.ones(len(sheet), dtype=bool)


def _changed(sheet: Sheet, columns: list[int], values: NDArray[np.float64], words: str) -> tuple[Sheet, Done]:
    changed = (values != sheet.values) & ~(np.isnan(values) & np.isnan(sheet.values))
    rows = named_rows(sheet.rows[changed.any(axis=1)])
    named = " and ".join(repr(sheet.names[k]) for k in columns[:3]) + (" and others" if len(columns) > 3 else "")
    count = int(changed.sum())
    where = f" ({row_list(rows)})" if len(rows) else ""
    return sheet.with_values(values), Done(f"{counted(count, 'value')} of {named} {words}{where}.", rows, count)


_ROWS = Option("rows", "rows", [], "Only in these rows, such as 12-18, 40; empty: in all.")
CLIP = Kind(
    "clip",
    "Clip values",
    "Values beyond a bound are set to the bound: the outlier still says up or down, but no longer how far.",
    "any",
    (_LOW, _HIGH, _ROWS),
    _clip,
)
MASK = Kind(
    "mask",
    "Take values out",
    "Values beyond a bound, or those of the rows that you name, count as missing from here on and are filled like any "
    "other; the rows stay.",
    "any",
    (_LOW, _HIGH, _ROWS),
    _mask,
)
SENTINEL = Kind(
    "sentinel",
    "A number that means “missing”",
    "Some files write −999 or 9999 where there is no value; those cells then count as missing.",
    "any",
    (Option("values", "numbers", None, "The numbers that mean “no value”.", needed=True),),
    _sentinel,
)
UNIT = Kind(
    "unit",
    "Change the unit of rows",
    "Multiplies the values of some rows and adds an offset: 0.001 for rows in grams among kilograms; 0.5556 and −17.78 for "
    "°F among °C.",
    "any",
    (
        Option("factor", "number", 1.0, "What the values are multiplied by."),
        Option("offset", "number", 0.0, "What is added afterwards."),
        _ROWS,
    ),
    _unit,
)
SHIFT = Kind(
    "shift",
    "Level the past with the present",
    "Adds an amount to all values before a row, so that the past stands at the level of the present; forecasts are then at "
    "the present level. For a sensor that was moved, not for a change that really happened.",
    "one",
    (
        Option("row", "count", None, "The first row of the new level.", needed=True),
        Option("by", "number", None, "What is added to the values before it.", needed=True),
    ),
    _shift,
)
