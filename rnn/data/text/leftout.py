"""Rows of a file that are not data: header lines that come again, totals, and what stands below the table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ..cells import is_number, quantity
from ..findings import Finding, counted, finding, row_list, shown
from ..times.families import family
from .layout import Layout

_TAIL = 200  # rows at the end that may be a footer
_SELDOM = 0.1  # share of the rows that may be subtotals
_TOTAL = re.compile(
    r"(?i)(?:grand|sub|running)?[- ]?(?:totals?|sums?|summe|gesamt(?:summe)?|insgesamt|zwischensumme|average|avg|mean|mittel"
    r"(?:wert)?|durchschnitt|minimum|maximum|totale|totaal|somme|suma|moyenne|media|promedio|итого|всего|合計|合计|总计)\b"
)
_WORDS = {
    "repeated-header": "that repeat the header",
    "totals": "of totals",
    "footer": "below the table that are not data",
}


@dataclass
class LeftOut:
    """Which rows were taken out while the blocks of a file were read: reason → rows counted from the first of the data."""

    rows: dict[str, list[int]] = field(default_factory=dict)
    example: dict[str, str] = field(default_factory=dict)

    def take(self, reason: str, rows: Sequence[int], example: str) -> None:
        if rows:
            self.rows.setdefault(reason, []).extend(rows)
            self.example.setdefault(reason, example)

    @property
    def all(self) -> list[int]:
        return sorted(row for rows in self.rows.values() for row in rows)

    def findings(self, first_row: int) -> Iterator[Finding]:
        for reason, rows in self.rows.items():
            numbers = [first_row + row for row in sorted(rows)]
            begins = f", the first with {self.example[reason]}" if self.example[reason] else ""
            message = f"{counted(len(rows), 'row')} {_WORDS[reason]} left out ({row_list(numbers)}{begins})."
            yield finding(reason, message, numbers)


def without_repeats(block: pd.DataFrame, layout: Layout, start: int, out: LeftOut) -> pd.DataFrame:
    """The block without header lines that come again and without totals where the dates are. start: rows before it."""
    keep = np.ones(len(block), dtype=bool)
    for header in layout.header:
        again = _same(block, header)
        out.take("repeated-header", (np.flatnonzero(again & keep) + start).tolist(), "")
        keep &= ~again
    at = next((k for k, kind in layout.kinds.items() if kind == "date" and k < block.shape[1]), None)
    if at is not None and _is_text(block.iloc[:, at]):
        column = block.iloc[:, at]
        odd = (column >= ":").fillna(False).to_numpy(dtype=bool) & keep  # in ASCII the letters follow the digits
        if 0 < odd.sum() <= len(block) * _SELDOM + 10:
            totals = [k for k in np.flatnonzero(odd).tolist() if _is_total(column.iloc[k])]
            out.take("totals", [k + start for k in totals], shown(column.iloc[totals[0]]) if totals else "")
            keep[totals] = False
    return block if keep.all() else block[keep]


def _same(block: pd.DataFrame, header: Sequence[str]) -> np.ndarray:
    """Rows whose cells are those of the header, in every column that the header names."""
    named = [(k, cell) for k, cell in enumerate(header) if cell and k < block.shape[1]]
    same = np.full(len(block), bool(named))
    if not all(_is_text(block.iloc[:, k]) for k, _ in named):
        return np.zeros(len(block), dtype=bool)
    for k, cell in named:
        if not same.any():
            break
        column = block.iloc[:, k] if same.all() else block.iloc[np.flatnonzero(same), k]
        same[same] = (column.str.strip() == cell).fillna(False).to_numpy(dtype=bool)
    return same


def without_footer(block: pd.DataFrame, layout: Layout, ordinals: np.ndarray, out: LeftOut) -> pd.DataFrame:
    """The last block without the rows below the table: notes, sources, totals, a second table.

    ordinals: the block's rows as `LeftOut` counts them. A row is none of the table's where no cell is what its column holds.
    """
    tail = block.tail(_TAIL)
    marks: list[tuple[int, str]] = []
    for k in range(len(tail) - 1, -1, -1):
        cells = dict(enumerate(tail.iloc[k].tolist()))
        mark = _judged({n: cell for n, cell in cells.items() if not pd.isna(cell)}, layout, block)
        if mark == "data":
            break
        marks.append((len(block) - len(tail) + k, mark))
    while marks and marks[-1][1] in ("doubtful", "blank"):
        marks.pop()
    reasons = {k: "totals" if mark == "totals" else "footer" for k, mark in marks if mark != "blank"}
    for k in sorted(reasons):
        cells = [cell for cell in block.iloc[k].tolist() if not pd.isna(cell)]
        out.take(reasons[k], [int(ordinals[k])], shown(cells[0]))
    keep = np.ones(len(block), dtype=bool)
    keep[list(reasons)] = False
    return block if keep.all() else block[keep]


def _judged(cells: Mapping[int, object], layout: Layout, block: pd.DataFrame) -> str:
    """ "blank", "data", "totals", "footer", or "doubtful": numbers where they should be, but no date."""
    if not cells:
        return "blank"
    first = min(cells)
    fits = {k: _fits(cells[k], kind) for k, kind in layout.kinds.items() if k in cells}
    dated = [k for k, kind in layout.kinds.items() if kind == "date"]
    if any(fits.get(k, False) for k in dated) or not layout.kinds:
        return "data"
    if isinstance(cells[first], str) and _is_total(cells[first]) and len(block) > 1:
        return "totals"
    if any(fits.values()):
        return "doubtful" if any(k in fits for k in dated) else "data"
    if fits:
        return "footer"
    lonely = len(cells) == 1 and first == 0 and len(layout.names) > 1 and isinstance(cells[0], str)
    return "footer" if lonely and (block.iloc[:, 0] == cells[0]).sum() == 1 else "data"


def _fits(cell: object, kind: str) -> bool:
    if not isinstance(cell, str):
        return kind != "date"
    if kind == "date":
        return family(cell) is not None
    return is_number(cell) or (kind == "quantity" and quantity(cell) is not None)


def total_by_value(frame: pd.DataFrame, layout: Layout) -> bool:
    """Whether the last row holds, without a date, the sum of every column of numbers that it fills."""
    if len(frame) < 4 or frame.shape[1] < 2 or layout.kinds.get(0) != "date" or not pd.isna(frame.iat[-1, 0]):
        return False
    sums = []
    for name in frame.columns[1:]:
        values = frame[name].to_numpy()
        if values.dtype.kind in "iuf" and not np.isnan(values[-1]):
            total = np.nansum(values[:-1].astype(np.float64))
            sums.append(total != 0 and abs(values[-1] - total) <= 1e-6 * np.nansum(np.abs(values[:-1])))
    return bool(sums) and all(sums)


def _is_total(cell: str) -> bool:
    return len(cell) <= 60 and _TOTAL.match(cell.strip()) is not None


def _is_text(column: pd.Series) -> bool:
    return isinstance(column.dtype, pd.StringDtype)  # not so for numbers, nor for whole numbers beyond 64 bits
