"""Races in the store: their lanes, and their place in the fair queue."""

from __future__ import annotations

import pytest

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.runs.entries import Ending, Entry
from rnn.runs.records import Run
from rnn.runs.store import Store

SMALL = Config(hidden=4, window=8, batch=16, epochs=5, patience=None)
RATES = (0.1, 0.01, 0.001)


@pytest.fixture
def key(store: Store, series: Series) -> str:
    return store.add_series(series)


def a_race(store: Store, key: str, session: str = "a", lanes: int = 3) -> str:
    return store.add_race([SMALL.replace(seed=seed) for seed in range(lanes)], key, session=session)


def claimed_run(store: Store, worker: str = "worker") -> Run:
    run = store.claim_next(worker)
    assert isinstance(run, Run)
    return run


def test_the_lanes_of_a_race_are_ordinary_runs_in_their_order(store: Store, key: str) -> None:
    other = store.add_run(SMALL, key, session="a")
    names = [f"lr {lr:g}" for lr in RATES]
    race_id = store.add_race([SMALL.replace(lr=lr) for lr in RATES], key, session="s", names=names)
    lanes = store.race(race_id)
    assert [(run.name, run.config.lr, run.session, run.state) for run in lanes] == [
        (name, lr, "s", "queued") for name, lr in zip(names, RATES, strict=True)
    ]
    assert {run.id for run in lanes} < {run.id for run in store.runs()}
    assert {store.race_of_run(run.id) for run in lanes} == {race_id}
    assert store.race_of_run(other) is None and store.race_of_run("nobody") is None
    assert store.race("nothing") == [] and store.lane_numbers("nothing") == {}


def test_a_deleted_lane_leaves_the_others_where_they_were(store: Store, key: str) -> None:
    race_id = a_race(store, key)
    first, second, third = store.race(race_id)
    store.delete(second.id)
    assert [run.id for run in store.race(race_id)] == [first.id, third.id]
    assert store.lane_numbers(race_id) == {first.id: 0, third.id: 2} and store.race_of_run(second.id) is None


@pytest.mark.parametrize("lanes", [0, 7])
def test_a_race_has_one_to_six_lanes(store: Store, key: str, lanes: int) -> None:
    with pytest.raises(ValueError, match=f"1 to 6 lanes, got {lanes}"):
        a_race(store, key, lanes=lanes)
    assert store.runs() == []


def test_a_race_is_added_as_a_whole_or_not_at_all(store: Store, key: str) -> None:
    with pytest.raises(LookupError, match="no series"):
        store.add_race([SMALL], "unknown", session="a")
    with pytest.raises(ValueError, match="2 names for 1 lanes"):
        store.add_race([SMALL], key, session="a", names=["one", "two"])
    assert store.runs() == []


def test_a_worker_takes_the_other_lanes_up_each_once(store: Store, key: str) -> None:
    race_id, other = a_race(store, key, lanes=4), a_race(store, key, "b")
    first = claimed_run(store)
    lanes = [run.id for run in store.race(race_id)]
    assert first.id == lanes[0]
    assert [run.id for run in store.claim_lanes(race_id, "worker", 2)] == lanes[1:3]
    assert store.claim_lanes(race_id, "worker", 0) == []
    assert [run.id for run in store.claim_lanes(race_id, "second", 9)] == lanes[3:]
    assert store.claim_lanes(race_id, "second", 9) == []
    assert {run.state for run in store.race(other)} == {"queued"}


def test_a_paused_lane_is_left_alone(store: Store, key: str) -> None:
    race_id = a_race(store, key)
    first, second, third = store.race(race_id)
    store.command(second.id, "pause")
    assert claimed_run(store).id == first.id
    assert [run.id for run in store.claim_lanes(race_id, "worker", 9)] == [third.id]


def test_a_race_has_one_place_in_the_queue(store: Store, key: str) -> None:
    race_id = a_race(store, key, "a", lanes=6)
    run_id = store.add_run(SMALL, key, session="b")
    later = store.add_run(SMALL, key, session="a")
    assert {store.queue_place(run.id) for run in store.race(race_id)} == {1}
    assert (store.queue_place(run_id), store.queue_place(later)) == (2, 3)
    claimed_run(store)
    store.claim_lanes(race_id, "worker", 9)
    assert {store.queue_place(run.id) for run in store.race(race_id)} == {0}
    assert store.queue_place(run_id) == 1


def test_what_one_worker_has_of_a_race_counts_as_one_run_at_work(store: Store, key: str) -> None:
    race_id = a_race(store, key, "a", lanes=6)
    claimed_run(store, "one")
    store.claim_lanes(race_id, "one", 9)
    single = [store.add_run(SMALL, key, session="b") for _ in range(2)]
    later = store.add_run(SMALL, key, session="a")
    # b has nothing at work and goes first; then each has one, not six against one: the older goes first, and so in turn.
    assert [claimed_run(store, name).id for name in ("two", "three", "four")] == [single[0], single[1], later]


def test_session_with_a_race_at_work_is_not_shut_out_by_another_ones_runs(store: Store, key: str) -> None:
    race_id = a_race(store, key, "a", lanes=6)
    claimed_run(store, "one")
    store.claim_lanes(race_id, "one", 4)
    runs = [store.add_run(SMALL, key, session="b") for _ in range(3)]
    assert claimed_run(store, "two").id == runs[0]
    assert store.race_of_run(claimed_run(store, "three").id) == race_id


def test_others_first_knows_whose_turn_it_is(store: Store, key: str) -> None:
    race_id = a_race(store, key)
    claimed_run(store)
    assert not store.others_first("a")
    store.add_run(SMALL, key, session="a")
    assert not store.others_first("a"), "its own runs are no others"
    store.add_run(SMALL, key, session="b")
    assert store.others_first("a")
    claimed_run(store, "second")
    store.add_run(SMALL, key, session="b")
    store.claim_lanes(race_id, "worker", 9)
    assert not store.others_first("a"), "b has one at work, and a would have none"


def test_a_lane_put_back_waits_with_its_orders(store: Store, key: str) -> None:
    race_id = a_race(store, key)
    run = claimed_run(store)
    store.command(run.id, "step")
    back = Entry(epoch=0, batch=3, batches=9, best_epoch=0, seconds_per_epoch=None, ending=Ending("queued"))
    store.record(run.id, "worker", back)
    waiting = store.run(run.id)
    assert waiting is not None and waiting.state == "queued" and waiting.finished is None and waiting.reason == ""
    assert set(waiting.orders) == {"step"}
    assert claimed_run(store).id == store.race(race_id)[1].id, "it has joined the end of the queue"


def test_a_lane_put_back_that_was_asked_to_stop_is_stopped(store: Store, key: str) -> None:
    a_race(store, key)
    run = claimed_run(store)
    store.command(run.id, "stop")
    back = Entry(epoch=0, batch=3, batches=9, best_epoch=0, seconds_per_epoch=None, ending=Ending("queued"))
    store.record(run.id, "worker", back)
    stopped = store.run(run.id)
    assert stopped is not None and (stopped.state, stopped.reason) == ("stopped", "stopped") and not stopped.orders
