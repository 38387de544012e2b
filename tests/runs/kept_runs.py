"""Small runs trained in this process as a worker would, and what their kept epochs are compared with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from rnn.core.beside_line import mean_with
from rnn.core.config import Config
from rnn.core.events import Epoch
from rnn.core.series import Series
from rnn.core.train import Trainer
from rnn.runs import keeper
from rnn.runs.attempt import Attempt
from rnn.runs.records import Run
from rnn.runs.store import Store

SMALL = Config(hidden=4, window=8, batch=64, epochs=6, patience=None, seed=3)


def work(store: Store) -> str:
    """Take what is next in the queue and train it until it is let go; returns its id."""
    run = store.claim_next("worker")
    assert isinstance(run, Run)
    Attempt(store, run, "worker", store.series).work()
    return run.id


def trained(store: Store, series: Series, config: Config = SMALL, pause_at: int | None = None) -> str:
    store.add_run(config, store.add_series(series), session="a", pause_at=pause_at)
    return work(store)


def resumed(store: Store, run_id: str) -> None:
    store.command(run_id, "resume")
    assert work(store) == run_id


def numbers(store: Store, run_id: str) -> list[int]:
    return [kept.epoch for kept in store.kept(run_id)]


@dataclass(frozen=True)
class Seen:
    """What an undisturbed run looked like at the end of an epoch."""

    weights: dict[str, NDArray[np.floating]]
    metrics: dict[str, float]
    history: list[Epoch]


def seen(config: Config, series: Series) -> list[Seen]:
    """The run in this process, without a store, looked at before and after each of its epochs."""
    trainer = Trainer(config, series)
    found = [Seen(dict(trainer.state.best), trainer.metrics(), [])]
    for event in trainer.run():
        if isinstance(event, Epoch):
            weights = mean_with(trainer._line, trainer.learner.params)
            # A trainer of its own, so that ours does not take the weights for its best.
            beside = Trainer(config, series)
            beside.state.best, beside.state.best_epoch = weights, event.epoch
            found.append(Seen(weights, beside.metrics(), [*found[-1].history, event]))
    return found


def keep_however_long_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the share of the time away, for a machine with other work must not decide what a test finds kept."""
    monkeypatch.setattr(keeper, "KEEPING_CREDIT", 1e9)
    monkeypatch.setattr(keeper, "KEEPING_SHARE", 1e9)
