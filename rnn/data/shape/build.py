"""From a table, roles and the names of series to one Series: a single one, or many in one, with the account of every row."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rnn.core.series import Series

from ..findings import BadFile, Finding, Receipt, counted, finding
from ..prepare import prepare
from ..repair.record import Repair
from .added_up import added_up, with_left_out
from .ahead import prepare_ahead
from .roles import Columns, Roles, columns_for

if TYPE_CHECKING:
    from ..table import Table

Futures = dict[str, NDArray[np.float64] | None]
ALL = "all"
OTHER_SERIES, NO_SERIES, TOO_SHORT = "other series", "no series named", "too short"
_NAMED = 5  # series that a sentence names


def build(
    table: Table, roles: Roles, ids: str | Sequence[str] | None, repairs: Sequence[Any]
) -> tuple[Series, Receipt]:
    """The series and its receipt. ids: names of series, "all", or None for the only one, or the longest of many.

    Raises BadFile for a name that is not there, and where no series has enough rows.
    """
    chosen = chosen_ids(table, ids)
    columns = columns_for(table, roles)
    maker = _Maker(table, columns, tuple(repairs))
    if chosen is None and table.ids.codes is not None:
        return _longest(table, maker)
    if chosen is None:
        return maker.whole()
    if len(chosen) == 1:
        return maker.single(chosen[0])
    return _joined(table, maker, chosen)


def futures(table: Table, roles: Roles, ids: str | Sequence[str] | None, repairs: Sequence[Any]) -> Futures:
    """Of each series that `build` makes with the same arguments, by its name, what its known columns hold after its last
    record, (M, F), or None where that is not known."""
    maker = _Maker(table, columns_for(table, roles), tuple(repairs))
    found: Futures = {}
    for name in chosen_ids(table, ids) or ():
        with suppress(BadFile):  # too short: left out of many in one as well
            found[name] = maker.made(name, *maker.part(name))[0].future
    return found


@dataclasses.dataclass(frozen=True, eq=False)
class Part:
    """The rows of one series. frame: its columns of numbers, the index the file's row numbers. times: (N,) or None."""

    name: str
    frame: pd.DataFrame
    times: NDArray[Any] | None


def parts_of(table: Table, roles: Roles, ids: str | Sequence[str] | None) -> tuple[Part, ...]:
    """The series that `build` makes with the same arguments, as they stand in the file."""
    chosen = chosen_ids(table, ids)
    maker = _Maker(table, columns_for(table, roles), ())
    if chosen is None and table.ids.codes is None:
        return (_part(table.name, maker.columns, slice(None)),)
    names = chosen or (table.ids[table.ids.longest],)
    return tuple(_part(name, *maker.part(name)) for name in names)


def _part(name: str, columns: Columns, at: slice | NDArray[np.int64]) -> Part:
    return Part(name, columns.frame(at), None if columns.times is None else columns.times[at])


def chosen_ids(table: Table, ids: str | Sequence[str] | None) -> tuple[str, ...] | None:
    """The names, each once, or None where none is asked for. Raises BadFile for one that is not there."""
    if ids is None or (not isinstance(ids, str) and not len(ids)):
        return None
    if not table.ids:
        raise BadFile(f"The file {table.name!r} holds one series, so none can be picked by name; leave the ids out.")
    if isinstance(ids, str) and ids == ALL and ALL not in table.ids:
        return tuple(table.ids)
    names = tuple(dict.fromkeys([ids] if isinstance(ids, str) else ids))
    for name in names:
        if name not in table.ids:
            some = ", ".join(table.ids[:_NAMED]) + (", …" if len(table.ids) > _NAMED else "")
            raise BadFile(
                f"ids={name!r} is not one of the {len(table.ids):,} series of the file ({some}); choose among them."
            )
    return names


