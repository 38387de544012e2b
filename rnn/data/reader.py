"""`read_csv`: the bytes of almost any file with a table in it in, a Table out, nothing passed over in silence."""

from __future__ import annotations

import dataclasses
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from .choices import checked
from .columns import kind_of
from .formats import Raw, read_raw
from .remarks import remarks, require_usable, tallied, trimmed
from .shape.ids import Ids
from .shape.spacing import spacing_of_series
from .shape.understanding import Understood, understand, with_kinds
from .source import CsvSource, load
from .table import Table
from .times.column import TimeColumn
from .times.spacing import spacing


def read_csv(source: CsvSource, *, name: str | None = None, **choices: Any) -> Table:
    """Read a table from a file of almost any kind, finding out by its content what it is and how it is written.

    Text with a separator; workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods); Parquet and Arrow; JSON; sound; DNA and other symbols;
    each of them also in a gzip, bzip2, xz, zip or tar archive.

    source: a path, the bytes of a file, or an open file, up to 200 MB. name: what to call it (default: the file's name).
    choices fix what is otherwise found ("auto" or left out): encoding; delimiter; quote (", ', ` or "none"); decimal "." or
    ","; header_row (line counted from 1, None or "none" for no header); missing_words (further words, or numbers such as -999,
    that say "no value"); time (column name, None or "none" for no time); day_first (bool); time_unit (what a time of numbers
    counts: "s", "ms", "us", "ns", "excel", "excel1904", "matlab", "julian"); timezone (the IANA name of the zone that local
    times are in: they become UTC); missing "interpolate" | "drop" | "error"; sheet (of a workbook); member (of an archive);
    record (of a FASTA file); rate (of a recording, in Hz); shape "plain" | "long" | "wide" | "year-by-month"; id (the column,
    or list of columns, that tell series apart, None or "none" for one series); variable (the column that says what a row
    measures); categories (columns of numbers that stand for kinds). Raises ValueError for a choice that does not exist or is
    malformed, BadFile (a ValueError) for a file that cannot be used: a sentence that says what, where, and what to do.
    """
    wanted = checked(choices)
    origin = load(source, name)
    raw = read_raw(origin.data, wanted)
    frame, dropped, blank = trimmed(raw.frame, raw.layout)
    shaped = _understood(raw, frame, wanted)
    frame, time = shaped.frame, shaped.time
    clock = time.name if time else None
    kinds = _kinds(frame, clock)
    require_usable(frame, kinds, raw.layout)
    shaped = shaped if raw.targets else with_kinds(shaped, kinds, wanted)
    missing = wanted.get("missing", "interpolate")
    many = clock is not None and shaped.ids.codes is not None
    frequency, gaps = spacing_of_series(frame, str(clock), shaped.ids) if many else spacing(frame, clock)
    table = Table(
        frame=frame,
        time=clock,
        frequency=frequency,
        findings=(
            *raw.findings,
            *dropped,
            *shaped.findings,
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
        choices=MappingProxyType(_used(raw, shaped, wanted)),
        units=MappingProxyType(dict(raw.units)),
        skipped=tallied(*raw.skipped, ("blank-rows", blank)),
        shape=shaped.shape,
        id_columns=shaped.id_columns,
        ids=shaped.ids,
        format=raw.format,
        likely_targets=raw.targets,
        alternatives=MappingProxyType(dict(raw.alternatives)),
    )
    return table if shaped.before is None else dataclasses.replace(table, before=_before(table, *shaped.before))


def _kinds(frame: pd.DataFrame, clock: str | None) -> dict[str, str]:
    return {column: kind_of(frame[column], column == clock) for column in frame.columns}


def _understood(raw: Raw, frame: pd.DataFrame, wanted: dict[str, Any]) -> Understood:
    """Shape and time: as the file's nature gives them, or as they are found by content."""
    if raw.time is not None and wanted.get("time", raw.time) == raw.time:
        return Understood(frame, TimeColumn(raw.time, frame[raw.time].to_numpy(dtype=np.float64), None, ()))
    if raw.format == "symbols" and "time" not in wanted:
        return Understood(frame, None)
    return understand(frame, wanted, raw.layout.delimiter)


def _used(raw: Raw, shaped: Understood, wanted: dict[str, Any]) -> dict[str, Any]:
    """All choices that the table comes from, those that were found among them."""
    time = shaped.time
    used = {
        **raw.used,
        "time": time.name if time else None,
        "missing": wanted.get("missing", "interpolate"),
        "shape": shaped.shape,
        **{name: wanted[name] for name in ("variable", "categories") if name in wanted},
    }
    if shaped.id_columns or "id" in wanted:
        used["id"] = list(shaped.id_columns) or None
    return used | (time.choices if time else {})


def _before(table: Table, frame: pd.DataFrame, time: TimeColumn | None) -> Table:
    """The table as it stands in the file, without the unrolling."""
    clock = time.name if time else None
    return dataclasses.replace(
        table, frame=frame, time=clock, frequency=spacing(frame, clock)[0], rows=len(frame), shape="plain", id_columns=(),
        kinds=MappingProxyType(_kinds(frame, clock)), ids=Ids(),
    )  # fmt: skip
