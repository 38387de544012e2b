"""What every reader gives: columns of numbers or text as they stand in the file, before anything is made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from ..cells import MISSING_WORDS, find_decimal, is_number, not_numbers, to_numbers
from ..findings import Finding, finding, shown
from ..text.dialect import Dialect
from ..text.layout import Layout

MOST_CELLS = 64_000_000  # half a gigabyte as numbers
_MOSTLY = 0.9  # share of numbers from which a column with other cells counts as one of numbers, as in text files
_VOTERS = 1000  # cells of a column that the decimal mark is found from


@dataclass(frozen=True)
class Raw:
    """frame: columns of numbers or text; its index, called "row", holds the file's row numbers.

    layout: header row, column names and decimal mark, as a text's layout has them. format: "csv", "xlsx", "parquet", … .
    encoding: a text's encoding, else how the numbers are coded. used: the reading choices that were found or taken.
    time: a column of numbers that is the time by the nature of the file. targets: the likely targets where they are several.
    units: column → unit, where named. skipped: (reason, rows) for rows of the file that are no data. alternatives: choice →
    the names that the file has for it.
    """

    frame: pd.DataFrame
    layout: Layout
    format: str
    encoding: str
    findings: tuple[Finding, ...] = ()
    used: Mapping[str, Any] = field(default_factory=dict)
    time: str | None = None
    targets: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    skipped: tuple[tuple[str, int], ...] = ()
    alternatives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Cells:
    """One column's cells: numbers (N,) float64 with NaN where there is none, and the cells of text by their place."""

    numbers: np.ndarray[Any, Any]
    at: np.ndarray[Any, Any]
    texts: Sequence[str]

    def below(self, first: int) -> Cells:
        """The column from its `first` cell on."""
        keep = int(np.searchsorted(self.at, first))
        return Cells(self.numbers[first:], self.at[keep:] - first, self.texts[keep:])

    def __len__(self) -> int:
        return len(self.numbers)


def without_words(raw: Raw, words: Sequence[str]) -> Raw:
    """The table with the cells that hold one of these words missing, as the reader of text does by itself."""
    numbers = [float(word) for word in words if is_number(word, ".")]
    columns = {}
    for name, column in raw.frame.items():
        if name != raw.time:
            said = column.isin(numbers if column.dtype.kind in "iuf" else list(words))
            column = column.mask(said) if said.any() else column
        columns[name] = column
    frame = pd.DataFrame(columns, index=raw.frame.index)
    return replace(raw, frame=frame, used={**raw.used, "missing_words": list(words)})


def binary_layout(
    names: Sequence[str], decimal: str = ".", header_row: int | None = None, first_row: int = 1
) -> Layout:
    """The layout of a table that is not text: no separator and nothing to seek."""
    return Layout(
        text=b"", dialect=Dialect("", '"', None, 0), decimal=decimal, header_row=header_row, names=tuple(names),
        expected=len(names), start=0, first_row=first_row, header=(), kinds={}, units={}, missing_words=(), skipped=(),
        findings=(),
    )  # fmt: skip


def decimal_of(columns: Sequence[Cells], chosen: str | None) -> tuple[str, list[Finding]]:
    """The decimal mark in the cells of text; numbers that are typed need none."""
    if chosen:
        return chosen, []
    decimal, guessed = find_decimal((list(one.texts[:_VOTERS]) for one in columns), "")
    return decimal, [guessed] if guessed else []


def frame_of(columns: Mapping[str, Cells], decimal: str, first_row: int) -> tuple[pd.DataFrame, list[Finding]]:
    """All columns, each of numbers where (nearly) all its cells are, otherwise of text."""
    frame, findings = {}, []
    rows = 0
    for name, cells in columns.items():
        frame[name], found = _column(name, cells, decimal, first_row)
        findings += found
        rows = len(cells)
    return pd.DataFrame(frame, index=pd.RangeIndex(first_row, first_row + rows, name="row")), findings


def _column(name: str, cells: Cells, decimal: str, first_row: int) -> tuple[Any, list[Finding]]:
    if not len(cells.at):
        return whole_if_possible(cells.numbers), []
    text = pd.Series(list(cells.texts), index=cells.at, dtype="str")
    text = text[~text.str.strip().isin(MISSING_WORDS)]
    numeric = ~np.isnan(cells.numbers)
    if not len(text):
        return cells.numbers, []
    if not numeric.any() and not _hopeful(text, decimal):
        return text.reindex(range(len(cells))).array, []
    values, wrong = to_numbers(text, decimal)
    places = text.index.to_numpy()
    known = int(numeric.sum() + (~np.isnan(values)).sum() + wrong.sum())
    if wrong.sum() > (1 - _MOSTLY) * known:
        typed = pd.Series(list(map(number_text, cells.numbers[numeric].tolist())), np.flatnonzero(numeric), dtype="str")
        return pd.concat([text, typed]).reindex(range(len(cells))).array, []
    numbers = cells.numbers.copy()
    numbers[places] = values
    if not wrong.any():
        return whole_if_possible(numbers), []
    return numbers, [not_numbers(name, places[wrong] + first_row, shown(text.iloc[int(np.argmax(wrong))]))]


def _hopeful(text: pd.Series, decimal: str) -> bool:
    """Whether the first cells leave hope for numbers: spares looking at a million dates one by one."""
    return bool(to_numbers(text.iloc[:200], decimal)[1].mean() < 0.5)


def whole_if_possible(numbers: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """int64 where every number is whole and small enough to be exact, as a text file's columns are typed."""
    if numbers.dtype.kind != "f" or not len(numbers) or not np.isfinite(numbers).all():
        return numbers
    if (
        np.abs(numbers).max() > 2**53
        or (numbers != np.rint(numbers)).any()
        or (np.signbit(numbers) & (numbers == 0)).any()
    ):
        return numbers
    return numbers.astype(np.int64)


def number_text(value: float) -> str:
    """The shortest text that reads back as the same number: "3" and not "3.0"."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def flags(names: Sequence[str]) -> list[Finding]:
    """The finding for columns of yes and no."""
    if not names:
        return []
    listed = ", ".join(repr(name) for name in names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    message = f"Yes and no in {listed} read as 1 and 0."
    return [finding("booleans", message, count=len(names), column=names[0])]
