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

from .columns import best_guess
from .findings import BadFile, Finding, Receipt
from .repair.record import Repair
from .shape.build import Futures, Part, build, chosen_ids, futures, parts_of
from .shape.ids import Ids, ids_where
from .shape.offers import Offers, fixed_columns, offers_of
from .shape.roles import Names, Roles, roles_of
from .shape.unrolled import fresh


@dataclass(frozen=True, eq=False)
class Table:
    """What `read_csv` made of a file.

    frame: all columns in file order, one row a data row; numbers as numbers, the time column as datetime64 (NaT where it could
      not be read), everything else as text. Its index, called "row", holds the file's row numbers, counted from 1. Where the
      time ran across the file (a row a series, a row a year) it was unrolled: one row a value, each file row several times.
    time: the name of the time column, or None. frequency: a pandas offset alias where the spacing is regular, else None.
    findings: what was noticed. kinds: column name → "time" | "number" | "counter" | "text" | "empty".
    encoding, delimiter, decimal: as found or chosen. header_row: the header's line, counted from 1, or None.
    rows: the rows that are data (of the frame). skipped: (reason, count) for all other rows of the file, its header among
      them: with `rows` they add up to the rows of the file (a cell of several lines makes one row). units: column → unit, where
      it is named.
    name: the file's name without its ending.
    choices: all settings that were used, JSON-able; `read_csv(same bytes, **choices)` gives the same table.
    shape: "plain" | "long" | "wide" | "year-by-month". id_columns: the columns that tell the series of a long file apart.
    ids: the names of the series where there are many, each with its rows, first and last time; empty for one series.
    before: for a file of a row a year, the table as it stands in the file.
    format: "csv" (any text with a separator), "xlsx", "xlsm", "xlsb", "xls", "ods", "parquet", "arrow", "json", "sound" or
      "symbols"; where it is not text, encoding says how its values are coded and delimiter is "".
    alternatives: choice of reading ("sheet", "member", "record") → the names that the file has for it.
    likely_targets: the targets unless said, where the kind of file makes them several (channels, symbols); else ().
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
    shape: str = "plain"
    id_columns: tuple[str, ...] = ()
    ids: Ids = field(default_factory=Ids)
    before: Table | None = None
    format: str = "csv"
    likely_targets: tuple[str, ...] = ()
    alternatives: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    _last: dict[str, tuple[Series, Receipt]] = field(default_factory=dict, init=False, repr=False)

    def __repr__(self) -> str:
        time = f"time={self.time!r}, frequency={self.frequency!r}" if self.time else "no time"
        many = f", {len(self.ids):,} series" if self.ids else ""
        return (
            f"Table({self.name!r}, {self.rows:,} rows{many}, {time}, numeric={list(self.numeric)}, "
            f"{len(self.findings)} findings)"
        )

    @cached_property
    def numeric(self) -> tuple[str, ...]:
        """The columns that can be targets: all with numbers in them, but not those that tell series apart or stand for kinds,
        no part of the time, and not the row index that pandas and R write."""
        noted = {one.column for one in self.findings if one.kind in ("row-index", "joined-time")}
        apart = {*self.id_columns, *self.chosen_categories}
        usable = [name for name, kind in self.kinds.items() if kind in ("number", "counter") and name not in apart]
        return tuple(name for name in usable if name not in noted) or tuple(usable)

    @property
    def chosen_categories(self) -> tuple[str, ...]:
        """The columns of numbers that were chosen to stand for kinds."""
        return tuple(self.choices.get("categories", ()))

    @cached_property
    def offers(self) -> Offers:
        """What a picker offers for each role: targets, inputs, static, known, categories and series."""
        return offers_of(self)

    @cached_property
    def fixed(self) -> tuple[str, ...]:
        """The columns that hold one value in each series: descriptions of it, and no targets."""
        return fixed_columns(self)

    @property
    def usable(self) -> tuple[str, ...]:
        """The columns that can be inputs: those with numbers and the categories, in file order."""
        return self.offers.usable

    @cached_property
    def guess(self) -> str:
        """The likely target: an ordinary column that varies, rather than a counter, a label, a flag or a mostly empty one."""
        numeric = self.numeric
        fixed = frozenset(self.fixed)
        varying = [name for name in numeric if name not in fixed] or list(numeric)
        best = best_guess(self.frame, {name: self.kinds[name] for name in varying})
        return best or numeric[0]

    def ids_where(self, column: str, value: str) -> tuple[str, ...]:
        """The series whose cell in an id column is spelt so. Raises BadFile where there is none."""
        if column not in self.id_columns:
            raise BadFile(
                f"{column!r} does not tell series apart; {' and '.join(self.id_columns) or 'no column'} does."
            )
        return ids_where(self.frame[column], value, self.ids)

    def series(
        self,
        target: Names = None,
        inputs: Names = None,
        static: Names = None,
        *,
        known: Names = None,
        ids: str | Sequence[str] | None = None,
        repairs: Sequence[Repair] = (),
    ) -> Series:
        """The series in time order: the targets, and after them the further input columns that are asked for.

        target: a column name or several (None: `likely_targets`, else `guess`). inputs: more columns for the network to see.
        static: those of them, or further ones, that say something about the series and not about a moment; the network reads
        them once a window. known: columns known ahead, of the file or of the calendar ("calendar: weekday"); rows after the
        last record that hold them become the series' future. A category is a column for each level, "weather=rain".
        ids: names of series (`Table.ids`), several of them or "all" for many in one; None: the only one, or the longest. On a
        wide file the target is then the column of each, called "value".
        repairs: what is done first, in this order (`rnn.data.repair`), to each series by itself. times: datetime64, or
        0 … N − 1 where the table has no time. Missing values are treated as choices["missing"] says; `receipt` with the same
        arguments tells what became of every row. Raises BadFile for a column or a series that is not there, roles that
        exclude each other, a repair that cannot be done, and where too few rows remain.
        """
        return self._build(target, inputs, static, known, ids, repairs)[0]

    def receipt(
        self,
        target: Names = None,
        inputs: Names = None,
        static: Names = None,
        *,
        known: Names = None,
        ids: str | Sequence[str] | None = None,
        repairs: Sequence[Repair] = (),
    ) -> Receipt:
        """The account of `series` with the same arguments: rows used, rows left out and why, cells filled. On a wide file a
        row counts once for each series that was asked for."""
        return self._build(target, inputs, static, known, ids, repairs)[1]

    def parts(
        self,
        target: Names = None,
        inputs: Names = None,
        static: Names = None,
        *,
        known: Names = None,
        ids: str | Sequence[str] | None = None,
    ) -> tuple[Part, ...]:
        """The rows of each series that `series` with the same arguments makes, before anything is done to them: what the
        doctor looks at, and what repairs are previewed on."""
        table, roles = self._asked(target, inputs, static, known, ids)
        return parts_of(table, roles, ids)

    def futures(
        self,
        target: Names = None,
        inputs: Names = None,
        static: Names = None,
        *,
        known: Names = None,
        ids: str | Sequence[str] | None = None,
        repairs: Sequence[Repair] = (),
    ) -> Futures:
        """Of many series in one, which has no future of its own, that of each by its name: what the known columns hold after
        its last record, (M, F), or None where nothing is known. Arguments as for `series`."""
        table, roles = self._asked(target, inputs, static, known, ids)
        return futures(table, roles, ids, repairs)

    def unit(self, ids: str | Sequence[str] | None = None) -> str:
        """What a receipt for these series counts, "row" or "value": where the time or the series stand across the file, a row
        of it holds several values."""
        across = self.other_reading or (self.ids.codes is None and chosen_ids(self, ids) is not None)
        return "value" if across else "row"

    def _build(
        self, target: Names, inputs: Names, static: Names, known: Names, ids: str | Sequence[str] | None,
        repairs: Sequence[Repair],
    ) -> tuple[Series, Receipt]:  # fmt: skip
        # A page asks for the series and for its receipt, one after the other: both come of one preparation.
        arguments = (target, inputs, static, known, ids, repairs)
        asked = repr([one if one is None or isinstance(one, str) else list(one) for one in arguments])
        made = self._last.get(asked)
        if made is None:
            made = self._build_anew(*arguments)
            self._last.clear()
            self._last[asked] = made
        return made

    def _build_anew(
        self, target: Names, inputs: Names, static: Names, known: Names, ids: str | Sequence[str] | None,
        repairs: Sequence[Repair],
    ) -> tuple[Series, Receipt]:  # fmt: skip
        table, roles = self._asked(target, inputs, static, known, ids)
        return build(table, roles, ids, repairs)

    def _asked(
        self, target: Names, inputs: Names, static: Names, known: Names, ids: str | Sequence[str] | None
    ) -> tuple[Table, Roles]:
        """The table that has the columns, this one or another view of the same file, and the roles that they play."""
        if self.before is not None and self._is_of_the_file([target, inputs, static, known]):
            return self.before, roles_of(self.before, target, inputs, static, known)
        if self.ids.codes is None and chosen_ids(self, ids) is not None:
            view, value = self._by_column
            return view, roles_of(view, value, inputs, static, known)
        return self, roles_of(self, target, inputs, static, known)

    def _is_of_the_file(self, roles: Sequence[Names]) -> bool:
        """Whether columns are named that only the file as it stands has, such as JAN: a choice from before it was unrolled."""
        assert self.before is not None
        names = [name for role in roles if role is not None for name in ([role] if isinstance(role, str) else role)]
        return any(name not in self.kinds and name in self.before.kinds for name in names)

    @cached_property
    def _by_column(self) -> tuple[Table, str]:
        """For a column a series: this table with one more column for the values of whichever is picked, and its name."""
        value = fresh("value", self.frame.columns)
        frame = self.frame.assign(**{value: np.zeros(self.rows)})
        return dataclasses.replace(self, frame=frame, kinds=MappingProxyType({**self.kinds, value: "number"})), value

    @property
    def other_reading(self) -> str:
        """What to try where a column of the file is not one of the table, because the time ran across the file."""
        if self.shape != "year-by-month" and not (self.shape == "wide" and self.id_columns):
            return ""
        return " The file was unrolled into one value a row; choose shape='plain' to read it as it stands."
