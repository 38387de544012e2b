"""Runs of a thousand epochs without the hours: what the pages and the store see is what a real run would have left.

The first epochs are trained. For those that follow, the weights drift on in the direction they took, with noise, and losses
fall and rise again; the journal of a real worker takes them, so that its own rules thin the epochs kept, the flow of the error
and the history. Only their shares of the time are lifted, since an epoch here takes no time: so as much is kept as a run can
keep at most.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rnn.core.config import Config
from rnn.core.events import Epoch, Finished, Preview
from rnn.core.series import Series
from rnn.core.train import Trainer
from rnn.data import load_sample
from rnn.runs import flow_record, keeper
from rnn.runs.entries import Ending
from rnn.runs.journal import Journal
from rnn.runs.records import Run
from rnn.runs.store import Store

TRAINED = 3
READING = {"data": "sunspots", "targets": ["SUNACTIVITY"], "inputs": [], "choices": {}}
WORKER = "benchmark:1:long"


def sunspots() -> Series:
    return load_sample("sunspots").series(target="SUNACTIVITY")


def add(store: Store, epochs: int, **settings: Any) -> str:
    """A run of so many epochs on the sunspots, done; returns its id."""
    config = Config(patience=None, epochs=epochs, **settings)
    run_id = store.add_run(config, store.add_series(sunspots(), reading=READING), session="benchmark")
    _work(store, epochs)
    return run_id


def add_race(store: Store, epochs: int, lanes: list[dict[str, Any]]) -> str:
    """A race of such runs, all done; returns its id."""
    configs = [Config(patience=None, epochs=epochs, **settings) for settings in lanes]
    race = store.add_race(configs, store.add_series(sunspots(), reading=READING), session="benchmark")
    for _ in lanes:
        _work(store, epochs)
    return race


def _work(store: Store, epochs: int) -> None:
    run = store.claim_next(WORKER)
    assert isinstance(run, Run)
    free = keeper.KEEPING_CREDIT, keeper.KEEPING_SHARE, keeper.KEEPING_GAP, flow_record.ALLOWANCE_SECONDS
    keeper.KEEPING_CREDIT = keeper.KEEPING_SHARE = flow_record.ALLOWANCE_SECONDS = math.inf
    keeper.KEEPING_GAP = 0.0
    try:
        _fill(store, run, epochs)
    finally:
        keeper.KEEPING_CREDIT, keeper.KEEPING_SHARE, keeper.KEEPING_GAP, flow_record.ALLOWANCE_SECONDS = free


def _fill(store: Store, run: Run, epochs: int) -> None:
    trainer = Trainer(run.config, store.series(run.series_hash))
    journal = Journal(store, run.id, WORKER, trainer)
    state, start = trainer.state, {name: array.copy() for name, array in trainer.state.params.items()}
    for event in trainer.run(lambda: state.epoch >= min(TRAINED, epochs)):
        if isinstance(event, Epoch):
            journal.add_epoch(event)
        elif isinstance(event, Preview):
            journal.add_preview(event)
    chance = np.random.default_rng(1)
    if journal._flow._probe is not None:
        journal._flow._probe = _Norms(journal._flow._probe.norms(), chance)
    way = {name: array - start[name] for name, array in state.params.items()}
    last, lowest = state.history[-1], min(one.val_loss for one in state.history)
    for number in range(state.epoch + 1, epochs + 1):
        for name, array in state.params.items():
            step = way[name] * (0.4 / number)
            array += step + 0.02 * np.std(way[name]) * chance.standard_normal(array.shape).astype(array.dtype)
        epoch = _epoch(number, epochs, last, chance)
        state.epoch, state.count = number, state.count + trainer.batches
        if epoch.val_loss < lowest:
            lowest = state.best_val = epoch.val_loss
            state.best_epoch, state.best = number, {name: array.copy() for name, array in state.params.items()}
        state.history.append(epoch)
        journal.add_epoch(epoch)
    journal.close(Ending("done", finished=Finished("done", state.best_epoch)), trainer.preview_best())


class _Norms:
    """In place of the probe: the norms it last gave, with noise."""

    def __init__(self, norms: np.ndarray, chance: np.random.Generator) -> None:
        self._norms, self._chance = norms, chance

    def norms(self) -> np.ndarray:
        return self._norms * np.exp(0.3 * self._chance.standard_normal(self._norms.shape))


def _epoch(number: int, epochs: int, last: Epoch, chance: np.random.Generator) -> Epoch:
    """Losses that fall, the validation's until two thirds of the way."""
    noise = float(np.exp(0.03 * chance.standard_normal()))
    fall = 0.2 + 0.8 / (1 + number / 30)
    rise = 1 + max(0.0, number / epochs - 0.67)
    train, val = last.train_loss * fall * noise, last.val_loss * fall * rise * noise
    return Epoch(
        number, train, val, last.train_rmse * math.sqrt(fall), last.val_rmse * math.sqrt(fall * rise), last.lr,
        last.grad_norm * fall, float(chance.random() < 0.3), last.seconds,
    )  # fmt: skip
