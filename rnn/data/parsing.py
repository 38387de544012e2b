"""The cells of a text as columns: pandas' C parser block by block, then one type a column."""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np
import pandas as pd

from .cells import MISSING_WORDS, not_numbers, to_numbers
from .findings import BadFile, Finding, counted, finding, row_list, shown
from .layout import Layout

_BLOCK = 65536  # rows read at a time: small enough that a column's cells stay near each other in memory
_WIDENINGS = 20  # times that a row may turn out wider than all before it
_MOSTLY = 0.9  # share of numbers from which a column with other cells counts as one of numbers

Piece = np.ndarray[Any, Any] | pd.Series


class _WiderRow(Exception):
    """The first row has more cells than there are names."""

    def __init__(self, width: int) -> None:
        self.width = width


def parse(text: bytes, layout: Layout) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """All columns of `text` (UTF-8): int64 or float64 where the cells are numbers, text where they are not, missing where a
    cell holds a missing word. The index, called "row", counts the file's rows from 1; blank lines are still there.

    Raises BadFile where the rows cannot be told apart (an open quote, rows of ever more cells).
    """
    names = list(layout.names)
    for _ in range(_WIDENINGS):
        try:
            pieces, rows = _blocks(text, layout, names)
            break
        except _WiderRow as row:
            names += [_fresh(names, k) for k in range(len(names) + 1, row.width + 1)]
        except pd.errors.ParserError as error:
            wider = re.search(r"Expected \d+ fields in line \d+, saw (\d+)", str(error))
            if not wider:
                raise _unreadable(error, layout) from None
            names += [_fresh(names, k) for k in range(len(names) + 1, int(wider.group(1)) + 1)]
    else:
        raise BadFile("The rows have ever more cells; check the separator, and that texts holding it are in quotes.")
    index = pd.RangeIndex(layout.first_row, layout.first_row + rows, name="row")
    findings: list[Finding] = []
    columns = {}
    for name in names:
        columns[name], found = _joined(name, pieces.pop(name), layout)
        findings += found
    frame = pd.DataFrame(columns, index=index)
    return frame, (*_surplus(frame, names[layout.expected :]), *findings)


def _fresh(names: list[str], k: int) -> str:
    name = f"column {k}"
    while name in names:
        name += "'"
    return name


def _blocks(text: bytes, layout: Layout, names: list[str]) -> tuple[dict[str, list[Piece]], int]:
    """Every column as its pieces, block by block: each an array of numbers or a Series of text."""
    buffer = io.BytesIO(text)
    buffer.seek(layout.start)
    pieces: dict[str, list[Piece]] = {name: [] for name in names}
    if layout.start >= len(text):
        return pieces, 0
    rows = 0
    options: dict[str, Any] = {"sep": r"\s+"} if layout.delimiter == " " else {"sep": layout.delimiter}
    with pd.read_csv(
        buffer,
        **options,
        header=None,
        names=names,
        decimal=layout.decimal,
        na_values=list(MISSING_WORDS),
        keep_default_na=False,
        skip_blank_lines=False,
        skipinitialspace=True,
        chunksize=_BLOCK,
        low_memory=False,
    ) as blocks:
        for block in blocks:
            if not isinstance(block.index, pd.RangeIndex):  # pandas makes an index of cells that have no name
                raise _WiderRow(len(names) + block.index.nlevels)
            rows += len(block)
            for name in names:
                column = block[name]
                numeric = column.dtype.kind in "iuf"
                pieces[name].append(column.to_numpy() if numeric else column.astype("str").reset_index(drop=True))
    return pieces, rows


def _joined(name: str, pieces: list[Piece], layout: Layout) -> tuple[Any, list[Finding]]:
    """One column from its pieces: numbers if (nearly) all its cells are, otherwise text."""
    if not pieces:
        return np.empty(0), []
    if all(isinstance(piece, np.ndarray) for piece in pieces):
        return np.concatenate(pieces), []
    numbers, odd, known = [], [], 0
    for piece in pieces:
        if isinstance(piece, np.ndarray):
            values, wrong = piece.astype(np.float64), np.zeros(len(piece), dtype=bool)
            known += int((~np.isnan(values)).sum())
        else:
            if not _hopeful(piece, layout.decimal):
                return _as_text(pieces), []
            values, wrong = to_numbers(piece, layout.decimal)
            known += int((~np.isnan(values)).sum() + wrong.sum())
        numbers.append(values)
        odd.append(wrong)
    values, wrong = np.concatenate(numbers), np.concatenate(odd)
    if known == 0 or wrong.sum() > (1 - _MOSTLY) * known:
        return _as_text(pieces), []
    if not wrong.any():
        return values, []
    at = np.flatnonzero(wrong)
    return values, [not_numbers(name, at + layout.first_row, _cell(pieces, int(at[0])))]


def _hopeful(piece: pd.Series, decimal: str) -> bool:
    """Whether the first cells leave hope for numbers: spares looking at a million dates one by one."""
    some = piece.dropna().iloc[:200]
    return not len(some) or to_numbers(some, decimal)[1].mean() < 0.5


def _as_text(pieces: list[Piece]) -> Any:
    texts = [_text_of(piece) if isinstance(piece, np.ndarray) else piece for piece in pieces]
    return pd.concat(texts, ignore_index=True).array


def _text_of(numbers: np.ndarray[Any, Any]) -> pd.Series:
    text = pd.Series(numbers).astype("str")
    return text.where(~pd.isna(numbers))


def _cell(pieces: list[Piece], at: int) -> str:
    for piece in pieces:
        if at < len(piece):
            return shown(piece[at])
        at -= len(piece)
    raise IndexError(at)


def _surplus(frame: pd.DataFrame, extra: list[str]) -> list[Finding]:
    """Rows with more cells than the first rows and the header led to expect."""
    if not extra:
        return []
    rows = frame.index[frame[extra].notna().any(axis=1)]
    if not len(rows):
        return []
    surplus = f"{counted(len(rows), 'row')} with more cells than the table has columns"
    message = f"{surplus} ({row_list(rows)}); kept in {', '.join(extra[:5])}."
    return [finding("surplus-cells", message, rows)]


def _unreadable(error: Exception, layout: Layout) -> BadFile:
    opened = re.search(r"EOF inside string starting at row (\d+)", str(error))
    if opened:
        row = layout.first_row + int(opened.group(1))
        return BadFile(f"A quotation mark opened in row {row} is never closed; close it or delete it in the file.")
    return BadFile(
        "The file cannot be divided into rows and columns; choose another delimiter, or save it as CSV again."
    )
