"""Each way in which a store fails, brought about for real, and the sentence that says so."""

from __future__ import annotations

import errno
import socket
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from rnn.runs.store import Store, StoreError
from rnn.runs.store_trouble import KINDS, kind_of, place_of, sentence_of


def fails(url: str, *statements: str, **options: object) -> Exception:
    """The error of the first of the statements that fails."""
    engine = create_engine(url, connect_args=options)
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
                connection.commit()
    except SQLAlchemyError as error:
        return error
    finally:
        engine.dispose()
    raise AssertionError("nothing failed")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a folder" / "unroll.sqlite"
    with Store(f"sqlite:///{path}"):
        pass
    return path


FILL = "INSERT INTO about VALUES ('much', hex(zeroblob(3000000)))"


def test_a_file_that_has_no_room(file: Path) -> None:
    error = fails(f"sqlite:///{file}", "PRAGMA max_page_count = 1", FILL)
    assert kind_of(error) == "full"
    assert sentence_of(error, str(file)) == (
        f"The store cannot be written: the disk is full ({file}). Free some space on the disk."
    )


def test_a_file_that_another_program_holds(file: Path) -> None:
    holder = sqlite3.connect(file)
    try:
        holder.execute("BEGIN IMMEDIATE")
        error = fails(f"sqlite:///{file}", FILL, timeout=0.01)
    finally:
        holder.close()
    assert kind_of(error) == "locked" and "another program holds it locked" in sentence_of(error, str(file))


def test_a_file_that_may_only_be_read(file: Path) -> None:
    error = fails(f"sqlite:///file:{file}?mode=ro&uri=true", FILL)
    assert kind_of(error) == "read-only" and "it may only be read" in sentence_of(error, str(file))


@pytest.mark.parametrize("how", ["head", "middle"])
def test_a_file_that_is_damaged(file: Path, how: str) -> None:
    if how == "head":
        file.write_bytes(b"not a database of any kind".ljust(8192, b"."))
    else:
        content = bytearray(file.read_bytes())
        content[4096:] = b"\xa5" * (len(content) - 4096)
        file.write_bytes(content)
    error = fails(f"sqlite:///{file}", "SELECT * FROM about", "SELECT * FROM runs")
    assert kind_of(error) == "damaged" and "cannot be read: it is damaged" in sentence_of(error, str(file))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    error = fails(f"sqlite:///{tmp_path / 'none' / 'unroll.sqlite'}", "SELECT 1")
    assert kind_of(error) == "absent"


def test_a_server_that_does_not_answer_and_no_password_in_the_sentence() -> None:
    pytest.importorskip("psycopg")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"postgresql+psycopg://someone:secret@127.0.0.1:{port}/many"
    error = fails(url, "SELECT 1")
    assert kind_of(error) == "gone"
    assert sentence_of(error, place_of(url)) == (
        "The store cannot be reached: the database server does not answer (many on 127.0.0.1). "
        "Start it, or check the network and UNROLL_DATABASE_URL."
    )


def test_a_server_that_ends_the_session_or_gives_no_lock_or_no_write(postgres_database: str) -> None:
    ended = fails(postgres_database, "SELECT pg_terminate_backend(pg_backend_pid())")
    assert kind_of(ended) == "gone"
    read = fails(postgres_database, "SET default_transaction_read_only = on", "CREATE TABLE refused (a int)")
    assert kind_of(read) == "read-only"
    engine = create_engine(postgres_database)
    with engine.connect() as holder:
        holder.execute(text("CREATE TABLE held (a int)"))
        holder.commit()
        holder.execute(text("LOCK TABLE held"))
        assert kind_of(fails(postgres_database, "SET lock_timeout = 50", "SELECT * FROM held")) == "locked"
        holder.execute(text("DROP TABLE held"))
        holder.commit()
    engine.dispose()


def test_a_disk_that_fails_for_want_of_room_and_other_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = str(tmp_path / "unroll.sqlite")
    assert (
        kind_of(OSError(errno.ENOSPC, "no space")) == "full" and kind_of(OSError(errno.EIO, "input/output")) == "disk"
    )
    broken = sqlite3.OperationalError("disk I/O error")
    broken.sqlite_errorcode = sqlite3.SQLITE_IOERR_WRITE
    assert kind_of(broken, place) == "disk"
    monkeypatch.setattr("rnn.runs.store_trouble.NO_ROOM_BYTES", 1 << 62)
    assert kind_of(broken, place) == "full"
    assert sentence_of(StoreError("A sentence already."), place) == "A sentence already."
    assert sentence_of(sqlite3.OperationalError("no such thing: x"), place).startswith(
        f"The store cannot be used: no such thing: x ({place}). worker.log"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_sentence_says_what_where_and_what_to_do(kind: str) -> None:
    undone, why, advice = KINDS[kind]
    assert undone in ("written", "read", "opened", "reached") and why[0].islower() and advice.endswith(".")
