"""Stores to test on, SQLite always and PostgreSQL where it can be had, and small runs."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.runs.schema import metadata
from rnn.runs.store import Store
from tests.runs.worker_by_hand import WorkerByHand


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own, for it and for the processes it starts."""
    folder = tmp_path / "data"
    monkeypatch.setenv("UNROLL_DATA_DIR", str(folder))
    monkeypatch.delenv("UNROLL_DATABASE_URL", raising=False)
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
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


@pytest.fixture(scope="session")
def postgres_database(postgres_server: str) -> Iterator[str]:
    """The address of a database of our own on that server; it goes when the tests are over."""
    with new_database(postgres_server) as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.sqlite'}"
        return
    with new_database(request.getfixturevalue("postgres_server")) as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty store, on each database in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.sqlite'}"
        return
    address = request.getfixturevalue("postgres_database")
    yield address
    engine = create_engine(address)
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    engine.dispose()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An empty store on each database in turn."""
    with Store(url) as store:
        yield store


@pytest.fixture
def series() -> Series:
    """200 records of a noisy sine."""
    rng = np.random.default_rng(7)
    return Series.from_values(np.sin(np.arange(200) / 6) + 0.1 * rng.normal(size=200), name="sine")


@pytest.fixture
def wait_until() -> Callable[..., None]:
    """wait_until(condition, seconds=60): returns once it holds, fails when it does not in time."""

    def wait(condition: Callable[[], object], seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"waited {seconds:g} s in vain"
            time.sleep(0.01)

    return wait


@pytest.fixture
def start(url: str) -> Iterator[Callable[..., WorkerByHand]]:
    """start() gives a worker on the store; whatever happens, none is left behind, and none may complain."""
    started: list[WorkerByHand] = []

    def start_one(*arguments: str, **options: str) -> WorkerByHand:
        started.append(WorkerByHand(url, *arguments, **options))
        return started[-1]

    yield start_one
    complaints = [worker.discard() for worker in started]
    assert complaints == [""] * len(started)


@pytest.fixture
def submit(store: Store, series: Series) -> Callable[[Config], str]:
    return lambda config: store.add_run(config, store.add_series(series), session="a")
