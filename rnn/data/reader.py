"""`read_csv`: bytes of almost any delimited text file in, a Table out, nothing passed over in silence."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from .choices import checked
from .columns import kind_of
from .encoding import to_utf8
from .layout import find_layout
from .parsing import parse
from .remarks import remarks, require_usable, trimmed
from .source import CsvSource, load
from .table import Table
from .times.column import find_time
from .times.spacing import spacing


def read_csv(source: CsvSource, *, name: str | None = None, **choices: Any) -> Table:
    """Read a delimited text file, finding out by its content how it is written.

    source: a path, the bytes of a file, or an open file, up to 200 MB. name: what to call it (default: the file's name).
    choices fix what is otherwise found ("auto" or left out): encoding; delimiter; decimal "." or ","; header_row (line counted
    from 1, None or "none" for no header); time (column name, None or "none" for no time); day_first (bool); time_unit (what
    a time of numbers counts: "s", "ms", "us", "ns", "excel", "excel1904", "matlab", "julian"); timezone (the IANA name of the
    zone that local times are in: they become UTC); missing "interpolate" | "drop" | "error". Raises ValueError for a choice
    that does not exist or is malformed, BadFile (a ValueError) for a file that cannot be used: a sentence that says what,
    where, and what to do.
    """
    wanted = checked(choices)
    origin = load(source, name)
    text = to_utf8(origin.data, wanted.get("encoding"))
    layout = find_layout(text.data, wanted)
    frame, odd_cells = parse(text.data, layout)
    frame, dropped = trimmed(frame, layout)
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
        "decimal": layout.decimal,
        "header_row": layout.header_row,
        "time": clock,
        "missing": missing,
    }
    if time is not None:
        used |= time.choices
    return Table(
        frame=frame,
        time=clock,
        frequency=frequency,
        findings=(
            *text.findings,
            *layout.findings,
            *dropped,
            *odd_cells,
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
        choices=MappingProxyType(used),
    )
