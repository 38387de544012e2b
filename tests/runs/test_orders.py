"""Pause, resume, step, stop, lr, epochs and delete, carried out by real worker processes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.core.train import Trainer
from rnn.runs import ledger
from rnn.runs.store import Store
from tests.runs.worker_by_hand import LONG, WorkerByHand, assert_same_bits, the, timeless, undisturbed

Wait = Callable[..., None]


def _resume(store: Store, run_id: str, worker: WorkerByHand, wait_until: Wait) -> None:
    store.command(run_id, "resume")
    worker.wake()
    wait_until(lambda: the(store, run_id).state == "running")


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_pause_frees_the_worker_and_resume_goes_on_with_the_same_bits(
    store: Store, series: Series, submit: Callable[[Config], str], start: Callable[..., WorkerByHand], wait_until: Wait
) -> None:
    config = LONG.replace(batch=2)
    first, second = submit(config), submit(config.replace(epochs=2))
    worker = start()
    wait_until(lambda: the(store, first).epoch > 1)
    assert store.queue_place(second) == 1
    store.command(first, "pause")
    wait_until(lambda: the(store, second).state == "done")
    for _ in range(20):
        paused = the(store, first)
        assert paused.state == "paused" and not paused.orders and len(store.epochs(first)) == paused.epoch
        if paused.batch:
            break
        _resume(store, first, worker, wait_until)
        store.command(first, "pause")
        wait_until(lambda: the(store, first).state == "paused")
    assert paused.batch, "it never paused in mid-epoch; nothing was tested"
    until = paused.epoch + 5
    store.command(first, "epochs", until)
    store.command(first, "resume")
    worker.wake()
    wait_until(lambda: the(store, first).state == "done")
    epochs, trainer = undisturbed(config.replace(epochs=until), series, until)
    assert timeless(store.epochs(first)) == timeless(epochs)
    assert_same_bits(store, first, trainer)
    assert worker.end() == 0


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_steps_take_one_epoch_each_and_stop_keeps_the_best_weights(
    store: Store, series: Series, start: Callable[..., WorkerByHand], wait_until: Wait
) -> None:
    run_id = store.add_run(LONG, store.add_series(series), session="a", pause_at=1)
    worker = start()
    for done in (1, 2, 3):
        wait_until(lambda: the(store, run_id).state == "paused")
        assert the(store, run_id).epoch == done == len(store.epochs(run_id))
        preview = store.preview(run_id)
        assert preview is not None and preview.epoch == done
        store.command(run_id, "step")
        worker.wake()
    wait_until(lambda: the(store, run_id).state == "paused")
    store.command(run_id, "resume")
    worker.wake()
    wait_until(lambda: the(store, run_id).epoch > 8)
    # A step in mid-run: the epoch in progress is completed, then it pauses.
    store.command(run_id, "step")
    wait_until(lambda: the(store, run_id).state == "paused")
    assert the(store, run_id).batch == 0
    store.command(run_id, "resume")
    worker.wake()
    wait_until(lambda: the(store, run_id).state == "running")
    store.command(run_id, "stop")
    wait_until(lambda: not the(store, run_id).active)
    run = the(store, run_id)
    assert (run.state, run.reason) == ("stopped", "stopped")
    best, (_, trainer) = store.best(run_id), undisturbed(LONG, series, run.best_epoch or 0)
    assert best is not None and run.best_epoch == trainer.state.best_epoch
    assert all(best[name].tobytes() == array.tobytes() for name, array in trainer.state.best.items())
    assert worker.end() == 0


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_new_learning_rate_takes_effect_at_once_and_once_even_over_kill_9(
    store: Store, series: Series, submit: Callable[[Config], str], start: Callable[..., WorkerByHand], wait_until: Wait,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(ledger, "GONE_SECONDS", 0.0)
    run_id = submit(LONG)
    worker = start()
    wait_until(lambda: the(store, run_id).epoch > 3)
    store.command(run_id, "lr", 1e-3)
    wait_until(lambda: store.changes(run_id))
    worker.process.kill()
    worker.process.wait()
    (change,) = store.changes(run_id)
    assert (change.field, change.old, change.new) == ("lr", LONG.lr, 1e-3)
    run = the(store, run_id)
    assert run.config.lr == 1e-3 and not run.orders
    wait_until(store.interrupt_lost)
    store.command(run_id, "epochs", change.epoch + 10)
    store.command(run_id, "resume")
    again = start()
    wait_until(lambda: the(store, run_id).state == "done")
    assert [(each.field, each.new) for each in store.changes(run_id)] == [("lr", 1e-3), ("epochs", change.epoch + 10)]
    # The same change at the same batch, in this process.
    trainer = Trainer(LONG, series)
    list(trainer.run(lambda: (trainer.state.epoch + 1, trainer.state.batch) == (change.epoch, change.batch)))
    trainer.change(lr=1e-3, epochs=change.epoch + 10)
    list(trainer.run())
    assert timeless(store.epochs(run_id)) == timeless(trainer.state.history)
    assert_same_bits(store, run_id, trainer)
    assert again.end() == 0


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_fewer_epochs_than_are_done_end_the_run_with_the_epoch_in_progress(
    store: Store, submit: Callable[[Config], str], start: Callable[..., WorkerByHand], wait_until: Wait
) -> None:
    run_id = submit(LONG)
    worker = start()
    wait_until(lambda: the(store, run_id).epoch > 5)
    store.command(run_id, "epochs", 2)
    wait_until(lambda: the(store, run_id).state == "done")
    run = the(store, run_id)
    assert run.epoch == run.config.epochs == len(store.epochs(run_id)) > 5
    assert worker.end() == 0


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_deleted_run_is_dropped_by_its_worker(
    store: Store, submit: Callable[[Config], str], start: Callable[..., WorkerByHand], wait_until: Wait
) -> None:
    run_id, other = submit(LONG), submit(LONG.replace(epochs=2))
    worker = start()
    wait_until(lambda: the(store, run_id).epoch > 1)
    store.delete(run_id)
    wait_until(lambda: the(store, other).state == "done", 5)
    assert store.run(run_id) is None and store.epochs(run_id) == []
    assert worker.end() == 0
