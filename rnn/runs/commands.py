"""The part of the store that users give orders through. Which order does what stands in `rnn.runs.states`."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Connection, delete, insert, update

from rnn.runs.history import History, find_run, no_such_run
from rnn.runs.records import Run
from rnn.runs.schema import commands, runs
from rnn.runs.states import effect_of


class Commands(History):
    """Pause, resume, step, stop, and changes of lr and epochs."""

    def command(self, run_id: str, kind: str, value: float | None = None) -> Run:
        """Do what `rnn.runs.states` says for this command in the run's state, and return the run after it.

        kind: pause, resume, step, stop, or lr and epochs, which take a value. After a run has joined the queue
        (state "queued"), submit it to the runner. Raises LookupError for an unknown run, ValueError for an unknown
        command or a value out of range.
        """
        with self.write() as connection:
            run = find_run(connection, run_id, lock=True)
            if run is None:
                raise no_such_run(run_id)
            effect = effect_of(run.state, kind, epochs_left=_epochs_asked(run) > run.epoch)
            if kind in ("lr", "epochs"):
                value = getattr(run.config.replace(**{kind: value}), kind)
            elif kind == "step":
                value = run.epoch + 1
            if effect != "nothing":
                _carry_out(connection, run, effect, kind, value)
            after = find_run(connection, run_id)
        assert after is not None
        return after


def _epochs_asked(run: Run) -> float:
    return max(run.config.epochs, run.orders.get("epochs") or 0)


def _carry_out(connection: Connection, run: Run, effect: str, kind: str, value: float | None) -> None:
    """One effect of the table in `rnn.runs.states`."""
    now = time.time()
    values: dict[str, Any] = {"version": runs.c.version + 1}
    if effect in ("ask", "keep"):
        place_order(connection, run.id, kind, value)
    if effect in ("withdraw", "pause", "queue", "stop"):
        withdraw(connection, run.id, "pause", "step")
    if effect == "pause":
        values |= {"state": "paused"}
    elif effect == "stop":
        values |= {"state": "stopped", "reason": "stopped", "finished": now}
    elif effect in ("queue", "step") and run.state != "queued":
        values |= {"state": "queued", "queued": now, "reason": "", "message": "", "finished": None}
    if effect == "step":
        place_order(connection, run.id, "step", value)
    connection.execute(update(runs).where(runs.c.id == run.id).values(values))


def withdraw(connection: Connection, run_id: str, *kinds: str) -> None:
    """Take orders back that are not carried out yet."""
    connection.execute(delete(commands).where(commands.c.run_id == run_id, commands.c.kind.in_(kinds)))


def place_order(connection: Connection, run_id: str, kind: str, value: float | None) -> None:
    """Leave an order for the worker; a later one of the same kind replaces it."""
    withdraw(connection, run_id, kind)
    connection.execute(insert(commands), {"run_id": run_id, "kind": kind, "value": value})
