"""Where an exported script finds the numbers: in the user's own file where plain reading gives exactly what the run learned
from, else in a file that is written with it."""

from __future__ import annotations

import csv
import io
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rnn.core.series import Series
from rnn.data import Table
from rnn.export.script.program import read


@dataclass(frozen=True)
class Source:
    """A text file with a column for each of the series', by its name. file: what it is called. header_row: counted from 0.
    own: whether it is the user's file, and not one that has to be written (`csv_text`)."""

    file: str
    encoding: str = "utf-8"
    delimiter: str = ","
    header_row: int = 0
    decimal: str = "."
    own: bool = False


def csv_text(series: Series) -> str:
    """The series as CSV, times first, each number with all its digits; of many series in one, `id` before them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    ids = np.repeat(series.ids, series.lengths) if series.lengths else None
    writer.writerow([*([] if ids is None else [_free("id", series)]), _free("time", series), *series.names])
    for number, (time, row) in enumerate(zip(series.times, series.values, strict=True)):
        writer.writerow([*([] if ids is None else [ids[number]]), str(time), *(repr(float(value)) for value in row)])
    return text.getvalue()


def _free(name: str, series: Series) -> str:
    """A heading that no column of the series has."""
    while name in series.names:
        name += "_"
    return name


def source_of(series: Series, table: Table | None = None, content: bytes | None = None) -> Source:
    """The user's file, `content`, which was read as `table`, where plain reading does; None: the series came from no file."""
    written = Source(f"{_file_name(series.name)}.csv")
    if table is None or content is None or series.lengths or table.format != "csv" or table.header_row is None:
        return written
    own = Source(
        f"{_file_name(table.name)}.csv", table.encoding, table.delimiter, table.header_row - 1, table.decimal, own=True
    )
    return own if _reads_the_same(own, content, series) else written


def _reads_the_same(source: Source, content: bytes, series: Series) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "series.csv")
        path.write_bytes(content)
        try:
            values = read(str(path), {**vars(source), "columns": series.names})
        except (SystemExit, ValueError, LookupError, csv.Error):
            return False
    return values.shape == series.values.shape and bool((values == series.values).all())


def _file_name(name: str) -> str:
    """A name that every file system takes."""
    return (
        "".join(letter if letter.isalnum() or letter in "-_. " else "_" for letter in name).strip(" .")[:80] or "series"
    )
