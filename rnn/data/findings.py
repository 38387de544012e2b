"""What reading a file can report: findings for what was noticed, a receipt for what was used, BadFile for a stop."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

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
    """What became of the rows of a table when a series was made from it: rows == used + left_out.

    reasons: (reason, rows) for every group of rows left out; the counts add up to left_out.
    filled: cells that were missing and were filled in. findings: the details, with row numbers.
    """

    rows: int
    used: int
    left_out: int
    reasons: tuple[tuple[str, int], ...]
    filled: int
    findings: tuple[Finding, ...]


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
