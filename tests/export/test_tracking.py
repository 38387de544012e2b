"""Runs as MLflow knows them: by MLflow's own store and client, and by a server that writes down each call."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from mlflow import MlflowClient
from sqlalchemy import delete, update

from rnn.core.config import Config
from rnn.export import config_from_toml, weights_from_bytes
from rnn.export.takeaway import Takeaway
from rnn.export.tracking import target as targets
from rnn.export.tracking.__main__ import PATIENT, QUIET
from rnn.export.tracking.companion import Companion
from rnn.export.tracking.logger import Logger
from rnn.export.tracking.record import MEASURED, STATUS, params_of, shortened
from rnn.export.tracking.target import Target, page_of, problem
from rnn.runs.attempt import Attempt
from rnn.runs.logbook_tables import logbooks, logged
from rnn.runs.records import STATES, Run
from rnn.runs.schema import runs
from rnn.runs.store import Store
from tests.export.runs_of_every_kind import wave
from tests.export.test_script import EXACT, run_script
from tests.export.tracking_server import TrackingServer
from tests.ui.test_takeaway import SMALL, trained

ROOT = Path(__file__).parents[2]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("UNROLL_DATA_DIR", str(tmp_path))
    for name in ("UNROLL_DATABASE_URL", targets.URI, targets.EXPERIMENT):
        monkeypatch.delenv(name, raising=False)
    for name, value in {**PATIENT, **QUIET}.items():
        monkeypatch.setenv(name, value)
    with Store() as store:
        yield store


@pytest.fixture
def server() -> Iterator[TrackingServer]:
    running = TrackingServer()
    yield running
    running.close()


def logger_of(store: Store, server: TrackingServer) -> Logger:
    return Logger(store, Target(server.url, "Unroll"))


def go_on(store: Store, run_id: str, epochs: int) -> Run:
    store.command(run_id, "epochs", epochs)
    store.command(run_id, "resume")
    run = store.claim_next("worker")
    assert isinstance(run, Run) and run.id == run_id
    Attempt(store, run, "worker", store.series).work()
    found = store.run(run_id)
    assert found is not None
    return found


def test_a_run_stands_in_mlflow_as_it_stands_here(store, tmp_path, monkeypatch):
    """MLflow's own store and client: what it took is read back by it."""
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    target = Target((tmp_path / "mlruns").as_uri(), "Mine")
    logger = Logger(store, target)
    assert logger.round()  # the logbook begins before the run ends
    run = trained(store, wave(), changes={17: {"lr": 0.001}, 30: {"epochs": 6}})
    store.annotate(run.id, "the first")
    store.tag(run.id, ["good", "short"])
    assert logger.round()
    client = MlflowClient(target.uri)
    (found,) = client.search_runs([client.get_experiment_by_name("Mine").experiment_id])
    begun = SMALL.to_dict()
    assert found.data.params == {name: str(value) for name, value in begun.items()}
    assert (found.data.params["lr"], found.data.params["epochs"]) == (str(SMALL.lr), "4")
    for name in MEASURED:
        told = [(one.step, one.value) for one in client.get_metric_history(found.info.run_id, name)]
        assert told == [(epoch.epoch, getattr(epoch, name)) for epoch in store.epochs(run.id)]
    fit = store.fit(run.id)
    assert (
        found.data.metrics["best_val_rmse"] == fit.metrics["val_rmse"]
        and found.data.metrics["best_epoch"] == run.best_epoch
    )
    assert (found.info.status, found.info.run_name) == ("FINISHED", run.name)
    assert found.info.end_time == round(1000 * run.finished.timestamp())
    tags = found.data.tags
    assert (tags["unroll.run_id"], tags["unroll.series_hash"], tags["unroll.tags"]) == (
        run.id,
        run.series_hash,
        "good, short",
    )
    assert tags["mlflow.note.content"] == "the first" and tags["unroll.changes"].startswith(
        "epoch 2: lr 0.003 to 0.001"
    )
    assert tags["unroll.version.unroll"] == store.versions_of(run.id)["unroll"] and tags["unroll.series"] == "wave"
    check_files(client, found.info.run_id, store, run, tmp_path)


