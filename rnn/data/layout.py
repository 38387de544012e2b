"""How a text is laid out as a table: separator, lines above the header, header, first line of data. Judged on a sample."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import clevercsv

from . import dates
from .cells import find_decimal, is_missing, is_number
from .findings import BadFile, Finding, counted, finding

DELIMITERS = (",", ";", "\t", "|", " ")
_SAMPLE = 128 * 1024  # bytes from the start that are looked at
_SNIFFED = 100  # lines that the separator is found from

Record = tuple[list[str], int, int]  # cells, first line and last line (counted from 1)


@dataclass(frozen=True)
class Layout:
    """Where the cells are. start: the byte where the data begin; first_row: the line they begin on, counted from 1.

    header_row: the line of the header, or None. names: one a column, each different. findings: what was noticed.
    """

    delimiter: str
    decimal: str
    header_row: int | None
    names: tuple[str, ...]
    start: int
    first_row: int
    findings: tuple[Finding, ...]


def find_layout(text: bytes, choices: dict[str, object]) -> Layout:
    """The layout of `text` (UTF-8). choices may fix delimiter, decimal and header_row.

    Raises BadFile where there is no line to read or the chosen header row is not near the start of the file.
    """
    lines = _sample_lines(text)
    delimiter, skip = _delimiter(lines, choices.get("delimiter"))
    records = _records(lines, delimiter, skip)
    if not any(cells for cells, _, _ in records):
        raise BadFile("The file is empty; choose a file with a header and rows of numbers.")
    if "delimiter" not in choices and _is_one_column_of_fractions(records):
        delimiter = ";"  # "1,5" under a single name: one number, not two columns
        records = _records(lines, delimiter, skip)
    top, first = _header(records, choices)
    header, data = (records[top][0] if top is not None else None), records[first:]
    names, findings = _names(header, data)
    decimal, guessed = _decimal(data, len(names), delimiter, choices)
    line = records[first][1] if first < len(records) else records[-1][2] + 1
    if top is not None:
        line = records[top][2] + 1
    start = sum(len(part.encode("utf-8")) for part in lines[: line - 1])
    above = _skipped(records, top if top is not None else first)
    return Layout(
        delimiter=delimiter,
        decimal=decimal,
        header_row=records[top][1] if top is not None else None,
        names=names,
        start=start,
        first_row=line,
        findings=(*above, *findings, *guessed),
    )


def _sample_lines(text: bytes) -> list[str]:
    """The first lines, each with its line end. Only CR and LF end a line (str.splitlines knows ten more)."""
    sample = text[:_SAMPLE]
    if len(text) > len(sample):
        cut = max(sample.rfind(b"\n"), sample.rfind(b"\r"))
        sample = sample[: cut + 1] if cut > 0 else sample
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
        found = clevercsv.Sniffer().sniff("".join(some)[:32768], delimiters=list(DELIMITERS)).delimiter
    except clevercsv.Error:
        found = None
    if found == " " and all(dates.family(line.strip()) for line in some[1:]):
        found = None  # "2020-01-01 12:00" alone on a line is one cell
    return (found if found in DELIMITERS else ","), skip


def _records(lines: list[str], delimiter: str, skip: int) -> list[Record]:
    if delimiter == " ":
        return [(line.split(), k, k) for k, line in enumerate(lines, 1) if k > skip]
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


def _is_one_column_of_fractions(records: list[Record]) -> bool:
    """A header of one cell over rows of two whole numbers: a decimal comma in a file that needs no separator."""
    full = [cells for cells, _, _ in records if cells]
    body = full[1:]
    return (
        len(full) > 2
        and len(full[0]) == 1
        and not is_number(full[0][0])
        and all(len(cells) <= 2 and all(re.fullmatch(r"-?\d+", cell) for cell in cells) for cells in body)
        and sum(len(cells) == 2 for cells in body) > len(body) / 2
        and not all(len(cells) == 2 and cells[0] == str(k) for k, cells in enumerate(body, 1))
    )


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


def _fits(row: list[str], kinds: dict[int, str]) -> bool:
    """Whether a row is data: its dates are dates, and at least half of its numbers are numbers."""
    numbers = wrong = 0
    for k, kind in kinds.items():
        if k >= len(row) or is_missing(row[k]):
            continue
        if kind == "date" and dates.family(row[k]) is None:
            return False
        numbers += 1
        wrong += kind == "number" and not is_number(row[k])
    return numbers > 0 and wrong * 2 <= numbers and (wrong == 0 or numbers > 1)


def _header(records: list[Record], choices: dict[str, object]) -> tuple[int | None, int]:
    """Which record is the header (None: there is none) and which is the first of the data."""
    widths = Counter(len(cells) for cells, _, _ in records[len(records) // 3 :] if cells)
    width = max(widths, key=lambda w: (widths[w], w), default=1)
    wide = [k for k, (cells, _, _) in enumerate(records) if len(cells) >= width - 1 and _filled(cells) * 2 > width]
    if not wide:
        wide = [k for k, (cells, _, _) in enumerate(records) if cells]
    tail = [records[k][0] for k in wide[len(wide) // 2 :]]
    kinds = _kinds(tail)
    data = next((k for k in wide if _fits(records[k][0], kinds)), None)
    if "header_row" in choices:
        return _chosen_header(records, choices["header_row"], wide[0] if data is None else data)
    if data is None:
        return wide[0], wide[0] + 1
    if _is_numbered_header(records, data):
        return data, data + 1
    above = [k for k in wide if k < data]
    return (above[-1], above[-1] + 1) if above else (None, data)


def _chosen_header(records: list[Record], line: object, data: int) -> tuple[int | None, int]:
    if line is None:
        return None, data
    for k, (cells, begins, ends) in enumerate(records):
        if begins <= int(str(line)) <= ends and cells:
            return k, k + 1
    raise BadFile(
        f"header_row={line} is not a line with text near the start of the file; the first is {records[0][1]}."
    )


def _is_numbered_header(records: list[Record], k: int) -> bool:
    """A data frame without column names writes ",0,1": an empty corner over a count of the rows."""
    below = [cells for cells, _, _ in records[k + 1 : k + 4] if cells]
    corner = records[k][0]
    return (
        bool(below)
        and corner[0] == ""
        and corner[1:] == [str(n) for n in range(len(corner) - 1)]
        and all(cells[0] != "" for cells in below)
    )


def _filled(cells: list[str]) -> int:
    return sum(cell != "" for cell in cells)


def _names(header: list[str] | None, data: list[Record]) -> tuple[tuple[str, ...], list[Finding]]:
    rows = [cells for cells, _, _ in data if cells]
    width = max([len(cells) for cells in rows] + [len(header or [])])
    given = list(header or [])
    usual = Counter(map(len, rows)).most_common(1)[0][0] if rows else width
    named = [cell for cell in given if cell]
    if header and len(named) == len(given) == usual - 1 and any(len(r) == usual and r[-1] != "" for r in rows):
        given.insert(0, "")  # R leaves the corner above the row names out
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
    return tuple(names), found


def _decimal(data: list[Record], width: int, delimiter: str, choices: dict[str, object]) -> tuple[str, list[Finding]]:
    if "decimal" in choices:
        return str(choices["decimal"]), []
    rows = [cells for cells, _, _ in data]
    columns = [[row[k] for row in rows if k < len(row)] for k in range(width)]
    if delimiter == ",":  # a bare comma cannot be a decimal mark here, a quoted one can
        columns = [cells for cells in columns if cells]
    decimal, guessed = find_decimal(columns, delimiter)
    return decimal, [guessed] if guessed else []


def _skipped(records: list[Record], end: int) -> list[Finding]:
    rows = [begins for cells, begins, _ in records[:end] if cells]
    if not rows:
        return []
    message = f"{counted(len(rows), 'line')} above the table left out as a preamble."
    return [finding("preamble", message, rows)]
