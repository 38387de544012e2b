"""A server with its workers, to be killed; what it had shown by then, and whether the store is sound afterwards."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, make_url, select

from rnn.core.config import Config
from rnn.core.events import Epoch
from rnn.core.series import Series
from rnn.core.train import Trainer
from rnn.runs.history import find_epochs
from rnn.runs.records import FINISHED, Change
from rnn.runs.schema import changes, epochs, kept, runs, snapshots
from rnn.runs.store import Store
from tests.runs.worker_by_hand import FOLDER, timeless

VICTIMS = ("worker", "server", "both")
HALTED = ("paused", "interrupted")

# Tells its workers for each line that it reads: all of them, and after a dash those that are ready for work. It looks around
# more often than it usually does, so that fifty deaths are noticed in the time of a test: only how soon, not what it does.
SERVER = """
import os, signal, sys, threading
from rnn.runs import ledger, runner
runner.WATCH_SECONDS, ledger.GONE_SECONDS = 0.1, 0.3
one = runner.Runner(runner.Store(), 1).start()
print("up", flush=True)
for line in sys.stdin:
    one.nudge()
    print(*one.process_ids(), "-", *(p.pid for p in one._processes if p.name), flush=True)
signal.pause()
"""


def lives(pid: int) -> bool:
    """Whether the process is there and no zombie."""
    with contextlib.suppress(OSError):
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


class Server:
    """A process of its own with a runner, started anew whenever it has been killed."""

    def __init__(self, url: str) -> None:
        self.url, self._process = url, None
        self.workers: set[int] = set()

    def nudge(self) -> bool:
        """Have its worker look into the queue; whether it has one that is ready."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-c", SERVER], cwd=FOLDER, env={**os.environ, "UNROLL_DATABASE_URL": self.url},
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            )  # fmt: skip
            assert self._process.stdout.readline() == "up\n"
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        there, _, ready = self._process.stdout.readline().partition("-")
        self.workers |= {int(pid) for pid in there.split()}
        return bool(ready.split())

    def kill(self, victim: str) -> None:
        """kill -9."""
        if victim in ("worker", "both"):
            for pid in self.workers:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        if victim in ("server", "both"):
            self.end()

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process.stdin.close()
            self._process.stdout.close()
            self._process = None

    def wait_for_workers(self) -> None:
        """Those of a server that has gone must go too."""
        deadline = time.monotonic() + 20
        while self._process is None and any(map(lives, self.workers)):
            assert time.monotonic() < deadline, "workers outlive their server"
            time.sleep(0.01)
        self.workers = set(filter(lives, self.workers))


class Shown:
    """What another connection has read of a run so far."""

    def __init__(self, store: Store, run_id: str) -> None:
        self._store, self.run_id = store, run_id
        self.epochs: dict[int, Epoch] = {}
        self.changes: list[tuple[float, ...]] = []
        self.preview, self.state = 0, ""
        self.places: set[int] = set()
        self._walked = self._resumed_from = (
            0  # epochs that were there when the run was last resumed, and those it went on from
        )

    def look(self) -> None:
        """One moment of it."""
        with self._store.read() as connection:
            self._hangs_together(connection)
            self._take(_changes(connection, self.run_id))
            for epoch in find_epochs(connection, self.run_id, after=max(self.epochs, default=0)):
                self.epochs[epoch.epoch] = epoch
            self.preview = _snapshot_epoch(connection, self.run_id, "preview") or 0
            self.places = _places(connection, self.run_id)

    def _hangs_together(self, connection: Connection) -> None:
        """Whatever the moment, an epoch stands in both tables or in none, unless it is walked for the second time."""
        row = connection.execute(select(runs.c.state, runs.c.epoch).where(runs.c.id == self.run_id)).one()
        count = connection.execute(select(func.count()).where(epochs.c.run_id == self.run_id)).scalar_one()
        assert row.epoch == count or row.epoch < count <= self._walked, f"{count} epochs are there of {row.epoch}"
        self.state = row.state

    def _take(self, changes: list[tuple[float, ...]]) -> None:
        """After a change another course of the run is shown, from its epoch on."""
        assert changes[: len(self.changes)] == self.changes, "changes that were shown are gone"
        new, self.changes = changes[len(self.changes) :], changes
        self.epochs = {number: epoch for number, epoch in self.epochs.items() if all(number < one[1] for one in new)}

    def check(self) -> None:
        """All that was seen is there still, as it was, and hangs together."""
        with self._store.read() as connection:
            self._hangs_together(connection)
            found = find_epochs(connection, self.run_id)
            self._take(_changes(connection, self.run_id))
            preview = _snapshot_epoch(connection, self.run_id, "preview") or 0
            checkpoint = _snapshot_epoch(connection, self.run_id, "checkpoint") or 0
            places = _places(connection, self.run_id)
            reached = connection.execute(select(runs.c.epoch).where(runs.c.id == self.run_id)).scalar_one()
        assert [epoch.epoch for epoch in found] == list(range(1, len(found) + 1))
        by_number = {epoch.epoch: epoch for epoch in found}
        missing = set(self.epochs) - set(by_number)
        assert not missing, f"epochs {sorted(missing)} were shown and are gone"
        was = list(self.epochs.values())
        assert timeless([by_number[epoch.epoch] for epoch in was]) == timeless(was)
        # What is walked for the second time is shown once more.
        least = (
            1 if self.state in FINISHED else min(self.preview, self._resumed_from)
        )  # in the end those of the best epoch stay
        assert preview >= least, "the predictions shown are gone"
        assert places >= self.places or len(places) > 50, "kept epochs are gone"  # of many, some make way
        assert checkpoint <= reached
        self._walked, self._resumed_from = len(found), checkpoint
        for epoch in places:
            assert self._store.params_at(self.run_id, epoch) is not None


