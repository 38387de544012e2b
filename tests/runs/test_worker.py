"""Real worker processes on a real store: what users may do to a run, and what may befall it."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

import rnn
from rnn.core.config import Config
from rnn.core.events import Epoch
from rnn.core.series import Series
from rnn.core.state import TrainingState
from rnn.core.train import Trainer
from rnn.runs import ledger
from rnn.runs.records import Run
from rnn.runs.schema import runs
from rnn.runs.store import Store
from rnn.runs.worker import ONE_THREAD

Wait = Callable[..., None]
FOLDER = Path(rnn.__file__).parents[1]
# About 6 ms an epoch, eleven batches in each.
LONG = Config(hidden=24, window=20, batch=16, epochs=100_000, patience=None, seed=5)


class WorkerByHand:
    """A worker as the runner starts it, its pipes in our hand."""

    def __init__(self, url: str, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "rnn.runs.worker", *arguments],
            cwd=FOLDER, env={**os.environ, **ONE_THREAD, "UNROLL_DATABASE_URL": url},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def wake(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()

    def end(self) -> int:
        """Close its input, and its exit code."""
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        return self.process.wait(20)

    def discard(self) -> str:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        assert self.process.stdin and self.process.stdout and self.process.stderr
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        self.process.stdout.close()
        with self.process.stderr as stderr:
            return stderr.read().decode()


@pytest.fixture
def start(url: str) -> Iterator[Callable[..., WorkerByHand]]:
    """start() gives a worker on the store; whatever happens, none is left behind, and none may complain."""
    started: list[WorkerByHand] = []

    def start_one(*arguments: str) -> WorkerByHand:
        started.append(WorkerByHand(url, *arguments))
        return started[-1]

    yield start_one
    complaints = [worker.discard() for worker in started]
    assert complaints == [""] * len(started)


@pytest.fixture
def submit(store: Store, series: Series) -> Callable[[Config], str]:
    return lambda config: store.add_run(config, store.add_series(series), session="a")


def the(store: Store, run_id: str) -> Run:
    run = store.run(run_id)
    assert run is not None
    return run


def undisturbed(config: Config, series: Series, until: int) -> tuple[list[Epoch], Trainer]:
    """The same run in this process, without a store, up to the end of an epoch."""
    trainer = Trainer(config, series)
    events = trainer.run(lambda: trainer.state.epoch >= until)
    return [event for event in events if isinstance(event, Epoch)], trainer


def timeless(epochs: list[Epoch]) -> list[Epoch]:
    return [dataclasses.replace(epoch, seconds=0.0) for epoch in epochs]


def assert_same_bits(store: Store, run_id: str, trainer: Trainer) -> None:
    saved = store.checkpoint(run_id)
    assert saved is not None
    arrays, meta = trainer.state.to_arrays()
    assert saved.arrays.keys() == arrays.keys()
    for name, array in arrays.items():
        assert saved.arrays[name].tobytes() == array.tobytes(), name
    assert {name: meta[name] for name in ("epoch", "batch", "count", "best_epoch", "best_val")} == {
        name: saved.meta[name] for name in ("epoch", "batch", "count", "best_epoch", "best_val")
    }


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_run_goes_through_and_leaves_what_an_undisturbed_one_has(
    store: Store, series: Series, submit: Callable[[Config], str], start: Callable[..., WorkerByHand], wait_until: Wait
) -> None:
    config = LONG.replace(epochs=30)
    run_id = submit(config)
    worker = start()
    wait_until(lambda: not the(store, run_id).active)
    run = the(store, run_id)
    epochs, trainer = undisturbed(config, series, 30)
    assert (run.state, run.reason, run.epoch, run.best_epoch) == ("done", "done", 30, trainer.state.best_epoch)
    assert run.started is not None and run.finished is not None and run.created <= run.started <= run.finished
    assert timeless(store.epochs(run_id)) == timeless(epochs)
    assert_same_bits(store, run_id, trainer)
    preview, best = store.preview(run_id), trainer.preview_best()
    assert preview is not None and preview.epoch == best.epoch
    assert preview.train.tobytes() == best.train.tobytes()
    assert preview.validation.tobytes() == best.validation.tobytes()
    assert worker.end() == 0


def test_kill_9_then_resume_gives_the_bits_of_an_undisturbed_run(
    store: Store, series: Series, submit: Callable[[Config], str], start: Callable[..., WorkerByHand], wait_until: Wait
) -> None:
    run_id = submit(LONG)
    worker = start()
    # Far enough beyond a checkpoint that epochs which are in the store must be walked again.
    wait_until(lambda: (saved := store.checkpoint(run_id)) and the(store, run_id).epoch > saved.epoch + 10)
    worker.process.kill()
    worker.process.wait()
    saved, written = store.checkpoint(run_id), len(store.epochs(run_id))
    assert saved is not None and saved.epoch < written
    wait_until(store.interrupt_lost)
    assert the(store, run_id).state == "interrupted"
    until = written + 20
    store.command(run_id, "epochs", until)
    store.command(run_id, "resume")
    again = start()
    wait_until(lambda: not the(store, run_id).active)
    assert the(store, run_id).state == "done"
    epochs, trainer = undisturbed(LONG.replace(epochs=until), series, until)
    assert timeless(store.epochs(run_id)) == timeless(epochs)
    assert_same_bits(store, run_id, trainer)
    assert again.end() == 0


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_pause_frees_the_worker_and_resume_goes_on_with_the_same_bits(
    store: Store, series: Series, submit: Callable[[Config], str], start: Callable[..., WorkerByHand], wait_until: Wait
) -> None:
    first, second = submit(LONG), submit(LONG.replace(epochs=3))
    worker = start()
    wait_until(lambda: the(store, first).epoch > 3)
    assert store.queue_place(second) == 1
    store.command(first, "pause")
    wait_until(lambda: the(store, second).state == "done")
    paused = the(store, first)
    assert paused.state == "paused" and not paused.orders and len(store.epochs(first)) == paused.epoch
    until = paused.epoch + 5
    store.command(first, "epochs", until)
    store.command(first, "resume")
    worker.wake()
    wait_until(lambda: the(store, first).state == "done")
    epochs, trainer = undisturbed(LONG.replace(epochs=until), series, until)
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
@pytest.mark.parametrize("how", ["end of input", "SIGTERM"])
def test_a_worker_that_has_to_go_writes_down_where_it_is(
    store: Store, series: Series, submit: Callable[[Config], str], start: Callable[..., WorkerByHand],
    wait_until: Wait, how: str,
) -> None:  # fmt: skip
    run_id = submit(LONG)
    worker = start()
    wait_until(lambda: the(store, run_id).epoch > 3)
    if how == "SIGTERM":
        worker.process.send_signal(signal.SIGTERM)
        assert worker.process.wait(20) == 0
    else:
        assert worker.end() == 0
    run, saved = the(store, run_id), store.checkpoint(run_id)
    assert run.state == "interrupted" and "shut down" in run.message
    assert saved is not None and (saved.epoch, saved.meta["batch"]) == (run.epoch, run.batch)
    trainer = Trainer(LONG, series, TrainingState.from_arrays(saved.arrays, saved.meta))
    epochs = [event for event in trainer.run(lambda: trainer.state.epoch >= run.epoch + 3) if isinstance(event, Epoch)]
    assert timeless(store.epochs(run_id) + epochs) == timeless(undisturbed(LONG, series, run.epoch + 3)[0])


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_run_that_cannot_be_trained_says_why_and_the_worker_goes_on(
    store: Store, submit: Callable[[Config], str], start: Callable[..., WorkerByHand], wait_until: Wait
) -> None:
    bad, good = submit(LONG.replace(window=500)), submit(LONG.replace(epochs=2))
    worker = start()
    wait_until(lambda: the(store, good).state == "done")
    run = the(store, bad)
    assert (run.state, run.reason) == ("failed", "failed") and run.message.startswith(
        "The series has 200 records; window=500"
    )
    assert worker.end() == 0


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_run_that_diverges_is_kept_as_it_was_before(
    store: Store, submit: Callable[[Config], str], start: Callable[..., WorkerByHand], wait_until: Wait
) -> None:
    wild = LONG.replace(optimiser="sgd", activation="relu", clip="none", lr=50.0, epochs=50)
    run_id = submit(wild)
    worker = start()
    wait_until(lambda: not the(store, run_id).active)
    run, best = the(store, run_id), store.best(run_id)
    assert run.state == "diverged" and run.parameter and run.step and run.message
    assert run.last_finite_epoch == len(store.epochs(run_id))
    assert best is not None and all(np.isfinite(array).all() for array in best.values())
    assert worker.end() == 0


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_within_a_long_epoch_there_are_heartbeats_progress_and_an_estimate(
    store: Store, start: Callable[..., WorkerByHand], wait_until: Wait
) -> None:
    long = Series.from_values(np.sin(np.arange(6000) / 9))
    config = Config(hidden=128, window=100, batch=8, epochs=2, patience=None)
    run_id = store.add_run(config, store.add_series(long), session="a")
    start()
    wait_until(lambda: the(store, run_id).batch > 0)
    seen, beats = set(), set()
    for _ in range(25):
        time.sleep(0.1)
        run = the(store, run_id)
        seen.add(run.batch)
        with store.read() as connection:
            beats.add(connection.execute(select(runs.c.heartbeat)).scalar_one())
    run = the(store, run_id)
    assert run.epoch == 0 and run.state == "running" and len(seen) > 5 and len(beats) > 2
    assert run.seconds_per_epoch is not None and run.seconds_per_epoch > 2.5
    assert run.eta_seconds is not None and run.seconds_per_epoch < run.eta_seconds < 2 * run.seconds_per_epoch
    saved = store.checkpoint(run_id)
    assert saved is not None and saved.epoch == 0 and saved.meta["batch"] > 0


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


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_writes_are_few_however_short_the_epochs(
    store: Store, submit: Callable[[Config], str], start: Callable[..., WorkerByHand], wait_until: Wait
) -> None:
    run_id = submit(LONG.replace(hidden=2, window=2, batch=180))
    start()
    wait_until(lambda: the(store, run_id).epoch > 20)
    before, began = the(store, run_id), time.monotonic()
    time.sleep(1.5)
    after, seconds = the(store, run_id), time.monotonic() - began
    assert after.epoch - before.epoch > 40 * seconds, "the epochs are not short; nothing was tested"
    assert (after.version - before.version) / seconds <= 21
    assert len(store.epochs(run_id)) >= after.epoch


def test_a_worker_without_a_runner_looks_into_the_queue_itself(
    store: Store, submit: Callable[[Config], str], start: Callable[..., WorkerByHand], wait_until: Wait
) -> None:
    worker = start("--poll", "0.1")
    assert worker.process.stdin is not None and worker.process.stdout is not None
    worker.process.stdin.close()  # as under a service manager
    assert worker.process.stdout.readline().startswith(b"ready ")
    run_id = submit(LONG.replace(epochs=2))
    wait_until(lambda: the(store, run_id).state == "done")
    worker.process.send_signal(signal.SIGINT)
    assert worker.process.wait(20) == 0


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="reads the process table of Linux")
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_worker_is_niced_and_computes_in_one_thread(url: str, wait_until: Wait) -> None:
    many = {**os.environ, "OPENBLAS_NUM_THREADS": "2", "UNROLL_DATABASE_URL": url}
    command = [sys.executable, "-m", "rnn.runs.worker"]
    with subprocess.Popen(command, cwd=FOLDER, env=many, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdin is not None
        assert process.stdout.readline().startswith(b"ready ")
        environment = Path(f"/proc/{process.pid}/environ").read_bytes().split(b"\0")
        assert b"OPENBLAS_NUM_THREADS=1" in environment
        assert os.getpriority(os.PRIO_PROCESS, process.pid) == os.getpriority(os.PRIO_PROCESS, 0) + 10
        process.stdin.close()
        assert process.wait(20) == 0
