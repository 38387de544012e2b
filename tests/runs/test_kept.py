"""The epochs that a run keeps: which they are, and what is read of them, on every store."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sqlalchemy import delete, select

from rnn.core.config import PRESETS
from rnn.core.series import Series
from rnn.core.train import Trainer
from rnn.runs import keeper, ledger, schema
from rnn.runs.journal import Journal
from rnn.runs.packing import pack_arrays
from rnn.runs.records import Kept
from rnn.runs.store import Store
from tests.core.many_series import three
from tests.runs.kept_runs import SMALL, keep_however_long_it_takes, numbers, resumed, seen, trained, work
from tests.runs.worker_by_hand import the, timeless

ARTICLE = PRESETS["article"].replace(epochs=3, hidden=8)
SQLITE = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def without_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_however_long_it_takes(monkeypatch)


def test_every_epoch_of_a_short_run_is_kept_as_it_was(store: Store, series: Series) -> None:
    run_id = trained(store, series)
    assert numbers(store, run_id) == list(range(SMALL.epochs + 1))
    assert all(kept.whole and kept.size > 0 for kept in store.kept(run_id))
    for epoch, then in enumerate(seen(SMALL, series)):
        fit, weights = store.fit_at(run_id, epoch), store.params_at(run_id, epoch)
        assert fit is not None and weights is not None
        assert weights.keys() == fit.model.params.keys() == then.weights.keys()
        for name, array in then.weights.items():
            assert weights[name].tobytes() == fit.model.params[name].tobytes() == array.tobytes(), (epoch, name)
        assert timeless(fit.history) == timeless(then.history)
        assert fit.metrics == then.metrics and fit.metrics["best_epoch"] == epoch and fit.final is None


@SQLITE
@pytest.mark.parametrize(
    "choices",
    [
        {"skip": "linear", "residual": "last", "test": 20, "loss": "huber"},
        {"skip": "mean", "test": 20},
        {"skip": "mean", "seeds": 2, "refit": True, "loss": "quantile", "optimiser": "sgd"},
        {"cell": "lstm", "layers": 2, "horizon": 3, "scaling": "window"},
        {"gradient": "published"},
    ],
    ids=str,
)
def test_whatever_the_network_its_epochs_are_those_that_were(
    store: Store, series: Series, choices: dict[str, object]
) -> None:
    config = ARTICLE if "gradient" in choices else SMALL.replace(**choices)
    run_id = trained(store, series, config)
    assert numbers(store, run_id) == list(range(config.epochs + 1))
    for epoch, then in enumerate(seen(config, series)):
        fit, weights = store.fit_at(run_id, epoch), store.params_at(run_id, epoch)
        assert fit is not None and weights is not None
        for name, array in then.weights.items():
            assert weights[name].tobytes() == fit.model.params[name].tobytes() == array.tobytes(), (epoch, name)
        # The mean of two forecasts and the forecast of the mean weights differ by a rounding.
        assert dict(fit.metrics) == pytest.approx(then.metrics, rel=1e-6)


@SQLITE
def test_the_epochs_of_many_series_in_one_are_those_that_were(store: Store) -> None:
    panel = three()
    run_id = trained(store, panel)
    for epoch, then in enumerate(seen(SMALL, panel)):
        fit = store.fit_at(run_id, epoch)
        assert fit is not None and fit.metrics == then.metrics
        south = panel.part("south").values[: SMALL.reach][None]
        assert (fit.of("south").model.predict(south) == fit.model.predict(south, numbers=1)).all()


def test_a_run_that_is_not_there_or_has_not_begun_has_kept_nothing(store: Store, series: Series) -> None:
    run_id = store.add_run(SMALL, store.add_series(series), session="a")
    for each in (run_id, "nobody"):
        assert store.kept(each) == [] and store.params_at(each, 0) is None and store.kept_size(each) == 0
    assert store.fit_at(run_id, 0) is None
    with pytest.raises(LookupError, match="There is no run 'nobody'"):
        store.fit_at("nobody", 0)


def test_an_epoch_that_is_not_kept_is_none(store: Store, series: Series) -> None:
    run_id = trained(store, series)
    for epoch in (-1, 7, 10**9):
        assert store.fit_at(run_id, epoch) is None and store.params_at(run_id, epoch) is None


def test_kept_epochs_stay_below_the_limit_and_go_with_the_run(
    store: Store, series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "KEPT_BYTES", 12_000)
    run_id = trained(store, series, SMALL.replace(epochs=60, lr=0.05, batch=16))
    run, kept = the(store, run_id), numbers(store, run_id)
    assert 5 < len(kept) < 20 and {0, run.best_epoch, 60} <= set(kept)
    with store.read() as connection:
        rows = connection.execute(select(schema.kept_arrays)).all()
    assert store.kept_size(run_id) == sum(len(row.arrays) for row in rows) <= 12_000
    # Nothing lies about that no kept epoch is made of.
    bests = {row.best_epoch for row in store.kept_rows(run_id)[0]}
    assert {row.epoch for row in rows} == set(kept) | bests and bests - set(kept), (
        "no best but kept ones: nothing tested"
    )
    store.delete(run_id)
    with store.read() as connection:
        for table in (schema.kept, schema.kept_arrays):
            assert connection.execute(select(table)).all() == []


@SQLITE
@pytest.mark.parametrize("limit", [0, 700, 1500, 3000, 6000])
def test_where_little_fits_the_best_and_the_newest_are_read_from_the_checkpoint(
    store: Store, series: Series, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr(keeper, "KEPT_BYTES", limit)
    config = SMALL.replace(epochs=30, lr=0.03)
    run_id, then = trained(store, series, config), seen(config, series)
    assert store.kept_size(run_id) <= limit
    assert {the(store, run_id).best_epoch, 30} <= set(numbers(store, run_id))
    for epoch in numbers(store, run_id):
        fit = store.fit_at(run_id, epoch)
        assert fit is not None and fit.metrics == then[epoch].metrics
        assert timeless(fit.history) == timeless(then[epoch].history)


@SQLITE
def test_which_epochs_are_kept_is_the_same_for_a_run_that_was_paused_at_each(
    store: Store, series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "KEPT_BYTES", 14_000)
    config = SMALL.replace(epochs=40, lr=0.05)
    at_once, step_by_step = trained(store, series, config), trained(store, series, config, pause_at=1)
    for epoch in range(2, 41):
        store.command(step_by_step, "step")
        assert work(store) == step_by_step
        assert {0, the(store, step_by_step).best_epoch, epoch} <= set(numbers(store, step_by_step))
    assert the(store, step_by_step).state == "done"
    assert numbers(store, at_once) == numbers(store, step_by_step)
    one, other = store.kept_rows(at_once)[0], store.kept_rows(step_by_step)[0]
    assert [row.place for row in one] == [row.place for row in other] and not all(row.place for row in one)
    for epoch in numbers(store, at_once):
        one, other = store.params_at(at_once, epoch), store.params_at(step_by_step, epoch)
        assert one is not None and other is not None
        assert all(one[name].tobytes() == other[name].tobytes() for name in one)


def test_the_last_epochs_before_a_divergence_are_kept(
    store: Store, series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "KEPT_BYTES", 6_000)
    wild = SMALL.replace(
        optimiser="sgd", activation="relu", clip="none", lr=10.0, epochs=60, batch=256, window=20, warmup=0.5
    )
    run_id = trained(store, series, wild)
    run = the(store, run_id)
    assert run.state == "diverged" and run.last_finite_epoch is not None and run.last_finite_epoch > 4
    last = range(run.last_finite_epoch - 3, run.last_finite_epoch + 1)
    assert set(last) <= set(numbers(store, run_id)) and last[0] - 1 not in numbers(store, run_id)
    assert store.kept_size(run_id) <= 6_000
    for epoch in last:
        weights = store.params_at(run_id, epoch)
        assert weights is not None and all(np.isfinite(array).all() for array in weights.values())


def test_a_change_takes_away_what_was_kept_of_the_course_not_taken(
    store: Store, series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that was killed had walked to epoch 6, its checkpoint is of epoch 3; then the rate is changed."""
    run_id = trained(store, series, pause_at=3)
    saved = store.checkpoint(run_id)
    resumed(store, run_id)
    assert numbers(store, run_id) == [0, 1, 2, 3, 4, 5, 6] and saved is not None
    with store.write() as connection:
        connection.execute(schema.runs.update().values(state="paused", epoch=3))
        connection.execute(
            schema.snapshots.update()
            .where(schema.snapshots.c.kind == "checkpoint")
            .values(epoch=3, meta=json.dumps(saved.meta), arrays=pack_arrays(saved.arrays))
        )
    old = {epoch: store.params_at(run_id, epoch) for epoch in (3, 6)}
    store.command(run_id, "lr", 1e-5)
    store.command(run_id, "epochs", 5)
    resumed(store, run_id)
    assert numbers(store, run_id) == [0, 1, 2, 3, 4, 5]
    new = store.params_at(run_id, 3)
    assert old[3] is not None and new is not None and new["layer0.W_h"].tobytes() == old[3]["layer0.W_h"].tobytes()
    fit = store.fit_at(run_id, 5)
    assert fit is not None and (fit.config.lr, fit.config.epochs, len(fit.history)) == (1e-5, 5, 5)
    earlier = store.fit_at(run_id, 3)
    assert earlier is not None and (earlier.config.lr, earlier.config.epochs) == (SMALL.lr, 6)