def _snapshot_epoch(connection: Connection, run_id: str, kind: str) -> int | None:
    where = snapshots.c.run_id == run_id, snapshots.c.kind == kind
    return connection.execute(select(snapshots.c.epoch).where(*where)).scalar()


def _changes(connection: Connection, run_id: str) -> list[tuple[float, ...]]:
    query = select(changes.c.number, changes.c.epoch, changes.c.batch, changes.c.new, changes.c.made)
    return [
        tuple(row) for row in connection.execute(query.where(changes.c.run_id == run_id).order_by(changes.c.number))
    ]


def _places(connection: Connection, run_id: str) -> set[int]:
    where = kept.c.run_id == run_id, kept.c.place == 1
    return set(connection.execute(select(kept.c.epoch).where(*where)).scalars())


def assert_sound(store: Store) -> None:
    """SQLite's own checks; PostgreSQL keeps foreign keys by itself and has nothing like the other."""
    if make_url(store.url).get_backend_name() == "sqlite":
        with store.read() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def wait_for_write(store: Store, longest: float = 1.0) -> None:
    """Until SQLite's journal changes: somebody is writing now."""
    path = Path(str(make_url(store.url).database) + "-wal")
    before, deadline = path.stat(), time.monotonic() + longest
    while time.monotonic() < deadline:
        now = path.stat()
        if (now.st_mtime_ns, now.st_size) != (before.st_mtime_ns, before.st_size):
            return


def deaths(rng: random.Random, moments: list[str], count: int) -> Iterator[tuple[str, str, float]]:
    """Victim, moment and a number from 0 to 1: each of the moments as often as the others, in random order."""
    drawn = [moments[number % len(moments)] for number in range(count)]
    rng.shuffle(drawn)
    for moment in drawn:
        yield rng.choice(VICTIMS), moment, rng.random()


def replayed(config: Config, series: Series, changes: list[Change], until: int) -> tuple[list[Epoch], Trainer]:
    """The run in this process, undisturbed, with the changes that were made made at the same batches."""
    trainer, due, epochs = Trainer(config, series), list(changes), []

    def stop() -> bool:
        while due and (due[0].epoch, due[0].batch) == (trainer.state.epoch + 1, trainer.state.batch):
            trainer.change(**{due[0].field: type(getattr(config, due[0].field))(due.pop(0).new)})
        return trainer.state.epoch >= until and trainer.state.final is None and not config.refit

    for event in trainer.run(stop):
        if isinstance(event, Epoch):
            epochs.append(event)
    return epochs, trainer


def eventually(condition: Callable[[], Any], seconds: float = 20.0) -> float:
    """Wait for it; how long that took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"waited {seconds:g} s in vain"
        time.sleep(0.01)
    return time.monotonic() - began


def worker_of(store: Store, run_id: str) -> str | None:
    """Who has the run at work, by the store."""
    with store.read() as connection:
        return connection.execute(select(runs.c.worker).where(runs.c.id == run_id)).scalar()
