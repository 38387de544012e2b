"""Which line of a file names its columns, where the data begin, and what the columns are called."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from . import dates
from .cells import is_missing, is_number
from .findings import BadFile, Finding, counted, finding

_JUDGES = 300  # rows that say what the columns hold

Record = tuple[list[str], int, int]  # cells ([] for a blank line), first line and last line (counted from 1)


@dataclass(frozen=True)
class Header:
    """Which record is the header (None: there is none) and which is the first of the data (may be one past the last)."""

    top: int | None
    first: int


def find_header(records: Sequence[Record], choices: Mapping[str, object]) -> Header:
    """The header is the fullest row directly above the first row that holds dates and numbers as the later rows do.

    choices may fix header_row. Raises BadFile where there is no text on that line.
    """
    width = _usual_width([cells for cells, _, _ in records if cells])
    wide = [k for k, (cells, _, _) in enumerate(records) if len(cells) >= width - 1 and _filled(cells) * 2 >= width]
    wide = wide or [k for k, (cells, _, _) in enumerate(records) if cells]
    kinds = _kinds([records[k][0] for k in wide[len(wide) // 2 :][:_JUDGES]])
    data = next((k for k in wide if _fits(records[k][0], kinds)), None)
    if "header_row" in choices:
        fitting = [k for k in wide if _fits(records[k][0], kinds)]
        return _chosen(records, choices["header_row"], fitting or wide[:1])
    if data is None:
        return Header(wide[0], wide[0] + 1)
    if _is_numbered(records, data):
        return Header(data, data + 1)
    block: list[int] = []
    while (above := data - len(block) - 1) in wide:
        block.append(above)
    if block:
        first_wins = -1 if width > 2 else 1  # names over units where it is wide, a title over a name where it is narrow
        return Header(max(block, key=lambda k: (_filled(records[k][0]), first_wins * k)), data)
    apart = [k for k in wide if k < data and len(records[k][0]) >= width]
    return Header(apart[-1] if apart else None, data)


def name_columns(header: list[str] | None, rows: Sequence[list[str]]) -> tuple[tuple[str, ...], int, list[Finding]]:
    """A name for every column, each different: the header's where it has one, else "column k".

    Also how many columns there should be (the header's, or most rows'), since a few rows may have more.
    """
    width = max([len(cells) for cells in rows] + [len(header or [])])
    given = list(header or [])
    usual = _usual_width(rows) if rows else width
    if given and all(given) and len(given) == usual - 1 and any(len(row) == usual and row[-1] != "" for row in rows):
        given.insert(0, "")  # R leaves out the corner above its row names
    expected = len(given) or usual
    given += [""] * (width - len(given))
    names: dict[str, None] = {}
    renamed: list[str] = []
    for k, cell in enumerate(given, 1):
        wanted = " ".join(cell.split()) or f"column {k}"
        name, n = wanted, 1
        while name in names:
            n += 1
            name = f"{wanted} ({n})"
        if name != wanted:
            renamed.append(name)
        names[name] = None
    found: list[Finding] = []
    if header is None:
        found.append(
            finding("no-header", "The file has no header; its columns are called column 1, column 2, …", count=1)
        )
    if renamed:
        message = f"{counted(len(renamed), 'column name')} repeated; renamed to {', '.join(renamed[:5])}."
        found.append(finding("duplicate-names", message, count=len(renamed), column=renamed[0]))
    return tuple(names), expected, found


def passed_over(records: Sequence[Record], header: Header) -> list[Finding]:
    """The findings for lines above the header, and between it and the data."""
    start = header.first if header.top is None else header.top
    above = [begins for cells, begins, _ in records[:start] if cells]
    between = [begins for cells, begins, _ in records[start + 1 : header.first] if cells]
    found = []
    if above:
        found.append(finding("preamble", f"{counted(len(above), 'line')} above the table left out.", above))
    if between:
        message = f"{counted(len(between), 'line')} between the header and the numbers left out (units, perhaps)."
        found.append(finding("below-header", message, between))
    return found


def _usual_width(rows: Sequence[list[str]]) -> int:
    """How many cells most rows have; the first third of a longer file, where a preamble may be, does not vote."""
    voters = rows[len(rows) // 3 :] if len(rows) >= 12 else rows
    return Counter(map(len, voters)).most_common(1)[0][0]


def _kinds(rows: Sequence[list[str]]) -> dict[int, str]:
    """The columns in which nearly all cells are dates or numbers, and which of the two."""
    kinds = {}
    for k in range(max(map(len, rows), default=0)):
        cells = [row[k] for row in rows if k < len(row) and not is_missing(row[k])]
        enough = 0.8 * len(cells)
        if cells and sum(map(is_number, cells)) >= enough:
            kinds[k] = "number"
        elif cells and sum(dates.family(cell) is not None for cell in cells) >= enough:
            kinds[k] = "date"
    return kinds


def _fits(row: list[str], kinds: Mapping[int, str]) -> bool:
    """Whether a row is data: all its dates are dates and at least half of its cells are as they should be."""
    told = wrong = 0
    for k, kind in kinds.items():
        if k >= len(row) or is_missing(row[k]):
            continue
        if kind == "date" and dates.family(row[k]) is None:
            return False
        told += 1
        wrong += kind == "number" and not is_number(row[k])
    return told > 0 and wrong * 2 <= told


def _chosen(records: Sequence[Record], line: object, fitting: Sequence[int]) -> Header:
    if line is None:
        return Header(None, fitting[0])
    for k, (cells, begins, ends) in enumerate(records):
        if cells and isinstance(line, int) and begins <= line <= ends:
            return Header(k, next((below for below in fitting if below > k), k + 1))
    raise BadFile(f"header_row={line} is not a line with text near the start of the file; choose another line.")


def _is_numbered(records: Sequence[Record], k: int) -> bool:
    """A header that counts: ",0,1" from a data frame without column names, or "country,code,1950,1951"."""
    below = [cells for cells, _, _ in records[k + 1 : k + 4] if cells]
    corner, rest = records[k][0][0], records[k][0][1:]
    if not below or is_number(corner) or dates.family(corner):
        return False
    if corner == "":
        return rest == [str(n) for n in range(len(rest))] and all(cells[0] != "" for cells in below)
    while rest and not rest[0].isdecimal():
        rest = rest[1:]
    at = len(records[k][0]) - len(rest)
    while rest and rest[-1] == "":
        rest = rest[:-1]  # after a trailing separator
    return _rises(rest) and not any(_rises(cells[at : at + len(rest)]) for cells in below)


def _rises(cells: Sequence[str]) -> bool:
    """Three or more whole numbers, each one more than the one before."""
    if len(cells) < 3 or not all(cell.isdecimal() and len(cell) < 10 for cell in cells):
        return False
    return all(int(right) == int(left) + 1 for left, right in itertools.pairwise(cells))


def _filled(cells: Sequence[str]) -> int:
    return sum(cell != "" for cell in cells)
