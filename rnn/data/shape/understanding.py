"""How the series lie in a table that has just been read: which shape it has, what its time is, what tells its series apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from ..findings import BadFile, Finding, finding
from ..times.column import TimeColumn, find_time
from .by_row import unroll_rows
from .ids import Ids, ids_of_columns, ids_of_rows
from .long import find_id_columns, find_times
from .pivot import pivot
from .unrolled import Unrolled
from .wide import series_columns, wide_finding
from .year_by_month import unroll_year_by_month

_VARIABLE = re.compile(
    r"variable|parameter|param|measure|measurement|metric|indicator|element|quantity|feature|kind", re.I
)


@dataclass(frozen=True)
class Understood:
    """frame: one record a row. time: its time, whose moments stand in the frame already. id_columns: what tells the series
    apart, () for one series and for a column a series. ids: the series. before: the file as it stands, with its time, where
    the frame was unrolled from a row a year and a column a month."""

    frame: pd.DataFrame
    time: TimeColumn | None
    shape: str = "plain"
    id_columns: tuple[str, ...] = ()
    ids: Ids = field(default_factory=Ids)
    findings: tuple[Finding, ...] = ()
    before: tuple[pd.DataFrame, TimeColumn | None] | None = None


def understand(frame: pd.DataFrame, choices: dict[str, Any], delimiter: str) -> Understood:
    """Find the shape by what the cells hold. choices may fix shape, id, variable, time and day_first.

    frame: columns of text or of numbers; its index holds the file's row numbers. Raises BadFile where a chosen column is
    not there, or the chosen shape is not that of the file.
    """
    shape = choices.get("shape")
    unrolled = _unrolled(frame, choices, delimiter)
    if unrolled is not None:
        moments = unrolled.frame[unrolled.time].to_numpy()
        time = TimeColumn(unrolled.time, moments, None, ())
        ids = ids_of_rows(unrolled.frame, unrolled.ids, moments) if unrolled.ids else Ids()
        before = None
        if unrolled.shape == "year-by-month":
            before = _as_it_stands(frame, {name: value for name, value in choices.items() if name != "time"}, delimiter)
        return Understood(unrolled.frame, time, unrolled.shape, unrolled.ids, ids, unrolled.findings, before)
    chosen = _chosen_ids(frame, choices)
    found = _time(frame, choices, delimiter, chosen)
    if found is None:
        if shape == "long":
            raise BadFile(
                "No column holds times, so that no series can be told apart; choose the time column, or another shape."
            )
        return Understood(frame, None, shape or "plain")
    frame = frame.assign(**{found.name: found.moments})
    one = shape in ("plain", "wide") or choices.get("id", ()) is None
    if "variable" in choices:
        return _side_by_side(frame, found, chosen, choices["variable"], one)
    if one:
        return Understood(frame, found, shape or "plain")
    ids = chosen or _ids_found(frame, found)
    if shape == "long" and not ids:
        raise BadFile(
            "No column divides the rows into series of their own times; name one with id, or choose another shape."
        )
    return _long(frame, found, ids, ())


def with_kinds(shaped: Understood, kinds: dict[str, str], choices: dict[str, Any]) -> Understood:
    """The same once the kinds of the columns are known: a file of a column a series has its series then.

    Raises BadFile where the chosen shape is wide and no column holds numbers, and for a category that is no column.
    """
    for name in choices.get("categories", ()):
        if name not in kinds:
            raise BadFile(f"categories={name!r} is not a column; the columns are {', '.join([*kinds][:20])}.")
    forced = choices.get("shape") == "wide"
    if shaped.id_columns or (not forced and (shaped.shape != "plain" or "shape" in choices or shaped.before)):
        return shaped
    columns = series_columns(shaped.frame, kinds, forced)
    if forced and not columns:
        raise BadFile("No column of numbers is a series of its own; choose another shape.")
    if not columns:
        return shaped
    times = shaped.frame[shaped.time.name].to_numpy() if shaped.time else None
    ids = ids_of_columns(shaped.frame, columns, times)
    return replace(shaped, shape="wide", ids=ids, findings=(*shaped.findings, wide_finding(columns)))


def _unrolled(frame: pd.DataFrame, choices: dict[str, Any], delimiter: str) -> Unrolled | None:
    shape = choices.get("shape")
    if shape in ("plain", "long") or "variable" in choices:
        return None
    if shape != "wide" and (found := unroll_year_by_month(frame, choices, delimiter)):
        return found
    return None if shape == "year-by-month" else unroll_rows(frame, choices, delimiter)


def _as_it_stands(
    frame: pd.DataFrame, choices: dict[str, Any], delimiter: str
) -> tuple[pd.DataFrame, TimeColumn | None]:
    time = find_time(frame, choices, delimiter)
    return (frame.assign(**{time.name: time.moments}) if time else frame), time


def _chosen_ids(frame: pd.DataFrame, choices: dict[str, Any]) -> tuple[str, ...]:
    ids = tuple(choices.get("id") or ())
    for role, name in (*(("id", name) for name in ids), ("variable", choices.get("variable"))):
        if name is not None and name not in frame.columns:
            raise BadFile(
                f"{role}={name!r} is not a column; the columns are {', '.join(map(str, frame.columns[:20]))}."
            )
        if name is not None and name == choices.get("time"):
            raise BadFile(f"Column {name!r} cannot be the time and {role}; take it out of one of the two.")
    return ids


def _time(frame: pd.DataFrame, choices: dict[str, Any], delimiter: str, ids: tuple[str, ...]) -> TimeColumn | None:
    """The time column: of the whole file, or (years, steps) of each of its series."""
    chosen = choices.get("time")
    if chosen is not None and ids and chosen in frame.columns and (counted := find_times(frame, [chosen], ids)):
        return TimeColumn(*counted, None, ())
    found = find_time(frame, choices, delimiter)
    if found is not None or "time" in choices or choices.get("shape") in ("plain", "wide"):
        return found
    counted = find_times(frame, list(frame.columns), ids)
    return TimeColumn(*counted, None, ()) if counted else None


def _ids_found(frame: pd.DataFrame, time: TimeColumn) -> tuple[str, ...]:
    parts = [
        one.column for one in time.findings if one.kind == "joined-time"
    ]  # a column of hours tells no series apart
    return find_id_columns(frame.drop(columns=parts), time.moments, time.name)


def _side_by_side(frame: pd.DataFrame, time: TimeColumn, ids: tuple[str, ...], variable: str, one: bool) -> Understood:
    if variable in (*ids, time.name):
        raise BadFile(f"Column {variable!r} cannot be the variable and the time or the id; choose another column.")
    if not ids and not one:
        # With the variable as one of two columns that divide the rows, the other one is what tells series apart.
        found = _ids_found(frame, time)
        ids = tuple(name for name in found if name != variable)
        if ids == found and ids:
            ids = ()
    spread = pivot(frame, time.name, time.moments, ids, variable)
    after = replace(time, moments=spread.moments)
    return _long(spread.frame, after, ids, spread.findings)


def _long(frame: pd.DataFrame, time: TimeColumn, columns: tuple[str, ...], found: tuple[Finding, ...]) -> Understood:
    if not columns:
        return Understood(frame, time, findings=found)
    ids = ids_of_rows(frame, columns, time.moments)
    if not ids:
        raise BadFile(f"Column {columns[0]!r} is empty, so it tells no series apart; choose another id, or none.")
    names = " and ".join(map(repr, columns))
    message = f"{len(ids):,} series in one file, told apart by {names}; pick one, or train one network across several."
    variable = next((name for name in columns if _VARIABLE.fullmatch(name)), None)
    if variable is not None:
        message += f" If {variable!r} says what is measured, choose variable={variable!r} to put the measurements side by side."
    many = finding("many-series", message, count=len(ids), column=columns[0])
    return Understood(frame, time, "long", columns, ids, (*found, many))
