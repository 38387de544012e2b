"""What a single cell can be: missing, a number in one notation or another, or text. Whole columns are made of these."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import pandas as pd

from .findings import Finding, counted, finding, row_list

# Cells that say "no value" in the exports of Excel, R, SQL, SPSS and measuring stations.
MISSING_WORDS: tuple[str, ...] = (
    *(
        "",
        "NA",
        "N/A",
        "n/a",
        "na",
        "N.A.",
        "n.a.",
        "<NA>",
        "#N/A",
        "#N/A N/A",
        "#NA",
        "NaN",
        "nan",
        "-nan",
        "-NaN",
        "NAN",
    ),
    *("NULL", "null", "Null", "None", "none", "NONE", "NaT", "nil", "missing", "Missing"),
    *("?", "-", "--", "---", ".", "..", "*"),
    *("–", "—", "#VALUE!", "#DIV/0!", "#REF!", "#NAME?", "#NUM!", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN"),
)
_MISSING = frozenset(MISSING_WORDS)
_SPACES = "\u0020\u00a0\u202f\u2009'’"  # what separates thousands besides the point and the comma


def is_missing(cell: str) -> bool:
    """Whether the cell is one of MISSING_WORDS, ignoring blanks around it."""
    return cell.strip() in _MISSING


@cache
def number_pattern(decimal: str) -> str:
    """A regular expression for a whole cell that is a number; `decimal` is "." or ",", the other one may group thousands."""
    point, other = re.escape(decimal), re.escape("," if decimal == "." else ".")
    groups = "|".join(rf"\d{{1,3}}(?:{mark}\d{{3}})+" for mark in (other, f"[{_SPACES}]"))
    return rf"[+\-−]?(?:(?:\d+|{groups})(?:{point}\d*)?|{point}\d+)(?:[eE][+\-]?\d+)?"


def is_number(cell: str, decimal: str | None = None) -> bool:
    """Whether the cell is a number with this decimal mark (None: with either)."""
    text = cell.strip()
    if len(text) > 60 or not text:
        return False
    return any(re.fullmatch(number_pattern(mark), text, re.ASCII) for mark in ([decimal] if decimal else ".,"))


def _vote(cell: str) -> str | None:
    """What one cell says of the decimal mark: "." or "," for sure; "?." or "?," where thousands are as likely; None."""
    if ("." not in cell and "," not in cell) or not is_number(cell):
        return None
    spaced = re.search(f"[{_SPACES}]", cell.strip())
    body = re.sub(f"[{_SPACES}]", "", cell).lstrip("+-−")
    match = re.fullmatch(r"(\d*)((?:[.,]\d*)+)([eE][+-]?\d+)?", body, re.ASCII)
    if not match:
        return None
    head, tail, exponent = match.groups()
    marks = [c for c in tail if c in ".,"]
    if len(set(marks)) == 2:
        return marks[-1]
    if len(marks) > 1:
        return "," if marks[0] == "." else "."
    grouped = len(tail) == 4 and 1 <= len(head) <= 3 and not head.startswith("0") and not exponent and not spaced
    return f"?{marks[0]}" if grouped else marks[0]


def find_decimal(columns: Iterable[Sequence[str]], delimiter: str) -> tuple[str, Finding | None]:
    """The decimal mark that the cells of a sample speak for, "." without evidence; a finding where it had to be guessed.

    columns: the cells of each column. Where all evidence is of the kind "1,234", the cell is read as one and a bit if every
    cell of its column is written so (and, for commas, the semicolon keeps the comma free), else as one thousand.
    """
    sure = {".": 0, ",": 0}
    unsure: list[tuple[str, bool, str]] = []
    for cells in columns:
        votes = [(_vote(cell), cell) for cell in cells]
        for vote, cell in votes:
            if vote in sure:
                sure[vote] += 1
            elif vote:
                numbers = sum(is_number(other) for other in cells)
                every = sum(v is not None for v, _ in votes) == numbers and numbers > 1
                unsure.append((vote[1], every, cell))
                break
    if sure["."] or sure[","]:
        return ("," if sure[","] > sure["."] else "."), None
    if not unsure:
        return ".", None
    mark, every, cell = unsure[0]
    fraction = every and (mark == "." or delimiter == ";")
    decimal = mark if fraction else ("," if mark == "." else ".")
    read_as = cell.strip().replace(mark, "." if fraction else "")
    other = "thousands" if fraction else "decimals"
    message = (
        f"{cell.strip()!r} can be read in two ways and was read as {read_as}; if the mark {mark!r} stands for {other}, "
        f"choose decimal={',' if decimal == '.' else '.'!r}."
    )
    return decimal, finding("ambiguous-number", message, count=len(unsure))


def to_numbers(text: pd.Series, decimal: str) -> tuple[np.ndarray, np.ndarray]:
    """Numbers in `text` as float64 (NaN where there is none), and a mask of the cells that hold something else.

    text: strings, missing where the file had a missing word. Thousands marks go, "−" counts as minus.
    """
    cells = text.str.strip()
    fits = cells.str.fullmatch(number_pattern(decimal)).fillna(False).to_numpy(dtype=bool)
    values = np.full(len(text), np.nan)
    if fits.any():
        plain = cells[fits].str.replace("−", "-", regex=False)
        plain = plain.str.replace(rf"[{_SPACES}{re.escape(',' if decimal == '.' else '.')}]", "", regex=True)
        if decimal == ",":
            plain = plain.str.replace(",", ".", regex=False)
        values[fits] = pd.to_numeric(plain).to_numpy(dtype=np.float64)
    lowered = cells.str.lower()
    infinite = lowered.isin(["inf", "+inf", "-inf", "infinity", "-infinity"]).to_numpy(dtype=bool)
    values[infinite] = np.inf
    missing = cells.isna().to_numpy(dtype=bool) | cells.isin(MISSING_WORDS).to_numpy(dtype=bool)
    return values, ~(fits | missing | infinite)


def not_numbers(column: str, rows: np.ndarray, first: str) -> Finding:
    """The finding for a column of numbers in which a few cells hold something else."""
    cells = counted(len(rows), "cell")
    message = f"{cells} of {column!r} not a number ({row_list(rows)}; the first is {first}); treated as missing."
    return finding("not-numbers", message, rows, column=column)