def test_a_write_that_fails_leaves_what_was_kept_as_it_was(
    store: Store, series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add_run(SMALL, store.add_series(series), session="a")
    run = store.claim_next("worker")
    assert run is not None
    trainer = Trainer(SMALL, series)
    journal = Journal(store, run.id, "worker", trainer)
    events = trainer.run()
    journal.add_epoch(next(events))
    before = store.kept(run.id)
    assert [kept.epoch for kept in before] == [0, 1]

    def fail(*_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(ledger, "_write_changes", fail)
    monkeypatch.setattr(keeper, "KEEPING_GAP", 0.0)
    with pytest.raises(RuntimeError, match="power cut"):
        for event in events:
            if hasattr(event, "val_loss"):
                journal.add_epoch(event)
                journal.add_changes(())
    assert store.kept(run.id) == before


def test_a_run_of_an_older_version_has_what_its_checkpoint_has(store: Store, series: Series) -> None:
    config = SMALL.replace(epochs=30, lr=0.03, skip="mean")
    run_id, then = trained(store, series, config), seen(config, series)
    with store.write() as connection:
        for table in (schema.kept, schema.kept_arrays):
            connection.execute(delete(table))
    best = the(store, run_id).best_epoch
    assert best is not None and 0 < best < 30
    assert store.kept(run_id) == [Kept(best, 0, whole=False), Kept(30, 0, whole=True)]
    for epoch in (best, 30):
        fit, weights = store.fit_at(run_id, epoch), store.params_at(run_id, epoch)
        assert fit is not None and weights is not None
        assert dict(fit.metrics) == pytest.approx(then[epoch].metrics, rel=1e-6)
        assert all(weights[name].tobytes() == array.tobytes() for name, array in then[epoch].weights.items())
    store.command(run_id, "epochs", 33)
    resumed(store, run_id)
    assert set(numbers(store, run_id)) == {the(store, run_id).best_epoch, 31, 32, 33}
    last = store.params_at(run_id, 33)
    again = seen(config.replace(epochs=30), series)
    assert last is not None and last.keys() == again[0].weights.keys()


@SQLITE
def test_a_store_made_before_there_were_kept_epochs_opens_and_gets_them(url: str, store: Store, series: Series) -> None:
    run_id = trained(store, series)
    for table in (schema.kept_arrays, schema.kept, schema.branches):
        with store.write() as connection:
            table.drop(connection)
    with Store(url) as again:
        assert [kept.epoch for kept in again.kept(run_id)] == [6]
        assert numbers(again, trained(again, series)) == list(range(7))
