"""Which lines of a file name its columns, and where the data begin."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..cells import common_unit, is_missing, is_number, quantity
from ..findings import BadFile
from ..times.families import family

_OPEN = object()  # no choice was made
_FACTOR = r"(?:[^\W\d_]{1,4}[²³\d]?)"
_UNIT = re.compile(
    rf"%|‰|[°$€£¥]\S{{0,6}}|{_FACTOR}(?:[/·*^ -]{_FACTOR})*|\d{{1,2}}[a-z]|(?:int|float|str|double|date)\w*"
)
_STATISTICS = frozenset(["min", "max", "avg", "mean", "sum", "std", "low", "high", "open", "last", "in", "out"])
_JUDGES = 300  # rows that say what the columns hold

Record = tuple[list[str], int, int]  # cells ([] for a blank line), first line and last line (counted from 1)


@dataclass(frozen=True)
class Header:
    """Which records are the header (the first of them; None: there is none), and which is the first of the data (may be one
    past the last). more: further records whose cells belong to the names. kinds: column → "date", "number" or "quantity".
    """

    top: int | None
    first: int
    more: tuple[int, ...] = ()
    kinds: Mapping[int, str] = field(default_factory=dict)


def find_header(records: Sequence[Record], choices: Mapping[str, object]) -> Header:
    """The header is the fullest row directly above the first row that holds dates and numbers as the later rows do.

    choices may fix header_row. Raises BadFile where there is no text on that line.
    """
    width = usual_width([cells for cells, _, _ in records if cells])
    wide = [k for k, (cells, _, _) in enumerate(records) if len(cells) >= width - 1 and filled(cells) * 2 >= width]
    wide = wide or [k for k, (cells, _, _) in enumerate(records) if cells]
    some = [records[k][0] for k in wide]
    parts = some[len(some) // 2 :], some[len(some) // 4 : len(some) * 3 // 4]  # a long preamble, or a long footer
    kinds = max((_kinds(rows[:_JUDGES]) for rows in parts), key=len)
    found = _with_sparse_rows(records, replace(_found(records, width, wide, kinds), kinds=kinds))
    line = choices.get("header_row", _OPEN)
    if line is _OPEN or line == (records[found.top][1] if found.top is not None else None):
        return found
    fitting = [k for k in wide if _fits(records[k][0], kinds)]
    return replace(_chosen(records, line, fitting or wide[:1]), kinds=kinds)


def _found(records: Sequence[Record], width: int, wide: Sequence[int], kinds: Mapping[int, str]) -> Header:
    data = next((k for k in wide if _fits(records[k][0], kinds)), None)
    if data is None:
        return Header(wide[0], wide[0] + 1)
    if _is_numbered(records, data):
        return Header(data, data + 1)
    block: list[int] = []
    while (above := data - len(block) - 1) in wide:
        block.append(above)
    if block:
        first_wins = -1 if width > 2 else 1  # names over units where it is wide, a title over a name where it is narrow
        names = max(block, key=lambda k: (*_likeness(records[k][0]), first_wins * k))
        levels = _levels([cells for cells, _, _ in records], names, data, width)
        return Header(min(levels), data, tuple(sorted(levels)[1:]))
    apart = [k for k in wide if k < data and len(records[k][0]) >= width]
    return Header(apart[-1] if apart else None, data)


def _with_sparse_rows(records: Sequence[Record], found: Header) -> Header:
    """The rows between the header and the data that are data too, with most of their cells missing."""
    first, top = found.first, max((found.top, *found.more), default=None) if found.top is not None else None
    while top is not None and first - 1 > top and _fits(records[first - 1][0], found.kinds):
        first -= 1
    return replace(found, first=first)


def _likeness(row: list[str]) -> tuple[bool, int, bool]:
    """How much a row above the data is like one of names: no comment, full, and all text."""
    return not is_comment(row), filled(row), _is_text(row)


def is_comment(row: Sequence[str]) -> bool:
    return bool(row) and row[0].startswith(("#", "//", "!", "%"))


def _levels(rows: Sequence[list[str]], names: int, data: int, width: int) -> list[int]:
    """The row of the names and the rows around it that say more of the same columns: groups above, particulars below."""
    levels = [names]
    if width < 3:
        return levels
    above = names - 1
    while above >= 0 and names - above <= 3 and _is_group(rows[above], rows[names], width):
        levels.append(above)
        above -= 1
    below = names + 1
    while below < data and _is_text(rows[below]) and not holds_units(rows[below]) and filled(rows[below]) > 1:
        levels.append(below)
        below += 1
    return levels


def _is_group(row: Sequence[str], names: Sequence[str], width: int) -> bool:
    """A row of headings over several columns each: text in at least two places, or in one that is not the corner."""
    places = [k for k, cell in enumerate(row) if cell]
    if not _is_text(row) or is_comment(row) or len(row) < width - 1 or not places or places == [0]:
        return False
    if len(row) > len(names) + 1:
        return False
    if len({row[k] for k in places}) < len(places) or (row[0] == "" and len(places) > 1):
        return True
    spans = [right - left for left, right in itertools.pairwise([*places, max(len(row), len(names))])]
    return min(spans) > 1 or (max(spans) > 1 and (row[0] == "" or names[0] == ""))


def _is_text(row: Sequence[str]) -> bool:
    return bool(row) and not any(quantity(cell) or family(cell) for cell in row if cell)


def holds_units(row: Sequence[str]) -> bool:
    """Whether the cells are units, or the types of the columns, rather than names."""
    cells = [cell.strip("()[] ") for cell in row if cell]
    if not cells or any(cell.lower() in _STATISTICS for cell in cells):
        return False
    return sum(len(cell) <= 20 and bool(_UNIT.fullmatch(cell)) for cell in cells) * 2 >= len(cells)


def usual_width(rows: Sequence[list[str]]) -> int:
    """How many cells most rows have; the first third of a longer file, where a preamble may be, does not vote."""
    voters = rows[len(rows) // 3 :] if len(rows) >= 12 else rows
    return Counter(map(len, voters)).most_common(1)[0][0]


def _kinds(rows: Sequence[list[str]]) -> dict[int, str]:
    """The columns in which nearly all cells are dates, numbers or quantities (numbers with the same unit)."""
    kinds = {}
    for k in range(max(map(len, rows), default=0)):
        cells = [row[k] for row in rows if k < len(row) and not is_missing(row[k])]
        enough = 0.8 * len(cells)
        if cells and sum(map(is_number, cells)) >= enough:
            kinds[k] = "number"
        elif cells and sum(family(cell) is not None for cell in cells) >= enough:
            kinds[k] = "date"
        elif common_unit(cells):
            kinds[k] = "quantity"
    return kinds


def _fits(row: list[str], kinds: Mapping[int, str]) -> bool:
    """Whether a row is data: all its dates are dates and at least half of its cells are as they should be."""
    told = wrong = 0
    for k, kind in kinds.items():
        if k >= len(row) or is_missing(row[k]):
            continue
        if kind == "date" and family(row[k]) is None:
            return False
        told += 1
        wrong += kind == "number" and not is_number(row[k])
        wrong += kind == "quantity" and quantity(row[k]) is None
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
    if not below or is_number(corner) or family(corner):
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


def filled(cells: Sequence[str]) -> int:
    return sum(cell != "" for cell in cells)
