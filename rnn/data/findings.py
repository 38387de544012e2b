"""What reading a file can report: findings for what was noticed, a receipt for what was used, BadFile for a stop."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from .repair.record import RepairReceipt

SHOWN = 5  # row numbers that a finding names; its count says how many there are in all


class BadFile(ValueError):
    """A file, or a column of it, that cannot be used. The message is one sentence or two for the user."""


@dataclass(frozen=True)
class Finding:
    """One thing noticed while a file was read or a series made from it.

    kind: a short fixed word to tell findings apart ("missing", "unsorted", …). count: how many cells, rows or columns.
    rows: the first few file rows concerned, counted from 1 as a spreadsheet shows them. column: its name, or None.
    message: a sentence that says what was found and what was done about it.
    """

    kind: str
    count: int
    rows: tuple[int, ...]
    column: str | None
    message: str


@dataclass(frozen=True)
class Receipt:
    """What became of the rows of a table when a series was made from it: rows + added == used + left_out + merged.

    rows: rows in the file. used: rows of the series. added: those of them that a repair made (a grid's absent steps) and
    that no row of the file stands behind. merged: rows of the file that went into another one of those used (averaged
    duplicates, hours made into a day). left_out: rows of the file that are in none.
    reasons: (reason, rows) for every group of rows left out; the counts add up to left_out.
    filled: cells that were still missing after the repairs and were filled in. findings: the details, with row numbers.
    repairs: what was done, in order: what was asked for, then what a series cannot do without.
    Raises ValueError where the rows do not add up.
    """

    rows: int
    used: int
    left_out: int
    reasons: tuple[tuple[str, int], ...]
    filled: int
    findings: tuple[Finding, ...]
    repairs: tuple[RepairReceipt, ...] = ()
    added: int = 0
    merged: int = 0

    def __post_init__(self) -> None:
        if self.rows + self.added != self.used + self.left_out + self.merged:
            raise ValueError(
                f"The rows do not add up: {self.rows} in the file + {self.added} added, but {self.used} used + "
                f"{self.left_out} left out + {self.merged} merged."
            )
        if sum(count for _, count in self.reasons) != self.left_out:
            raise ValueError(f"The reasons {self.reasons} do not add up to the {self.left_out} rows left out.")


def finding(
    kind: str, message: str, rows: Iterable[int] = (), count: int | None = None, column: str | None = None
) -> Finding:
    """A Finding that keeps the first few `rows`; count is their number unless it is said."""
    if count is None:
        rows = list(rows)
        count = len(rows)
    return Finding(kind, count, tuple(int(row) for row in islice(rows, SHOWN)), column, message)


def row_list(rows: Sequence[int] | np.ndarray[Any, Any] | pd.Index) -> str:
    """The first few row numbers in words: "row 7", "rows 7, 8 and 12", "rows 1, 2, 3, 4, 5 and 20 more"."""
    count = len(rows)
    shown = [f"{int(row)}" for row in islice(rows, SHOWN)]
    if count > len(shown):
        return f"rows {', '.join(shown)} and {count - len(shown):,} more"
    return f"row {shown[0]}" if count == 1 else f"rows {', '.join(shown[:-1])} and {shown[-1]}"


def counted(count: int, thing: str) -> str:
    """ "1 row", "2 rows", "1,204 rows"."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def shown(value: object, width: int = 40) -> str:
    """A cell's value in quotes for a message, cut short where it is long."""
    text = str(value)
    return repr(text if len(text) <= width else text[: width - 1] + "…")
