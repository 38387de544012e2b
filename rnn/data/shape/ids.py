"""The series of a file that holds many: their names, how many rows each has, and when it begins and ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, overload

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..findings import BadFile

BETWEEN = " / "  # between the parts of a name that is made of several columns
UNNAMED = -1


def _none() -> NDArray[np.int64]:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Ids(Sequence[str]):
    """The names of the series in the order in which they first appear; a sequence of str.

    counts: (G,) rows of each (of a column: its values). first, last: (G,) its earliest and latest time, or row number where
    the table has no time. codes: (N,) which series each row of the table belongs to, UNNAMED for none; None where each
    series is a column.
    """

    names: tuple[str, ...] = ()
    counts: NDArray[np.int64] = field(default_factory=_none)
    first: NDArray[Any] = field(default_factory=_none)
    last: NDArray[Any] = field(default_factory=_none)
    codes: NDArray[np.int64] | None = None

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[str, ...]: ...
    def __getitem__(self, at: int | slice) -> str | tuple[str, ...]:
        return self.names[at]

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __repr__(self) -> str:
        return f"Ids({len(self):,} series: {', '.join(self.names[:5])}{', …' if len(self) > 5 else ''})"

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: k for k, name in enumerate(self.names)}

    def place(self, name: str) -> int:
        """Which series bears this name. Raises KeyError where none does."""
        return self._places[name]

    @property
    def longest(self) -> int:
        """The series with the most rows, the first of them where several have as many."""
        return int(np.argmax(self.counts))

    @cached_property
    def _sorted(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The rows series after series, in file order within each, and where each begins (G + 1 of them)."""
        assert self.codes is not None
        order = np.argsort(self.codes, kind="stable")
        return order, np.searchsorted(self.codes[order], np.arange(len(self) + 1))

    def rows_of(self, place: int) -> NDArray[np.int64]:
        """The places of a series' rows in the table, in file order."""
        order, starts = self._sorted
        return order[starts[place] : starts[place + 1]]

    def summary(self) -> pd.DataFrame:
        """One row a series: id, rows, first, last."""
        return pd.DataFrame({"id": self.names, "rows": self.counts, "first": self.first, "last": self.last})


def ids_of_rows(frame: pd.DataFrame, columns: Sequence[str], times: NDArray[Any] | None) -> Ids:
    """The series that the cells of `columns` tell apart. A row without any of these cells belongs to none."""
    codes, keys = codes_of([frame[column] for column in columns])
    names = _different([BETWEEN.join(spelt(cell) for cell in key if not pd.isna(cell)) for key in keys])
    first, last = _ends(codes, len(names), frame.index.to_numpy() if times is None else times)
    counts = np.bincount(codes[codes >= 0], minlength=len(names)).astype(np.int64)
    return Ids(tuple(names), counts, first, last, codes)


def codes_of(columns: Sequence[pd.Series]) -> tuple[NDArray[np.int64], list[tuple[Any, ...]]]:
    """A number for every row, the same where all cells are the same, counted from 0 as they appear; and the cells of each.

    UNNAMED where all cells are missing.
    """
    joint = np.zeros(len(columns[0]), dtype=np.int64)
    nothing = np.ones(len(joint), dtype=bool)
    for column in columns:
        codes, levels = pd.factorize(column)
        joint, _ = pd.factorize(joint * (len(levels) + 1) + codes + 1)
        nothing &= codes < 0
    joint[nothing] = UNNAMED
    joint, kept = pd.factorize(np.where(nothing, UNNAMED, joint))
    if nothing.any():
        gone = int(np.flatnonzero(kept == UNNAMED)[0])
        joint = np.where(nothing, UNNAMED, joint - (joint > gone))
    count = len(kept) - bool(nothing.any())
    at = np.full(count, len(joint))
    np.minimum.at(at, joint[joint >= 0], np.flatnonzero(joint >= 0))
    parts = [column.iloc[at].tolist() for column in columns]
    return joint.astype(np.int64), list(zip(*parts, strict=True))


def ids_of_columns(frame: pd.DataFrame, columns: Sequence[str], times: NDArray[Any] | None) -> Ids:
    """The series that stand in `columns` of numbers, a column each."""
    moments = frame.index.to_numpy() if times is None else times
    there = frame[list(columns)].notna().to_numpy()
    counts = there.sum(axis=0)
    known = np.flatnonzero(~pd.isna(moments))
    order = known[np.argsort(moments[known], kind="stable")]
    ordered, there = moments[order] if moments.dtype.kind == "M" else moments[order].astype(np.float64), there[order]
    if not len(order):
        nothing = np.full(
            len(columns), np.datetime64("NaT") if moments.dtype.kind == "M" else np.nan, dtype=ordered.dtype
        )
        return Ids(tuple(columns), counts, nothing, nothing)
    first, last = ordered[there.argmax(axis=0)], ordered[len(order) - 1 - there[::-1].argmax(axis=0)]
    none = ~there.any(axis=0)
    first[none] = last[none] = np.datetime64("NaT") if moments.dtype.kind == "M" else np.nan
    return Ids(tuple(columns), counts, first, last)


def ids_where(column: pd.Series, value: str, ids: Ids) -> tuple[str, ...]:
    """The series whose rows have a cell of `column` that is spelt `value`. Raises BadFile where there is none."""
    assert ids.codes is not None
    codes, levels = pd.factorize(column)
    at = [k for k, level in enumerate(levels) if spelt(level) == value]
    found = np.unique(ids.codes[np.isin(codes, at) & (ids.codes >= 0)])
    if not len(found):
        some = ", ".join(spelt(level) for level in levels[:5])
        raise BadFile(f"No row has {value!r} in column {column.name!r}, which holds {some}, …; choose one of these.")
    return tuple(ids[place] for place in found.tolist())


def spelt(cell: Any) -> str:
    """A cell as part of a name: 3 rather than 3.0, and a midnight as its day."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).removesuffix(" 00:00:00") if isinstance(cell, pd.Timestamp) else str(cell)


def _different(names: list[str]) -> list[str]:
    """The names, with a number behind those that are there already."""
    if len(set(names)) == len(names):
        return names
    seen: Counter[str] = Counter()
    taken = set(names)
    result = []
    for name in names:
        seen[name] += 1
        fresh = name
        while seen[name] > 1 and fresh in taken:
            fresh = f"{name} ({seen[name]})"
            seen[name] += fresh in taken
        taken.add(fresh)
        result.append(fresh)
    return result


def _ends(codes: NDArray[np.int64], groups: int, times: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """The earliest and the latest of `times` in each group: NaT or NaN where it has none."""
    known = (codes >= 0) & ~pd.isna(times)
    dates = times.dtype.kind == "M"
    plain = times.view(np.int64) if dates else times.astype(np.float64)
    lowest, highest = (np.iinfo(np.int64).min, np.iinfo(np.int64).max) if dates else (-np.inf, np.inf)
    first = np.full(groups, highest, dtype=plain.dtype)
    last = np.full(groups, lowest, dtype=plain.dtype)
    np.minimum.at(first, codes[known], plain[known])
    np.maximum.at(last, codes[known], plain[known])
    none = np.bincount(codes[known], minlength=groups) == 0
    if dates:
        first, last = first.view(times.dtype), last.view(times.dtype)
        first[none] = last[none] = np.datetime64("NaT")
    else:
        first[none] = last[none] = np.nan
    return first, last
