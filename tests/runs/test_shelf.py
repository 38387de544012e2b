"""The list of runs, and what users put to their runs, on every database."""

from __future__ import annotations

import platform
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from sqlalchemy import insert, select, update

import rnn
from rnn.core.config import Config
from rnn.core.series import Series
from rnn.core.train import Trainer
from rnn.runs import schema, shelf_tables, sketches
from rnn.runs.store import Store
from tests.runs.test_contract import SMALL, an_entry, an_epoch, claimed


def written(store: Store, series: Series, val_rmse: list[float], config: Config = SMALL) -> str:
    """A run at work with these validation errors, the lowest the best."""
    run_id = claimed(store, series, config)
    rows = tuple(an_epoch(number, val_rmse=value) for number, value in enumerate(val_rmse, 1))
    best = int(np.argmin(val_rmse)) + 1
    store.record(run_id, "worker", an_entry(epoch=len(rows), best_epoch=best, epochs=rows))
    return run_id


def test_the_shelf_tells_what_the_epochs_say(store: Store, series: Series) -> None:
    first = written(store, series, [3.0, 1.5, 2.0])
    time.sleep(0.002)
    long = list(np.linspace(9, 1, 100))
    second = written(store, series, long, SMALL.replace(cell="gru", scaler_rows="all", test=0.1, epochs=200))
    newer, older = store.shelf()
    assert (older.id, older.best_rmse, older.seconds, list(older.curve)) == (first, 1.5, 0.75, [3.0, 1.5, 2.0])
    assert (newer.id, newer.best_rmse, newer.cell, newer.leaks, newer.has_test) == (second, 1.0, "gru", True, True)
    assert len(newer.curve) == sketches.CURVE_POINTS and (newer.curve[0], newer.curve[-1]) == (9, 1)
    assert (older.leaks, older.has_test, older.note, older.tags, older.pinned) == (False, False, "", (), False)
    assert [row.id for row in store.shelf(limit=1)] == [second] and store.shelf(session="nobody") == []


def test_a_kept_curve_follows_its_run(store: Store, series: Series) -> None:
    run_id = written(store, series, [3.0])
    with store.write() as connection:
        connection.execute(update(schema.runs).values(state="paused"))
    assert list(store.shelf()[0].curve) == [3.0]
    with store.read() as connection:
        assert connection.execute(select(shelf_tables.sketches.c.epoch)).scalars().all() == [1]
    store.note_test_error(run_id, 4.5)
    assert (store.shelf()[0].tested, store.shelf()[0].test_rmse) == (True, 4.5)
    with store.write() as connection:
        connection.execute(update(schema.runs).values(state="running"))
    store.record(run_id, "worker", an_entry(epoch=2, best_epoch=2, epochs=(an_epoch(2, val_rmse=2.0),)))
    (row,) = store.shelf()
    assert (list(row.curve), row.best_rmse, row.tested, row.test_rmse) == ([3.0, 2.0], 2.0, False, None)


