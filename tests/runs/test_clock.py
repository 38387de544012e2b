"""Heartbeats count by one clock, the database's, however far those of the machines lie apart."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import select

from rnn.core.series import Series
from rnn.runs import ledger, study_ledger
from rnn.runs.clock import seconds_now
from rnn.runs.schema import runs
from rnn.runs.store import Store
from tests.runs.test_contract import claimed


def test_the_clock_tells_the_time(store: Store) -> None:
    with store.read() as connection:
        first, before = connection.execute(select(seconds_now())).scalar_one(), time.time()
        time.sleep(0.05)
        second = connection.execute(select(seconds_now())).scalar_one()
    assert first == pytest.approx(before, abs=1.0) and second - first == pytest.approx(0.05, abs=0.045)


@pytest.mark.parametrize("ahead", [-600.0, 600.0])
def test_a_server_whose_clock_is_wrong_takes_no_worker_for_dead(
    store: Store, series: Series, monkeypatch: pytest.MonkeyPatch, ahead: float
) -> None:
    run_id = claimed(store, series)
    with store.write() as connection:
        connection.execute(runs.update().values(worker="elsewhere:1:x"))
    assert store.heartbeat(run_id, "elsewhere:1:x")
    true = time.time
    for module in (ledger, study_ledger):
        monkeypatch.setattr(module.time, "time", lambda: true() + ahead)
    assert store.interrupt_lost() == []
    assert store.heartbeat(run_id, "elsewhere:1:x")
    monkeypatch.undo()
    assert store.interrupt_lost() == []
    with store.write() as connection:
        connection.execute(runs.update().values(heartbeat=runs.c.heartbeat - 60))
    assert store.interrupt_lost() == [run_id]
