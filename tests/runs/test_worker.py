"""Real worker processes on a real store: what they leave behind, and what may befall them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from rnn.core.config import Config
from rnn.core.events import Epoch
from rnn.core.series import Series
from rnn.core.state import TrainingState
from rnn.core.train import Trainer
from rnn.runs.schema import runs
from rnn.runs.store import Store
from tests.runs.worker_by_hand import FOLDER, LONG, WorkerByHand, assert_same_bits, the, timeless, undisturbed

Wait = Callable[..., None]


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
    wait_until(lambda: store.checkpoint(run_id))

    def caught_beyond_its_checkpoint() -> bool:
        # Held still while we look, so that there surely are epochs in the store that must be walked again.
        worker.process.send_signal(signal.SIGSTOP)
        saved = store.checkpoint(run_id)
        if saved is not None and len(store.epochs(run_id)) > saved.epoch:
            return True
        worker.process.send_signal(signal.SIGCONT)
        return False

    wait_until(caught_beyond_its_checkpoint)
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
    config = Config(hidden=256, window=100, batch=2, epochs=2, patience=None)
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
def test_a_second_training_tells_how_far_it_is(
    store: Store, start: Callable[..., WorkerByHand], wait_until: Wait
) -> None:
    long = Series.from_values(np.sin(np.arange(20_000) / 9))
    config = Config(hidden=32, window=20, batch=1, epochs=1, patience=None, validation=0.99, refit=True)
    run_id = store.add_run(config, store.add_series(long), session="a")
    start()
    wait_until(lambda: the(store, run_id).epoch == 1 and the(store, run_id).batch > 0)
    run = the(store, run_id)
    assert run.learning_again and run.batches == 20_000 - 20
    earlier = run.batch
    wait_until(lambda: the(store, run_id).batch > earlier)
    assert the(store, run_id).learning_again


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
