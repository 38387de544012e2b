"""Kept epochs of real worker processes, and what happens to them when a worker is killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from itertools import pairwise

import pytest

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.core.train import Trainer
from rnn.runs.places import KEPT_BYTES
from rnn.runs.store import Store
from tests.runs.worker_by_hand import LONG, WorkerByHand, assert_same_bits, the, timeless, undisturbed

Wait = Callable[..., None]


def weights_at_each(config: Config, series: Series, until: int) -> list[dict[str, bytes]]:
    """The weights of an undisturbed run before and after each of its epochs."""
    trainer = Trainer(config, series)
    found = [{name: array.tobytes() for name, array in trainer.state.params.items()}]
    for event in trainer.run(lambda: trainer.state.epoch >= until):
        if hasattr(event, "val_loss"):
            found.append({name: array.tobytes() for name, array in trainer.state.params.items()})
    return found


def assert_kept_are_those_of(store: Store, run_id: str, weights: list[dict[str, bytes]]) -> None:
    for kept in store.kept(run_id):
        found = store.params_at(run_id, kept.epoch)
        assert found is not None
        assert {name: array.tobytes() for name, array in found.items()} == weights[kept.epoch], kept.epoch


def test_after_kill_9_everything_kept_is_there_and_the_run_goes_on_keeping(
    store: Store, series: Series, submit: Callable[[Config], str], start: Callable[..., WorkerByHand], wait_until: Wait
) -> None:
    run_id = submit(LONG)
    worker = start()

    def caught_beyond_its_checkpoint() -> bool:
        # Held still while we look, so that there surely are kept epochs that must be walked again.
        worker.process.send_signal(signal.SIGSTOP)
        saved = store.checkpoint(run_id)
        if saved is not None and saved.epoch > 10 and store.kept(run_id)[-1].epoch > saved.epoch:
            return True
        worker.process.send_signal(signal.SIGCONT)
        return False

    wait_until(caught_beyond_its_checkpoint, 90.0)  # a matter of luck, and of how busy the machine is
    shown = store.kept(run_id)
    worker.process.kill()
    worker.process.wait()
    wait_until(store.interrupt_lost)
    until = the(store, run_id).epoch + 20
    expected = weights_at_each(LONG, series, until)
    assert set(shown) <= set(store.kept(run_id)) and 0 in {kept.epoch for kept in shown}
    assert_kept_are_those_of(store, run_id, expected)
    store.command(run_id, "epochs", until)
    store.command(run_id, "resume")
    again = start()
    wait_until(lambda: not the(store, run_id).active)
    epochs = [kept.epoch for kept in store.kept(run_id)]
    assert {0, the(store, run_id).best_epoch, until} <= set(epochs)
    assert_kept_are_those_of(store, run_id, expected)
    assert again.end() == 0


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_an_interrupted_branch_of_an_interrupted_run_has_the_bits_of_an_undisturbed_one(
    store: Store, series: Series, submit: Callable[[Config], str], start: Callable[..., WorkerByHand], wait_until: Wait
) -> None:
    run_id = submit(LONG)
    worker = start()
    wait_until(lambda: len(store.kept(run_id)) > 15)
    assert worker.end() == 0
    kept = store.kept(run_id)
    branch = store.branch(run_id, kept[len(kept) // 2].epoch, session="b")
    store.delete(run_id)
    store.command(branch, "resume")
    second = start()
    first = the(store, branch).epoch
    wait_until(lambda: the(store, branch).epoch > first + 3)
    os.kill(second.process.pid, signal.SIGTERM)
    assert second.process.wait(20) == 0 and the(store, branch).state == "interrupted"
    until = the(store, branch).epoch + 5
    store.command(branch, "epochs", until)
    store.command(branch, "resume")
    third = start()
    wait_until(lambda: not the(store, branch).active)
    epochs, trainer = undisturbed(LONG.replace(epochs=until), series, until)
    assert timeless(store.epochs(branch)) == timeless(epochs)
    assert_same_bits(store, branch, trainer)
    assert third.end() == 0


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_while_it_trains_a_run_shows_its_newest_epochs_and_stays_below_the_limit(
    store: Store, submit: Callable[[Config], str], start: Callable[..., WorkerByHand], wait_until: Wait
) -> None:
    run_id = submit(LONG)
    worker = start()
    newest = []
    for _ in range(4):
        wait_until(lambda: (kept := store.kept(run_id)) and kept[-1].epoch > max(newest, default=0))
        newest.append(store.kept(run_id)[-1].epoch)
        assert len(store.kept(run_id)) <= 100 and store.kept_size(run_id) <= KEPT_BYTES
    assert all(before < after for before, after in pairwise(newest))
    assert worker.end() == 0
    # Ended within an epoch: where keeping has had its share of the time, the newest of quick epochs lies a little back.
    assert newest[-1] <= store.kept(run_id)[-1].epoch <= the(store, run_id).epoch