@dataclasses.dataclass(frozen=True)
class _Maker:
    """Makes the series of one name after the other, all with the same columns."""

    table: Table
    columns: Columns
    repairs: tuple[Repair, ...]

    def whole(self) -> tuple[Series, Receipt]:
        return self.made(self.table.name, self.columns, slice(None))

    def part(self, name: str) -> tuple[Columns, slice | NDArray[np.int64]]:
        """The columns and the places of the rows of the series of this name."""
        ids = self.table.ids
        if ids.codes is not None:
            return self.columns, ids.rows_of(ids.place(name))
        # The file has a column a series: all share its rows and further columns.
        values = self.columns.values.copy()
        values[:, 0] = self.table.frame[name].to_numpy(np.float64, na_value=np.nan)
        return dataclasses.replace(self.columns, values=values), slice(None)

    def made(
        self, name: str, columns: Columns, at: slice | NDArray[np.int64], joined: bool = False
    ) -> tuple[Series, Receipt]:
        missing = str(self.table.choices.get("missing", "interpolate"))

        def prepared(frame: pd.DataFrame, times: NDArray[Any] | None) -> tuple[Series, Receipt]:
            return prepare(frame, times, columns.targets, missing, name, repairs=self.repairs)

        times = None if columns.times is None else columns.times[at]
        if columns.known:
            series, receipt = prepare_ahead(at, times, columns, missing, self.repairs, prepared)
        else:
            series, receipt = prepared(columns.frame(at), times)
        if columns.static:
            series = dataclasses.replace(series, static=columns.static)
        return series, receipt if joined else with_left_out(receipt, (), columns.findings)

    def single(self, name: str) -> tuple[Series, Receipt]:
        columns, at = self.part(name)
        series, receipt = self.made(name, columns, at)
        return series, with_left_out(receipt, self.others(columns.count(at)))

    def others(self, used: int) -> list[tuple[str, int]]:
        """The rows of the table that belong to no series, or to series that were not asked for."""
        if self.table.ids.codes is None:
            return []
        nameless = int((self.table.ids.codes < 0).sum())
        return [(OTHER_SERIES, self.table.rows - nameless - used), (NO_SERIES, nameless)]


def _longest(table: Table, maker: _Maker) -> tuple[Series, Receipt]:
    name = table.ids[table.ids.longest]
    series, receipt = maker.single(name)
    if len(table.ids) == 1:
        return series, receipt
    message = (
        f"The file holds {len(table.ids):,} series and none was picked; {name!r}, the longest, is used, and the rows of the "
        "others are left out."
    )
    said = finding("one-of-many", message, count=table.rows - receipt.rows + receipt.left_out)
    return series, dataclasses.replace(receipt, findings=(said, *receipt.findings))


def _joined(table: Table, maker: _Maker, names: Sequence[str]) -> tuple[Series, Receipt]:
    """Each series prepared by itself, one after the other; those that are too short are left out and named."""
    parts: dict[str, Series] = {}
    receipts: dict[str, Receipt] = {}
    short: dict[str, str] = {}
    rows = left = 0
    for name in names:
        columns, at = maker.part(name)
        rows += columns.count(at)
        try:
            parts[name], receipts[name] = maker.made(name, columns, at, joined=True)
        except BadFile as error:
            if table.choices.get("missing") == "error":
                raise BadFile(f"Series {name!r}: {error}") from None
            short[name] = str(error)
            left += columns.count(at)
    if not parts:
        name, why = next(iter(short.items()))
        raise BadFile(f"None of the {len(names):,} series can be used; of {name!r}, for example: {why}")
    series = Series.joined(list(parts.values()), list(parts), table.name)
    receipt = added_up(receipts)
    found = (*maker.columns.findings, *_unusable(short, left), *_constant(parts), *receipt.findings)
    receipt = with_left_out(dataclasses.replace(receipt, findings=found), [(TOO_SHORT, left), *maker.others(rows)])
    return series, receipt


def _unusable(short: dict[str, str], rows: int) -> list[Finding]:
    if not short:
        return []
    message = f"{_series(list(short))} left out with {counted(rows, 'row')}; of the first: {next(iter(short.values()))}"
    return [finding("unusable-series", message, count=len(short))]


def _constant(parts: dict[str, Series]) -> list[Finding]:
    still = [name for name, one in parts.items() if not np.ptp(one.values[:, one.target_columns], axis=0).any()]
    if not still:
        return []
    message = f"{_series(still)} the same value all along; kept, though nothing can be learned from it."
    return [finding("constant-series", message.replace(" the same", " with the same", 1), count=len(still))]


def _series(names: Sequence[str]) -> str:
    """ "2 series ('a' and 'b')" in the words of a sentence's beginning."""
    some = ", ".join(map(repr, names[:_NAMED])) + (f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else "")
    return f"{len(names):,} series ({some})"
