"""How a text is laid out as a table: separator, lines above the header, header, first line of data. Judged on a sample."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..cells import find_decimal, is_number
from ..findings import BadFile, Finding
from .dialect import Dialect, find_dialect, sample_lines
from .header import Header, Record, find_header
from .mending import mended
from .naming import joined_names, name_columns, passed_over, units_below

MOST_COLUMNS = 20_000
MOST_LINES = 30_000_000
_VOTERS = 1000  # rows of the sample that the decimal mark is found from


@dataclass(frozen=True)
class Layout:
    """Where the cells are.

    text: the file's text, its separators single marks and its quotes put right. start: the byte where the data begin;
    first_row: the line they begin on, counted from 1. header_row: the (first) line of the header, or None. names: one a column,
    each different; expected: how many of them the header or most rows have, the rest being surplus. header: the cells of its
    lines, and of those between it and the data. kinds: column number → "date", "number" or "quantity", where nearly all cells
    are that. units: column name → unit, as a row below the names says. skipped: (reason, rows) for what stands before the data.
    findings: what was noticed.
    """

    text: bytes
    dialect: Dialect
    decimal: str
    header_row: int | None
    names: tuple[str, ...]
    expected: int
    start: int
    first_row: int
    header: tuple[tuple[str, ...], ...]
    kinds: Mapping[int, str]
    units: Mapping[str, str]
    missing_words: tuple[str, ...]
    skipped: tuple[tuple[str, int], ...]
    findings: tuple[Finding, ...]

    @property
    def delimiter(self) -> str:
        return self.dialect.delimiter


def find_layout(text: bytes, choices: Mapping[str, object]) -> Layout:
    """The layout of `text` (UTF-8, lines ended by LF). choices may fix delimiter, quote, decimal, header_row and missing_words.

    Raises BadFile where there is no line to read or the chosen header row is not near the start of the file.
    """
    dialect = find_dialect(sample_lines(text), choices)
    text = dialect.simple(text)
    text, mends = mended(text, sample_lines(text), dialect)
    lines = sample_lines(text)
    records = _records(lines, dialect)
    if not any(cells for cells, _, _ in records):
        raise BadFile("The file is empty; choose a file with a header and rows of numbers.")
    if "delimiter" not in choices and _is_one_column_of_fractions(records, lines):
        dialect = replace(dialect, delimiter=";")  # "1,5" under a single name: one number, not two columns
        records = _records(lines, dialect)
    require_size(text, max(len(cells) for cells, _, _ in records))
    header = find_header(records, choices)
    rows = [cells for cells, _, _ in records[header.first :] if cells]
    names, expected, named = name_columns(joined_names(records, header), rows)
    decimal, guessed = _decimal(rows, len(names), dialect.delimiter, choices)
    line = records[header.first][1] if header.first < len(records) else records[-1][2] + 1
    return Layout(
        text=text,
        dialect=dialect,
        decimal=decimal,
        header_row=records[header.top][1] if header.top is not None else None,
        names=names,
        expected=expected,
        start=sum(len(part.encode("utf-8")) for part in lines[: line - 1]),
        first_row=line,
        header=_header_lines(records, header),
        kinds=header.kinds,
        units={names[k]: unit for k, unit in units_below(records, header).items() if k < len(names)},
        missing_words=tuple(choices.get("missing_words", ())),  # type: ignore[arg-type]
        skipped=skipped_before(records, header, dialect.skip),
        findings=(*mends, *passed_over(records, header), *named, *guessed),
    )


def require_size(text: bytes, width: int, row: int | None = None) -> None:
    """Raises BadFile where there are more columns (`width`, in `row`) or lines than can be worked with."""
    if width > MOST_COLUMNS:
        where = f"Row {row}" if row else "The file"
        raise BadFile(
            f"{where} has {width:,} columns, and at most {MOST_COLUMNS:,} can be read; leave out those that are not needed, or "
            "choose another separator."
        )
    lines = text.count(b"\n")
    if lines > MOST_LINES:
        raise BadFile(
            f"The file has {lines:,} lines, and at most {MOST_LINES:,} can be read; leave out blank lines, or average it to a "
            "coarser time step."
        )


def _header_lines(records: Sequence[Record], header: Header) -> tuple[tuple[str, ...], ...]:
    if header.top is None:
        return ()
    return tuple(tuple(cells) for cells, _, _ in records[header.top : header.first] if cells)


def skipped_before(records: Sequence[Record], header: Header, declared: int = 0) -> tuple[tuple[str, int], ...]:
    """How many records before the data were used as header or left out, by reason; a cell of several lines counts as one."""
    top = header.first if header.top is None else header.top
    before = [cells for cells, _, _ in records[: header.first]]
    counts = {
        "separator line": declared,
        "preamble": sum(bool(cells) for cells in before[:top]),
        "header": len(header.more) + (header.top is not None),
        "blank-rows": sum(not cells for cells in before),
    }
    counts["below-header"] = declared + len(before) - sum(counts.values())
    return tuple((reason, count) for reason, count in counts.items() if count)


def _records(lines: Sequence[str], dialect: Dialect) -> list[Record]:
    skip = dialect.skip
    if dialect.delimiter == " ":
        return [(re.findall(r"[^ \t\r\n]+", line), k, k) for k, line in enumerate(lines, 1) if k > skip]
    records: list[Record] = []
    reader = dialect.reader(lines[skip:])
    last = 0
    try:
        for cells in reader:
            blank = not any(cell.strip() for cell in cells)
            records.append(([] if blank else [cell.strip() for cell in cells], skip + last + 1, skip + reader.line_num))
            last = reader.line_num
    except csv.Error:
        if not records:
            raise BadFile("Row 1 is one endless cell; this is not a file of rows and columns.") from None
    return records


def _is_one_column_of_fractions(records: Sequence[Record], lines: Sequence[str]) -> bool:
    """A header of one cell over rows of two whole numbers: a decimal comma in a file that needs no separator.

    R's row names under a header without a corner look alike, but stand in quotes.
    """
    full = [cells for cells, _, _ in records if cells]
    body = full[1:]
    return (
        len(full) > 2
        and len(full[0]) == 1
        and not is_number(full[0][0])
        and all(len(cells) <= 2 and all(re.fullmatch(r"-?\d+", cell) for cell in cells) for cells in body)
        and sum(len(cells) == 2 for cells in body) > len(body) / 2
        and not any('"' in line for line in lines[1:])
    )


def _decimal(
    rows: Sequence[list[str]], width: int, delimiter: str, choices: Mapping[str, object]
) -> tuple[str, list[Finding]]:
    if "decimal" in choices:
        return str(choices["decimal"]), []
    columns = ([row[k] for row in rows[:_VOTERS] if k < len(row)] for k in range(width))
    decimal, guessed = find_decimal(columns, delimiter)
    return decimal, [guessed] if guessed else []
