"""JSON as tables come in it: an object a line, a list of objects, lists or numbers, or an object of columns."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..findings import BadFile, Finding, finding, shown
from ..text.encoding import to_utf8
from .json_columns import Columns
from .json_shapes import Table, table_in
from .raw import Raw, binary_layout, decimal_of, flags, frame_of

_BLANK = " \t\r\n\ufeff"
_BLANKS = re.compile(f"[{_BLANK}]*")
_DECODER = json.JSONDecoder()


def read(data: bytes, wanted: Mapping[str, Any]) -> Raw:
    """wanted may fix encoding and decimal (of numbers kept as text).

    Objects in objects become columns with a dot between the names, one level deep; lists and anything deeper are left out.
    A row is a record, counted from 1: the line where each has one. Raises BadFile naming the line where JSON breaks off.
    """
    source = to_utf8(data, wanted.get("encoding"))
    try:
        columns, found = _columns(source.data.decode("utf-8"))
    except RecursionError:
        raise BadFile("The JSON is nested too deep for a table; export the records as JSON lines or CSV.") from None
    cells = columns.cells()
    if not cells:
        raise BadFile("The JSON holds no records with names and values; export a list of objects, or CSV.")
    decimal, guessed = decimal_of(list(cells.values()), wanted.get("decimal"))
    frame, odd_cells = frame_of(cells, decimal, 1)
    findings = (*source.findings, *found, *columns.findings(), *guessed, *odd_cells, *flags(list(columns.logical)))
    used = {"encoding": source.encoding, "decimal": decimal}
    return Raw(frame, binary_layout(list(frame.columns), decimal), "json", source.encoding, findings, used)


def _columns(text: str) -> tuple[Columns, list[Finding]]:
    columns = Columns()
    start = _skipped(text, 0)
    if start == len(text):
        return columns, []
    records = _elements(text, start + 1) if text[start] == "[" and _is_one_list(text, start) else _lines(text, start)
    names: list[str] | None = None
    first = next(records, None)
    second = next(records, None)
    found: list[Finding] = []
    if isinstance(first, dict) and second is None:
        table = table_in(first)
        records = iter(table.records)
        found, names = _told(table), table.names
        first, second = next(records, None), next(records, None)
    if names is None and _is_header(first, second):
        names, first = [str(cell) for cell in first], None
    for record in (first, second):
        if record is not None:
            columns.add(record, names)
    for record in records:
        columns.add(record, names)
    return columns, found


def _told(table: Table) -> list[Finding]:
    if not table.path:
        return []
    message = f"The records under {table.path!r} were read; what stands beside them in the JSON was left out."
    return [finding("json-part", message, count=1)]


def _is_header(first: Any, second: Any) -> bool:
    """A list of nothing but names above a list with something else in it."""
    if not (isinstance(first, list) and isinstance(second, list) and first):
        return False
    return all(isinstance(cell, str) for cell in first) and not all(isinstance(cell, str) for cell in second)


def _is_one_list(text: str, start: int) -> bool:
    """Whether the text is one list, rather than a list a line."""
    end = text.find("\n", start)
    if end < 0 or not text[start:end].rstrip().endswith("]") or not text[end:].strip():
        return True
    try:
        _DECODER.raw_decode(text, start)
    except ValueError:
        return True
    return text[end:].lstrip(_BLANK)[:1] != "["


def _lines(text: str, at: int) -> Iterator[Any]:
    """One JSON value after the other."""
    while at < len(text):
        value, at = _decoded(text, at)
        at = _skipped(text, at)
        yield value


def _elements(text: str, at: int) -> Iterator[Any]:
    """What a list holds, one by one, so that a large list is never in memory as a whole."""
    at = _skipped(text, at)
    while text[at : at + 1] != "]":
        value, at = _decoded(text, at)
        at = _skipped(text, at)
        mark = text[at : at + 1]
        if mark == ",":
            at = _skipped(text, at + 1)
        elif mark != "]":
            raise _broken(text, at, "a comma or the end of the list is missing")
        yield value
    if (rest := _skipped(text, at + 1)) < len(text):
        raise _broken(text, rest, f"the list has ended and {shown(text[rest : rest + 20])} follows")


def _decoded(text: str, at: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        raise _broken(text, error.pos, error.msg[:1].lower() + error.msg[1:]) from None
    except ValueError:  # more digits than Python makes a number of
        raise _broken(text, at, "a number has too many digits") from None


def _broken(text: str, at: int, why: str) -> BadFile:
    line = text.count("\n", 0, at) + 1
    return BadFile(f"Line {line} is not JSON ({why}); correct it in the file, or take the line out.")


def _skipped(text: str, at: int) -> int:
    """The place of the next character that is not blank."""
    return _BLANKS.match(text, at).end()  # type: ignore[union-attr]
