"""What every store does with studies, whatever database it is on."""

from __future__ import annotations

import math
import threading
import time

import pytest
from sqlalchemy import inspect, update

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.runs import ledger, schema, studies
from rnn.runs.records import Run, Study
from rnn.runs.store import Store

SMALL = Config(hidden=4, window=8, batch=16, epochs=5, patience=None)


def asked(store: Store, series: Series, session: str = "a", **request: object) -> str:
    return store.ask("backtest", {"series_hash": store.add_series(series), **request}, session)


def the_study(store: Store, study_id: str) -> Study:
    study = store.study(study_id)
    assert study is not None
    return study


def claimed(store: Store, study_id: str, worker: str = "worker") -> Study:
    study = store.claim_next(worker)
    assert isinstance(study, Study) and study.id == study_id
    return study


def test_a_study_waits_with_all_that_was_asked(store: Store, series: Series) -> None:
    study_id = asked(store, series, networks={"näive \0": "{}"}, levels=[80, 95], seeds=None)
    study = the_study(store, study_id)
    assert study.request == {
        "series_hash": store.add_series(series), "networks": {"näive \0": "{}"}, "levels": [80, 95], "seeds": None,
    }  # fmt: skip
    assert (study.kind, study.session, study.state, study.active) == ("backtest", "a", "queued", True)
    assert (study.done, study.total, study.note, study.error, study.result) == (0, 0, "", "", None)
    assert store.queue_place(study_id) == 1 and store.queue_length() == 1


def test_who_asks_the_same_finds_the_same_and_another_question_is_another_study(store: Store, series: Series) -> None:
    one = asked(store, series, seeds=1)
    assert asked(store, series, "b", seeds=1) == one and store.queue_length() == 1
    others = {asked(store, series, seeds=2), store.ask("auto", the_study(store, one).request, "a")}
    assert len(others | {one}) == 3
    claimed(store, one)
    store.finish_study(one, "worker", b"result")
    assert asked(store, series, "b", seeds=1) == one and the_study(store, one).result == b"result"


def test_what_cannot_be_asked_is_refused(store: Store, series: Series) -> None:
    with pytest.raises(LookupError, match="no series 'none'"):
        store.ask("backtest", {"series_hash": "none"}, "a")
    with pytest.raises(ValueError, match="JSON"):
        asked(store, series, level=math.nan)
    assert store.queue_length() == 0 and store.study("unknown") is None and store.stop_study("unknown") is None


def test_progress_and_result_are_read_back(store: Store, series: Series) -> None:
    study_id = asked(store, series)
    study = claimed(store, study_id)
    assert (study.state, study.started is not None) == ("running", True)
    assert store.advance_study(study_id, "worker", 2, 7, "Fold 2 of 7\0: naïve")
    study = the_study(store, study_id)
    assert (study.done, study.total, study.note) == (2, 7, "Fold 2 of 7: naïve")
    content = bytes(range(256)) * 1000
    assert store.finish_study(study_id, "worker", content)
    study = the_study(store, study_id)
    assert (study.state, study.result, study.active) == ("done", content, False)
    assert study.created and study.started and study.finished and study.created <= study.started <= study.finished
    light = store.study(study_id, with_result=False)
    assert light is not None and (light.state, light.result) == ("done", None)


def test_only_the_worker_that_has_it_can_write(store: Store, series: Series) -> None:
    study_id = asked(store, series)
    claimed(store, study_id)
    assert store.study_is_mine(study_id, "worker") and not store.study_is_mine(study_id, "other")
    for write in (
        lambda: store.advance_study(study_id, "other", 1, 2, ""), lambda: store.study_heartbeat(study_id, "other"),
        lambda: store.finish_study(study_id, "other", b"x"), lambda: store.fail_study(study_id, "other", "no"),
    ):  # fmt: skip
        assert not write()
    assert (the_study(store, study_id).state, the_study(store, study_id).done) == ("running", 0)


