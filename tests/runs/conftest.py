"""Stores to test on, SQLite always and PostgreSQL where it can be had, and small runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import create_engine

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.runs.schema import metadata
from rnn.runs.store import Store
from tests.postgres import new_database
from tests.runs.worker_by_hand import WorkerByHand


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own, for it and for the processes it starts."""
    folder = tmp_path / "data"
    monkeypatch.setenv("UNROLL_DATA_DIR", str(folder))
    monkeypatch.delenv("UNROLL_DATABASE_URL", raising=False)
    return folder


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
