"""Workbooks: .xlsx, .xlsm, .xlsb, .xls and .ods, one sheet of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..findings import BadFile, Finding, counted, finding
from ..text.header import Record, find_header
from ..text.layout import skipped_before
from ..text.naming import joined_names, name_columns, passed_over, units_below
from .isolated import read_apart
from .kinds import zip_names
from .raw import MOST_CELLS, Raw, binary_layout, decimal_of, flags, frame_of


def read(data: bytes, wanted: Mapping[str, Any]) -> Raw:
    """wanted may fix sheet (default: the one with the most cells filled), header_row and decimal (of numbers kept as text).

    Dates become ISO text, yes and no 1 and 0, errors such as #DIV/0! missing; a cell merged over rows counts for each.
    """
    sheet = wanted.get("sheet")
    reading = read_apart("workbook", data, "The workbook", {"sheet": sheet, "most_cells": MOST_CELLS})
    note, columns = reading.note, list(reading.columns.values())
    records = _records(note["head"], note["first_row"])
    if not any(cells for cells, _, _ in records):
        raise BadFile(f"Sheet {note['sheet']!r} is empty; choose one with a header and rows of numbers.")
    header = find_header(records, wanted)
    rows = [cells for cells, _, _ in records[header.first :] if cells]
    top = records[header.top] if header.top is not None else None
    names, _, named = name_columns(joined_names(records, header), rows)
    first_row = note["first_row"] + header.first
    below = [column.below(header.first) for column in columns]  # type: ignore[union-attr]
    decimal, guessed = decimal_of(below, wanted.get("decimal"))
    frame, odd_cells = frame_of(dict(zip(names, below, strict=True)), decimal, first_row)
    found = (*_about_sheets(note), *passed_over(records, header), *named, *guessed, *odd_cells)
    logical = [name for name, key in zip(names, reading.columns, strict=True) if key in reading.flags]
    kind = _kind(data)
    layout = binary_layout(names, decimal, top[1] if top else None, first_row)
    used = {"sheet": note["sheet"], "decimal": decimal, "header_row": layout.header_row}
    units = {names[k]: unit for k, unit in units_below(records, header).items() if k < len(names)}
    sheets = (note["sheet"], *(name for name, cells in note["others"].items() if cells))
    return Raw(
        frame, layout, kind, kind, (*found, *flags(logical)), used, units=units, skipped=skipped_before(records, header),
        alternatives={"sheet": sheets},
    )  # fmt: skip


def _records(head: Sequence[list[str]], first_row: int) -> list[Record]:
    return [(row if any(row) else [], line, line) for line, row in enumerate(head, first_row)]


def _about_sheets(note: Mapping[str, Any]) -> list[Finding]:
    found = []
    others = {name: filled for name, filled in note["others"].items() if filled}
    if others:
        listed = ", ".join(f"{name!r} ({counted(filled, 'cell')})" for name, filled in list(others.items())[:8])
        more = f" and {len(others) - 8} more" if len(others) > 8 else ""
        message = f"Sheet {note['sheet']!r} holds the most cells and was read; the others are {listed}{more}."
        found.append(finding("sheets", message, count=len(others)))
    if note["blank"]:
        message = f"{counted(note['blank'], 'blank column')} left out."
        found.append(finding("empty-columns", message, count=note["blank"]))
    if note["merged"]:
        message = f"{counted(note['merged'], 'cell')} below the first of a merged group given its value."
        found.append(finding("merged-cells", message, count=note["merged"]))
    return found


def _kind(data: bytes) -> str:
    """The format's usual ending, by the parts that are in the file."""
    if not data.startswith(b"PK"):
        return "xls"
    if b"opendocument.spreadsheet" in data[:4096]:
        return "ods"
    names = zip_names(data)
    if "xl/workbook.bin" in names:
        return "xlsb"
    return "xlsm" if "xl/vbaProject.bin" in names else "xlsx"