def check_files(client: MlflowClient, there: str, store: Store, run: Run, tmp_path: Path) -> None:
    """What was sent is used: settings are read, weights compared, the script run."""
    assert sorted(one.path for one in client.list_artifacts(there)) == [
        "config.toml", "model.onnx", "script.py", "weights.safetensors",
    ]  # fmt: skip
    folder = Path(client.download_artifacts(there, "", str(tmp_path)))
    assert config_from_toml((folder / "config.toml").read_text()) == run.config
    config, params = weights_from_bytes((folder / "weights.safetensors").read_bytes())[:2]
    assert config == run.config and params.keys() == store.best(run.id).keys()
    away = Takeaway(store, run.id)
    assert EXACT in run_script(tmp_path, (folder / "script.py").read_text(), away.source(), away.numbers())
    assert (folder / "model.onnx").stat().st_size > 1000


def test_a_run_that_goes_on_is_the_same_run_there(store, server):
    logger = logger_of(store, server)
    logger.round()
    run = trained(store, wave())
    assert logger.round()
    assert (server.only()["status"], store.run(run.id).epoch) == ("FINISHED", 4)
    run = go_on(store, run.id, 9)
    assert logger.round()
    told = server.only()
    steps = [one["step"] for one in told["metrics"] if one["key"] == "val_loss"]
    assert steps == list(range(1, 10)) and told["status"] == "FINISHED"
    assert told["params"]["epochs"] == "4" and told["tags"]["unroll.changes"] == "epoch 5: epochs 4 to 9"
    assert [one["value"] for one in told["metrics"] if one["key"] == "val_loss"] == [
        epoch.val_loss for epoch in store.epochs(run.id)
    ]
    assert [one["step"] for one in told["metrics"] if one["key"] == "best_val_rmse"] == [4, 9]


def test_what_has_been_told_is_told_once(store, server):
    logger = logger_of(store, server)
    logger.round()
    run = trained(store, wave())
    logger.round()
    before = len(server.calls)
    assert logger.round() and len(server.calls) == before
    store.leave_logbook(logger.target.book, logger.name)
    again = logger_of(store, server)
    assert again.round() and len(server.calls) == before  # after a restart neither
    with store.write() as connection:  # cut short before it could note what it had begun
        connection.execute(delete(logged))
    store.rename(run.id, "Another name")
    assert again.round()
    assert server.only()["name"] == "Another name"
    numbers = {(one["key"], one["step"], one["timestamp"], one["value"]) for one in server.only()["metrics"]}
    assert len(numbers) == 4 * len(MEASURED) + 7  # what was sent twice was the same


def test_a_long_run_goes_in_few_calls_of_a_thousand_numbers(store, server):
    logger = logger_of(store, server)
    logger.round()
    trained(store, wave(), SMALL.replace(hidden=2, epochs=300))
    assert logger.round()
    sizes = [len(body.get("metrics", ())) for body in server.called("runs/log-batch") if body.get("metrics")]
    assert sizes == [1000, 1000, 400, 7] and len(server.calls) < 20


def test_a_server_that_is_away_is_told_of_and_told_later(store, server):
    server.close()
    logger = logger_of(store, server)
    logger.round()
    run = trained(store, wave())
    assert not logger.round()
    said = store.logbook_problem(logger.target.book)
    assert said == f"MLflow at {server.url} does not answer. Runs are kept here all the same, and told when it is back."
    back = TrackingServer(server.port)
    try:
        assert not logger.round() and back.calls == []  # not before its time
        logger._waits.clear()
        back.error = 503
        assert not logger.round()
        assert "answers with error 503" in store.logbook_problem(logger.target.book)
        logger._waits.clear()
        back.error = 0
        assert logger.round()
        assert back.only()["tags"]["unroll.run_id"] == run.id and store.logbook_problem(logger.target.book) == ""
    finally:
        back.close()


def test_runs_that_ended_before_it_was_asked_for_stay_out(store, server):
    old = trained(store, wave())
    logger = logger_of(store, server)
    assert logger.round() and server.runs == {}
    new = trained(store, wave(), SMALL.replace(seed=4))
    assert logger.round()
    assert server.only()["tags"]["unroll.run_id"] == new.id
    go_on(store, old.id, 5)  # it has become a new one, and is told from its first epoch
    assert logger.round()
    steps = [[one["step"] for one in run["metrics"] if one["key"] == "lr"] for run in server.runs.values()]
    assert steps == [[1, 2, 3, 4], [1, 2, 3, 4, 5]]


def test_one_writes_and_the_next_takes_over(store, server):
    one, other = logger_of(store, server), logger_of(store, server)
    assert one.round() and not other.round() and one.round()
    store.leave_logbook(one.target.book, one.name)
    assert other.round() and not one.round()
    with store.write() as connection:  # killed, and silent since
        connection.execute(update(logbooks).values(beat=time.time() - 60))
    assert one.round()


