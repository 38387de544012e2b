"""From the tables of an older Unroll to today's, step by step.

`STEPS` lists them in order: the first leads from schema 1 to 2, the next from 2 to 3, and so on. They are carried out when a
store is opened, all in one transaction that nobody else's opening passes: of two processes that open at once one migrates, and
the other waits and finds it done; where the process is killed, the store is as it was. Before that a SQLite file is copied.

A change to a table that older stores have needs a step, in a file of its own, and the next SCHEMA_VERSION: also a field that
`rnn.core.events.Epoch` gains, for it is a column of `epochs`. A table that they do not have needs none. A step knows nothing of
`rnn.runs.schema`, which goes on changing, but says in SQL what it finds and what it makes; `tests/runs/test_old_stores.py`
compares what comes of old stores with a new one, column by column. SQL rather than a library for migrations: SQLite and
PostgreSQL both add, rename and drop columns by one statement each, and what else such a library has (its own table of versions,
branches of history, scripts made by comparison) would stand beside what the store has already.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, inspect, text

from rnn.runs.migrations.copies import NoCopy, keep_copy
from rnn.runs.migrations.to_2 import to_2
from rnn.runs.migrations.to_3 import to_3
from rnn.runs.schema import SCHEMA_VERSION, metadata

__all__ = ["STEPS", "NoCopy", "migrate"]

Step = Callable[[Connection], None]

STEPS: Sequence[Step] = (to_2, to_3)

# Any number that nobody else takes: the lock is the database's, not a table's, since there may be no table yet.
_POSTGRES_LOCK = 0x0_556E726F6C6C


def migrate(connection: Connection) -> int:
    """Make the tables of an empty database, or today's of an older one's, within a transaction; returns its schema version. A
    newer one's are left alone. Raises NoCopy where a SQLite file cannot be copied first."""
    if connection.dialect.name == "postgresql":  # SQLite's transaction has locked the file
        _wait_for_others(connection)
    found = _version_of(connection)
    if found > SCHEMA_VERSION:
        return found
    if 0 < found < SCHEMA_VERSION:
        keep_copy(connection, SCHEMA_VERSION)
        for step in STEPS[found - 1 :]:
            step(connection)
    metadata.create_all(connection)
    _write_version(connection, found)
    return SCHEMA_VERSION


def _wait_for_others(connection: Connection) -> None:
    """Be the only one who opens this database, however long another one's migration takes."""
    given = connection.execute(text("SELECT current_setting('lock_timeout')")).scalar_one()
    limit = text("SELECT set_config('lock_timeout', :limit, true)")
    connection.execute(limit, {"limit": "10min"})
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _POSTGRES_LOCK})
    connection.execute(limit, {"limit": given})


def _version_of(connection: Connection) -> int:
    """0 where there are no tables."""
    if not inspect(connection).has_table("about"):
        return 0
    value = connection.execute(text("SELECT value FROM about WHERE key = 'schema_version'")).scalar()
    return int(value or 0)


def _write_version(connection: Connection, found: int) -> None:
    value = {"value": str(SCHEMA_VERSION)}
    if found == 0:
        connection.execute(
            text("INSERT INTO about (key, value) VALUES ('schema_version', :value), ('queue', '')"), value
        )
    elif found < SCHEMA_VERSION:
        connection.execute(text("UPDATE about SET value = :value WHERE key = 'schema_version'"), value)
