"""Races in a real worker: all lanes move at once, each as if it were alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

import rnn
from rnn.core.config import Config
from rnn.core.series import Series
from rnn.runs.schema import runs
from rnn.runs.store import Store
from tests.runs.worker_by_hand import LONG, WorkerByHand, assert_same_bits, the, timeless, undisturbed

Wait = Callable[..., None]
Start = Callable[..., WorkerByHand]
sqlite_only = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
SLOW = 180  # seconds: what takes a few on an idle machine may take this long on a busy one
# One lane is ten times as slow as the others, one diverges at its first epochs.
HEAVY = LONG.replace(cell="lstm", hidden=96, batch=4)
WILD = LONG.replace(optimiser="sgd", activation="relu", clip="none", lr=50.0)


def race(store: Store, series: Series, *configs: Config, session: str = "a") -> str:
    return store.add_race(configs, store.add_series(series), session=session)


def states(store: Store, race_id: str) -> list[str]:
    return [run.state for run in store.race(race_id)]


def test_six_lanes_move_at_once_in_one_worker_and_each_has_the_bits_of_a_run_alone(
    store: Store, series: Series, start: Start, wait_until: Wait
) -> None:
    configs = [
        LONG.replace(epochs=25, optimiser=optimiser, cell=cell)
        for cell in ("elman", "gru")
        for optimiser in ("sgd", "momentum", "adam")
    ]
    race_id = race(store, series, *configs)
    start()
    wait_until(lambda: all(run.epoch > 0 for run in store.race(race_id)), SLOW)
    assert states(store, race_id).count("done") < 6
    wait_until(lambda: not any(run.active for run in store.race(race_id)), SLOW)
    for config, run in zip(configs, store.race(race_id), strict=True):
        assert (run.state, run.epoch) == ("done", 25)
        epochs, trainer = undisturbed(config, series, 25)
        assert timeless(store.epochs(run.id)) == timeless(epochs)
        assert_same_bits(store, run.id, trainer)


@sqlite_only
def test_a_slow_lane_does_not_hold_up_the_others(store: Store, series: Series, start: Start, wait_until: Wait) -> None:
    race_id = race(store, series, HEAVY, LONG, LONG.replace(seed=6))
    start()
    wait_until(lambda: store.race(race_id)[0].epoch >= 4, SLOW)
    slow, *quick = (store.epochs(run.id) for run in store.race(race_id))
    spent = [sum(epoch.seconds for epoch in epochs) for epochs in (slow, *quick)]
    assert min(len(epochs) for epochs in quick) > 3 * len(slow)
    assert max(spent) < 2 * min(spent), f"the time was not shared fairly: {spent}"


@sqlite_only
def test_a_lane_whose_epoch_is_long_lets_the_others_go_on_within_it(
    store: Store, start: Start, wait_until: Wait
) -> None:
    long = Series.from_values([float(k % 17) for k in range(6000)])
    endless = Config(hidden=256, window=100, batch=2, epochs=2, patience=None)
    race_id = race(store, long, endless, LONG.replace(batch=512))
    start()
    wait_until(lambda: store.race(race_id)[1].epoch >= 3, SLOW)
    assert store.race(race_id)[0].epoch == 0
    # Its progress is written less often than the epochs of the other.
    wait_until(lambda: store.race(race_id)[0].batch > 0, SLOW)
    assert store.race(race_id)[0].epoch == 0


@sqlite_only
def test_orders_reach_one_lane_and_leave_the_others(
    store: Store, series: Series, start: Start, wait_until: Wait
) -> None:
    race_id = race(store, series, *(LONG.replace(seed=seed) for seed in range(4)))
    first, second, third, fourth = (run.id for run in store.race(race_id))
    worker = start()
    wait_until(lambda: all(run.epoch > 2 for run in store.race(race_id)), SLOW)
    store.command(first, "pause")
    store.command(second, "stop")
    store.command(third, "lr", 1e-4)
    wait_until(lambda: states(store, race_id) == ["paused", "stopped", "running", "running"], SLOW)
    at = [the(store, run).epoch for run in (first, second, third, fourth)]
    wait_until(
        lambda: all(the(store, run).epoch > epoch + 3 for run, epoch in zip((third, fourth), at[2:], strict=True)),
        SLOW,
    )
    assert [the(store, run).epoch for run in (first, second)] == at[:2]
    wait_until(lambda: [change.new for change in store.changes(third)] == [1e-4], SLOW)
    assert store.changes(fourth) == []
    store.command(first, "resume")  # the worker that has the others takes it up again
    worker.wake()
    wait_until(lambda: the(store, first).epoch > at[0] + 3, SLOW)
    assert states(store, race_id) == ["running", "stopped", "running", "running"]


@sqlite_only
def test_all_lanes_step_by_one_epoch(store: Store, series: Series, start: Start, wait_until: Wait) -> None:
    race_id = race(store, series, LONG, HEAVY)
    for run in store.race(race_id):
        store.command(run.id, "step")
    worker = start()
    wait_until(lambda: states(store, race_id) == ["paused", "paused"], SLOW)
    for run in store.race(race_id):
        store.command(run.id, "step")
    worker.wake()
    wait_until(lambda: [run.epoch for run in store.race(race_id)] == [2, 2], SLOW)


@sqlite_only
def test_lanes_that_diverge_fail_or_are_deleted_leave_the_others_alone(
    store: Store, series: Series, start: Start, wait_until: Wait
) -> None:
    quick = LONG.replace(epochs=40)
    race_id = race(store, series, WILD, LONG.replace(window=500), LONG.replace(seed=8), quick)
    doomed = store.race(race_id)[2].id
    start()
    wait_until(lambda: the(store, doomed).epoch > 0, SLOW)
    store.delete(doomed)
    wait_until(lambda: not any(run.active for run in store.race(race_id)), SLOW)
    assert states(store, race_id) == ["diverged", "failed", "done"]
    wild, failed, done = store.race(race_id)
    assert wild.parameter and failed.message.startswith("The series has 200 records; window=500")
    assert_same_bits(store, done.id, undisturbed(quick, series, 40)[1])


def test_kill_9_interrupts_all_lanes_and_each_resumes_with_the_same_bits(
    store: Store, series: Series, start: Start, wait_until: Wait
) -> None:
    configs = [LONG, LONG.replace(cell="gru"), LONG.replace(optimiser="rmsprop")]
    race_id = race(store, series, *configs)
    worker = start()
    wait_until(lambda: all(store.checkpoint(run.id) for run in store.race(race_id)), SLOW)
    worker.process.kill()
    worker.process.wait()
    wait_until(store.interrupt_lost, SLOW)
    assert states(store, race_id) == ["interrupted"] * 3
    until = max(run.epoch for run in store.race(race_id)) + 10
    for run in store.race(race_id):
        store.command(run.id, "epochs", until)
        store.command(run.id, "resume")
    again = start()
    wait_until(lambda: states(store, race_id) == ["done"] * 3, SLOW)
    for config, run in zip(configs, store.race(race_id), strict=True):
        epochs, trainer = undisturbed(config.replace(epochs=until), series, until)
        assert timeless(store.epochs(run.id)) == timeless(epochs)
        assert_same_bits(store, run.id, trainer)
    assert again.end() == 0


@sqlite_only
def test_a_worker_that_has_to_go_writes_all_lanes_down(
    store: Store, series: Series, start: Start, wait_until: Wait
) -> None:
    race_id = race(store, series, LONG, HEAVY, LONG.replace(seed=1))
    worker = start()
    wait_until(lambda: all(run.batch + run.epoch > 0 for run in store.race(race_id)), SLOW)
    assert worker.end() == 0
    for run in store.race(race_id):
        saved = store.checkpoint(run.id)
        assert run.state == "interrupted" and "shut down" in run.message
        assert saved is not None and (saved.epoch, saved.meta["batch"]) == (run.epoch, run.batch)


@sqlite_only
def test_a_second_training_goes_on_beside_the_other_lanes(
    store: Store, series: Series, start: Start, wait_until: Wait
) -> None:
    again = LONG.replace(epochs=12, refit=True)
    race_id = race(store, series, again, LONG.replace(epochs=200))
    start()
    wait_until(lambda: states(store, race_id) == ["done", "done"], SLOW)
    first = store.race(race_id)[0]
    alone, fit = rnn.fit(again, series), store.fit(first.id)
    assert fit is not None and fit.final is not None and alone.final is not None
    for name, array in alone.final.params.items():
        assert fit.final.params[name].tobytes() == array.tobytes()


@sqlite_only
def test_workers_share_the_lanes(store: Store, series: Series, start: Start, wait_until: Wait) -> None:
    race_id = race(store, series, *(LONG.replace(seed=seed) for seed in range(4)))
    start("--beside", "1")
    start("--beside", "1")
    wait_until(lambda: states(store, race_id) == ["running"] * 4, SLOW)
    assert sorted(_lanes_by_worker(store, race_id).values()) == [2, 2]


@sqlite_only
def test_a_worker_takes_all_lanes_where_nobody_else_comes(
    store: Store, series: Series, start: Start, wait_until: Wait
) -> None:
    race_id = race(store, series, *(LONG.replace(seed=seed) for seed in range(4)))
    start("--beside", "3")
    wait_until(lambda: "running" in states(store, race_id), SLOW)
    wait_until(lambda: states(store, race_id) == ["running"] * 4, SLOW)
    assert list(_lanes_by_worker(store, race_id).values()) == [4]


@sqlite_only
def test_another_sessions_run_gets_its_turn_and_the_race_goes_on_after_it(
    store: Store, series: Series, start: Start, wait_until: Wait
) -> None:
    race_id = race(store, series, *(LONG.replace(epochs=1500, seed=seed) for seed in range(4)))
    worker = start()
    wait_until(lambda: all(run.epoch > 0 for run in store.race(race_id)), SLOW)
    other = store.add_run(LONG.replace(epochs=20), store.add_series(series), session="b")
    worker.wake()
    wait_until(lambda: the(store, other).state == "done", SLOW)
    between = [run.epoch for run in store.race(race_id)]
    assert all(run.state in ("queued", "running") and run.epoch < 1500 for run in store.race(race_id))
    wait_until(lambda: all(run.epoch > epoch for run, epoch in zip(store.race(race_id), between, strict=True)), SLOW)


def _lanes_by_worker(store: Store, race_id: str) -> dict[str, int]:
    ids = [run.id for run in store.race(race_id)]
    query = select(runs.c.worker, func.count()).where(runs.c.id.in_(ids)).group_by(runs.c.worker)
    with store.read() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}
