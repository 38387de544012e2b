"""The real kinds of study through a real worker: the same result as computed here, and sentences where there is none."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.forecast.backtest import Backtest, Plan, backtest
from rnn.runs.records import Study
from rnn.runs.store import Store
from tests.runs.worker_by_hand import WorkerByHand

Wait = Callable[..., None]
Start = Callable[..., WorkerByHand]
SMALL = Config(hidden=4, window=8, batch=16, epochs=3, patience=None, horizon=4)
LEVELS = [80]

pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


def ask(store: Store, series: Series, **changes: Any) -> str:
    request = {
        "series_hash": store.add_series(series), "networks": {"näive *one*": SMALL.to_json()},
        "plan": {"steps": 4, "folds": 3}, "methods": ["naive"], "levels": LEVELS,
    }  # fmt: skip
    return store.ask("backtest", request | changes, "a")


def the_study(store: Store, study_id: str) -> Study:
    study = store.study(study_id)
    assert study is not None
    return study


def ended(store: Store, study_id: str, wait_until: Wait) -> Study:
    wait_until(lambda: not the_study(store, study_id).active, 60)
    return the_study(store, study_id)


def test_a_backtest_comes_to_what_it_comes_to_here(
    store: Store, series: Series, start: Start, wait_until: Wait
) -> None:
    worker = start()
    study = ended(store, ask(store, series), wait_until)
    assert study.state == "done" and study.result is not None, study.error
    found = Backtest.from_bytes(study.result)
    *steps, here = backtest({"näive *one*": SMALL}, series, Plan(4, folds=3), methods=["naive"], levels=LEVELS)
    assert isinstance(here, Backtest) and (study.total, found.plan) == (len(steps), here.plan)
    pd.testing.assert_frame_equal(found.frame, here.frame)
    assert worker.end() == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"plan": {"steps": 90, "folds": 3}}, "The series"),
        ({"plan": {"steps": 4, "folds": 0}}, "folds=0 is not allowed"),
        ({"methods": ["tea"]}, "'tea' is not a method"),
        ({"networks": {"one": '{"cell": "tea"}'}}, "cell='tea' is not allowed"),
    ],
)
def test_what_cannot_be_judged_fails_with_its_sentence(
    store: Store, series: Series, start: Start, wait_until: Wait, changes: dict[str, Any], sentence: str
) -> None:
    start()
    study = ended(store, ask(store, series, **changes), wait_until)
    assert study.state == "failed" and study.error.startswith(sentence), study.error


def test_a_backtest_stops_in_the_middle_of_a_training(
    store: Store, series: Series, start: Start, wait_until: Wait
) -> None:
    endless = SMALL.replace(epochs=100_000).to_json()
    study_id = ask(store, series, networks={"endless": endless})
    start()
    wait_until(lambda: the_study(store, study_id).state == "running")
    time.sleep(1.0)
    store.stop_study(study_id)
    after = ask(store, series, networks={}, plan={"steps": 4, "folds": 1})
    wait_until(lambda: the_study(store, after).state != "queued")
    assert the_study(store, study_id).state == "stopped"
    assert ended(store, after, wait_until).state == "done"
