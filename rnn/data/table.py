"""A file as it was understood, and the series that a network can learn from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from rnn.core.series import Series

from .cells import to_numbers
from .columns import best_guess
from .findings import BadFile, Finding, Receipt, shown
from .prepare import prepare


@dataclass(frozen=True, eq=False)
class Table:
    """What `read_csv` made of a file.

    frame: all columns in file order, one row a data row; numbers as numbers, the time column as datetime64 (NaT where it could
      not be read), everything else as text. Its index, called "row", holds the file's row numbers, counted from 1.
    time: the name of the time column, or None. frequency: a pandas offset alias where the spacing is regular, else None.
    findings: what was noticed. kinds: column name → "time" | "number" | "counter" | "text" | "empty".
    encoding, delimiter, decimal: as found or chosen. header_row: the header's line, counted from 1, or None.
    rows: the rows that are data. skipped: (reason, count) for all other rows of the file, its header among them: with `rows`
      they add up to the rows of the file (a cell of several lines makes one row). units: column → unit, where named.
    name: the file's name without its ending.
    choices: all settings that were used, JSON-able; `read_csv(same bytes, **choices)` gives the same table.
    """

    frame: pd.DataFrame
    time: str | None
    frequency: str | None
    findings: tuple[Finding, ...]
    encoding: str
    delimiter: str
    decimal: str
    header_row: int | None
    rows: int
    name: str
    kinds: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    choices: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    units: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    skipped: tuple[tuple[str, int], ...] = ()

    def __repr__(self) -> str:
        time = f"time={self.time!r}, frequency={self.frequency!r}" if self.time else "no time"
        return f"Table({self.name!r}, {self.rows:,} rows, {time}, numeric={list(self.numeric)}, {len(self.findings)} findings)"

    @property
    def numeric(self) -> tuple[str, ...]:
        """The columns that can be targets: all with numbers in them, but not the row index that pandas and R write."""
        usable = [name for name, kind in self.kinds.items() if kind in ("number", "counter")]
        index = next((one.column for one in self.findings if one.kind == "row-index"), None)
        return tuple(name for name in usable if name != index) or tuple(usable)

    @cached_property
    def guess(self) -> str:
        """The likely target: an ordinary column that varies, rather than a counter, a label, a flag or a mostly empty one."""
        numeric = self.numeric
        best = best_guess(self.frame, {name: self.kinds[name] for name in numeric})
        return best or numeric[0]

    def series(
        self,
        target: str | Sequence[str] | None = None,
        inputs: str | Sequence[str] | None = None,
        static: str | Sequence[str] | None = None,
    ) -> Series:
        """The series in time order: the targets, and after them the further input columns that are asked for.

        target: a column name or several (None: `guess`). inputs: more columns of numbers for the network to see. static: those
        of them, or further ones, that say something about the series and not about a moment; the network reads them once a
        window. times: datetime64, or 0 … N − 1 where the table has no time. Missing values are treated as choices["missing"]
        says; `receipt` with the same arguments tells what became of every row. Raises BadFile for a column that is not there,
        not numeric or both target and static, and where too few rows remain.
        """
        return self._prepare(target, inputs, static)[0]

    def receipt(
        self,
        target: str | Sequence[str] | None = None,
        inputs: str | Sequence[str] | None = None,
        static: str | Sequence[str] | None = None,
    ) -> Receipt:
        """The account of `series` with the same arguments: rows used, rows left out and why, cells filled."""
        return self._prepare(target, inputs, static)[1]

    def _prepare(
        self,
        target: str | Sequence[str] | None,
        inputs: str | Sequence[str] | None,
        static: str | Sequence[str] | None,
    ) -> tuple[Series, Receipt]:
        targets = _listed(target) if target is not None else [self.guess]
        if not targets:
            raise BadFile(f"No target is named; the columns with numbers are {', '.join(self.numeric)}.")
        if len(set(targets)) != len(targets):
            raise BadFile(f"A target can be named once, got {', '.join(targets)}.")
        still = list(dict.fromkeys(_listed(static or [])))
        for name in still:
            self._check_numeric(name, "static")
            if name in targets:
                raise BadFile(f"Column {name!r} cannot be a target and static; take it out of one of the two.")
        columns = list(dict.fromkeys([*targets, *_listed(inputs or []), *still]))
        for name in columns:
            self._check_numeric(name, "target" if name in targets else "inputs")
        times = self.frame[self.time].to_numpy() if self.time else None
        missing = str(self.choices.get("missing", "interpolate"))
        series, receipt = prepare(self.frame[columns], times, tuple(targets), missing, self.name)
        return dataclasses.replace(series, static=tuple(still)), receipt

    def _check_numeric(self, name: str, role: str) -> None:
        if name not in self.kinds:
            raise BadFile(f"{role}={name!r} is not a column; the columns with numbers are {', '.join(self.numeric)}.")
        kind = self.kinds[name]
        if kind in ("number", "counter"):
            return
        if kind == "time":
            raise BadFile(
                f"{role}={name!r} is the time column; the columns with numbers are {', '.join(self.numeric)}."
            )
        column = self.frame[name].dropna()
        if kind == "empty" or column.empty:
            raise BadFile(f"Column {name!r} is empty; the columns with numbers are {', '.join(self.numeric)}.")
        row, cell = _first_offender(column, self.decimal)
        raise BadFile(
            f"Column {name!r} is not numeric: row {row} holds {shown(cell)}; correct it in the file, or choose one of "
            f"{', '.join(self.numeric)}."
        )


def _listed(names: str | Sequence[str]) -> list[str]:
    return [names] if isinstance(names, str) else list(names)


def _first_offender(column: pd.Series, decimal: str) -> tuple[int, str]:
    _, wrong = to_numbers(column.astype("str"), decimal)
    at = int(np.argmax(wrong)) if wrong.any() else 0
    return int(column.index[at]), str(column.iloc[at])
