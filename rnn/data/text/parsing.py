"""The cells of a text as columns: pandas' C parser block by block, then one type a column."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..cells import MISSING_WORDS, common_unit, is_number, not_numbers, to_numbers, with_unit
from ..findings import BadFile, Finding, counted, finding, row_list, shown
from .layout import Layout, require_size
from .leftout import LeftOut, total_by_value, without_footer, without_repeats

_BLOCK = 65536  # rows read at a time: small enough that a column's cells stay near each other in memory
_CELLS = 4_000_000  # cells read at a time at most, where the rows are very wide
_WIDENINGS = 20  # times that a row may turn out wider than all before it
_MOSTLY = 0.9  # share of numbers from which a column with other cells counts as one of numbers

Piece = np.ndarray[Any, Any] | pd.Series


@dataclass(frozen=True)
class Cells:
    """frame: the columns, blank rows still among them; its index, called "row", counts the file's rows from 1. units: column →
    unit that was taken off its numbers. skipped: (reason, rows) for rows that are not data.
    """

    frame: pd.DataFrame
    units: dict[str, str]
    skipped: tuple[tuple[str, int], ...]
    findings: tuple[Finding, ...]


class _WiderRow(Exception):
    """The first row has more cells than there are names."""

    def __init__(self, width: int) -> None:
        self.width = width


def parse(layout: Layout) -> Cells:
    """All columns of `layout.text`: int64 or float64 where the cells are numbers, text where they are not, missing where a
    cell holds a missing word.

    Raises BadFile where the rows cannot be told apart (an open quote, rows of ever more cells).
    """
    names = list(layout.names)
    for _ in range(_WIDENINGS):
        out = LeftOut()
        try:
            pieces, rows = _blocks(layout, names, out)
            break
        except _WiderRow as row:
            names += [_fresh(names, k) for k in range(len(names) + 1, row.width + 1)]
        except pd.errors.ParserError as error:
            wider = re.search(r"Expected \d+ fields in line (\d+), saw (\d+)", str(error))
            if not wider:
                raise _unreadable(error, layout) from None
            width = int(wider.group(2))
            require_size(b"", width, layout.first_row + int(wider.group(1)) - 1)
            names += [_fresh(names, k) for k in range(len(names) + 1, width + 1)]
    else:
        raise BadFile("The rows have ever more cells; check the separator, and that texts holding it are in quotes.")
    index = _index(layout.first_row, rows, out.all)
    findings: list[Finding] = []
    columns, units = {}, {}
    for name in names:
        columns[name], unit, found = _joined(name, pieces.pop(name), layout, index)
        findings += found
        if unit:
            units[name] = unit
    frame = pd.DataFrame(columns, index=index)
    if total_by_value(frame, layout):
        out.take("totals", [int(frame.index[-1]) - layout.first_row], "the sums of the columns")
        frame = frame[:-1]
    extra = names[layout.expected :]
    if out.rows:  # a note below the table may have had more cells than the table
        hollow = [name for name in extra if frame[name].isna().all()]
        frame, extra = frame.drop(columns=hollow), [name for name in extra if name not in hollow]
    skipped = tuple((reason, len(rows)) for reason, rows in out.rows.items())
    return Cells(frame, units, skipped, (*out.findings(layout.first_row), *_surplus(frame, extra), *findings))


def _index(first: int, rows: int, out: list[int]) -> pd.Index:
    index = pd.RangeIndex(first, first + rows, name="row")
    return index.delete(out) if out else index  # type: ignore[no-any-return]


def _fresh(names: list[str], k: int) -> str:
    name = f"column {k}"
    while name in names:
        name += "'"
    return name


def _blocks(layout: Layout, names: list[str], out: LeftOut) -> tuple[dict[str, list[Piece]], int]:
    """Every column as its pieces, each an array of numbers or a Series of text; and how many rows there were."""
    buffer = io.BytesIO(layout.text)
    buffer.seek(layout.start)
    pieces: dict[str, list[Piece]] = {name: [] for name in names}
    if layout.start >= len(layout.text):
        return pieces, 0
    rows = 0
    with pd.read_csv(buffer, **_options(layout, names)) as blocks:
        held: list[tuple[pd.DataFrame, np.ndarray]] = []  # the last two, at the end of which a footer may stand
        for block in blocks:
            if not isinstance(block.index, pd.RangeIndex):  # pandas makes an index of cells that have no name
                raise _WiderRow(len(names) + block.index.nlevels)
            first, begin, rows = int(block.index[0]), rows, rows + len(block)
            kept = without_repeats(block, layout, begin, out)
            held.append((kept, kept.index.to_numpy() - first + begin))
            if len(held) > 2:
                _append(pieces, held.pop(0)[0])
    ends: list[pd.DataFrame] = []
    while held:
        block, ordinals = held.pop()
        if not ends or ends[0].isna().all(axis=None):
            block = without_footer(block, layout, ordinals, out)
        ends.insert(0, block)
    for block in ends:
        _append(pieces, block)
    return pieces, rows


def _options(layout: Layout, names: list[str]) -> dict[str, Any]:
    dialect = layout.dialect
    return {
        "sep": r"\s+" if dialect.delimiter == " " else dialect.mark,
        "quotechar": dialect.quote or '"',
        "quoting": csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        "escapechar": dialect.escape,
        "header": None,
        "names": names,
        "decimal": layout.decimal,
        "na_values": [*MISSING_WORDS, *layout.missing_words],
        "keep_default_na": False,
        "skip_blank_lines": False,
        "skipinitialspace": True,
        "chunksize": max(64, min(_BLOCK, _CELLS // len(names))),
        "low_memory": False,
    }


def _append(pieces: dict[str, list[Piece]], block: pd.DataFrame) -> None:
    for name, column in block.items():
        numeric = column.dtype.kind in "iuf"
        piece = column.to_numpy() if numeric else column.astype("str").reset_index(drop=True)
        pieces[str(name)].append(piece)


def _joined(name: str, pieces: list[Piece], layout: Layout, index: pd.Index) -> tuple[Any, str | None, list[Finding]]:
    """One column from its pieces: numbers if (nearly) all its cells are, otherwise text; the unit that its cells named."""
    if not pieces:
        return np.empty(0), None, []
    if all(isinstance(piece, np.ndarray) for piece in pieces):
        return np.concatenate(pieces), None, []
    numbers, odd, known = [], [], 0
    unit = _unit(pieces, layout.decimal)
    for piece in pieces:
        if isinstance(piece, np.ndarray):
            values, wrong = piece.astype(np.float64), np.zeros(len(piece), dtype=bool)
            known += int((~np.isnan(values)).sum())
        else:
            if not _hopeful(piece, layout.decimal, unit):
                return _as_text(pieces), None, []
            values, wrong = to_numbers(piece, layout.decimal, unit, layout.missing_words)
            known += int((~np.isnan(values)).sum() + wrong.sum())
        numbers.append(values)
        odd.append(wrong)
    values, wrong = np.concatenate(numbers), np.concatenate(odd)
    if known == 0 or wrong.sum() > (1 - _MOSTLY) * known:
        return _as_text(pieces), None, []
    values[np.isin(values, [float(word) for word in layout.missing_words if is_number(word, ".")])] = np.nan
    findings = [with_unit(name, unit, known - int(wrong.sum()))] if unit else []
    if wrong.any():
        at = np.flatnonzero(wrong)
        findings.append(not_numbers(name, index[at].to_numpy(), _cell(pieces, int(at[0]))))
    return values, unit, findings


def _unit(pieces: list[Piece], decimal: str) -> str | None:
    texts = [piece for piece in pieces if not isinstance(piece, np.ndarray)]
    for piece in texts:
        some = piece.dropna().iloc[:200]
        if len(some):
            return common_unit(some, decimal)
    return None


def _hopeful(piece: pd.Series, decimal: str, unit: str | None) -> bool:
    """Whether the first cells leave hope for numbers: spares looking at a million dates one by one."""
    some = piece.dropna().iloc[:200]
    return not len(some) or to_numbers(some, decimal, unit)[1].mean() < 0.5


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
