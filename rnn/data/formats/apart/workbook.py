"""Workbooks of Excel and LibreOffice through calamine: one sheet's cells, column by column."""

from __future__ import annotations

import datetime as dt
import io
import math
import zipfile
from array import array
from collections.abc import Sequence
from typing import Any

import python_calamine as calamine

from .answer import Answer, Column, Refused

_UNPACKED = 512 << 20  # bytes that the parts of a workbook may have together
_HEAD = 400  # rows that the header is looked for in


def read(data: bytes, options: dict[str, Any]) -> Answer:
    """options: sheet (name or None: the one with the most cells filled), most_cells.

    The note: sheet, others (sheet name → cells filled), first_row (counted from 1), head (the first rows as texts), merged and
    blank (how many cells were filled, and columns left out).
    """
    _check_size(data)
    try:
        book = calamine.load_workbook(io.BytesIO(data))
    except calamine.PasswordError:
        raise Refused(
            "The workbook is encrypted with a password; open it in the program that made it and save it without one."
        ) from None
    names = [one.name for one in book.sheets_metadata if one.typ == calamine.SheetTypeEnum.WorkSheet]
    wanted = options["sheet"]
    if wanted is not None and wanted not in names:
        raise Refused(f"sheet={wanted!r} is not in the workbook; its sheets are {', '.join(map(repr, names[:20]))}.")
    if not names:
        raise Refused("The workbook has no sheet with cells; choose one with a table.")
    sheet, others = _fullest(book, names) if wanted is None else (book.get_sheet_by_name(wanted), {})
    if sheet.height * sheet.width > options["most_cells"]:
        raise Refused(
            f"Sheet {sheet.name!r} spans {sheet.height:,} rows and {sheet.width:,} columns, more than can be held; delete "
            "what stands far from the table, or save the table as CSV."
        )
    rows = sheet.to_python()
    merged = _fill_merged(rows, sheet)
    rows, blank = _without_blank_columns(rows)
    columns = [_column(str(k), cells) for k, cells in enumerate(zip(*rows, strict=True))]
    note = {
        "sheet": sheet.name,
        "others": others,
        "first_row": (sheet.start or (0, 0))[0] + 1,
        "head": [[_text(cell) for cell in row] for row in rows[:_HEAD]],
        "merged": merged,
        "blank": blank,
    }
    return Answer(columns, note)


def _check_size(data: bytes) -> None:
    """What the parts unpack to, by the directory of the archive that a newer workbook is."""
    if not data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(info.file_size for info in archive.infolist())
    except zipfile.BadZipFile:
        raise Refused("The workbook is damaged or ends too early; download it or save it again.") from None
    if size > _UNPACKED:
        raise Refused(
            f"The workbook unpacks to {size >> 20:,} MB, more than the {_UNPACKED >> 20:,} MB that can be read; save the "
            "sheet as CSV."
        )


def _fullest(book: Any, names: Sequence[str]) -> tuple[Any, dict[str, int]]:
    """The first of the sheets with the most cells filled, and how many each of the others has."""
    if len(names) == 1:
        return book.get_sheet_by_name(names[0]), {}
    filled: dict[str, int] = {}
    best, most = None, -1
    for name in names:
        sheet = book.get_sheet_by_name(name)
        filled[name] = sum(len(row) - row.count("") for row in sheet.iter_rows()) if sheet.height else 0
        if filled[name] > most:
            best, most = sheet, filled[name]
    filled.pop(best.name)  # type: ignore[union-attr]
    return best, filled


def _fill_merged(rows: list[list[Any]], sheet: Any) -> int:
    """A cell merged over several rows holds for each of them. Merged beside each other (a title) they stay one cell."""
    ranges = sheet.merged_cell_ranges or []
    top, left = sheet.start or (0, 0)
    filled = 0
    for (first, column), (last, _) in ranges:
        at, k = first - top, column - left
        if at < 0 or k < 0 or last == first or at >= len(rows) or k >= len(rows[0]):
            continue
        for row in rows[at + 1 : last - top + 1]:
            if row[k] == "" and rows[at][k] != "":
                row[k] = rows[at][k]
                filled += 1
    return filled


def _without_blank_columns(rows: list[list[Any]]) -> tuple[list[Any], int]:
    """The rows without the columns that hold nothing at all, and how many those are."""
    filled: set[int] = set()
    width = len(rows[0]) if rows else 0
    for row in rows:
        if len(filled) == width:
            return rows, 0
        filled.update(k for k, cell in enumerate(row) if cell != "")
    keep = sorted(filled)
    return [[row[k] for k in keep] for row in rows], width - len(keep)


def _column(name: str, cells: Sequence[Any]) -> Column:
    kinds = set(map(type, cells))
    if kinds <= {float, int}:
        return Column(name, array("d", cells))
    nan = math.nan
    numbers = array("d", [float(cell) if type(cell) in _NUMBERS else nan for cell in cells])
    clock, fraction = dt.datetime in kinds, any(getattr(cell, "microsecond", 0) for cell in cells)
    at = [k for k, cell in enumerate(cells) if type(cell) not in _NUMBERS and cell != ""]
    texts = [_text(cells[k], clock, fraction) for k in at]
    return Column(name, numbers, at, texts, flags=bool in kinds)


_NUMBERS = {float, int, bool}


def _text(cell: Any, clock: bool = False, fraction: bool = False) -> str:
    """A cell in words that do not depend on a language. clock: write the time of day of a date, too."""
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ", "microseconds" if fraction else "seconds")
    if isinstance(cell, dt.time):
        return cell.isoformat("microseconds" if fraction else "seconds")
    if isinstance(cell, dt.date):
        return f"{cell.isoformat()} 00:00:00{'.000000' if fraction else ''}" if clock else cell.isoformat()
    if isinstance(cell, dt.timedelta):
        return repr(cell.total_seconds())
    return str(cell).strip()
