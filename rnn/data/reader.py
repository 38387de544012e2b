"""`read_csv`: bytes of almost any delimited text file in, a Table out, nothing passed over in silence."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from .choices import checked
from .columns import kind_of
from .encoding import to_utf8
from .layout import find_layout
from .parsing import parse
from .remarks import remarks, require_usable, spacing, tallied, trimmed
from .source import CsvSource, load
from .table import Table
from .timecolumn import find_time


def read_csv(source: CsvSource, *, name: str | None = None, **choices: Any) -> Table:
    """Read a delimited text file, finding out by its content how it is written.

    source: a path, the bytes of a file, or an open file, up to 200 MB. name: what to call it (default: the file's name).
    choices fix what is otherwise found ("auto" or left out): encoding; delimiter; quote (", ', ` or "none"); decimal "." or
    ","; header_row (line counted from 1, None or "none" for no header); missing_words (further words, or numbers such as -999,
    that say "no value"); time (column name, None or "none" for no time); day_first (bool); missing "interpolate" | "drop" |
    "error". Raises ValueError for a choice that does not exist or is malformed, BadFile (a ValueError) for a file that cannot
    be used: a sentence that says what, where, and what to do.
    """
    wanted = checked(choices)
    origin = load(source, name)
    text = to_utf8(origin.data, wanted.get("encoding"))
    layout = find_layout(text.data, wanted)
    cells = parse(layout)
    frame, dropped, blank = trimmed(cells.frame, layout)
    time = find_time(frame, wanted, layout.delimiter)
    clock = time.name if time else None
    if time is not None:
        frame = frame.assign(**{time.name: time.moments})
    kinds = {column: kind_of(frame[column], column == clock) for column in frame.columns}
    require_usable(frame, kinds, layout)
    missing = wanted.get("missing", "interpolate")
    frequency, gaps = spacing(frame, clock)
    used = {
        "encoding": text.encoding,
        "delimiter": layout.delimiter,
        "quote": layout.dialect.quote,
        "decimal": layout.decimal,
        "header_row": layout.header_row,
        "time": clock,
        "missing": missing,
    }
    if layout.missing_words:
        used["missing_words"] = list(layout.missing_words)
    if time is not None and time.day_first is not None:
        used["day_first"] = time.day_first
    return Table(
        frame=frame,
        time=clock,
        frequency=frequency,
        findings=(
            *text.findings,
            *layout.findings,
            *dropped,
            *cells.findings,
            *(time.findings if time else ()),
            *gaps,
            *remarks(frame, kinds, clock, missing),
        ),
        encoding=text.encoding,
        delimiter=layout.delimiter,
        decimal=layout.decimal,
        header_row=layout.header_row,
        rows=len(frame),
        name=origin.name,
        kinds=MappingProxyType(kinds),
        units=MappingProxyType({**layout.units, **cells.units}),
        skipped=tallied(*layout.skipped, *cells.skipped, ("blank-rows", blank)),
        choices=MappingProxyType(used),
    )
