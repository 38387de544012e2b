"""What the columns of a series are for (targets, inputs, static, known ahead), and the columns of numbers that they become."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..cells import to_numbers
from ..findings import BadFile, Finding, shown
from .calendar import calendar_columns, is_calendar
from .categories import is_category, one_hot

if TYPE_CHECKING:
    from ..table import Table

Names = str | Sequence[str] | None


@dataclass(frozen=True)
class Roles:
    """The names as they were asked for, each role's once. Static and known columns need not be named as inputs too."""

    targets: tuple[str, ...]
    inputs: tuple[str, ...]
    static: tuple[str, ...]
    known: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*self.targets, *self.inputs, *self.known, *self.static]))


@dataclass(frozen=True, eq=False)
class Columns:
    """The columns of a series over all rows of the table.

    values: (N, D) float64, NaN where a value is missing; names: the D columns, targets first; rows: (N,) the file's row
    numbers; times: (N,) or None. targets, static, known: which of the columns are what. made: those of `known` that the
    calendar gives; calendars: the names by which these were asked for. lacking: (N,) rows in which a known category is missing.
    """

    values: NDArray[np.float64]
    names: tuple[str, ...]
    rows: NDArray[np.int64]
    times: NDArray[Any] | None
    targets: tuple[str, ...]
    static: tuple[str, ...]
    known: tuple[str, ...]
    made: tuple[str, ...]
    calendars: tuple[str, ...]
    lacking: NDArray[np.bool_]
    findings: tuple[Finding, ...]

    def count(self, at: slice | NDArray[np.int64]) -> int:
        """How many rows these are."""
        return len(self.rows[at])

    def frame(self, at: slice | NDArray[np.int64]) -> pd.DataFrame:
        """The columns of some of the rows, with the file's row numbers as the index."""
        return pd.DataFrame(self.values[at], index=self.rows[at], columns=self._columns, copy=False)

    @cached_property
    def _columns(self) -> pd.Index:
        return pd.Index(self.names)


def roles_of(table: Table, target: Names, inputs: Names, static: Names, known: Names) -> Roles:
    """The roles, checked. Raises BadFile for a column that is not there or has two roles that exclude each other."""
    targets = _listed(target) if target is not None else list(table.likely_targets) or [table.guess]
    if not targets:
        raise BadFile(f"No target is named; the columns with numbers are {', '.join(table.numeric)}.")
    if len(set(targets)) != len(targets):
        raise BadFile(f"A target can be named once, got {', '.join(targets)}.")
    roles = Roles(
        *(tuple(dict.fromkeys(names)) for names in (targets, _listed(inputs), _listed(static), _listed(known)))
    )
    for name in roles.static:
        if name in roles.targets:
            raise BadFile(f"Column {name!r} cannot be a target and static; take it out of one of the two.")
        if is_calendar(name):
            raise BadFile(f"{name!r} changes from moment to moment and cannot be static; take it as known ahead.")
    for name in roles.known:
        if name in roles.targets or name in roles.static:
            other = "a target" if name in roles.targets else "static"
            raise BadFile(f"Column {name!r} cannot be known ahead and {other}; take it out of one of the two.")
    for name in roles.targets:
        if is_calendar(name):
            raise BadFile(f"{name!r} is given by the time and need not be predicted; choose a column of the file.")
    return roles


def columns_for(table: Table, roles: Roles) -> Columns:
    """The columns of numbers for these roles: a category becomes a column for each level, a calendar column two or more.

    Raises BadFile for a column that is no column of numbers, no category and no calendar column.
    """
    parts: dict[str, tuple[str, ...]] = {}
    values: dict[str, NDArray[np.float64]] = {}
    findings: list[Finding] = []
    for name in roles.columns:
        role = next(role for role in ("targets", "static", "known", "inputs") if name in getattr(roles, role))
        names, numbers, found = _numbers(table, name, "target" if role == "targets" else role)
        parts[name] = names
        findings += found
        for k, one in enumerate(names):
            values.setdefault(one, numbers[:, k])
    rows = table.frame.index.to_numpy().astype(np.int64)
    times = table.frame[table.time].to_numpy() if table.time else None

    def expanded(names: Sequence[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one for name in names for one in parts[name]))

    calendars = tuple(name for name in roles.known if is_calendar(name))
    return Columns(
        np.column_stack(list(values.values())), tuple(values), rows, times, expanded(roles.targets),
        expanded(roles.static), expanded(roles.known), expanded(calendars), calendars, _lacking(table, roles.known),
        tuple(findings),
    )  # fmt: skip


def _lacking(table: Table, known: Sequence[str]) -> NDArray[np.bool_]:
    lacking = np.zeros(len(table.frame), dtype=bool)
    for name in known:
        if name in table.kinds and name not in table.numeric:
            lacking |= table.frame[name].isna().to_numpy(dtype=bool)
    return lacking


def _numbers(table: Table, name: str, role: str) -> tuple[tuple[str, ...], NDArray[np.float64], tuple[Finding, ...]]:
    if is_calendar(name):
        if table.time is None:
            raise BadFile(f"{name!r} needs a time column with dates; choose the time column, or leave it out.")
        return *calendar_columns(name, table.frame[table.time].to_numpy()), ()
    if name not in table.kinds:
        column, _, level = name.partition("=")
        if level and column in table.kinds and (whole := one_hot(_category(table, column))) and name in whole.names:
            return (name,), whole.values[:, [whole.names.index(name)]], whole.findings
        raise BadFile(f"{role}={name!r} is not a column; {_offer(table)}.{table.other_reading}")
    kind = table.kinds[name]
    if kind == "time":
        raise BadFile(f"{role}={name!r} is the time column; {_offer(table)}.")
    if kind in ("number", "counter") and name not in table.chosen_categories:
        column = table.frame[name]
        return (name,), column.to_numpy(dtype=np.float64, na_value=np.nan)[:, None], ()
    if kind == "empty" or table.frame[name].isna().all():
        raise BadFile(f"Column {name!r} is empty; {_offer(table)}.")
    made = one_hot(_category(table, name))
    return made.names, made.values, made.findings


def _category(table: Table, name: str) -> pd.Series[Any]:
    """The column, if it can be one: by choice, as what tells series apart, or because its levels come again and again."""
    column = table.frame[name]
    if name in table.chosen_categories or name in table.id_columns or is_category(column):
        return column
    row, cell = _first_offender(column.dropna(), table.decimal)
    raise BadFile(
        f"Column {name!r} is not numeric: row {row} holds {shown(cell)}; correct it in the file, or choose one of "
        f"{', '.join(table.numeric)}."
    )


def _offer(table: Table) -> str:
    return f"the columns with numbers are {', '.join(table.numeric)}"


def _listed(names: Names) -> list[str]:
    if names is None:
        return []
    return [names] if isinstance(names, str) else list(names)


def _first_offender(column: pd.Series[Any], decimal: str) -> tuple[int, str]:
    _, wrong = to_numbers(column.astype("str"), decimal)
    at = int(np.argmax(wrong)) if wrong.any() else 0
    return int(column.index[at]), str(column.iloc[at])
