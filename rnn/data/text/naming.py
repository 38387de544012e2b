"""What the columns of a file are called, in which units its header says that they are, and what is said of the lines around."""

from __future__ import annotations

from collections.abc import Sequence

from ..findings import Finding, counted, finding, shown
from .header import Header, Record, filled, holds_units, is_comment, usual_width


def name_columns(header: list[str] | None, rows: Sequence[list[str]]) -> tuple[tuple[str, ...], int, list[Finding]]:
    """A name for every column, each different: the header's where it has one, else "column k".

    Also how many columns there should be (the header's, or most rows'), since a few rows may have more.
    """
    width = max([len(cells) for cells in rows] + [len(header or [])])
    given = list(header or [])
    usual = usual_width(rows) if rows else width
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


def joined_names(records: Sequence[Record], header: Header) -> list[str] | None:
    """The cells of the header; of one of several rows "A / B", where a heading reaches to the next one beside it."""
    if header.top is None:
        return None
    rows = [list(records[k][0]) for k in (header.top, *header.more)]
    if is_comment(rows[0]):
        rows[0][0] = rows[0][0].lstrip("#/!% ")
    width = max(map(len, rows))
    fullest = max(range(len(rows)), key=lambda k: filled(rows[k]))
    names: list[list[str]] = [[] for _ in range(width)]
    for level, cells in enumerate(rows):
        reach, alone = "", False
        for k in range(width):
            cell = cells[k] if k < len(cells) else ""
            if cell:
                alone = level == fullest or k >= len(rows[fullest]) or not rows[fullest][k]
            reach = cell or (reach if level < fullest and not alone else "")
            if reach and reach not in names[k]:
                names[k].append(reach)
    return [" / ".join(parts) for parts in names]


def units_below(records: Sequence[Record], header: Header) -> dict[int, str]:
    """Column → unit, where a row of units stands between the names and the data."""
    if header.top is None:
        return {}
    for cells, _, _ in records[max((header.top, *header.more)) + 1 : header.first]:
        if cells and holds_units(cells):
            return {k: cell.strip("()[] ") for k, cell in enumerate(cells) if cell.strip("()[] -")}
    return {}


def passed_over(records: Sequence[Record], header: Header) -> list[Finding]:
    """The findings for lines above the header, for a header of several lines, and for lines between it and the data."""
    start = header.first if header.top is None else header.top
    above = [begins for cells, begins, _ in records[:start] if cells]
    between = [records[k][1] for k in range(start + 1, header.first) if records[k][0] and k not in header.more]
    found = []
    if above:
        found.append(finding("preamble", f"{counted(len(above), 'line')} above the table left out.", above))
    if header.more:
        lines = [records[k][1] for k in (start, *header.more)]
        message = (
            f"The header has {len(lines)} lines; the names are joined from them, as in {_example(records, header)}."
        )
        found.append(finding("header-lines", message, lines))
    if between:
        units = units_below(records, header)
        what = f"units: {', '.join(list(units.values())[:5])}" if units else "units, perhaps"
        message = f"{counted(len(between), 'line')} between the header and the numbers left out ({what})."
        found.append(finding("below-header", message, between))
    return found


def _example(records: Sequence[Record], header: Header) -> str:
    names = joined_names(records, header) or []
    return shown(next((name for name in names if " / " in name), names[0]))
