"""Whether a store can be used, asked when it is opened; and if not, a sentence: what, where, what to do.

A sound file costs a look at both ends of every table and one small write. Reading it as a whole (`PRAGMA quick_check`) takes
half a second for 500 MB that are in memory and four for 500 MB on a disk: that is left to `python -m rnn store check`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, Engine, make_url, select, update
from sqlalchemy.exc import SQLAlchemyError

from rnn.runs.schema import SCHEMA_VERSION, about, metadata
from rnn.runs.store_error import StoreError
from rnn.runs.store_trouble import KINDS, driver_error, kind_of

if TYPE_CHECKING:
    from rnn.runs.database import Database

OPENING_SECONDS = 4.0  # how long another program, or a server that does not answer, is waited for


def is_ready(connection: Connection) -> bool:
    """Whether all tables are there, as this version knows them; of a SQLite file both ends of each are read, and of its keys.

    Raises StoreError for a file of another program, and what SQLite raises for a damaged one.
    """
    if connection.dialect.name != "sqlite":
        return False
    rows = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0")
    found = set(rows.scalars())
    own = found & set(metadata.tables)
    if found and not own:
        raise StoreError(f"it has a table {min(found)!r} and none of Unroll's", "foreign")
    for name in own:
        keys = ", ".join(f'"{column.name}"' for column in metadata.tables[name].primary_key)
        for order in ("rowid", "rowid DESC", keys):
            connection.exec_driver_sql(f'SELECT rowid FROM "{name}" ORDER BY {order} LIMIT 1').first()
    if own < set(metadata.tables):
        return False
    version = connection.execute(select(about.c.value).where(about.c.key == "schema_version")).scalar()
    return version == str(SCHEMA_VERSION)


def try_to_write(connection: Connection) -> None:
    """The smallest change, which changes nothing, within a transaction: it fails where nothing can be written."""
    connection.execute(update(about).where(about.c.key == "queue").values(value=about.c.value))


def check_all(database: Database) -> None:
    """Read the whole of a SQLite store. Raises StoreError where something in it does not fit."""
    url = make_url(database.url)
    if url.get_backend_name() != "sqlite":
        return
    try:
        with database.read() as connection:
            found = str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar())
            stray = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise opening_error(error, url) from error
    if found != "ok" or stray is not None:
        why = " ".join(found.replace("*** in database main ***", "").split())
        why = why if found != "ok" else f"a row of {stray[0]} belongs to nothing"
        raise _damaged(Path(url.database or ""), why)


def _damaged(path: Path, why: str) -> StoreError:
    brief = f"The store {path} is damaged ({why})."
    return StoreError(f"{brief} {_SALVAGE} or {_ELSEWHERE}", "damaged", path, brief)


@contextmanager
def little_patience(engine: Engine, usual: float) -> Iterator[None]:
    """Let the engine's one connection wait no longer than OPENING_SECONDS for other programs; afterwards as long as usual."""
    _wait(engine, OPENING_SECONDS)
    try:
        yield
    finally:
        _wait(engine, usual)


def _wait(engine: Engine, seconds: float) -> None:
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    try:
        connection.cursor().execute(f"PRAGMA busy_timeout = {round(1000 * seconds)}")
    finally:
        connection.close()


def path_of(url: URL) -> Path | None:
    """The file of a SQLite store."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def opening_error(error: Exception, url: URL) -> StoreError:
    """The sentence for a store that could not be opened."""
    if url.get_backend_name() != "sqlite":
        return _server_error(error, url)
    path = Path(url.database or "")
    kind = kind_of(error, str(path))
    if path.is_dir():
        return StoreError(
            f"The store {path} is a folder and should be a file. Move it, or {_ELSEWHERE}", "absent", path
        )
    if kind == "absent" and path.exists():
        kind = "read-only"  # SQLite cannot open it: it is there, so it may not
    why = str(driver_error(error))
    if kind == "damaged":
        return _damaged(path, why)
    if kind not in _SENTENCES:
        return StoreError(f"The store {path} cannot be opened: {why}. Check it, or {_ELSEWHERE}", kind, path)
    return StoreError(
        f"The store {path} {_SENTENCES[kind].format(why=why, wait=OPENING_SECONDS)} or {_ELSEWHERE}", kind, path
    )


_SALVAGE = "`python -m rnn store salvage` sets the file aside and saves what can be read;"
_ELSEWHERE = "set UNROLL_DATA_DIR to another folder."
_SENTENCES = {
    "full": "cannot be written: the disk is full. Free some space on it,",
    "locked": "is locked: another program has held it for more than {wait:g} s. Close that program (a database browser, a "
    "backup, a second copy of Unroll that hangs),",
    "read-only": "cannot be written: its file or folder may only be read. Give Unroll the right to write both,",
    "absent": "cannot be opened: its folder is not there or may not be entered. Bring it back,",
    "disk": "cannot be used: the disk reports an error ({why}). Check the disk and whether it is still connected,",
    "foreign": "belongs to another program: {why}. Move that file,",
}


def _server_error(error: Exception, url: URL) -> StoreError:
    """Of PostgreSQL: a connection that cannot be made has no number of an error, only a text."""
    place = f"{url.database} on {url.host or 'this machine'}"
    text = " ".join(str(driver_error(error)).split())
    if url.password:
        text = text.replace(str(url.password), "***")
    told = {"user": url.username, "database": url.database, "server": f"{url.host or 'localhost'}:{url.port or 5432}"}
    for sign, (kind, reason) in _REFUSALS.items():
        if sign in text:
            return StoreError(f"The store {place} cannot be reached: {reason.format(**told)}", kind)
    kind = kind_of(error)
    _, why, advice = KINDS.get(kind, ("", text.rstrip("."), "Check UNROLL_DATABASE_URL and that the server runs."))
    return StoreError(f"The store {place} cannot be reached: {why}. {advice}", kind)


_REFUSALS = {
    "password authentication failed": (
        "setting", "the server refuses the password of user {user!r}. Correct UNROLL_DATABASE_URL.",
    ),
    "no password supplied": ("setting", "the server asks for a password. Write it into UNROLL_DATABASE_URL."),
    'FATAL: role "': ("setting", "the server has no user {user!r}. Make it, or correct UNROLL_DATABASE_URL."),
    'FATAL: database "': (
        "setting", "the server has no database {database!r}. Make it (`createdb {database}`), or correct UNROLL_DATABASE_URL.",
    ),
    "resolve": ("gone", "no host of that name is found. Correct UNROLL_DATABASE_URL, or check the network."),
    "refused": ("gone", "nothing answers at {server}. Start PostgreSQL there, or correct UNROLL_DATABASE_URL."),
    "timeout": ("gone", "nothing answers at {server}. Check that the server runs and that the network reaches it."),
}  # fmt: skip
