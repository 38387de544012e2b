"""Stores that fail a worker for a while, for real: a disk without room, a lock, a server that refuses."""

from __future__ import annotations

import json
import resource
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from rnn.runs.store import Store
from tests.runs.worker_by_hand import WorkerByHand


class Listener:
    """What a worker says on its standard output, as it comes."""

    def __init__(self, worker: WorkerByHand) -> None:
        self.lines: list[str] = []
        self._stdout = worker.process.stdout
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._stdout is not None
        for line in self._stdout:
            self.lines.append(line.decode().strip())

    @property
    def troubles(self) -> list[str]:
        """The sentences it has told."""
        return [json.loads(line.partition(" ")[2]) for line in self.lines if line.startswith("trouble ")]

    @property
    def well(self) -> bool:
        """Whether it said last that all is well."""
        told = [line for line in self.lines if line.startswith(("trouble", "well"))]
        return told[-1:] == ["well"]


@contextmanager
def without_room(store: Store, worker: WorkerByHand) -> Iterator[None]:
    """The worker's process may not make any file longer: its writes fail, its reads do not."""
    pid, whole = worker.process.pid, resource.prlimit(worker.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, whole[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, whole)


@contextmanager
def locked(store: Store, worker: WorkerByHand) -> Iterator[None]:
    """Another connection holds the right to write."""
    url = make_url(store.url)
    if url.get_backend_name() == "sqlite":
        holder = sqlite3.connect(str(url.database), isolation_level=None, timeout=30)
        holder.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            holder.close()
    else:
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("SELECT id FROM runs FOR UPDATE"))
            yield
        engine.dispose()


@contextmanager
def refusing(store: Store, worker: WorkerByHand) -> Iterator[None]:
    """A PostgreSQL database that ends all sessions and takes no new ones."""
    url = make_url(store.url)
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS false"))
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"), {"name": url.database}
        )
        try:
            yield
        finally:
            connection.execute(text(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS true"))
    engine.dispose()


WAYS: dict[str, tuple[str, Callable[[Store, WorkerByHand], object], str]] = {
    "a disk without room": ("sqlite", without_room, "The store cannot be written: the disk reports an error"),
    "a locked file": ("sqlite", locked, "The store cannot be written: another program holds it locked"),
    "locked rows": ("postgresql", locked, "The store cannot be written: another program holds it locked"),
    "a server that refuses": ("postgresql", refusing, "The store cannot be "),
}


def worker_log(folder: Path) -> str:
    path = folder / "worker.log"
    return path.read_text(encoding="utf-8") if path.exists() else ""
