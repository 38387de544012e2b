"""The part of the store that keeps data: files as uploaded, and the series read from them. Each is kept once."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from rnn.core.series import Series
from rnn.runs import packing, schema
from rnn.runs.database import Database
from rnn.runs.records import StoredFile


class Library(Database):
    """Files and series, each under the hash of its content."""

    def add_file(self, name: str, content: bytes) -> str:
        """Keep a file; the same bytes are kept once, under the name they first came with. Returns its hash."""
        key = packing.file_hash(content)
        if self._has(schema.files, key):
            return key
        row = {
            "hash": key,
            "name": clean_text(name),
            "size": len(content),
            "content": packing.pack_file(content),
            "added": time.time(),
        }
        self._insert_once(schema.files, row)
        return key

    def file(self, file_hash: str) -> StoredFile:
        """A file as it was uploaded. Raises LookupError for an unknown hash."""
        row = self._row(schema.files, file_hash, "file")
        return StoredFile(row.name, packing.unpack_file(row.content))

    def file_label(self, file_hash: str) -> tuple[str, int]:
        """A file's name and its size in bytes, without reading it. Raises LookupError for an unknown hash."""
        columns = [schema.files.c.name, schema.files.c.size]
        row = self._row(schema.files, file_hash, "file", columns=columns)
        return row.name, row.size

    def add_series(
        self, series: Series, *, file_hash: str | None = None, reading: Mapping[str, Any] | None = None
    ) -> str:
        """Keep a series; returns the hash of its exact numbers, times, names and of the repairs in `reading`.

        file_hash: the file that it was read from. reading: how, as JSON-able choices. Where the series is there already,
        a file and a reading that are given replace the older ones: both led to the same numbers.
        """
        meta, arrays = packing.pack_series(series)
        key = packing.series_hash(meta, arrays, (reading or {}).get("repairs", ()))
        source: dict[str, Any] = {}
        if file_hash is not None:
            self._row(schema.files, file_hash, "file", columns=[schema.files.c.hash])
            source["file_hash"] = file_hash
        if reading:
            source["reading"] = json.dumps(dict(reading))
        if not self._has(schema.series, key):
            row = {"hash": key, "meta": json.dumps(meta), "arrays": arrays, "added": time.time(), "reading": "{}"}
            self._insert_once(schema.series, row | source)
        elif source:
            with self.write() as connection:
                connection.execute(update(schema.series).where(schema.series.c.hash == key).values(source))
        return key

    def series(self, series_hash: str) -> Series:
        """A series, bit for bit as it was added. Raises LookupError for an unknown hash."""
        row = self._row(schema.series, series_hash, "series")
        return packing.unpack_series(json.loads(row.meta), row.arrays)

    def series_reading(self, series_hash: str) -> dict[str, Any]:
        """The choices by which the series was read from its file ({} where it came from none)."""
        row = self._row(schema.series, series_hash, "series", columns=[schema.series.c.reading])
        reading: dict[str, Any] = json.loads(row.reading)
        return reading

    def series_file(self, series_hash: str) -> str | None:
        """The hash of the file that the series was read from."""
        row = self._row(schema.series, series_hash, "series", columns=[schema.series.c.file_hash])
        found: str | None = row.file_hash
        return found

    def _has(self, table: Any, key: str) -> bool:
        with self.read() as connection:
            return connection.execute(select(table.c.hash).where(table.c.hash == key)).first() is not None

    def _insert_once(self, table: Any, row: dict[str, Any]) -> None:
        try:
            with self.write() as connection:
                connection.execute(insert(table), row)
        except IntegrityError:
            # Another process added the same content since we looked: then it is there, which is all we want.
            if not self._has(table, row["hash"]):
                raise

    def _row(self, table: Any, key: str, what: str, columns: list[Any] | None = None) -> Row[Any]:
        with self.read() as connection:
            row = connection.execute(select(*(columns or [table])).where(table.c.hash == key)).first()
        if row is None:
            raise LookupError(f"The store has no {what} {key!r}; it may have been removed, or the link is damaged.")
        return row


def clean_text(text: str, longest: int = 200) -> str:
    """A label that every database takes: no NUL, no half characters, not endless."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8").strip()[:longest]
