"""The way of the error through time as a run writes it down: what is measured, kept, thinned, and replaced on resuming."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.events import Epoch
from rnn.core.flow_probe import FlowProbe
from rnn.core.series import Series
from rnn.core.train import Trainer
from rnn.runs import flow_record
from rnn.runs.entries import Ending, Entry
from rnn.runs.flow_record import FlowChange, FlowRecord, superfluous, worth_measuring
from rnn.runs.journal import Journal
from rnn.runs.records import FlowRow
from rnn.runs.store import Store
from tests.runs.worker_by_hand import LONG, WorkerByHand, the

SMALL = Config(hidden=4, window=8, batch=16, epochs=5, patience=None, layers=2)


def a_row(epoch: int, size: float = 1.0) -> FlowRow:
    return FlowRow(epoch, np.full((2, 8), size, np.float32), np.arange(8, dtype=np.int32))


def an_entry(change: FlowChange | None) -> Entry:
    return Entry(epoch=1, batch=0, batches=12, best_epoch=1, seconds_per_epoch=0.5, flow=change)


def claimed(store: Store, series: Series, config: Config = SMALL) -> str:
    run_id = store.add_run(config, store.add_series(series), session="a")
    assert store.claim_next("worker") is not None
    return run_id


def at_every_epoch(config: Config, series: Series, until: int) -> dict[int, np.ndarray]:
    """Epoch → norms in float32, of an undisturbed run in this process."""
    trainer = Trainer(config, series)
    probe, found = FlowProbe(trainer), {}
    for event in trainer.run(lambda: trainer.state.epoch >= until):
        if isinstance(event, Epoch):
            found[event.epoch] = probe.norms().astype(np.float32)
    return found


def test_rows_are_read_back_exactly_replaced_and_dropped(store: Store, series: Series) -> None:
    run_id = claimed(store, series)
    row = FlowRow(1, np.random.default_rng(0).random((2, 8)).astype(np.float32), np.arange(8, dtype=np.int32))
    row.norms[0, 0] = np.inf
    store.record(run_id, "worker", an_entry(FlowChange((row, a_row(3), a_row(2)), ())))
    found = store.flow(run_id)
    assert [one.epoch for one in found] == store.flow_epochs(run_id) == [1, 2, 3]
    assert found[0].norms.tobytes() == row.norms.tobytes() and found[0].steps.tolist() == list(range(8))
    assert [one.epoch for one in store.flow(run_id, after=2)] == [3]
    store.record(run_id, "worker", an_entry(None))
    store.record(run_id, "worker", an_entry(FlowChange((a_row(2, 5.0),), (3, 99))))
    assert [(one.epoch, float(one.norms[0, 1])) for one in store.flow(run_id)][1:] == [(2, 5.0)]
    store.delete(run_id)
    assert store.flow(run_id) == [] == store.flow_epochs(run_id)


def written(store: Store, series: Series, config: Config, monkeypatch: pytest.MonkeyPatch) -> str:
    """A run that a journal has written down from start to end, every epoch of it measured."""
    monkeypatch.setattr(flow_record, "ALLOWANCE_SECONDS", 1e6)
    run_id = claimed(store, series, config)
    trainer = Trainer(config, series)
    journal = Journal(store, run_id, "worker", trainer)
    for event in trainer.run():
        if isinstance(event, Epoch):
            journal.add_epoch(event)
    journal.close(Ending("done"))
    return run_id


@pytest.mark.parametrize("changes", [{}, {"seeds": 2}, {"cell": "lstm", "truncate": 3, "skip": "mean"}])
def test_a_journal_writes_the_norms_of_every_epoch(
    store: Store, series: Series, monkeypatch: pytest.MonkeyPatch, changes: dict[str, object]
) -> None:
    config = SMALL.replace(**changes)
    run_id = written(store, series, config, monkeypatch)
    expected = at_every_epoch(config, series, 5)
    found = {row.epoch: row.norms for row in store.flow(run_id)}
    assert found.keys() == expected.keys()
    for epoch, norms in expected.items():
        assert found[epoch].tobytes() == norms.tobytes(), epoch


def test_the_article_has_none(store: Store, series: Series, monkeypatch: pytest.MonkeyPatch) -> None:
    config = Config(
        gradient="published", activation="sigmoid", input_weights="per_step", bias=False, optimiser="sgd", clip="value",
        init="uniform01", schedule="constant", hidden=4, window=8, truncate=5, epochs=2, batch=1, scaling="none",
        dtype="float64", patience=None,
    )  # fmt: skip
    assert store.flow(written(store, series, config, monkeypatch)) == []


def test_long_windows_are_thinned_to_500_steps(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    series = Series.from_values(np.sin(np.arange(800) / 9), name="sine")
    config = Config(hidden=2, window=700, batch=64, epochs=1, validation=20, activation="tanh")
    (row,) = store.flow(written(store, series, config, monkeypatch))
    assert len(row.steps) == 500 and (row.steps[0], row.steps[-1]) == (0, 699) and (np.diff(row.steps) >= 1).all()
    whole = at_every_epoch(config, series, 1)[1]
    assert row.norms.tobytes() == whole[:, row.steps].tobytes()


def test_at_most_300_epochs_stay_the_first_and_the_newest_always_and_early_ones_denser() -> None:
    kept: list[int] = []
    for epoch in range(1, 5001):
        kept.append(epoch)
        if len(kept) > flow_record.MOST_EPOCHS:
            gone = kept.pop(superfluous(kept))
            assert gone not in (1, epoch)
    assert len(kept) == 300 and kept[0] == 1 and kept[-1] == 5000
    gaps = np.diff(kept)
    early, late = gaps[: np.searchsorted(kept, 50)], gaps[np.searchsorted(kept, 2500) : -1]
    assert early.max() <= 2 and late.mean() > 20
    assert gaps.max() < 5000 / 30


def test_a_record_thins_what_is_stored_and_what_is_not(series: Series, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_record, "ALLOWANCE_SECONDS", 1e6)
    monkeypatch.setattr(flow_record, "MOST_EPOCHS", 10)
    trainer = Trainer(SMALL.replace(epochs=40), series)
    record, stored = FlowRecord(trainer), set[int]()
    for number, _ in enumerate(event for event in trainer.run() if isinstance(event, Epoch)):
        record.measure()
        if number % 3 == 0:
            change = record.waiting()
            if change is not None:
                stored = stored - set(change.dropped) | {row.epoch for row in change.rows}
                record.written()
            assert record.waiting() is None
            assert stored == set(record.epochs) and len(stored) <= 10
    record.measure(last=True)
    assert 1 in stored and record.epochs[-1] == 40


def test_quick_epochs_are_measured_only_where_they_would_stay() -> None:
    kept: list[int] = []
    measured = 0
    for epoch in range(1, 5001):
        if worth_measuring(kept, epoch):
            kept.append(epoch)
            measured += 1
            if len(kept) > flow_record.MOST_EPOCHS:
                kept.pop(superfluous(kept))
    assert len(kept) == 300 and kept[0] == 1 and 5000 - kept[-1] < 5000 / 60
    assert measured < 1000, "of 5,000, where all were measured before"
    gaps = np.diff(kept)
    assert gaps[: np.searchsorted(kept, 50)].max() <= 2 and gaps.max() < 5000 / 30


def test_what_was_just_written_is_not_written_again_until_it_is_due(
    series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = Trainer(SMALL, series)
    record, now = FlowRecord(trainer), 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    events = (event for event in trainer.run() if isinstance(event, Epoch))
    next(events)
    record.measure()
    assert record.waiting(due=False) is not None
    record.written()
    next(events)
    record.measure(last=True)
    assert record.waiting(due=False) is None
    assert record.waiting() is not None, "a checkpoint takes everything along"
    now += flow_record.WRITING_GAP
    assert record.waiting(due=False) is not None


def test_what_was_written_after_the_checkpoint_goes_and_comes_again(
    store: Store, series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = written(store, series, SMALL, monkeypatch)
    trainer = Trainer(SMALL, series)
    list(trainer.run(lambda: trainer.state.epoch >= 2))
    again = FlowRecord(trainer, store.flow_epochs(run_id))
    assert again.epochs == [1, 2]
    change = again.waiting()
    assert change is not None and (change.rows, change.dropped) == ((), (3, 4, 5))
    for _ in trainer.run(lambda: trainer.state.epoch >= 3):
        again.measure()
    change = again.waiting()
    assert change is not None and [row.epoch for row in change.rows] == [3] and change.dropped == (3, 4, 5)


def test_measuring_keeps_within_its_share(series: Series, monkeypatch: pytest.MonkeyPatch) -> None:
    """By clocks of our own on which a measurement takes 0.1 s and an epoch 0.5 s: the first is measured at once, and then every
    16th or 17th has earned one (8.3 s, of which 1.2 % are 0.1 s)."""
    trainer = Trainer(SMALL.replace(epochs=200), series)
    now = 100.0
    monkeypatch.setattr(time, "process_time", lambda: now)
    monkeypatch.setattr(time, "thread_time", lambda: now)
    record = FlowRecord(trainer)
    right = record._probe.norms

    def slow() -> np.ndarray:
        nonlocal now
        now += 0.1
        return right()

    monkeypatch.setattr(record._probe, "norms", slow)
    for _ in (event for event in trainer.run() if isinstance(event, Epoch)):
        now += 0.5
        record.measure()
    measured, elapsed = len(record.epochs), now - 100.0
    gaps = np.diff(record.epochs)
    assert record.epochs[0] == 1 and 16 <= gaps[1:].min() <= gaps[1:].max() <= 17
    assert 0.1 * measured <= max(0.06, 0.012 * elapsed)
    last = record.epochs[-1]
    record.measure(last=True)
    assert record.epochs[-1] == 200 >= last
    record.measure(last=True)
    assert record.epochs.count(200) == 1


def test_in_the_middle_of_an_epoch_nothing_is_measured(series: Series) -> None:
    trainer = Trainer(SMALL, series)
    record = FlowRecord(trainer)
    record.measure(last=True)
    list(trainer.run(lambda: trainer.state.batch >= 2))
    record.measure(last=True)
    assert record.epochs == []


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_killed_and_resumed_a_run_has_the_rows_of_an_undisturbed_one(
    store: Store,
    series: Series,
    submit: Callable[[Config], str],
    start: Callable[..., WorkerByHand],
    wait_until: Callable[..., None],
) -> None:
    run_id = submit(LONG)
    worker = start()
    wait_until(lambda: store.checkpoint(run_id) and len(store.flow_epochs(run_id)) > 3)
    worker.process.kill()
    worker.process.wait()
    wait_until(store.interrupt_lost)
    until = the(store, run_id).epoch + 30
    store.command(run_id, "epochs", until)
    store.command(run_id, "resume")
    start()
    wait_until(lambda: not the(store, run_id).active)
    assert the(store, run_id).state == "done"
    found, expected = store.flow(run_id), at_every_epoch(LONG, series, until)
    epochs = [row.epoch for row in found]
    assert epochs == sorted(set(epochs)) and epochs[0] == 1 and epochs[-1] == until and len(epochs) > 4
    for row in found:
        assert row.norms.tobytes() == expected[row.epoch].tobytes(), row.epoch
