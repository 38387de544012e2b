"""One press of a button is one run, however often and from how many threads at once it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from rnn.core.series import Series
from rnn.runs.fair_queue import new_id
from rnn.runs.store import Store
from tests.runs.kept_runs import SMALL, trained

AT_ONCE = 4


def told_at_once(url: str, ask: Callable[[Store], str]) -> list[str]:
    """What each of several threads, with stores of their own, is answered."""
    together = threading.Barrier(AT_ONCE)

    def press(_: int) -> str:
        with Store(url) as store:
            together.wait(30)
            return ask(store)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(press, range(AT_ONCE)))


def test_a_run(url: str, store: Store, series: Series) -> None:
    key, press = store.add_series(series), new_id()
    told = told_at_once(url, lambda own: own.add_run(SMALL, key, session="a", pause_at=1, press=press))
    assert told == [press] * AT_ONCE
    assert [run.id for run in store.runs()] == [press]
    assert store.orders(press) == {"step": 1}
    assert store.add_run(SMALL, key, session="a", press=new_id()) != press
    assert len(store.runs()) == 2


def test_a_race(url: str, store: Store, series: Series) -> None:
    key, press = store.add_series(series), new_id()
    lanes = [SMALL.replace(seed=seed) for seed in range(3)]
    told = told_at_once(url, lambda own: own.add_race(lanes, key, session="a", press=press))
    assert len(set(told)) == 1
    assert [run.config.seed for run in store.race(told[0])] == [0, 1, 2]
    assert len(store.runs()) == 3
    assert store.add_race(lanes, key, session="a", press=new_id()) != told[0]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_branch(store: Store, series: Series) -> None:
    run_id = trained(store, series, SMALL)
    press = new_id()
    first = store.branch(run_id, 0, session="a", press=press)
    assert store.branch(run_id, 0, session="a", press=press) == first == press
    assert len(store.runs()) == 2
    assert store.branch(run_id, 0, session="a", press=new_id()) != first
