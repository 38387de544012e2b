"""A PostgreSQL server for tests, and databases on it."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError


@contextmanager
def running_server() -> Iterator[str]:
    """The address of a PostgreSQL server: UNROLL_TEST_POSTGRES_URL, or one started here; skips where there is none."""
    pytest.importorskip("psycopg", reason="PostgreSQL is not tested: the package psycopg is not installed.")
    given = os.environ.get("UNROLL_TEST_POSTGRES_URL")
    if given:
        yield make_url(given).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        return
    initdb, postgres = _postgres_program("initdb"), _postgres_program("postgres")
    if initdb is None or postgres is None:
        pytest.skip("PostgreSQL is not tested: there is no server program, and UNROLL_TEST_POSTGRES_URL is not set.")
    # The server refuses to run as root; Debian's package brings the user it runs as. pytest closes its own folders to
    # other users, so the server gets one of its own.
    user = "postgres" if hasattr(os, "geteuid") and os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="unroll-postgres-"))
    if user:
        shutil.chown(folder, user)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = subprocess.run(
        [initdb, "-D", folder / "data", "-U", "test", "-A", "trust", "--no-sync", "-E", "UTF8"],
        user=user, cwd=folder, capture_output=True, text=True,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    settings = [
        f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}", "fsync=off", "max_connections=60",
    ]  # fmt: skip
    options = [part for setting in settings for part in ("-c", setting)]
    with open(folder / "server.log", "wb") as log:
        server = subprocess.Popen(
            [postgres, "-D", folder / "data", *options], user=user, cwd=folder, stdout=log, stderr=log
        )
    url = f"postgresql+psycopg://test@127.0.0.1:{port}/postgres"
    try:
        _wait_for_server(url)
        yield url
    finally:
        server.send_signal(signal.SIGINT)  # a fast shutdown, whoever is still connected
        server.wait(20)
        shutil.rmtree(folder)


def _postgres_program(name: str) -> str | None:
    packaged = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return str(packaged[0]) if packaged else shutil.which(name)


def _wait_for_server(url: str) -> None:
    engine = create_engine(url)
    for _ in range(200):
        try:
            engine.connect().close()
            break
        except OperationalError:
            time.sleep(0.05)
    engine.dispose()


@contextmanager
def new_database(postgres_server: str) -> Iterator[str]:
    """The address of a new, empty database on that server; it goes at the end of the block."""
    name = f"unroll_test_{secrets.token_hex(6)}"
    engine = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()
