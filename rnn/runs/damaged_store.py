"""A damaged SQLite store as tables again: the rows that can still be read, and the keys of those that cannot.

The catalogue of the file names the pages on which each table begins. Where it is lost, or a page between it and the rows, the
rows' own pages are looked for in the whole file, and told apart by what stands in them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing

from sqlalchemy import Table

from rnn.runs.crossing import Row
from rnn.runs.salvage_checks import is_sound, typed
from rnn.runs.schema import SCHEMA_VERSION, metadata, runs
from rnn.runs.sqlite_pages import SqliteFile, Walk
from rnn.runs.sqlite_records import Value

Progress = Callable[[float], None]
Key = tuple[Value, ...]


class DamagedStore:
    """damaged: whether something in the file could not be read. run_ids: of all runs that the sound part of it speaks of.
    version: of its schema, as far as it can be told."""

    def __init__(self, file: SqliteFile, progress: Progress) -> None:
        self._file, self._progress = file, progress
        self.run_ids: set[str] = set()
        self._found: dict[str, set[Key]] = {}
        self._tables: dict[str, int] = {}
        self._keys: dict[str, int] = {}
        self._columns = {table.name: [column.name for column in table.columns] for table in metadata.sorted_tables}
        broken = self._read_catalogue() or not file.intact
        leaves, torn = self._survey()
        self.damaged = broken or torn
        # Schema 2 gave runs this column.
        self.version = 1 if self._tables and "best_rmse" not in self._columns["runs"] else SCHEMA_VERSION
        self._astray = self._without_tree(leaves) if self.damaged else {}

    def rows_of(self, table: Table) -> Iterator[Row]:
        """The sound rows of a table. A key may come twice: the first is the surer one."""
        walk, keys = Walk(), self._found.setdefault(table.name, set())
        if table.name in self._tables:
            for row in self._sound(table, self._file.rows(self._tables[table.name], walk), walk):
                keys.add(_key(table, row))
                yield row
        self.damaged = self.damaged or walk.cells > 0
        for row in self._sound(table, self._astray.get(table.name, ()), None):
            keys.add(_key(table, row))
            yield row

    def lost_rows(self) -> Iterator[tuple[Table, Key]]:
        """Table and key of each row that the table's list of keys has and `rows_of` did not give; to be asked after it."""
        if not self.damaged:
            return
        for table in metadata.sorted_tables:
            if table.name in self._keys and table.name in self._found:
                for entry in self._file.keys(self._keys[table.name], Walk()):
                    if tuple(entry[:-1]) not in self._found[table.name]:
                        yield table, tuple(entry[:-1])

    def _sound(self, table: Table, values: Iterable[list[Value]], walk: Walk | None) -> Iterator[Row]:
        for one in values:
            self._progress(min(0.99, self._file.read / max(1, self._file.count)))
            row = typed(table, dict(zip(self._columns[table.name], one, strict=False)))
            run_id = row and (row["id"] if table is runs else row.get("run_id"))
            if run_id and walk is not None:  # a page that nothing leads to may be of a run that was deleted
                self.run_ids.add(str(run_id))
            if row is not None and is_sound(table, row):
                yield row
            elif walk is not None:
                walk.cells += 1

    def _read_catalogue(self) -> bool:
        """Where the tables and their lists of keys begin, and their columns; returns whether some of it cannot be read."""
        walk = Walk()
        for entry in self._file.rows(1, walk):
            kind, name, table, root, sql = [*entry, None, None, None, None, None][:5]
            if not isinstance(root, int) or not isinstance(name, str) or table not in self._columns:
                continue
            if kind == "table":
                self._tables[name] = root
                self._columns[name] = _columns_of(str(sql), name) or self._columns[name]
            elif name == f"sqlite_autoindex_{table}_1":
                self._keys[str(table)] = root
        return bool(walk.broken or walk.cells or not self._tables)

    def _survey(self) -> tuple[set[int], bool]:
        """The pages of all tables that can be reached, and whether some cannot."""
        walk = Walk()
        for root in self._tables.values():
            self._file.survey(root, walk)
        return walk.leaves, bool(walk.broken)

    def _without_tree(self, reached: set[int]) -> dict[str, list[list[Value]]]:
        """Table → rows on pages that nothing leads to any more, of those tables that they can only belong to."""
        found: dict[str, list[list[Value]]] = {}
        passed = reached | self._file.free_pages() | {1}
        for number in range(2, self._file.count + 1):
            rows = self._file.rows_of_leaf(number) if number not in passed else []
            if rows and (name := self._table_of(rows)) is not None:
                found.setdefault(name, []).extend(rows)
        return found

    def _table_of(self, rows: list[list[Value]]) -> str | None:
        """The table that these rows fit; None where there is none, or more than one."""
        fitting = [
            table.name
            for table in metadata.sorted_tables
            if all(
                len(row) == len(self._columns[table.name])
                and typed(table, dict(zip(self._columns[table.name], row, strict=True))) is not None
                for row in rows
            )
        ]
        return fitting[0] if len(fitting) == 1 else None


def _key(table: Table, row: Row) -> Key:
    return tuple(row[column.name] for column in table.primary_key)


def _columns_of(sql: str, name: str) -> list[str]:
    """A table's columns in the order in which its rows have them."""
    with closing(sqlite3.connect(":memory:")) as empty:
        try:
            empty.execute(sql)
            return [row[1] for row in empty.execute(f'PRAGMA table_info("{name}")')]
        except sqlite3.Error:
            return []