def test_a_run_deleted_in_mlflow_is_let_be(store, server):
    logger = logger_of(store, server)
    logger.round()
    run = trained(store, wave())
    logger.round()
    server.runs.clear()
    store.rename(run.id, "New name")
    assert logger.round() and server.runs == {} and store.logbook_problem(logger.target.book) == ""


def test_a_run_deleted_here_is_not_told(store, server):
    logger = logger_of(store, server)
    logger.round()
    run = trained(store, wave())
    store.discard(run.id)
    assert logger.round() and server.runs == {}
    store.restore(run.id)
    assert logger.round() and server.only()["status"] == "FINISHED"


@pytest.mark.parametrize(
    ("state", "status"),
    [("interrupted", "KILLED"), ("diverged", "FAILED"), ("paused", "SCHEDULED"), ("running", "RUNNING")],
)
def test_every_state_has_its_status(store, server, state, status):
    assert set(STATUS) == set(STATES) and set(STATUS.values()) == {
        "SCHEDULED",
        "RUNNING",
        "FINISHED",
        "FAILED",
        "KILLED",
    }
    logger = logger_of(store, server)
    logger.round()
    run_id = store.add_run(SMALL, store.add_series(wave()), session="a")
    assert logger.round() and server.only()["status"] == "SCHEDULED"
    with store.write() as connection:
        connection.execute(update(runs).where(runs.c.id == run_id).values(state=state, version=runs.c.version + 1))
    assert logger.round() and server.only()["status"] == status


def test_values_are_cut_to_what_mlflow_takes(store):
    run = store.run(store.add_run(Config(), store.add_series(wave()), session="a"))
    assert max(map(len, params_of(run, []).values())) <= 500
    assert shortened("x" * 600, 500) == "x" * 499 + "…" and shortened("x" * 500, 500) == "x" * 500


def test_what_a_page_says(store, monkeypatch):
    assert problem(store) == ""
    monkeypatch.setenv(targets.URI, "https://me:secret@tracking.example/")
    wanted = targets.target()
    assert wanted == Target("https://me:secret@tracking.example/", "Unroll") and "secret" not in wanted.shown
    assert wanted.page_of("3/abc") == "https://tracking.example/#/experiments/3/runs/abc"
    assert problem(store) == "" and page_of(store, "unknown") == ""
    monkeypatch.setattr(targets, "find_spec", lambda name: None)
    assert "pip install 'mlflow-skinny" in problem(store)
    companion = Companion(lambda: store.url).start()
    assert companion.pid is None
    companion.stop()


def test_the_process_tells_asks_nobody_else_and_ends_with_its_server(store, server, monkeypatch):
    """What MLflow would report to its makers goes by a proxy here, which is the server itself: it must not be asked."""
    monkeypatch.setenv(targets.URI, server.url)
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, server.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    companion = Companion(lambda: store.url).start()
    pid = companion.pid
    try:
        run_id = store.add_run(SMALL, store.add_series(wave()), session="a", name="one")
        await_(lambda: server.runs and server.only()["status"] == "SCHEDULED")
        os.kill(pid, signal.SIGKILL)  # the next one goes on
        Attempt(store, store.claim_next("worker"), "worker", store.series).work()
        with store.write() as connection:
            connection.execute(update(logbooks).values(beat=0.0))  # a dead one's right lasts half a minute
        await_(lambda: server.only()["status"] == "FINISHED" and len(server.files) == 4)
        assert server.only()["tags"]["unroll.run_id"] == run_id and companion.pid not in (None, pid)
        store.rename(run_id, "told at the end")
    finally:
        companion.stop()
    assert server.only()["name"] == "told at the end" and server.refused == [] and companion.pid is None


def test_once_tells_what_there_is_and_ends(store, server, monkeypatch):
    monkeypatch.setenv(targets.URI, server.url)
    logger_of(store, server).round()
    with store.write() as connection:
        connection.execute(update(logbooks).values(holder=""))
    trained(store, wave())
    command = [sys.executable, "-m", "rnn.export.tracking", "--once"]
    assert subprocess.run(command, cwd=ROOT, timeout=120).returncode == 0
    assert server.only()["status"] == "FINISHED"
    server.error = 500
    trained(store, wave(), SMALL.replace(seed=4))
    ended = subprocess.run(command, cwd=ROOT, timeout=120, capture_output=True, text=True)
    assert ended.returncode == 1 and "answers with error 500" in ended.stderr


def await_(condition, seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:g} s in vain"
        time.sleep(0.05)
