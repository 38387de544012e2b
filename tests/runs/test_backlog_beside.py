"""A store that fails a worker which waits for work, has lanes of a race or a study: none of it is lost, and nothing spins."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import make_url

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.runs.runner import Runner
from rnn.runs.store import Store
from tests.runs import small_studies
from tests.runs.failing_stores import Listener, locked, without_room
from tests.runs.worker_by_hand import LONG, WorkerByHand, assert_same_bits, the, timeless, undisturbed

Wait = Callable[..., None]
Start = Callable[..., WorkerByHand]
pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


def test_a_worker_waits_for_the_queue_and_begins_what_waits_once_it_can(
    store: Store, submit: Callable[[Config], str], start: Start, wait_until: Wait
) -> None:
    worker = start()
    listener = Listener(worker)
    wait_until(lambda: any(line.startswith("ready") for line in listener.lines))
    run_id = submit(LONG.replace(epochs=2))
    with locked(store, worker):
        worker.wake()
        wait_until(lambda: listener.troubles)
        seconds = _processor_seconds(worker)
        time.sleep(1.0)
        assert _processor_seconds(worker) - seconds < 0.2, "it tries without end"
        assert listener.troubles[-1].startswith("The store cannot be written: another program holds it locked")
        assert "What waits is begun as soon as that is over." in listener.troubles[-1]
    wait_until(lambda: the(store, run_id).state == "done")
    wait_until(lambda: listener.well)
    assert worker.end() == 0


def said(listener: Listener) -> list[str]:
    """How far each lane was, as told last."""
    return listener.troubles[-1].partition("(")[2].partition("(")[2].partition(")")[0].split("; ")


def _processor_seconds(worker: WorkerByHand) -> float:
    fields = Path(f"/proc/{worker.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def test_lanes_that_end_in_memory_hold_up_none_of_the_others(
    store: Store, series: Series, start: Start, wait_until: Wait
) -> None:
    configs = [LONG.replace(epochs=20), LONG.replace(epochs=120, cell="gru")]
    race_id = store.add_race(configs, store.add_series(series), session="a")
    short, long = (run.id for run in store.race(race_id))
    worker = start()
    listener = Listener(worker)
    wait_until(lambda: the(store, short).epoch > 0 and the(store, long).epoch > 0)
    with without_room(store, worker):
        wait_until(lambda: any("2 runs go on in memory (" in one for one in listener.troubles))
        wait_until(lambda: {"epoch 20 of 20", "epoch 120 of 120"} <= set(said(listener)), 60)
        assert the(store, short).state == the(store, long).state == "running"
    wait_until(lambda: the(store, short).state == the(store, long).state == "done")
    for run_id, config in zip((short, long), configs, strict=True):
        epochs, trainer = undisturbed(config, series, config.epochs)
        assert timeless(store.epochs(run_id)) == timeless(epochs)
        assert_same_bits(store, run_id, trainer)
    assert worker.end() == 0


def test_the_result_of_a_study_is_held_until_it_can_be_written(
    store: Store, series: Series, start: Start, wait_until: Wait
) -> None:
    study_id = store.ask("add up", {"series_hash": store.add_series(series), "seconds": 0.01}, "a")
    worker = start(module=small_studies.__name__)
    listener = Listener(worker)
    wait_until(lambda: (study := store.study(study_id)) and study.done > 0)
    with without_room(store, worker):
        wait_until(lambda: any("kept in memory until it can be written" in one for one in listener.troubles))
        time.sleep(4.0)  # its 200 records take two seconds
        assert (study := store.study(study_id)) and study.state == "running"
    wait_until(lambda: (study := store.study(study_id)) and study.state == "done")
    study = store.study(study_id)
    assert study is not None and float(study.result) == pytest.approx(series.values.sum(), rel=1e-12)
    wait_until(lambda: listener.well)
    assert worker.end() == 0


def test_the_runner_knows_what_its_workers_are_denied(
    store: Store, submit: Callable[[Config], str], wait_until: Wait
) -> None:
    run_id = submit(LONG)
    runner = Runner(store, 1).start()
    try:
        wait_until(lambda: the(store, run_id).epoch > 0)
        assert runner.trouble is None
        holder = sqlite3.connect(str(make_url(store.url).database), isolation_level=None, timeout=30)
        holder.execute("BEGIN IMMEDIATE")
        wait_until(lambda: runner.trouble)
        sentence = runner.trouble
        assert sentence is not None and "another program holds it locked" in sentence
        assert "Training goes on in memory, epoch " in sentence and "of 100,000 so far" in sentence
        holder.close()
        wait_until(lambda: runner.trouble is None)
    finally:
        runner.stop()
    assert the(store, run_id).state == "interrupted"
