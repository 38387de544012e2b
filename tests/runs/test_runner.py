"""The runner: bounded, quick to wake, aware of deaths, and survived by nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import rnn
from rnn.core.config import Config
from rnn.core.series import Series
from rnn.runs import process as process_module
from rnn.runs import runner as runner_module
from rnn.runs.runner import Runner
from rnn.runs.store import Store

Wait = Callable[..., None]
LONG = Config(hidden=24, window=20, batch=16, epochs=100_000, patience=None)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(f"sqlite:///{tmp_path / 'store.sqlite'}") as store:
        yield store


@pytest.fixture
def start(store: Store) -> Iterator[Callable[[int], Runner]]:
    """start(workers) gives a runner that is stopped when the test is over; none of its workers may live on."""
    started: list[Runner] = []

    def start_one(workers: int) -> Runner:
        started.append(Runner(store, workers).start())
        return started[-1]

    yield start_one
    for runner in started:
        pids = runner.process_ids()
        runner.stop()
        assert runner.process_ids() == [] and not any(_lives(pid) for pid in pids)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A zombie whose parent has gone and that init has not fetched yet is no process any more.
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def add(store: Store, series: Series, config: Config = LONG, session: str = "a") -> str:
    return store.add_run(config, store.add_series(series), session=session)


def states(store: Store) -> list[str]:
    return sorted(run.state for run in store.runs())


def test_a_warm_worker_shows_the_first_epoch_at_once(
    store: Store, series: Series, start: Callable[[int], Runner], wait_until: Wait
) -> None:
    runner = start(1)
    warm_up = add(store, series, LONG.replace(epochs=1))
    assert runner.submit(warm_up) in (0, 1)
    wait_until(lambda: states(store) == ["done"])
    seconds = []
    for _ in range(3):
        began = time.monotonic()
        run_id = add(store, series)
        runner.submit(run_id)
        wait_until(lambda run_id=run_id: store.epochs(run_id))
        seconds.append(time.monotonic() - began)
        store.command(run_id, "stop")
        wait_until(lambda: "running" not in states(store))
    assert min(seconds) < 0.5, seconds


def test_never_more_runs_at_work_than_workers_and_the_queue_moves_on(
    store: Store, series: Series, start: Callable[[int], Runner], wait_until: Wait
) -> None:
    runner = start(2)
    made = [add(store, series, session=f"s{number}") for number in range(4)]
    for run_id in made:
        runner.submit(run_id)
    wait_until(lambda: states(store) == ["queued", "queued", "running", "running"])
    for _ in range(20):
        assert states(store).count("running") <= 2 and len(runner.process_ids()) <= 2
        time.sleep(0.02)
    assert sorted(store.queue_place(run_id) for run_id in made) == [0, 0, 1, 2]
    for run in store.runs():
        if run.state == "running":
            store.command(run.id, "stop")
    wait_until(lambda: states(store) == ["running", "running", "stopped", "stopped"])


def test_a_worker_that_is_killed_leaves_an_interrupted_run_and_is_replaced(
    store: Store, series: Series, start: Callable[[int], Runner], wait_until: Wait
) -> None:
    runner = start(1)
    run_id = add(store, series)
    runner.submit(run_id)
    wait_until(lambda: store.epochs(run_id))
    (pid,) = runner.process_ids()
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: states(store) == ["interrupted"], 2)
    run = store.run(run_id)
    assert (
        run is not None
        and run.message == "Its worker ended (ended by SIGKILL). Resume goes on from the last checkpoint."
    )
    wait_until(lambda: runner.process_ids() not in ([], [pid]))
    store.command(run_id, "resume")
    runner.submit(run_id)
    wait_until(lambda: states(store) == ["running"])


def test_runs_from_before_are_taken_up(
    store: Store, series: Series, start: Callable[[int], Runner], wait_until: Wait
) -> None:
    waiting, lost = add(store, series, LONG.replace(epochs=2)), add(store, series)
    time.sleep(0.002)
    first = store.claim_next("nowhere:1:a")
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE runs SET heartbeat = heartbeat - 60")
    assert first is not None and first.id == waiting
    start(1)
    wait_until(lambda: (run := store.run(waiting)) and run.state == "interrupted")
    wait_until(lambda: (run := store.run(lost)) and run.state == "running")


def test_stopping_the_runner_checkpoints_what_is_at_work(
    store: Store, series: Series, start: Callable[[int], Runner], wait_until: Wait
) -> None:
    runner = start(1)
    run_id = add(store, series)
    runner.submit(run_id)
    wait_until(lambda: (run := store.run(run_id)) and run.epoch > 3)
    began = time.monotonic()
    runner.stop()
    run, saved = store.run(run_id), store.checkpoint(run_id)
    assert time.monotonic() - began < runner_module.STOP_SECONDS, "it was ended by force"
    assert run is not None and saved is not None and (run.state, run.epoch) == ("interrupted", saved.epoch)


def test_a_worker_that_does_not_listen_is_ended_by_force(
    store: Store, start: Callable[[int], Runner], wait_until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_module, "STOP_SECONDS", 0.2)
    monkeypatch.setattr(process_module, "PATIENCE_SECONDS", 0.2)
    runner = start(1)
    (pid,) = runner.process_ids()
    os.kill(pid, signal.SIGSTOP)
    runner.stop()
    assert not _lives(pid)


def test_an_idle_worker_beyond_the_spare_is_let_go(
    store: Store, series: Series, start: Callable[[int], Runner], wait_until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_module, "IDLE_SECONDS", 0.5)
    monkeypatch.setattr(runner_module, "WATCH_SECONDS", 0.2)
    runner = start(3)
    run_id = add(store, series)
    runner.submit(run_id)
    wait_until(lambda: states(store) == ["running"] and len(runner.process_ids()) == 2)
    store.command(run_id, "stop")
    wait_until(lambda: len(runner.process_ids()) == 1)


def test_workers_that_cannot_start_are_reported_and_not_tried_without_end(
    store: Store, start: Callable[[int], Runner], wait_until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_module, "RESTART_SECONDS", 0.1)
    monkeypatch.setattr(runner_module, "WATCH_SECONDS", 0.1)
    monkeypatch.setattr(process_module.sys, "executable", "/bin/false")
    runner = start(1)
    wait_until(lambda: runner.problem)
    assert runner.problem is not None and runner.problem.startswith("Training cannot start: 3 workers ended at once")


def test_the_runner_of_the_process_is_one_and_can_be_ended(data_dir: Path) -> None:
    one = runner_module.runner()
    try:
        assert runner_module.runner() is one and one.process_ids()
        assert (data_dir / "unroll.sqlite").exists()
    finally:
        runner_module.stop_runner()
    assert one.process_ids() == []


SERVER = """
import signal, sys, time
from rnn.runs.runner import runner
signal.signal(signal.SIGINT, signal.default_int_handler)  # which a test run in the background passes on as ignored
one = runner()
while not one.store.runs():
    time.sleep(0.01)
