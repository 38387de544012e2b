"""The part of the store that workers write to: what a run has done, and who has it at work.

A worker owns the run it has claimed until it writes an ending or is declared lost. Each write checks that it still does,
in the same transaction, so that a worker that was thought dead can never write over another one's work. One that was only
cut off from the store, and whose run nobody has taken up meanwhile, goes on as if nothing had been said.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Container
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, select, update

from rnn.runs.clock import seconds_now
from rnn.runs.commands import withdraw
from rnn.runs.entries import Ending, Entry, RunLost
from rnn.runs.entry_rows import best_rmse, snapshot_rows, write_changes, write_epochs, write_flow
from rnn.runs.fair_queue import FairQueue
from rnn.runs.kept_rows import write_kept
from rnn.runs.schema import commands, epochs, runs, snapshots

STALE_SECONDS = 15.0  # a heartbeat older than this is no heartbeat
GONE_SECONDS = 3.0  # the same where the worker was on this machine and its process is not there


class Ledger(FairQueue):
    """Writing a run down, heartbeats, and the end of workers."""

    def orders(self, run_id: str) -> dict[str, float | None]:
        """The orders that stand for a run: kind → value. One look-up by primary key, cheap enough for each batch."""
        with self.read() as connection:
            query = select(commands.c.kind, commands.c.value).where(commands.c.run_id == run_id)
            return {row.kind: row.value for row in connection.execute(query)}

    def record(self, run_id: str, worker: str, entry: Entry) -> int:
        """Write an entry as one transaction; returns the bytes of its snapshots. Raises RunLost."""
        saved = snapshot_rows(entry)
        with self.write() as connection:
            _own(connection, run_id, worker, _run_values(run_id, entry))
            version = connection.execute(select(runs.c.version).where(runs.c.id == run_id)).scalar_one()
            write_epochs(connection, run_id, entry.epochs)
            if _takes_another_course(entry):
                connection.execute(delete(epochs).where(epochs.c.run_id == run_id, epochs.c.epoch > entry.epoch))
            for row in saved:
                where = and_(snapshots.c.run_id == run_id, snapshots.c.kind == row["kind"])
                connection.execute(delete(snapshots).where(where))
                connection.execute(insert(snapshots), row | {"run_id": run_id, "version": version})
            write_kept(connection, run_id, entry.kept)
            write_changes(connection, run_id, entry.changes)
            write_flow(connection, run_id, entry.flow)
            if entry.ending is not None:
                _end(connection, run_id, entry.ending)
        return sum(len(row["arrays"]) for row in saved)

    def fail(self, run_id: str, worker: str, message: str) -> None:
        """End a run on an error; what it wrote before stays. Raises RunLost."""
        with self.write() as connection:
            _own(connection, run_id, worker, {"version": runs.c.version + 1})
            _end(connection, run_id, Ending("failed", message))

    def heartbeat(self, run_id: str, worker: str) -> bool:
        """Say that the worker is alive; False where the run is not its own any more."""
        with self.write() as connection:
            try:
                _own(connection, run_id, worker, {})
            except RunLost:
                return False
        return True

    def interrupt(self, worker: str, message: str) -> list[str]:
        """A worker has ended: what it had at work reads "interrupted" (or "stopped", where that was asked)."""
        with self.write() as connection:
            return _interrupt(connection, worker, message)

    def interrupt_lost(self, sparing: Container[str | None] = ()) -> list[str]:
        """Find runs at work whose worker gives no sign of life any more, and interrupt them; returns their ids.

        sparing: workers that are known to live, though they may have been silent while the machine slept.
        """
        silence = (seconds_now() - runs.c.heartbeat).label("silence")
        query = select(runs.c.worker, silence).where(runs.c.state == "running")
        with self.read() as connection:
            rows = [row for row in connection.execute(query) if row.worker not in sparing]
        lost = {row.worker for row in rows if is_lost(row.worker, row.silence)}
        found: list[str] = []
        for worker in lost:
            with self.write() as connection:
                # Looked at again under the lock: it may have come back to life.
                again = query.where(runs.c.worker == worker).with_for_update()
                if any(is_lost(worker, row.silence) for row in connection.execute(again)):
                    silent = _interrupt(connection, worker, "The worker gave no sign of life any more.")
                    # Its name stays: should it live, cut off from the store for a while, it takes up what nobody else has.
                    connection.execute(update(runs).where(runs.c.id.in_(silent)).values(worker=worker))
                    found += silent
        return found


def worker_name(token: str) -> str:
    """The name of this process as a worker; the token tells it from an earlier process of the same number."""
    return f"{socket.gethostname()}:{os.getpid()}:{token}"


def is_lost(worker: str, silence: float) -> bool:
    """Whether a worker that has been silent for so many seconds is to be taken for dead."""
    if silence > STALE_SECONDS:
        return True
    host, pid, _ = worker.rsplit(":", 2)
    # Signal 0 only asks whether the process exists; on Windows it would be Ctrl-C.
    if silence <= GONE_SECONDS or host != socket.gethostname() or os.name != "posix":
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _own(connection: Connection, run_id: str, worker: str, values: dict[str, Any]) -> None:
    """Write these values to a run that is the worker's own, or was until it was taken for dead and is still nobody else's."""
    mine = and_(runs.c.id == run_id, runs.c.worker == worker)
    values = values | {"heartbeat": seconds_now()}
    if connection.execute(update(runs).where(mine, runs.c.state == "running").values(values)).rowcount:
        return
    values |= {"state": "running", "message": "", "version": runs.c.version + 1}
    if not connection.execute(update(runs).where(mine, runs.c.state == "interrupted").values(values)).rowcount:
        raise RunLost(run_id)


def _run_values(run_id: str, entry: Entry) -> dict[str, Any]:
    values: dict[str, Any] = {
        "version": runs.c.version + 1,
        "epoch": entry.epoch,
        "batch": entry.batch,
        "batches": entry.batches,
        "best_epoch": entry.best_epoch,
        "best_rmse": best_rmse(run_id, entry.best_epoch, entry.epochs),
        "tested": 0,
        "test_rmse": None,
    }
    if entry.seconds_per_epoch is not None:
        values["seconds_per_epoch"] = entry.seconds_per_epoch
    if entry.config is not None:
        values["config"] = entry.config.to_json()
    return values


def _takes_another_course(entry: Entry) -> bool:
    """Whether epochs that a killed worker had written beyond this one will not come again as they were."""
    over = entry.ending is not None and entry.ending.state in ("done", "early-stop", "diverged")
    return over or any(change.field == "lr" for change in entry.changes)


def _end(connection: Connection, run_id: str, ending: Ending) -> None:
    """Let go of a run within its worker's transaction."""
    asked_to_stop = connection.execute(
        select(commands.c.kind).where(commands.c.run_id == run_id, commands.c.kind == "stop")
    ).first()
    state = "stopped" if asked_to_stop and ending.state in ("paused", "interrupted", "queued") else ending.state
    values: dict[str, Any] = {"state": state, "message": ending.message, "worker": None, "heartbeat": None}
    if state == "queued":
        values["queued"] = time.time()
    else:
        withdraw(connection, run_id, "pause", "step", "stop")
    if state not in ("paused", "interrupted", "queued"):
        values |= {"reason": state, "finished": time.time()}
    if ending.finished is not None and state == ending.state:
        end = ending.finished
        values |= {
            "best_epoch": end.best_epoch,
            "last_finite_epoch": end.last_finite_epoch,
            "parameter": end.parameter,
            "step": end.step,
            "message": end.message,
        }
    connection.execute(update(runs).where(runs.c.id == run_id).values(values))


def _interrupt(connection: Connection, worker: str, message: str) -> list[str]:
    mine = and_(runs.c.worker == worker, runs.c.state == "running")
    held = list(connection.execute(select(runs.c.id).where(mine).with_for_update()).scalars())
    for run_id in held:
        connection.execute(update(runs).where(runs.c.id == run_id).values(version=runs.c.version + 1))
        _end(connection, run_id, Ending("interrupted", message))
    return held
