"""How a text is laid out as a table: separator, lines above the header, header, first line of data. Judged on a sample."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import clevercsv

from . import dates
from .cells import find_decimal, is_number
from .findings import BadFile, Finding
from .header import Record, find_header, name_columns, passed_over

DELIMITERS = (",", ";", "\t", "|", " ")
_SAMPLE = 128 * 1024  # bytes from the start that are looked at
_VOTERS = 1000  # rows of the sample that the decimal mark is found from
_SNIFFED = 100  # lines that the separator is found from


@dataclass(frozen=True)
class Layout:
    """Where the cells are. start: the byte where the data begin; first_row: the line they begin on, counted from 1.

    header_row: the line of the header, or None. names: one a column, each different;
    expected: how many of them the header or most rows have, the rest being surplus. findings: what was noticed.
    """

    delimiter: str
    decimal: str
    header_row: int | None
    names: tuple[str, ...]
    expected: int
    start: int
    first_row: int
    findings: tuple[Finding, ...]


def find_layout(text: bytes, choices: Mapping[str, object]) -> Layout:
    """The layout of `text` (UTF-8). choices may fix delimiter, decimal and header_row.

    Raises BadFile where there is no line to read or the chosen header row is not near the start of the file.
    """
    lines = _sample_lines(text)
    delimiter, skip = _delimiter(lines, choices.get("delimiter"))
    records = _records(lines, delimiter, skip)
    if not any(cells for cells, _, _ in records):
        raise BadFile("The file is empty; choose a file with a header and rows of numbers.")
    if "delimiter" not in choices and _is_one_column_of_fractions(records, lines):
        delimiter = ";"  # "1,5" under a single name: one number, not two columns
        records = _records(lines, delimiter, skip)
    header = find_header(records, choices)
    rows = [cells for cells, _, _ in records[header.first :] if cells]
    names, expected, named = name_columns(records[header.top][0] if header.top is not None else None, rows)
    decimal, guessed = _decimal(rows, len(names), delimiter, choices)
    line = records[header.first][1] if header.first < len(records) else records[-1][2] + 1
    return Layout(
        delimiter=delimiter,
        decimal=decimal,
        header_row=records[header.top][1] if header.top is not None else None,
        names=names,
        expected=expected,
        start=sum(len(part.encode("utf-8")) for part in lines[: line - 1]),
        first_row=line,
        findings=(*passed_over(records, header), *named, *guessed),
    )


def _sample_lines(text: bytes) -> list[str]:
    """The first lines, each with its line end. Only CR and LF end a line (str.splitlines knows ten more)."""
    sample = text[:_SAMPLE]
    if len(text) > len(sample):
        cut = max(sample.rfind(b"\n"), sample.rfind(b"\r"))
        if cut < 0:
            raise BadFile("The first line of the file is endless; this is not a file of rows and columns.")
        sample = sample[: cut + 1]
    return re.findall(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$", sample.decode("utf-8", "ignore"))


def _delimiter(lines: list[str], chosen: object) -> tuple[str, int]:
    """The separator, and how many lines to skip because they only declare it (Excel's "sep=;")."""
    declared = re.fullmatch(r'"?sep=(.)"?\s*', lines[0]) if lines else None
    skip = 1 if declared else 0
    if chosen is not None:
        return str(chosen), skip
    if declared and declared.group(1) in DELIMITERS:
        return declared.group(1), skip
    some = [line[:2000] for line in lines[:_SNIFFED] if line.strip()]
    try:
        dialect = clevercsv.Sniffer().sniff("".join(some)[:32768], delimiters=list(DELIMITERS))
        found = dialect.delimiter if dialect else None
    except clevercsv.Error:
        found = None
    if found == " " and all(dates.family(line.strip()) for line in some[1:]):
        found = None  # "2020-01-01 12:00" alone on a line is one cell
    return (found if found in DELIMITERS else ","), skip


def _records(lines: list[str], delimiter: str, skip: int) -> list[Record]:
    if delimiter == " ":
        return [(re.findall(r"[^ \t\r\n]+", line), k, k) for k, line in enumerate(lines, 1) if k > skip]
    records: list[Record] = []
    rest = [line if line.endswith("\n") else line.rstrip("\r") + "\n" for line in lines[skip:]]
    reader = csv.reader(rest, delimiter=delimiter, skipinitialspace=True)
    last = 0
    try:
        for cells in reader:
            blank = not any(cell.strip() for cell in cells) and len(cells) <= 1
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