one.nudge()
while not one.store.epochs(one.store.runs()[0].id):
    time.sleep(0.01)
print(*one.process_ids(), flush=True)
time.sleep(600) if sys.argv[1] == "stay" else None
"""


@pytest.mark.parametrize("how", ["kill -9", "SIGTERM", "SIGINT to its group", "its own end"])
def test_a_server_that_goes_leaves_no_process_and_an_interrupted_run(
    store: Store, series: Series, wait_until: Wait, how: str
) -> None:
    run_id = add(store, series)
    stay = "go" if how == "its own end" else "stay"
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, stay],
        cwd=Path(rnn.__file__).parents[1], env={**os.environ, "UNROLL_DATABASE_URL": store.url},
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
    ) as server:  # fmt: skip
        assert server.stdout is not None
        pids = [int(pid) for pid in server.stdout.readline().split()]
        assert pids and all(_lives(pid) for pid in pids)
        if how == "kill -9":
            server.kill()
        elif how == "SIGTERM":
            server.terminate()
        elif how == "SIGINT to its group":
            os.killpg(server.pid, signal.SIGINT)
        server.wait(20)
        wait_until(lambda: not any(_lives(pid) for pid in pids), 5)
    run, saved = store.run(run_id), store.checkpoint(run_id)
    assert run is not None and saved is not None
    assert run.state == "interrupted" and (saved.epoch, saved.meta["batch"]) == (run.epoch, run.batch)
