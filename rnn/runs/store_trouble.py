"""Why the store does not do what it is asked, in a sentence: a full disk, a lock, damage, a right that is missing, a server
that has gone. Each database says so in its own way; here they are told apart by the number of the error, never by its text.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from rnn.runs.store_error import StoreError

# All that reading and writing a store can raise when the store is at fault, or at least not the one who asks.
STORE_ERRORS = (SQLAlchemyError, StoreError, sqlite3.Error)

# kind → what cannot be done, why, and what helps. {place} is a file or the name of a database.
KINDS: dict[str, tuple[str, str, str]] = {
    "full": (
        "written", "the disk is full",
        "Free some space on the disk.",
    ),
    "locked": (
        "written", "another program holds it locked",
        "Close what else has it open: a database browser, a backup, a second copy of Unroll that hangs.",
    ),
    "damaged": (
        "read", "it is damaged",
        "`python -m rnn store salvage` sets the file aside and saves what can be read.",
    ),
    "read-only": (
        "written", "it may only be read",
        "Give Unroll the right to write the file and its folder, or set UNROLL_DATA_DIR to another folder.",
    ),
    "absent": (
        "opened", "the file or its folder is not there, or may not be opened",
        "Bring it back, or set UNROLL_DATA_DIR to another folder.",
    ),
    "disk": (
        "written", "the disk reports an error",
        "Check the disk and whether it is still connected.",
    ),
    "gone": (
        "reached", "the database server does not answer",
        "Start it, or check the network and UNROLL_DATABASE_URL.",
    ),
    "crowded": (
        "reached", "the database server takes no more connections",
        "Close some, or raise max_connections.",
    ),
}  # fmt: skip

# SQLite's primary result codes (the low byte of the extended ones), https://www.sqlite.org/rescode.html.
_SQLITE = {
    3: "read-only", 5: "locked", 6: "locked", 8: "read-only", 10: "disk", 11: "damaged", 13: "full", 14: "absent",
    15: "locked", 23: "read-only", 26: "damaged",
}  # fmt: skip

# PostgreSQL's codes, or the class that they begin with, https://www.postgresql.org/docs/current/errcodes-appendix.html.
_POSTGRES = {
    "53100": "full", "53300": "crowded", "53400": "crowded", "55P03": "locked", "40P01": "locked", "25006": "read-only",
    "42501": "read-only", "57P": "gone", "08": "gone", "58": "disk", "XX001": "damaged", "XX002": "damaged",
}  # fmt: skip

_ERRNO = {
    errno.ENOSPC: "full", errno.EFBIG: "full", errno.EROFS: "read-only", errno.EACCES: "read-only", errno.EPERM: "read-only",
    errno.ENOENT: "absent", errno.EIO: "disk",
}  # fmt: skip
if hasattr(errno, "EDQUOT"):
    _ERRNO[errno.EDQUOT] = "full"

NO_ROOM_BYTES = 100_000  # a disk with less is full, whatever the database says of it


def sentence_of(error: Exception, place: str) -> str:
    """What is wrong with the store and what to do, for a page to show. place: the store's file or the name of its database, see
    `place_of`."""
    what, advice = cause_and_advice(error, place)
    return f"{what} {advice}".strip()


def cause_and_advice(error: Exception, place: str) -> tuple[str, str]:
    """The two sentences of `sentence_of`, for those who have something to say in between."""
    if isinstance(error, StoreError):
        return str(error), ""
    kind = kind_of(error, place)
    if kind in KINDS:
        undone, why, advice = KINDS[kind]
        return f"The store cannot be {undone}: {why} ({place}).", advice
    found = driver_error(error)
    said = (str(found).strip() or type(found).__name__).splitlines()[0].rstrip(".")
    return f"The store cannot be used: {said} ({place}).", "worker.log in the data folder has the details."


def kind_of(error: Exception, place: str = "") -> str:
    """One of KINDS, or what `StoreError` says, or "other"."""
    if isinstance(error, StoreError):
        return error.kind
    found = driver_error(error)
    if isinstance(found, OSError):
        kind = _ERRNO.get(found.errno or 0, "other")
    elif isinstance(found, sqlite3.Error):
        kind = _SQLITE.get((getattr(found, "sqlite_errorcode", None) or 0) & 0xFF, "other")
    else:
        kind = _postgres_kind(error, found)
    return "full" if kind in ("disk", "absent") and _without_room(place) else kind


def place_of(url: str) -> str:
    """Where a store is, to be shown: its file, or host and name of its database; never a password."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return "UNROLL_DATABASE_URL"
    if parsed.get_backend_name() == "sqlite":
        return parsed.database or "?"
    return f"{parsed.database} on {parsed.host or 'this machine'}"


def driver_error(error: BaseException) -> BaseException:
    """The error as the database's driver raised it."""
    return error.orig if isinstance(error, DBAPIError) and error.orig is not None else error


def _postgres_kind(error: Exception, found: BaseException) -> str:
    code = getattr(found, "sqlstate", None)
    if code is not None:
        return _POSTGRES.get(code) or _POSTGRES.get(code[:3]) or _POSTGRES.get(code[:2], "other")
    # A connection that cannot be made, or that broke, has no code; its text is needed for nothing but the rest.
    unanswered = isinstance(error, DBAPIError) and (
        error.connection_invalidated or type(found).__name__ == "OperationalError"
    )
    refused = "FATAL" in str(found) and "the database system is" not in str(found)
    return "gone" if unanswered and not refused else "other"


def _without_room(place: str) -> bool:
    folder = Path(place).parent
    try:
        return os.path.isabs(place) and shutil.disk_usage(folder).free < NO_ROOM_BYTES
    except OSError:
        return False
