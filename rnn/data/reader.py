"""`read_csv`: bytes of almost any delimited text file in, a Table out, nothing passed over in silence."""

from __future__ import annotations

import dataclasses
from types import MappingProxyType
from typing import Any

import pandas as pd

from .choices import checked
from .columns import kind_of
from .encoding import to_utf8
from .layout import find_layout
from .parsing import parse
from .remarks import remarks, require_usable, trimmed
from .shape.ids import Ids
from .shape.spacing import spacing_of_series
from .shape.understanding import understand, with_kinds
from .source import CsvSource, load
from .table import Table
from .times.column import TimeColumn
from .times.spacing import spacing


def read_csv(source: CsvSource, *, name: str | None = None, **choices: Any) -> Table:
    """Read a delimited text file, finding out by its content how it is written.

    source: a path, the bytes of a file, or an open file, up to 200 MB. name: what to call it (default: the file's name).
    choices fix what is otherwise found ("auto" or left out): encoding; delimiter; decimal "." or ","; header_row (line counted
    from 1, None or "none" for no header); time (column name, None or "none" for no time); day_first (bool); time_unit (what
    a time of numbers counts: "s", "ms", "us", "ns", "excel", "excel1904", "matlab", "julian"); timezone (the IANA name of the
    zone that local times are in: they become UTC); missing "interpolate" | "drop" | "error"; shape "plain" | "long" | "wide" |
    "year-by-month"; id (the column, or list of columns, that tell series apart, None or "none" for one series); variable (the
    column that says what a row measures); categories (columns of numbers that stand for kinds). Raises ValueError for a choice
    that does not exist or is malformed, BadFile (a ValueError) for a file that cannot be used: a sentence that says what,
    where, and what to do.
    """
    wanted = checked(choices)
    origin = load(source, name)
    text = to_utf8(origin.data, wanted.get("encoding"))
    layout = find_layout(text.data, wanted)
    frame, odd_cells = parse(text.data, layout)
    frame, dropped = trimmed(frame, layout)
    shaped = understand(frame, wanted, layout.delimiter)
    frame, time = shaped.frame, shaped.time
    clock = time.name if time else None
    kinds = {column: kind_of(frame[column], column == clock) for column in frame.columns}
    require_usable(frame, kinds, layout)
    shaped = with_kinds(shaped, kinds, wanted)
    missing = wanted.get("missing", "interpolate")
    many = clock is not None and shaped.ids.codes is not None
    frequency, gaps = spacing_of_series(frame, str(clock), shaped.ids) if many else spacing(frame, clock)
    used = {
        "encoding": text.encoding,
        "delimiter": layout.delimiter,
        "decimal": layout.decimal,
        "header_row": layout.header_row,
        "time": clock,
        "missing": missing,
        "shape": shaped.shape,
        **{name: wanted[name] for name in ("variable", "categories") if name in wanted},
    }
    if shaped.id_columns or "id" in wanted:
        used["id"] = list(shaped.id_columns) or None
    if time is not None:
        used |= time.choices
    table = Table(
        frame=frame,
        time=clock,
        frequency=frequency,
        findings=(
            *text.findings,
            *layout.findings,
            *dropped,
            *odd_cells,
            *shaped.findings,
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
        shape=shaped.shape,
        id_columns=shaped.id_columns,
        ids=shaped.ids,
    )
    return table if shaped.before is None else dataclasses.replace(table, before=_before(table, *shaped.before))


def _before(table: Table, frame: pd.DataFrame, time: TimeColumn | None) -> Table:
    """The table as it stands in the file, without the unrolling."""
    clock = time.name if time else None
    kinds = {column: kind_of(frame[column], column == clock) for column in frame.columns}
    return dataclasses.replace(
        table, frame=frame, time=clock, frequency=spacing(frame, clock)[0], rows=len(frame), kinds=MappingProxyType(kinds),
        shape="plain", id_columns=(), ids=Ids(),
    )  # fmt: skip
