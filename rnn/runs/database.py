"""One database, SQLite or PostgreSQL, and its transactions. All that the two do differently stands here."""

from __future__ import annotations

import math
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import platformdirs
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, ProgrammingError, SQLAlchemyError

from rnn.runs.migrations import NoCopy, migrate
from rnn.runs.opening import OPENING_SECONDS, is_ready, little_patience, opening_error, try_to_write
from rnn.runs.schema import SCHEMA_VERSION
from rnn.runs.store_error import StoreError
from rnn.runs.store_trouble import kind_of, place_of

__all__ = ["Database", "StoreError", "data_folder", "database_url"]

BUSY_SECONDS = 30.0  # how long a write waits for another one before it gives up
JOURNAL_BYTES = 64 << 20  # what SQLite's journal is cut back to after a long series has passed through it


def data_folder() -> Path:
    """Where Unroll keeps its data: UNROLL_DATA_DIR, or else the user's data folder."""
    folder = os.environ.get("UNROLL_DATA_DIR", "").strip()
    return Path(folder).expanduser().resolve() if folder else Path(platformdirs.user_data_dir("unroll", False))


def database_url() -> str:
    """UNROLL_DATABASE_URL, or else the SQLite file `unroll.sqlite` in the data folder."""
    url = os.environ.get("UNROLL_DATABASE_URL", "").strip()
    return url or URL.create("sqlite", database=str(data_folder() / "unroll.sqlite")).render_as_string()


class Database:
    """A connection pool that threads may share. Every `write` is one transaction; a `read` sees one moment."""

    def __init__(self, url: str | None = None) -> None:
        self._url = _parsed(url or database_url())
        self._engine = _open(self._url)
        self._writer = self._engine.execution_options(unroll_begin="BEGIN IMMEDIATE")
        if self._engine.dialect.name == "postgresql":
            self._reader = self._engine.execution_options(isolation_level="REPEATABLE READ")
        else:
            self._reader = self._engine.execution_options(unroll_begin="BEGIN")
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    @property
    def url(self) -> str:
        """The store's address in full, its password included: by it another process opens the same store."""
        return self._url.render_as_string(hide_password=False)

    def wait_at_most(self, seconds: float) -> None:
        """From now on a write waits so long for another one, or for a server, where it waited BUSY_SECONDS before."""

        if self._engine.dialect.name == "postgresql":
            limits = {"connect_timeout": max(2, math.ceil(seconds)), "tcp_user_timeout": 10_000}

            def hurry(_dialect: Any, _record: Any, _arguments: Any, options: dict[str, Any]) -> None:
                given = options.get("options", "")  # of the address, such as a search path
                options |= limits | {"options": f"{given} -c lock_timeout={round(1000 * seconds)}".strip()}

            event.listen(self._engine, "do_connect", hurry)
        else:
            wait = f"PRAGMA busy_timeout = {round(1000 * seconds)}"
            event.listen(self._engine, "connect", lambda connection, _record: connection.execute(wait).close())
        self._engine.dispose()

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection whose queries all see the same moment."""
        with self._reader.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction: committed as a whole at the end of the block, undone when the block raises."""
        with self._writer.begin() as connection:
            yield connection

    def _prepare(self) -> None:
        """See that the store can be read and written, and make the tables that are not there. Raises StoreError."""
        try:
            with little_patience(self._engine, BUSY_SECONDS):
                with self.read() as connection:
                    ready = is_ready(connection)
                if not ready:
                    self._make_missing_tables()
                with self.write() as connection:
                    try_to_write(connection)
        except StoreError as error:
            raise (opening_error(error, self._url) if error.kind == "foreign" else error) from error.__cause__
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise opening_error(error, self._url) from error

    def _make_missing_tables(self) -> None:
        """Two processes may do so at once: the second finds them made."""
        try:
            self._make_tables()
        except (IntegrityError, ProgrammingError):
            self._make_tables()

    def _make_tables(self) -> None:
        try:
            with self.write() as connection:
                found = migrate(connection)
        except NoCopy as error:
            raise StoreError(str(error)) from error
        if found > SCHEMA_VERSION:
            raise StoreError(
                f"The store {place_of(self.url)} was written by a newer Unroll (its schema is {found}, "
                f"this version knows {SCHEMA_VERSION}). Update Unroll, or set UNROLL_DATA_DIR to another folder.",
                "newer",
            )


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(
            "UNROLL_DATABASE_URL is not a database address; write it like postgresql://user:password@host/database."
        ) from error
    if parsed.drivername in ("postgres", "postgresql"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite":
        return _as_file(parsed)
    if parsed.get_backend_name() != "postgresql":
        raise StoreError(f"UNROLL_DATABASE_URL names {parsed.get_backend_name()!r}; allowed: sqlite, postgresql.")
    return parsed


def _as_file(url: URL) -> URL:
    """The address with an absolute path, so that it holds in a worker's folder too; its folder is made."""
    if not url.database or url.database == ":memory:":
        raise StoreError(
            "The SQLite store must be a file, so that workers can open it: sqlite:////folder/unroll.sqlite."
        )
    path = Path(url.database).resolve()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The folder of the store {path} cannot be made: {error.strerror}. Set UNROLL_DATA_DIR to another.",
            kind_of(error, str(path)),
        ) from error
    return url.set(database=str(path))


def _open(url: URL) -> Engine:
    if url.get_backend_name() == "postgresql":
        try:
            waits = {} if "connect_timeout" in url.query else {"connect_timeout": max(2, round(OPENING_SECONDS))}
            return create_engine(url, pool_pre_ping=True, connect_args=waits)
        except ModuleNotFoundError as error:
            raise StoreError(
                "UNROLL_DATABASE_URL names PostgreSQL, which needs one more package: pip install 'psycopg[binary]'."
            ) from error
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    # Transactions are begun below, explicitly: left to itself the driver begins late, and then a read that turns into a
    # write fails at once instead of waiting its turn.
    connection.isolation_level = None
    try:
        (usual,) = connection.execute("PRAGMA busy_timeout").fetchone()
        connection.execute(f"PRAGMA busy_timeout = {min(usual, round(1000 * OPENING_SECONDS))}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA journal_size_limit = {JOURNAL_BYTES}")
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            _turn_wal_on(connection)
        connection.execute(f"PRAGMA busy_timeout = {usual}")
    except BaseException:
        connection.close()  # the pool knows nothing of it yet, and a damaged file has to be let go of
        raise


def _turn_wal_on(connection: Any) -> None:
    # Of two processes that open a new file at the same moment one may be told "locked" without having waited.
    deadline = time.monotonic() + OPENING_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("unroll_begin", "BEGIN"))
