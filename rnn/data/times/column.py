"""Which column of a table is its time, found by what its cells hold, and the moments in it."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..findings import BadFile, finding, shown
from . import families, moments, zones
from .parts import join_clock, join_parts
from .readings import (
    ENOUGH,
    TimeColumn,
    family_of,
    from_clock,
    from_column_of_numbers,
    from_datetimes,
    from_joined,
    from_text,
    groupings,
    joining,
    unread,
)
from .zoned import localised


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
    texts = [name for name, kind in frame.dtypes.items() if not pd.api.types.is_numeric_dtype(kind)]
    kinds = {name: kind for name in texts if (kind := family_of(frame[name]))}
    for name, kind in kinds.items():
        if kind == "clock":
            continue
        column = from_datetimes(frame, name) if kind == "typed" else from_text(frame, name, kind, choices, delimiter)
        if column is not None and np.isnat(column.moments).mean() < 1 - ENOUGH / 2:
            return _with_clock(frame, column)
    joined = join_parts(frame)
    if joined is not None and len(joined.columns) < len(frame.columns):
        return from_joined(frame, joined)
    if len(frame.columns) > 1 + len(texts):  # else the only numbers are the values themselves
        groups = functools.cache(lambda: groupings(frame, texts))
        for name in frame.columns.difference(texts, sort=False):
            column = from_column_of_numbers(frame, name, choices, groups=groups)
            if column is not None:
                return _with_clock(frame, column)
    clocks = [name for name, kind in kinds.items() if kind == "clock"]
    return from_clock(frame, clocks[0]) if len(clocks) == 1 else None


def _chosen(frame: pd.DataFrame, name: str, choices: dict[str, Any], delimiter: str) -> TimeColumn:
    joined = join_parts(frame)
    if joined is not None and name in joined.columns:
        return from_joined(frame, joined)
    column = frame[name]
    if pd.api.types.is_numeric_dtype(column):
        found = from_column_of_numbers(frame, name, choices, chosen=True)
        if found is not None:
            return _with_clock(frame, found)
        if "time_unit" in choices:
            raise BadFile(
                f"Column {name!r} cannot be read as time_unit={choices['time_unit']!r}: more than a tenth of its cells hold no "
                "number; choose another column."
            )
        return TimeColumn(name, column.to_numpy(dtype=np.float64, na_value=np.nan), None, ())
    kind = family_of(column, enough=0.5)
    if kind == "typed":
        return _with_clock(frame, from_datetimes(frame, name))
    if kind == "clock":
        return from_clock(frame, name, chosen=True)  # type: ignore[return-value]
    found = from_text(frame, name, kind, choices, delimiter) if kind else None
    if found is None:
        odd = [(row, cell) for row, cell in column.dropna().items() if families.family(cell) in (None, "clock")]
        where = f"row {odd[0][0]} holds {shown(odd[0][1])}" if odd else "it is empty"
        raise BadFile(
            f"Column {name!r} cannot be the time: {where}, which is not a date; choose another column, or none."
        )
    return _with_clock(frame, found)


def _with_clock(frame: pd.DataFrame, column: TimeColumn) -> TimeColumn:
    """Where the dates name no time of day and another column does ("Date;Time;…"), the two together are the time."""
    known = column.moments[~np.isnat(column.moments)]
    if (known != known.astype("datetime64[D]")).any() or column.unit in ("s", "ms", "us", "ns"):
        return column
    joined = join_clock(frame, column.name, column.moments)
    if joined is None:
        return column
    findings = (*column.findings, *joining(frame, joined))
    lost = np.isnat(joined.values) & ~np.isnat(column.moments)
    if lost.any():
        findings = (
            *findings,
            *unread(frame, joined.columns[1], np.where(lost, joined.values, np.datetime64(0, "us"))),
        )
    return replace(column, moments=joined.values, findings=findings)


def _in_zone(frame: pd.DataFrame, column: TimeColumn, wanted: str) -> TimeColumn:
    """Local times of the chosen zone in UTC; times that already are in UTC stay."""
    if any(one.kind == "timezone" for one in column.findings):
        return replace(column, timezone=wanted)
    if column.unit in ("s", "ms", "us", "ns"):
        message = f"Unix time is UTC already: timezone={wanted} changes nothing in {column.name!r}."
        said = (finding("timezone", message, count=len(frame), column=column.name),)
        return replace(column, findings=(*column.findings, *said), timezone=wanted)
    where = zones.zone(wanted)
    assert where is not None, wanted  # checked with the choices
    values, said_so = localised(frame.index.to_numpy(), column.name, column.moments, where)
    return replace(column, moments=values, findings=(*column.findings, *said_so), timezone=wanted)
