"""What every store does, whatever database it is on."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pytest
from sqlalchemy import select, update

from rnn.core.config import Config
from rnn.core.events import Epoch, Finished, Preview
from rnn.core.series import Series
from rnn.core.train import Trainer
from rnn.runs import ledger, schema
from rnn.runs.entries import AppliedChange, Ending, Entry, RunLost
from rnn.runs.store import Store, StoreError

SMALL = Config(hidden=4, window=8, batch=16, epochs=5, patience=None)


def an_epoch(number: int, **changes: float) -> Epoch:
    return dataclasses.replace(Epoch(number, 0.1, 0.2 / 3, 1 / 3, 2e-300, 3e-3, 1e300, 0.0, 0.25), **changes)


def an_entry(**parts: object) -> Entry:
    return Entry(**{"epoch": 1, "batch": 0, "batches": 12, "best_epoch": 1, "seconds_per_epoch": 0.5} | parts)


def claimed(store: Store, series: Series, config: Config = SMALL, session: str = "a") -> str:
    run_id = store.add_run(config, store.add_series(series), session=session)
    run = store.claim_next("worker")
    assert run is not None and run.id == run_id
    return run_id


def test_a_new_run_waits_with_all_its_choices(store: Store, series: Series) -> None:
    key = store.add_series(series)
    before = datetime.now(UTC)
    run = store.run(store.add_run(SMALL, key, session="s", name="First"))
    assert run is not None
    assert (run.state, run.name, run.session, run.config, run.series_hash) == ("queued", "First", "s", SMALL, key)
    assert before <= run.created <= datetime.now(UTC) and run.started is None and run.finished is None
    assert run.id.isalnum() and len(run.id) == 10 and run.active and not run.orders
    assert (run.epoch, run.batch, run.seconds_per_epoch, run.eta_seconds) == (0, 0, None, None)


def test_runs_are_listed_newest_first_by_session(store: Store, series: Series) -> None:
    key = store.add_series(series)
    made = []
    for session in ("a", "b", "a"):
        made.append(store.add_run(SMALL, key, session=session))
        time.sleep(0.002)
    assert [run.id for run in store.runs()] == made[::-1]
    assert [run.id for run in store.runs(limit=1)] == [made[2]]
    assert [run.id for run in store.runs(session="a")] == [made[2], made[0]]


def test_an_entry_is_read_back_exactly(store: Store, series: Series) -> None:
    run_id = claimed(store, series)
    trainer = Trainer(SMALL, series)
    epochs = (an_epoch(1), an_epoch(2, val_loss=math.nan, val_rmse=math.inf))
    preview = Preview(2, np.arange(6).reshape(2, 3, 1) / 7, np.full((1, 3, 1), np.nan))
    change = AppliedChange(3, 4, "lr", 3e-3, 1e-3, 1e-3)
    store.record(
        run_id, "worker",
        an_entry(
            epoch=2, batch=4, epochs=epochs, preview=preview, checkpoint=trainer.state, changes=(change,),
            config=SMALL.replace(lr=1e-3),
        ),
    )  # fmt: skip
    assert repr(store.epochs(run_id)) == repr(list(epochs)) and store.epochs(run_id, after=1)[0].epoch == 2
    found = store.preview(run_id)
    assert found is not None and found.epoch == 2 and store.preview(run_id, newer_than=found.version) is None
    assert found.train.tobytes() == preview.train.tobytes() and found.validation.shape == (1, 3, 1)
    (written,) = store.changes(run_id)
    assert (written.epoch, written.batch, written.field, written.old, written.new) == (3, 4, "lr", 3e-3, 1e-3)
    run, saved, best = store.run(run_id), store.checkpoint(run_id), store.best(run_id)
    assert run is not None and saved is not None and best is not None
    assert (run.epoch, run.batch, run.batches, run.config.lr) == (2, 4, 12, 1e-3)
    assert run.eta_seconds == pytest.approx((5 - 2 - 4 / 12) * 0.5)
    arrays, meta = trainer.state.to_arrays()
    assert saved.meta == meta and saved.arrays.keys() == arrays.keys()
    assert all(saved.arrays[name].tobytes() == arrays[name].tobytes() for name in arrays)
    assert best.keys() == trainer.state.best.keys()


def test_what_is_left_counts_the_second_training(store: Store, series: Series) -> None:
    """5 epochs at half a second, and 5 more on all records."""
    run_id = claimed(store, series, SMALL.replace(refit=True))
    for epoch, batch, left, again in ((2, 4, 5 - 2 - 4 / 12 + 5, False), (5, 0, 5, True), (5, 3, 5 * 9 / 12, True)):
        store.record(run_id, "worker", an_entry(epoch=epoch, batch=batch))
        run = store.run(run_id)
        assert run is not None and run.learning_again == again
        assert run.eta_seconds == pytest.approx(left * 0.5)
    store.record(run_id, "worker", an_entry(epoch=5, batch=12, ending=Ending("done")))
    run = store.run(run_id)
    assert run is not None and not run.learning_again and run.eta_seconds == 0


def test_epochs_walked_again_replace_their_rows(store: Store, series: Series) -> None:
    run_id = claimed(store, series)
    store.record(run_id, "worker", an_entry(epochs=(an_epoch(1), an_epoch(2), an_epoch(3))))
    store.record(run_id, "worker", an_entry(epochs=(an_epoch(2, seconds=9.0),)))
    assert [(epoch.epoch, epoch.seconds) for epoch in store.epochs(run_id)] == [(1, 0.25), (2, 9.0), (3, 0.25)]


def test_every_write_makes_the_version_grow(store: Store, series: Series) -> None:
    key = store.add_series(series)
    run_id = store.add_run(SMALL, key, session="a")
    nothing = np.zeros((1, 1, 1))
    writes: list[Callable[[], object]] = [
        lambda: store.rename(run_id, "other"),
        lambda: store.command(run_id, "lr", 0.1),
        lambda: store.command(run_id, "pause"),
        lambda: store.command(run_id, "resume"),
        lambda: store.claim_next("worker"),
        lambda: store.record(run_id, "worker", an_entry()),
        lambda: store.record(run_id, "worker", an_entry(preview=Preview(1, nothing, nothing))),
        lambda: store.command(run_id, "stop"),
        lambda: store.interrupt("worker", "gone"),
    ]  # fmt: skip
    versions = [store.version(run_id)]
    for write in writes:
        write()
        versions.append(store.version(run_id))
    assert versions == sorted(set(versions)), versions
    last = store.run(run_id)
    assert last is not None and last.version == versions[-1]


def test_a_write_that_fails_leaves_nothing_of_itself(
    store: Store, series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = claimed(store, series)
    before = store.run(run_id)

    def fail(*_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(ledger, "write_changes", fail)  # the last part but one of an entry
    with pytest.raises(RuntimeError, match="power cut"):
        store.record(run_id, "worker", an_entry(epochs=(an_epoch(1),), checkpoint=Trainer(SMALL, series).state))
    assert store.run(run_id) == before and store.epochs(run_id) == [] and store.checkpoint(run_id) is None


def test_only_the_worker_that_has_the_run_can_write_to_it(store: Store, series: Series) -> None:
    run_id = claimed(store, series)
    assert store.heartbeat(run_id, "worker") and not store.heartbeat(run_id, "other")
    with pytest.raises(RunLost):
        store.record(run_id, "other", an_entry(epochs=(an_epoch(1),)))
    store.record(run_id, "worker", an_entry(ending=Ending("paused")))
    for call in (lambda: store.record(run_id, "worker", an_entry()), lambda: store.fail(run_id, "worker", "no")):
        with pytest.raises(RunLost):
            call()
    assert store.epochs(run_id) == []


def test_the_end_of_a_diverged_run_keeps_what_went_wrong(store: Store, series: Series) -> None:
    run_id = claimed(store, series)
    end = Finished("diverged", 3, 4, "layer0.W_h", 61, "The gradient is no longer finite.")
    store.record(run_id, "worker", an_entry(ending=Ending("diverged", finished=end)))
    run = store.run(run_id)
    assert run is not None and (run.state, run.reason, run.message) == ("diverged", "diverged", end.message)
    assert (run.best_epoch, run.last_finite_epoch, run.parameter, run.step) == (3, 4, "layer0.W_h", 61)
    assert run.finished is not None and run.eta_seconds == 0.0 and not run.active


def test_a_finished_run_is_read_as_the_fit_that_it_was(store: Store, series: Series) -> None:
    run_id = claimed(store, series)
    trainer = Trainer(SMALL, series)
    events = list(trainer.run())
    end = events[-1]
    assert isinstance(end, Finished)
    store.record(run_id, "worker", an_entry(checkpoint=trainer.state, ending=Ending("done", finished=end)))
    fit = store.fit(run_id)
    assert fit is not None and fit.finished == end and fit.metrics == trainer.metrics()
    assert fit.history == [event for event in events if isinstance(event, Epoch)]


def test_a_stop_that_was_asked_for_counts_when_the_worker_ends_otherwise(store: Store, series: Series) -> None:
    run_id = claimed(store, series)
    store.command(run_id, "stop")
    assert store.interrupt("worker", "It was killed.") == [run_id]
    run = store.run(run_id)
    assert run is not None and (run.state, run.reason, dict(run.orders)) == ("stopped", "stopped", {})


def test_an_order_that_came_later_than_the_one_carried_out_stands(store: Store, series: Series) -> None:
    run_id = claimed(store, series)
    store.command(run_id, "lr", 0.1)
    store.command(run_id, "lr", 0.05)
    store.record(run_id, "worker", an_entry(changes=(AppliedChange(1, 0, "lr", 3e-3, 0.1, 0.1),)))
    assert store.orders(run_id) == {"lr": 0.05}
    store.record(run_id, "worker", an_entry(changes=(AppliedChange(1, 1, "lr", 0.1, 0.05, 0.05),)))
    assert store.orders(run_id) == {} and [change.new for change in store.changes(run_id)] == [0.1, 0.05]


def test_deleting_a_run_takes_all_of_it_and_leaves_others(store: Store, series: Series) -> None:
    run_id = claimed(store, series)
    other = claimed(store, series)
    parts = {"epochs": (an_epoch(1),), "checkpoint": Trainer(SMALL, series).state}
    for each in (run_id, other):
        store.record(each, "worker", an_entry(**parts))
        store.command(each, "lr", 0.1)
    store.delete(run_id)
    store.delete(run_id)
    with store.read() as connection:
        for table in (schema.epochs, schema.snapshots, schema.commands):
            assert set(connection.execute(select(table.c.run_id)).scalars()) == {other}
    assert store.run(run_id) is None and not store.heartbeat(run_id, "worker")
    assert store.series(store.runs()[0].series_hash).name == "sine"


# --- lost workers


def test_a_run_whose_worker_is_silent_is_interrupted(store: Store, series: Series) -> None:
    lost = claimed(store, series)
    alive = store.add_run(SMALL, store.add_series(series), session="a")
    store.claim_next("elsewhere:1:x")
    with store.write() as connection:
        silent = time.time() - ledger.STALE_SECONDS - 1
        connection.execute(update(schema.runs).where(schema.runs.c.id == lost).values(heartbeat=silent))
    assert store.interrupt_lost(sparing={"worker"}) == []
    assert store.interrupt_lost() == [lost]
    states = {run.id: (run.state, run.message) for run in store.runs()}
    assert (
        states[lost] == ("interrupted", "The worker gave no sign of life any more.") and states[alive][0] == "running"
    )
    assert store.interrupt_lost() == []


# --- the database itself


def test_a_store_of_a_newer_version_is_refused(url: str) -> None:
    with Store(url) as store, store.write() as connection:
        newer = {"value": str(schema.SCHEMA_VERSION + 1)}
        connection.execute(update(schema.about).where(schema.about.c.key == "schema_version").values(newer))
    with pytest.raises(StoreError, match=r"newer Unroll \(its schema is 4, this version knows 3\)"):
        Store(url)


def test_what_is_stored_is_there_when_the_store_is_opened_again(url: str, series: Series) -> None:
    with Store(url) as store:
        run_id = store.add_run(SMALL, store.add_series(series), session="a")
    with Store(url) as store:
        run = store.run(run_id)
    assert run is not None and run.config == SMALL


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("nonsense", "not a database address"),
        ("mysql://host/database", "names 'mysql'; allowed: sqlite, postgresql"),
        ("sqlite://", "must be a file"),
        ("sqlite:////proc/nowhere/unroll.sqlite", "cannot be made"),
    ],
)
def test_an_address_that_cannot_be_used_gets_a_sentence(address: str, sentence: str) -> None:
    with pytest.raises(StoreError, match=sentence):
        Store(address)
