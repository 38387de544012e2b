"""The readers that are compared: each takes a path and gives names and rows, or raises what it raises."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import clevercsv
import duckdb
import pandas as pd

from rnn.data import read_csv
from rnn.data.text.encoding import to_utf8

ROBUST = "strict_mode=false, null_padding=true, ignore_errors=true, sample_size=-1, parallel=false"


@dataclass(frozen=True)
class Loaded:
    header: Sequence[str]
    rows: Sequence[Iterable[object]]


def unroll(path: Path, **choices: object) -> Loaded:
    frame = read_csv(path.read_bytes(), **choices).frame
    return Loaded(list(frame.columns), list(frame.itertuples(index=False, name=None)))


def duckdb_sniffed(path: Path) -> Loaded:
    """Our reader, told the separator that DuckDB's sniffer finds in the decoded text."""
    with tempfile.NamedTemporaryFile(suffix=".csv") as decoded:
        decoded.write(to_utf8(path.read_bytes()).data)
        decoded.flush()
        found = connection().execute(f"SELECT Delimiter FROM sniff_csv('{decoded.name}', {ROBUST})").fetchone()
    return unroll(path, delimiter=found[0]) if found else unroll(path)


def duck(path: Path, options: str = "") -> Loaded:
    result = connection().execute(f"SELECT * FROM read_csv('{path}', all_varchar=true{options})")
    return Loaded([column[0] for column in result.description], result.fetchall())


def robust_duck(path: Path) -> Loaded:
    """With its options for faulty files, and the text decoded for it by us."""
    with tempfile.NamedTemporaryFile(suffix=".csv") as decoded:
        decoded.write(to_utf8(path.read_bytes()).data)
        decoded.flush()
        return duck(Path(decoded.name), ", " + ROBUST)


def connection() -> duckdb.DuckDBPyConnection:
    settings = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "threads": "1"}
    return duckdb.connect(":memory:", config=settings)


def clever(path: Path) -> Loaded:
    rows = clevercsv.read_table(str(path))
    return Loaded(rows[0], rows[1:])


def bare(path: Path) -> Loaded:
    frame = pd.read_csv(path)
    return Loaded(list(frame.columns), list(frame.itertuples(index=False, name=None)))


READERS: dict[str, Callable[[Path], Loaded]] = {
    "unroll": unroll,
    "DuckDB's separator": duckdb_sniffed,
    "DuckDB": duck,
    "DuckDB robust": robust_duck,
    "CleverCSV": clever,
    "pandas": bare,
}