@pytest.mark.parametrize("at_work", [False, True])
def test_a_stop_holds_at_once_and_asking_again_starts_afresh(store: Store, series: Series, at_work: bool) -> None:
    study_id = asked(store, series)
    if at_work:
        claimed(store, study_id)
        store.advance_study(study_id, "worker", 1, 2, "half")
    stopped = store.stop_study(study_id)
    assert stopped is not None and (stopped.state, stopped.result) == ("stopped", None)
    assert store.queue_length() == 0 and store.claim_next("other") is None
    assert not store.finish_study(study_id, "worker", b"too late") and the_study(store, study_id).state == "stopped"
    assert asked(store, series, "b") == study_id
    study = claimed(store, study_id, "other")
    assert (study.done, study.note, study.finished, study.session) == (0, "", None, "b")
    assert not store.study_heartbeat(study_id, "worker"), "the worker that was told to stop has it again"


def test_stopping_what_is_done_changes_nothing(store: Store, series: Series) -> None:
    study_id = asked(store, series)
    claimed(store, study_id)
    store.finish_study(study_id, "worker", b"result")
    after = store.stop_study(study_id)
    assert after is not None and (after.state, after.result) == ("done", b"result")


def test_a_failure_keeps_its_sentence_until_it_is_tried_again(store: Store, series: Series) -> None:
    study_id = asked(store, series)
    claimed(store, study_id)
    assert store.fail_study(study_id, "worker", "The series is too short.")
    assert (the_study(store, study_id).state, the_study(store, study_id).error) == (
        "failed",
        "The series is too short.",
    )
    asked(store, series)
    assert (the_study(store, study_id).state, the_study(store, study_id).error) == ("queued", "")


# --- the queue that runs and studies share


def test_runs_and_studies_wait_in_one_fair_queue(store: Store, series: Series) -> None:
    key = store.add_series(series)
    first = store.add_run(SMALL, key, session="busy")
    time.sleep(0.002)
    second = asked(store, series, "busy")
    time.sleep(0.002)
    late = store.add_run(SMALL, key, session="late")
    assert [store.queue_place(one) for one in (first, late, second)] == [1, 2, 3] and store.queue_length() == 3
    claims = [store.claim_next(f"worker{number}") for number in range(4)]
    assert [(type(one), one.id) for one in claims if one] == [(Run, first), (Run, late), (Study, second)]
    # What is at work counts, be it a run or a study.
    third = asked(store, series, "busy", seeds=3)
    time.sleep(0.002)
    other = store.add_run(SMALL, key, session="new")
    assert [store.queue_place(one) for one in (other, third)] == [1, 2]


# --- lost workers


def lose(store: Store, study_id: str, worker: str) -> None:
    claimed(store, study_id, worker)
    with store.write() as connection:
        silent = time.time() - ledger.STALE_SECONDS - 1
        connection.execute(update(schema.studies).where(schema.studies.c.worker == worker).values(heartbeat=silent))


def test_a_study_whose_worker_is_silent_waits_again_and_fails_the_second_time(store: Store, series: Series) -> None:
    study_id = asked(store, series)
    lose(store, study_id, "elsewhere:1:x")
    store.interrupt_lost(sparing={"elsewhere:1:x"})
    assert the_study(store, study_id).state == "running"
    store.interrupt_lost()
    assert (the_study(store, study_id).state, store.queue_place(study_id)) == ("queued", 1)
    lose(store, study_id, "elsewhere:2:x")
    store.interrupt_lost()
    study = the_study(store, study_id)
    assert (study.state, study.finished is not None) == (
        "failed",
        True,
    ) and "ended before it was done, twice" in study.error
    asked(store, series)
    lose(store, study_id, "elsewhere:3:x")
    store.interrupt_lost()
    assert the_study(store, study_id).state == "queued", "tried again it has both chances again"


