"""Real worker processes at real studies: what they leave behind, and what may befall them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.runs import pulse, study_attempt
from rnn.runs.records import Study
from rnn.runs.store import Store
from tests.runs import small_studies
from tests.runs.worker_by_hand import FOLDER, LONG, WorkerByHand, the

Wait = Callable[..., None]
Start = Callable[..., WorkerByHand]
MODULE = small_studies.__name__


def ask(store: Store, series: Series, kind: str = "add up", **request: object) -> str:
    return store.ask(kind, {"series_hash": store.add_series(series), **request}, "a")


def state(store: Store, study_id: str) -> str:
    return the_study(store, study_id).state


def the_study(store: Store, study_id: str) -> Study:
    study = store.study(study_id)
    assert study is not None
    return study


def test_a_study_goes_through_between_runs(
    store: Store, series: Series, submit: Callable[[Config], str], start: Start, wait_until: Wait
) -> None:
    before, study_id, after = submit(LONG.replace(epochs=2)), ask(store, series), submit(LONG.replace(epochs=3))
    worker = start(module=MODULE)
    wait_until(lambda: not the(store, after).active)
    study = the_study(store, study_id)
    assert [the(store, one).state for one in (before, after)] == ["done", "done"]
    assert study.state == "done" and study.result is not None
    assert float(study.result) == pytest.approx(series.values.sum(), rel=1e-12)
    assert study.done <= study.total == 200 and study.note == f"record {study.done}"
    assert worker.end() == 0


def test_kill_9_gives_the_study_to_the_next_worker(
    store: Store, series: Series, start: Start, wait_until: Wait
) -> None:
    study_id = ask(store, series, seconds=0.01)
    worker = start(module=MODULE)
    wait_until(lambda: the_study(store, study_id).done > 3)
    worker.process.kill()
    worker.process.wait()
    wait_until(lambda: store.interrupt_lost() or state(store, study_id) == "queued")
    again = start(module=MODULE)
    wait_until(lambda: state(store, study_id) == "done")
    assert float(the_study(store, study_id).result or b"nan") == pytest.approx(series.values.sum(), rel=1e-12)
    assert again.end() == 0


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_study_that_takes_two_workers_with_it_fails_with_a_sentence(
    store: Store, series: Series, start: Start, wait_until: Wait
) -> None:
    study_id = ask(store, series, "deadly")
    for expected in ("queued", "failed"):
        worker = start(module=MODULE)
        assert worker.process.wait(20) == -signal.SIGKILL
        wait_until(lambda expected=expected: store.interrupt_lost() or state(store, study_id) == expected)
    assert "ended before it was done, twice" in the_study(store, study_id).error


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_stop_frees_the_worker_within_a_second(
    store: Store, series: Series, submit: Callable[[Config], str], start: Start, wait_until: Wait
) -> None:
    study_id = ask(store, series, seconds=30)
    worker = start(module=MODULE)
    wait_until(lambda: the_study(store, study_id).done)
    began = time.monotonic()
    store.stop_study(study_id)
    run_id = submit(LONG.replace(epochs=1))
    wait_until(lambda: the(store, run_id).state != "queued")
    assert time.monotonic() - began < 1.5
    wait_until(lambda: the(store, run_id).state == "done")
    assert state(store, study_id) == "stopped"
    assert worker.end() == 0


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_study_that_never_asks_is_ended_with_its_worker(
    store: Store, series: Series, start: Start, wait_until: Wait
) -> None:
    study_id = ask(store, series, "deaf")
    worker = start(module=MODULE)
    wait_until(lambda: the_study(store, study_id).done)
    store.stop_study(study_id)
    assert worker.process.wait(pulse.HEARTBEAT_SECONDS + pulse.GRACE_SECONDS + 5) == 1
    assert state(store, study_id) == "stopped"


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("how", ["end of input", "SIGTERM"])
def test_a_worker_that_has_to_go_puts_its_study_back(
    store: Store, series: Series, start: Start, wait_until: Wait, how: str
) -> None:
    study_id = ask(store, series, seconds=0.05)
    for _ in range(3):  # more often than a study may lose its worker
        worker = start(module=MODULE)
        wait_until(lambda: the_study(store, study_id).done)
        if how == "SIGTERM":
            worker.process.send_signal(signal.SIGTERM)
            assert worker.process.wait(20) == 0
        else:
            assert worker.end() == 0
        assert (state(store, study_id), the_study(store, study_id).done) == ("queued", 0)


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "what was asked cannot be": ({"refuse": True}, "The series has 200 records; that is not enough."),
    "an error in the program": (
        {"fault": 3}, "stopped on an error in the program (ValueError: shapes do not match); worker.log has the details."
    ),
    "an unknown kind": ({"kind": "tea"}, "This version of Unroll computes no 'tea'; it computes backtest, auto, add up"),
}  # fmt: skip


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_study_that_fails_says_why_and_the_worker_goes_on(
    store: Store, series: Series, start: Start, wait_until: Wait
) -> None:
    bad = {name: ask(store, series, **request) for name, (request, _) in FAULTS.items()}
    good = ask(store, series)
    worker = start(module=MODULE)
    wait_until(lambda: state(store, good) == "done")
    for name, study_id in bad.items():
        study = the_study(store, study_id)
        assert study.state == "failed" and FAULTS[name][1] in study.error, study
    assert worker.end() == 0


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_writes_are_few_however_small_the_steps(store: Store, series: Series, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(study_attempt.KINDS, "add up", small_studies.add_up)
    study_id = ask(store, series, seconds=0.005)
    study = store.claim_next("worker")
    assert isinstance(study, Study) and study.id == study_id
    writes: list[str] = []
    engine = store._engine
    event.listen(engine, "before_cursor_execute", lambda _c, _u, sql, *_: writes.append(sql))
    began = time.monotonic()
    study_attempt.StudyAttempt(store, study, "worker", store.series).work()
    seconds = time.monotonic() - began
    updates = sum(sql.startswith("UPDATE") for sql in writes)
    assert state(store, study_id) == "done" and seconds >= 1
    # Progress at most four times a second, a heartbeat each second, and the first and the last word.
    assert updates <= 5 * seconds + 3 < 200, updates


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_worker_that_waits_has_loaded_nothing_that_only_studies_need(url: str, data_dir: Path) -> None:
    program = "import sys, rnn.runs.worker; print(*sorted({'pandas', 'statsmodels', 'scipy', 'streamlit'} & set(sys.modules)))"
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=FOLDER, env=os.environ, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == ""
