"""`read_csv`: the bytes of almost any file with a table in it in, a Table out, nothing passed over in silence."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import numpy as np

from .choices import checked
from .columns import kind_of
from .formats import Raw, read_raw
from .remarks import remarks, require_usable, spacing, trimmed
from .source import CsvSource, load
from .table import Table
from .timecolumn import TimeColumn, find_time


def read_csv(source: CsvSource, *, name: str | None = None, **choices: Any) -> Table:
    """Read a table from a file of almost any kind, finding out by its content what it is and how it is written.

    Text with a separator; workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods); Parquet and Arrow; JSON; sound; DNA and other symbols;
    each of them also in a gzip, bzip2, xz, zip or tar archive.

    source: a path, the bytes of a file, or an open file, up to 200 MB. name: what to call it (default: the file's name).
    choices fix what is otherwise found ("auto" or left out): encoding; delimiter; decimal "." or ","; header_row (line counted
    from 1, None or "none" for no header); time (column name, None or "none" for no time); day_first (bool); missing
    "interpolate" | "drop" | "error"; sheet (of a workbook); member (of an archive); record (of a FASTA file); rate (of a
    recording, in Hz). Raises ValueError for a choice that does not exist or is malformed, BadFile (a ValueError) for a file
    that cannot be used: a sentence that says what, where, and what to do.
    """
    wanted = checked(choices)
    origin = load(source, name)
    raw = read_raw(origin.data, wanted)
    frame, dropped = trimmed(raw.frame, raw.layout)
    time = _time(raw, frame, wanted)
    clock = time.name if time else None
    if time is not None:
        frame = frame.assign(**{time.name: time.moments})
    kinds = {column: kind_of(frame[column], column == clock) for column in frame.columns}
    require_usable(frame, kinds, raw.layout)
    missing = wanted.get("missing", "interpolate")
    frequency, gaps = spacing(frame, clock)
    used = {**raw.used, "time": clock, "missing": missing}
    if time is not None and time.day_first is not None:
        used["day_first"] = time.day_first
    return Table(
        frame=frame,
        time=clock,
        frequency=frequency,
        findings=(
            *raw.findings,
            *dropped,
            *(time.findings if time else ()),
            *gaps,
            *remarks(frame, kinds, clock, missing),
        ),
        encoding=raw.encoding,
        delimiter=raw.layout.delimiter,
        decimal=raw.layout.decimal,
        header_row=raw.layout.header_row,
        rows=len(frame),
        name=origin.name,
        kinds=MappingProxyType(kinds),
        choices=MappingProxyType(used),
        format=raw.format,
        likely_targets=raw.targets,
    )


def _time(raw: Raw, frame: Any, wanted: dict[str, Any]) -> TimeColumn | None:
    """The time column: the one that the file's nature gives, or the one that is found by content."""
    if raw.time is not None and wanted.get("time", raw.time) == raw.time:
        return TimeColumn(raw.time, frame[raw.time].to_numpy(dtype=np.float64), None, ())
    if raw.format == "symbols" and "time" not in wanted:
        return None
    return find_time(frame, wanted, raw.layout.delimiter)
