"""Runs for the pages to show, written to the store of the test as a worker would."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn.core.config import Config
from rnn.core.events import Epoch, Preview
from rnn.core.series import Series
from rnn.core.train import Trainer
from rnn.data import load_sample
from rnn.runs.attempt import Attempt
from rnn.runs.entries import Ending, Entry
from rnn.runs.ledger import worker_name
from rnn.runs.records import Run
from rnn.runs.store import Store

WORKER = worker_name("test")
READING = {"data": "sunspots", "targets": ["SUNACTIVITY"], "inputs": [], "choices": {}}


def sunspots() -> Series:
    return load_sample("sunspots").series(target="SUNACTIVITY")


def trained(
    store: Store, series: Series, name: str = "a run", session: str = "elsewhere", *,
    reading: dict[str, Any] | None = None, **config: Any,
) -> Run:  # fmt: skip
    """A run trained to its end, in this process."""
    run = _claimed(store, series, name, session, config, reading)
    Attempt(store, run, WORKER, store.series).work()
    return _found(store, run.id)


def made_up(
    store: Store, name: str, val_rmse: list[float], *, state: str | None = "done", message: str = "", **config: Any
) -> Run:
    """A run with these validation errors, half a second an epoch; without a state it is at work."""
    session = config.pop("session", "elsewhere")
    run = _claimed(store, sunspots(), name, session, config)
    epochs = tuple(Epoch(k, v / 50, v / 45, v - 1, v, 1e-3, 0.5, 0.1, 0.5) for k, v in enumerate(val_rmse, start=1))
    best = int(np.argmin(val_rmse)) + 1 if val_rmse else 0
    ending = Ending(state, message) if state else None
    store.record(run.id, WORKER, Entry(len(epochs), 0, 10, best, 0.5, epochs, ending=ending))
    return _found(store, run.id)


def at_work(store: Store, series: Series, done: int, **config: Any) -> tuple[Run, Callable[[int], Run]]:
    """A run after so many epochs that stays "running", and a function that trains it further."""
    run = _claimed(store, series, "at work", "elsewhere", config)
    trainer = Trainer(run.config, series)
    events = trainer.run(lambda: False)

    def on(more: int) -> Run:
        found: list[Epoch] = []
        preview: Preview | None = None
        while len(found) < more:
            event = next(events)
            if isinstance(event, Epoch):
                found.append(event)
            elif isinstance(event, Preview):
                preview = event
        state = trainer.state
        entry = Entry(state.epoch, 0, 10, state.best_epoch, 0.1, tuple(found), preview, state)
        store.record(run.id, WORKER, entry)
        return _found(store, run.id)

    return on(done), on


def _claimed(
    store: Store, series: Series, name: str, session: str, config: dict[str, Any], reading: dict[str, Any] | None = None
) -> Run:
    key = store.add_series(series, reading=reading or (READING if series.name == "sunspots" else {}))
    run_id = store.add_run(Config(**config), key, session=session, name=name)
    run = store.claim_next(WORKER)
    assert run is not None and run.id == run_id
    return run


def _found(store: Store, run_id: str) -> Run:
    run = store.run(run_id)
    assert run is not None
    return run
