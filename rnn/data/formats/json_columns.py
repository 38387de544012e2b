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


class Columns:
    """Cells by name. logical: names of the columns with yes and no in them."""

    def __init__(self) -> None:
        self.rows = 0
        self.logical: dict[str, None] = {}
        self._values: dict[str, list[Any]] = {}
        self._nested: dict[str, None] = {}

    def add(self, record: Any, names: Sequence[str] | None = None) -> None:
        """One more row: an object, a list (named by `names`, else column 1, column 2, …) or a value of its own."""
        if isinstance(record, dict):
            for key, value in record.items():
                self._put(key, value, True)
        elif isinstance(record, list):
            for k, value in enumerate(record):
                self._put(names[k] if names and k < len(names) else f"column {k + 1}", value, True)
        else:
            self._put("value", record, False)
        self.rows += 1

    def _put(self, name: str, value: Any, deeper: bool) -> None:
        if isinstance(value, dict) and deeper:
            for key, inner in value.items():
                self._put(f"{name}.{key}", inner, False)
        elif isinstance(value, (dict, list)):
            self._nested[name] = None
        else:
            self._append(name, value)

    def _append(self, name: str, value: Any) -> None:
        column = self._values.get(name)
        if column is None:
            column = self._values[name] = []
            if len(self._values) > WIDEST or len(self._values) * self.rows > MOST_CELLS:
                raise BadFile(
                    f"Record {self.rows + 1} makes it {len(self._values):,} columns, more than can be read; give all records "
                    "the same names."
                )
        if len(column) < self.rows:
            column.extend([None] * (self.rows - len(column)))
        column.append(value)

    def cells(self) -> dict[str, Cells]:
        """All columns, each as long as there are rows. Names that differ in blanks alone are told apart by a number."""
        found: dict[str, Cells] = {}
        for given, values in self._values.items():
            del values[self.rows :]  # of a name twice in a record, the first counts
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
