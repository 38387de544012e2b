"""The copy of a SQLite file that is kept before its tables change."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, text


class NoCopy(RuntimeError):
    """The copy cannot be made; the message says why and what to do."""


def keep_copy(connection: Connection, version: int) -> Path | None:
    """Copy the file as it stands beside itself, `unroll.sqlite` to `unroll.before-schema-3.sqlite`, and return where.

    None where there is no run to lose, and for PostgreSQL, whose keeper makes copies.

    To be called within a transaction that has locked the file and changed nothing yet. An older copy of that name goes.
    """
    if connection.dialect.name != "sqlite" or connection.execute(text("SELECT 1 FROM runs LIMIT 1")).first() is None:
        return None
    path = Path(connection.engine.url.database or "")
    copy = path.with_name(f"{path.stem}.before-schema-{version}{path.suffix}")
    unfinished = copy.with_name(copy.name + ".part")
    try:
        unfinished.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as target:
            source.backup(target)
        os.replace(unfinished, copy)
    except (OSError, sqlite3.Error) as error:
        unfinished.unlink(missing_ok=True)
        raise NoCopy(
            f"The store {path} is of an older Unroll, and before its tables change a copy of it is kept as {copy.name}: that "
            f"cannot be written ({error}). Make room for {_megabytes(path)} MB in that folder, or allow writing there."
        ) from error
    return copy


def _megabytes(path: Path) -> str:
    return f"{max(1, round(path.stat().st_size / 1e6)):,}"