def test_curves_that_take_too_long_come_with_the_next_call(
    store: Store, series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        written(store, series, [2.0])
    with store.write() as connection:
        connection.execute(update(schema.runs).values(state="done"))
    monkeypatch.setattr(sketches, "_AT_ONCE", 1)
    monkeypatch.setattr(sketches.fill, "__defaults__", (0.0,))
    counts = [sum(row.sketched for row in store.shelf()) for _ in range(3)]
    assert counts == [1, 2, 3]


def test_two_servers_that_draw_the_same_curve_at_once_both_list_it(store: Store, series: Series) -> None:
    run_id = written(store, series, [3.0, 2.0])
    with store.write() as connection:
        connection.execute(update(schema.runs).values(state="done"))
    theirs = {"run_id": run_id, "epoch": 2, "best_epoch": 2, "seconds": 0.5, "curve": np.array([3, 2], "<f4").tobytes()}
    with ThreadPoolExecutor() as pool:
        with store.write() as connection:
            connection.execute(insert(shelf_tables.sketches), theirs)
            mine = pool.submit(store.shelf)
            time.sleep(0.3)  # for it to come to where it has to wait for us
        assert [list(row.curve) for row in mine.result(20)] == [[3.0, 2.0]]


def test_another_run_in_the_place_of_a_deleted_one_is_a_change(store: Store, series: Series) -> None:
    gone = written(store, series, [2.0])
    store.shelf()
    before = store.shelf_stamp()
    store.delete(gone)
    written(store, series, [2.0])
    store.shelf()
    assert store.shelf_stamp()[:-1] == before[:-1]  # the counts and sums are those of before
    assert store.shelf_stamp() != before


def test_notes_and_tags(store: Store, series: Series) -> None:
    one, other = written(store, series, [2.0]), written(store, series, [2.0])
    before, version = store.shelf_stamp(), store.version(one)
    store.annotate(one, "  looks <b>good</b>\n*so far*\0 ")
    store.tag(one, ["paper", " two  words ", "", "paper", "x" * 300])
    store.tag(other, ["paper"])
    assert store.note(one) == "looks <b>good</b>\n*so far*" and store.note(other) == ""
    assert store.tags_of(one) == ["paper", "two words", "x" * 60]
    assert store.tags() == {"paper": 2, "two words": 1, "x" * 60: 1}
    row = next(row for row in store.shelf() if row.id == one)
    assert (row.note, row.tags) == (store.note(one), tuple(store.tags_of(one)))
    assert store.shelf_stamp() != before and store.version(one) > version
    store.annotate(one, "")
    store.tag(one, [])
    assert store.note(one) == "" and store.tags() == {"paper": 1}
    with pytest.raises(ValueError, match="up to 20 tags, got 21"):
        store.tag(one, map(str, range(21)))
    for call in (
        lambda: store.annotate("nobody", "x"),
        lambda: store.tag("nobody", ["x"]),
        lambda: store.pin("nobody"),
    ):
        with pytest.raises(LookupError, match="no run 'nobody'"):
            call()


def test_one_run_is_pinned(store: Store, series: Series) -> None:
    one, other = written(store, series, [2.0]), written(store, series, [2.0])
    assert store.pinned() is None
    store.pin(one)
    stamp = store.shelf_stamp()
    store.pin(other)
    assert store.pinned() == other and store.shelf_stamp() != stamp
    assert {row.id: row.pinned for row in store.shelf()} == {one: False, other: True}
    store.discard(other)
    assert store.pinned() is None
    store.restore(other)
    assert store.pinned() == other
    store.pin(None)
    assert store.pinned() is None


def test_a_deleted_run_is_nowhere_and_comes_back_as_it_was(store: Store, series: Series) -> None:
    gone, stays = written(store, series, [2.0]), written(store, series, [2.0])
    store.tag(gone, ["mine"])
    before = store.shelf_stamp()
    store.discard(gone)
    store.discard(gone)
    assert [run.id for run in store.runs()] == [row.id for row in store.shelf()] == [stays] and store.tags() == {}
    assert [(one.id, one.name) for one in store.discarded()] == [(gone, "")] and store.shelf_stamp() != before
    assert "pause" in store.orders(gone), "its worker stops where it stands"
    assert store.restore(gone) and not store.restore(gone) and store.discarded() == []
    assert {run.id for run in store.runs()} == {gone, stays} and store.tags() == {"mine": 1}
    assert [epoch.val_rmse for epoch in store.epochs(gone)] == [2.0]
    with pytest.raises(LookupError):
        store.discard("nobody")


def test_a_deleted_lane_is_not_in_its_race(store: Store, series: Series) -> None:
    race = store.add_race([SMALL, SMALL], store.add_series(series), session="a")
    lanes = store.race(race)
    store.discard(lanes[0].id)
    assert [run.id for run in store.race(race)] == [lanes[1].id]
    store.restore(lanes[0].id)
    assert [run.id for run in store.race(race)] == [run.id for run in lanes]


def test_deleted_runs_go_for_good_by_hand_or_after_seven_days(url: str, series: Series) -> None:
    with Store(url) as store:
        old, new, stays = (written(store, series, [2.0]) for _ in range(3))
        for run_id in (old, new):
            store.annotate(run_id, "x")
            store.discard(run_id)
        eight_days = {"discarded": time.time() - 8 * 86400}
        with store.write() as connection:
            connection.execute(update(shelf_tables.trash).where(shelf_tables.trash.c.run_id == old).values(eight_days))
    with Store(url) as store:
        assert [one.id for one in store.discarded()] == [new] and store.run(old) is None and not store.restore(old)
        assert store.empty_trash() == 1 and store.empty_trash() == 0
        assert [run.id for run in store.runs()] == [stays] and store.run(new) is None
        with store.read() as connection:
            for table in (shelf_tables.notes, shelf_tables.trash, shelf_tables.sketches, schema.epochs):
                assert set(connection.execute(select(table.c.run_id)).scalars()) <= {stays}


def test_a_run_knows_what_it_was_started_with(store: Store, series: Series) -> None:
    run_id = store.add_run(SMALL, store.add_series(series), session="a")
    used = {"unroll": rnn.__version__, "numpy": np.__version__, "python": platform.python_version()}
    assert store.versions_of(run_id) == used and store.versions_of("nobody") == {}


def test_what_a_run_takes_on_the_disk(store: Store, series: Series) -> None:
    run_id = claimed(store, series)
    empty, before = store.size_of(run_id), store.disk_use()
    big = SMALL.replace(hidden=200)
    store.record(run_id, "worker", an_entry(epochs=(an_epoch(1),), checkpoint=Trainer(big, series).state))
    weights = 4 * (200 * 200 + 200 * 3 + 1)  # float32, at the least once
    assert empty == 0 and store.size_of(run_id) > weights
    use = store.disk_use()
    assert use.total == sum(use.kinds.values()) and use.total >= before.total
    assert use.kinds["Checkpoints"] > weights and use.kinds["Series"] > 200 * 8
    assert list(use.kinds.values()) == sorted(use.kinds.values(), reverse=True)
