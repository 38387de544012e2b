"""A store that fails in mid-training: training goes on in memory, says so, and in the end nothing is missing."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.runs.store import Store
from tests.runs.failing_stores import WAYS, Listener, locked, without_room, worker_log
from tests.runs.worker_by_hand import LONG, WorkerByHand, assert_same_bits, the, timeless, undisturbed

Wait = Callable[..., None]
Start = Callable[..., WorkerByHand]
SO_FAR = re.compile(r"Training goes on in memory, epoch ([\d,]+) of 100,000 so far")


def epoch_told(listener: Listener) -> int:
    """The epoch that the worker said last it was at."""
    found = [match for sentence in listener.troubles if (match := SO_FAR.search(sentence))]
    return int(found[-1].group(1).replace(",", "")) if found else 0


@pytest.mark.parametrize(("url", "way"), [(WAYS[way][0], way) for way in WAYS], indirect=["url"])
def test_training_goes_on_in_memory_and_all_of_it_is_written_afterwards(
    store: Store, series: Series, submit: Callable[[Config], str], start: Start, wait_until: Wait, way: str
) -> None:
    _, fail, sentence = WAYS[way]
    run_id = submit(LONG)
    worker = start()
    listener = Listener(worker)
    wait_until(lambda: the(store, run_id).epoch > 3)
    with fail(store, worker):
        wait_until(lambda: listener.troubles)
        first = epoch_told(listener)
        wait_until(lambda: epoch_told(listener) > first + 5)
        told = epoch_told(listener)
    wait_until(lambda: listener.well)
    wait_until(lambda: the(store, run_id).epoch >= told)
    assert listener.troubles[0].startswith(sentence) and SO_FAR.search(listener.troubles[0])
    assert [epoch.epoch for epoch in store.epochs(run_id)] == list(range(1, len(store.epochs(run_id)) + 1))
    store.command(run_id, "pause")
    wait_until(lambda: the(store, run_id).state == "paused")
    until = the(store, run_id).epoch + 3
    store.command(run_id, "epochs", until)
    store.command(run_id, "resume")
    worker.wake()
    wait_until(lambda: not the(store, run_id).active)
    epochs, trainer = undisturbed(LONG.replace(epochs=until), series, until)
    assert the(store, run_id).state == "done" and timeless(store.epochs(run_id)) == timeless(epochs)
    assert_same_bits(store, run_id, trainer)
    assert worker.end() == 0


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("fail", [without_room, locked])
def test_a_run_that_ends_while_nothing_can_be_written_is_held_until_it_can(
    store: Store, series: Series, submit: Callable[[Config], str], start: Start, wait_until: Wait,
    fail: Callable[..., object],
) -> None:  # fmt: skip
    config = LONG.replace(epochs=60)
    run_id = submit(config)
    worker = start()
    listener = Listener(worker)
    wait_until(lambda: the(store, run_id).epoch > 0)
    with fail(store, worker):
        wait_until(lambda: any("come to its end in memory, at epoch 60 of 60" in one for one in listener.troubles))
        assert the(store, run_id).state == "running"
    wait_until(lambda: not the(store, run_id).active)
    epochs, trainer = undisturbed(config, series, 60)
    preview = store.preview(run_id)
    assert the(store, run_id).state == "done" and timeless(store.epochs(run_id)) == timeless(epochs)
    assert preview is not None and preview.validation.tobytes() == trainer.preview_best().validation.tobytes()
    assert_same_bits(store, run_id, trainer)
    assert worker.end() == 0


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_worker_that_has_to_go_and_cannot_write_says_what_is_lost(
    store: Store, series: Series, submit: Callable[[Config], str], start: Start, wait_until: Wait, data_dir: Path
) -> None:
    run_id = submit(LONG)
    worker = start()
    listener = Listener(worker)
    wait_until(lambda: store.checkpoint(run_id))
    with locked(store, worker):
        wait_until(lambda: listener.troubles)
        shown = len(store.epochs(run_id))
        began = time.monotonic()
        worker.end()
        assert time.monotonic() - began < 12
    assert re.search(rf"Run {run_id}: .* Lost: epochs {shown + 1} to \d+", worker_log(data_dir))
    wait_until(store.interrupt_lost)
    until = shown + 5
    store.command(run_id, "epochs", until)
    store.command(run_id, "resume")
    again = start()
    wait_until(lambda: not the(store, run_id).active)
    epochs, trainer = undisturbed(LONG.replace(epochs=until), series, until)
    assert timeless(store.epochs(run_id)) == timeless(epochs)
    assert_same_bits(store, run_id, trainer)
    assert again.end() == 0


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_an_order_carried_out_while_nothing_can_be_written_is_carried_out_once(
    store: Store, submit: Callable[[Config], str], start: Start, wait_until: Wait
) -> None:
    run_id = submit(LONG)
    worker = start()
    listener = Listener(worker)
    wait_until(lambda: the(store, run_id).epoch > 0)
    with without_room(store, worker):
        wait_until(lambda: listener.troubles)
        store.command(run_id, "lr", 0.0007)
        first = epoch_told(listener)
        wait_until(lambda: epoch_told(listener) > first + 20)
    wait_until(lambda: store.changes(run_id))
    wait_until(lambda: not the(store, run_id).orders)
    assert [(change.field, change.new) for change in store.changes(run_id)] == [("lr", 0.0007)]
    rates = [epoch.lr for epoch in store.epochs(run_id)]
    change = store.changes(run_id)[0]
    assert first - 1 <= change.epoch < the(store, run_id).epoch and set(rates[change.epoch :]) == {0.0007}
    assert the(store, run_id).config.lr == 0.0007
    assert worker.end() == 0


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_damaged_file_does_not_end_the_training(
    store: Store, submit: Callable[[Config], str], start: Start, wait_until: Wait, tmp_path: Path
) -> None:
    run_id = submit(LONG)
    worker = start()
    listener = Listener(worker)
    wait_until(lambda: the(store, run_id).epoch > 3)
    store.close()
    for name in ("store.sqlite", "store.sqlite-wal"):
        path = tmp_path / name
        with path.open("r+b") as file:
            file.write(b"\xa5" * path.stat().st_size)
    wait_until(lambda: epoch_told(listener) > 0)
    first = epoch_told(listener)
    wait_until(lambda: epoch_told(listener) > first + 5)
    assert "it is damaged" in listener.troubles[-1] and worker.process.poll() is None
