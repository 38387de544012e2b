"""Runs, and all that belongs to them, on their way from one store into another.

A run comes as a whole or not at all: those that are there already stay as they are, and what belongs to no run that comes is
left behind. All of it is one transaction of the store that takes it in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Connection, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite

from rnn.runs.database import Database
from rnn.runs.schema import about, files, metadata, runs, series, studies
from rnn.runs.shelf_tables import pins

BATCH_BYTES, BATCH_ROWS = 8_000_000, 1000
LEFT_AT_WORK = "It was at work when its store was left. Resume goes on from the last checkpoint."

Row = Mapping[str, Any]
RowsOf = Callable[[Table], Iterable[Row]]


@dataclass
class Crossed:
    """Ids of runs: those that have come, those that were there already, and those whose series is lost."""

    runs: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    stranded: set[str] = field(default_factory=set)


def bring_over(source: Database, target: Database) -> Crossed:
    """Bring all runs, series, files and studies of one sound store into another."""
    with source.read() as reading, target.write() as connection:
        return take_in(connection, lambda table: _rows_in(reading, table))


def take_in(connection: Connection, rows_of: RowsOf) -> Crossed:
    """The same within a transaction, from wherever the rows of each table come. They are asked for once a table, in an order in
    which what a row refers to is there before it."""
    crossed = Crossed()
    known = set(connection.execute(select(runs.c.id)).scalars())
    held = {table.name: set(connection.execute(select(table.c.hash)).scalars()) for table in (files, series)}
    pinned = connection.execute(select(func.count()).select_from(pins)).scalar_one() > 0
    for table in metadata.sorted_tables:
        if table is about or (table is pins and pinned):
            continue
        rows = rows_of(table)
        if table is files or table is series:
            rows = _sources(rows, held, table.name)
        elif table is runs:
            rows = _runs(rows, known, held["series"], crossed)
        elif table is studies:
            rows = (_waiting_again(row) for row in rows)
        elif any(key.column is runs.c.id for key in table.foreign_keys):
            rows = (row for row in rows if row["run_id"] in crossed.runs)
        _insert(connection, table, rows)
    return crossed


def _rows_in(connection: Connection, table: Table) -> Iterator[Row]:
    for row in connection.execution_options(yield_per=100).execute(select(table)):
        yield row._mapping


def _sources(rows: Iterable[Row], held: dict[str, set[str]], name: str) -> Iterator[Row]:
    """Files and series. A series whose file is lost comes without it."""
    for row in rows:
        held[name].add(row["hash"])
        lost = row.get("file_hash") is not None and row["file_hash"] not in held["files"]
        yield {**row, "file_hash": None} if lost else row


def _runs(rows: Iterable[Row], known: set[str], with_series: set[str], crossed: Crossed) -> Iterator[Row]:
    for row in rows:
        if row["id"] in known:
            crossed.known.add(row["id"])
        elif row["series_hash"] not in with_series:
            crossed.stranded.add(row["id"])
        elif row["id"] not in crossed.runs:
            crossed.runs.add(row["id"])
            left = {"state": "interrupted", "worker": None, "heartbeat": None, "message": LEFT_AT_WORK}
            yield {**row, **left} if row["state"] == "running" else row


def _waiting_again(row: Row) -> Row:
    return {**row, "state": "queued", "worker": None, "heartbeat": None} if row["state"] == "running" else row


def _insert(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).on_conflict_do_nothing()
    empty = {column.name: _default(column) for column in table.columns}
    batch: list[Row] = []
    size = 0
    for row in rows:
        batch.append({**empty, **row})
        size += sum(len(value) for value in row.values() if isinstance(value, (bytes, str)))
        if size >= BATCH_BYTES or len(batch) >= BATCH_ROWS:
            connection.execute(statement, batch)
            batch, size = [], 0
    if batch:
        connection.execute(statement, batch)


def _default(column: Column[Any]) -> Any:
    """Of a column that an older store does not have."""
    if column.server_default is not None:
        text = str(getattr(column.server_default, "arg", ""))
        return column.type.python_type(text)
    return column.default.arg if column.default is not None else None
