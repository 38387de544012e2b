"""What the store does with a worker that was cut off from it for a while, or does not know what became of its last write."""

from __future__ import annotations

import dataclasses
import time

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from rnn.core.series import Series
from rnn.runs import ledger, schema
from rnn.runs.entries import AppliedChange, RunLost
from rnn.runs.store import Store
from tests.runs.test_contract import an_entry, an_epoch, claimed


def silenced(store: Store, series: Series) -> str:
    """A run whose worker has been taken for dead, though it lives."""
    run_id = claimed(store, series)
    with store.write() as connection:
        connection.execute(update(schema.runs).values(heartbeat=time.time() - ledger.STALE_SECONDS - 1))
    assert store.interrupt_lost() == [run_id]
    return run_id


def test_a_worker_that_was_only_cut_off_goes_on_with_its_run(store: Store, series: Series) -> None:
    run_id = silenced(store, series)
    assert not store.heartbeat(run_id, "other")
    store.record(run_id, "worker", an_entry(epochs=(an_epoch(1),)))
    run = store.run(run_id)
    assert run is not None and (run.state, run.message, len(store.epochs(run_id))) == ("running", "", 1)
    assert store.heartbeat(run_id, "worker") and store.interrupt_lost(sparing={"worker"}) == []


@pytest.mark.parametrize("command", ["resume", "stop"])
def test_it_does_not_where_somebody_has_decided_otherwise(store: Store, series: Series, command: str) -> None:
    run_id = silenced(store, series)
    store.command(run_id, command)
    for _ in range(2):
        assert not store.heartbeat(run_id, "worker")
        with pytest.raises(RunLost):
            store.record(run_id, "worker", an_entry(epochs=(an_epoch(1),)))
        store.claim_next("another")
    assert store.epochs(run_id) == []


def test_an_entry_that_is_written_twice_is_there_once(store: Store, series: Series) -> None:
    """As by a worker that was not told that its first write had been taken."""
    run_id = claimed(store, series)
    change = AppliedChange(2, 3, "lr", 0.1, 0.2, 0.2)
    entry = an_entry(epochs=(an_epoch(1),), changes=(change,))
    store.record(run_id, "worker", entry)
    store.record(run_id, "worker", entry)
    assert len(store.changes(run_id)) == 1 and len(store.epochs(run_id)) == 1


def test_epochs_of_a_course_that_was_left_are_shown_no_more(store: Store, series: Series) -> None:
    run_id = claimed(store, series)
    store.record(run_id, "worker", an_entry(epochs=tuple(map(an_epoch, range(1, 9)))))
    entry = an_entry(epochs=(an_epoch(4),), changes=(AppliedChange(5, 0, "lr", 0.1, 0.2, 0.2),))
    store.record(run_id, "worker", dataclasses.replace(entry, epoch=4))
    assert [epoch.epoch for epoch in store.epochs(run_id)] == [1, 2, 3, 4]


def test_a_worker_waits_for_a_lock_no_longer_than_it_was_told(store: Store, series: Series) -> None:
    run_id = claimed(store, series)
    store.wait_at_most(0.1)
    with Store(store.url) as other, other.write() as connection:
        connection.execute(update(schema.runs).values(batch=1))
        began = time.monotonic()
        with pytest.raises(OperationalError):
            store.record(run_id, "worker", an_entry())
        assert time.monotonic() - began < 3
    store.record(run_id, "worker", an_entry())
