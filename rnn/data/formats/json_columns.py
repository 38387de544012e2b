"""Columns that grow record by record, as objects bring names and values."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..findings import BadFile, Finding, finding
from .raw import MOST_CELLS, Cells

WIDEST = 20_000  # columns
_BLOCK = 65536  # rows


class Columns:
    """Cells by name. logical: names of the columns with yes and no in them.

    Objects with the same names in the same order, as nearly all files have them, are put by as they come and turned into
    columns in blocks, which takes a third of the time.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.logical: dict[str, None] = {}
        self._values: dict[str, list[Any]] = {}
        self._nested: dict[str, None] = {}
        self._names: tuple[str, ...] = ()
        self._block: list[tuple[Any, ...]] = []

    def add(self, record: Any, names: Sequence[str] | None = None) -> None:
        """One more row: an object, a list (named by `names`, else column 1, column 2, …) or a value of its own."""
        if isinstance(record, list):
            known = names or ()
            record = {known[k] if k < len(known) else f"column {k + 1}": value for k, value in enumerate(record)}
        elif not isinstance(record, dict):
            record = {"value": record}
        if tuple(record) != self._names or len(self._block) >= _BLOCK:
            self._turn()
            self._names = tuple(record)
        self._block.append(tuple(record.values()))
        self.rows += 1

    def _turn(self) -> None:
        """The rows that were put by become cells of the columns."""
        first = self.rows - len(self._block)
        for name, cells in zip(self._names, zip(*self._block, strict=True), strict=False):
            if {dict, list}.isdisjoint(map(type, cells)):
                self._extend(name, first, cells)
            else:
                for row, cell in enumerate(cells, first):
                    self._put(name, row, cell)
        self._block = []

    def _put(self, name: str, row: int, value: Any) -> None:
        """A cell that may be an object: its own cells, then, and whatever is nested deeper is left out."""
        parts = {f"{name}.{key}": inner for key, inner in value.items()} if isinstance(value, dict) else {name: value}
        for part, inner in parts.items():
            if isinstance(inner, (dict, list)):
                self._nested[part] = None
            else:
                self._extend(part, row, (inner,))

    def _extend(self, name: str, row: int, cells: Sequence[Any]) -> None:
        column = self._values.get(name)
        if column is None:
            column = self._values[name] = []
            if len(self._values) > WIDEST or len(self._values) * self.rows > MOST_CELLS:
                raise BadFile(
                    f"Record {row + 1} makes it {len(self._values):,} columns, more than can be read; give all records the "
                    "same names."
                )
        if len(column) < row:
            column.extend([None] * (row - len(column)))
        if len(column) == row:  # of a name twice in a record, the first counts
            column.extend(cells)

    def cells(self) -> dict[str, Cells]:
        """All columns, each as long as there are rows. Names that differ in blanks alone are told apart by a number."""
        self._turn()
        found: dict[str, Cells] = {}
        for given, values in self._values.items():
            values.extend([None] * (self.rows - len(values)))
            wanted = " ".join(given.split()) or f"column {len(found) + 1}"
            name, n = wanted, 1
            while name in found:
                n += 1
                name = f"{wanted} ({n})"
            found[name] = _cells(values)
            if bool in set(map(type, values)):
                self.logical[name] = None
        return found

    def findings(self) -> list[Finding]:
        lost = list(self._nested)
        if not lost:
            return []
        listed = ", ".join(repr(name) for name in lost[:5]) + (f" and {len(lost) - 5} more" if len(lost) > 5 else "")
        message = f"Lists and what is nested more than one level deep left out: {listed}."
        return [finding("nested-columns", message, count=len(lost), column=lost[0])]


def _cells(values: list[Any]) -> Cells:
    kinds = set(map(type, values))
    if kinds <= {float}:
        return Cells(np.frombuffer(array("d", values), dtype=np.float64), np.empty(0, dtype=np.int64), [])
    at = [k for k, value in enumerate(values) if isinstance(value, str) and value.strip()]
    numbers = np.fromiter((_number(value) for value in values), dtype=np.float64, count=len(values))
    return Cells(numbers, np.array(at, dtype=np.int64), [values[k].strip() for k in at])


def _number(value: Any) -> float:
    if value is None or isinstance(value, str):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