def test_a_worker_that_ends_loses_run_and_study_and_nothing_else(store: Store, series: Series) -> None:
    run_id = store.add_run(SMALL, store.add_series(series), session="a")
    store.claim_next("worker")
    mine, other = asked(store, series, seeds=1), asked(store, series, seeds=2)
    claims = {store.claim_next(name).id for name in ("worker", "another")}  # type: ignore[union-attr]
    assert claims == {mine, other}
    assert store.interrupt("worker", "It was killed.") == [run_id]
    assert sorted(the_study(store, one).state for one in (mine, other)) == ["queued", "running"]


def test_a_worker_that_has_to_go_gives_its_study_back_as_often_as_it_must(store: Store, series: Series) -> None:
    study_id = asked(store, series)
    for number in range(4):
        claimed(store, study_id, f"worker{number}")
        store.return_studies(f"worker{number}")
        assert the_study(store, study_id).state == "queued"


# --- what is kept


@pytest.mark.parametrize("bound", [{"KEPT": 3}, {"KEPT_BYTES": 350}, {"KEPT": 4, "KEPT_BYTES": 399}])
def test_the_oldest_results_go(
    store: Store, series: Series, monkeypatch: pytest.MonkeyPatch, bound: dict[str, int]
) -> None:
    bounds = {"KEPT": 100, "KEPT_BYTES": 10**9} | bound
    monkeypatch.setattr(studies.drop_oldest, "__defaults__", (bounds["KEPT"], bounds["KEPT_BYTES"]))
    made = [asked(store, series, seeds=number) for number in range(6)]
    waiting = asked(store, series, seeds=99)
    for study_id in made:
        claimed(store, study_id)
        store.finish_study(study_id, "worker", bytes(100))
        time.sleep(0.002)
    assert [store.study(one) is not None for one in made] == [False] * 3 + [True] * 3
    assert the_study(store, waiting).state == "queued"
    assert asked(store, series, seeds=0) == made[0] and the_study(store, made[0]).state == "queued"
    monkeypatch.setattr(studies.drop_oldest, "__defaults__", (3, 50))
    claimed(store, waiting)
    store.finish_study(waiting, "worker", bytes(100))
    assert the_study(store, waiting).state == "done", "the last one stays, whatever its size"
    assert [store.study(one) is not None for one in made] == [True] + [False] * 5


# --- the runs that studies lead to


def test_a_press_leads_to_one_run_however_many_pages_see_its_study_end(store: Store, series: Series) -> None:
    key, study_id = store.add_series(series), asked(store, series)
    found: list[str] = []

    def follow(session: str) -> None:
        found.append(store.add_sequel(study_id, "press", SMALL, key, session=session, name="chosen"))

    threads = [threading.Thread(target=follow, args=(f"s{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6 and len(set(found)) == 1
    run_id = found[0]
    assert [run.id for run in store.runs()] == [run_id] and store.runs()[0].config == SMALL
    again = store.add_sequel(study_id, "another press", SMALL, key, session="s", name="")
    assert again != run_id and len(store.runs()) == 2
    led = store.study_of_run(run_id)
    assert led is not None and led.id == study_id
    assert store.study_of_run(store.add_run(SMALL, key, session="s")) is None
    store.delete(run_id)
    assert store.study_of_run(run_id) is None


# --- databases of before


def test_a_store_of_before_there_were_studies_gets_them_and_keeps_its_runs(url: str, series: Series) -> None:
    with Store(url) as store:
        run_id = store.add_run(SMALL, store.add_series(series), session="a")
        with store.write() as connection:
            for table in (schema.sequels, schema.studies):
                table.drop(connection)
    with Store(url) as store:
        with store.read() as connection:
            assert {"studies", "sequels"} <= set(inspect(connection).get_table_names())
        run = store.run(run_id)
        assert run is not None and run.config == SMALL
        assert store.claim_next("worker") == store.run(run_id)
        claimed(store, asked(store, series))
