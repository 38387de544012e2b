"""Runs that arrive as fits stand in the store as if they had been trained there."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import rnn
from rnn.core.config import Config
from rnn.core.fit import Fit
from rnn.core.series import Series
from rnn.export import fit_from_bytes, fit_to_bytes
from rnn.runs.store import Store
from tests.export.runs_of_every_kind import KINDS
from tests.runs.kept_runs import SMALL, numbers, resumed, trained
from tests.runs.worker_by_hand import assert_same_bits, the, timeless, undisturbed


def arrived(store: Store, fit: Fit, **given: object) -> str:
    return store.add_fit(fit_from_bytes(fit_to_bytes(fit)), session="s", name="from afar", **given)


def assert_equal_fits(found: Fit | None, fit: Fit) -> None:
    assert found is not None
    assert (found.history, found.finished, found.config) == (fit.history, fit.finished, fit.config)
    assert dict(found.metrics) == dict(fit.metrics)
    mine, others = found.state.to_arrays(), fit.state.to_arrays()
    assert mine[1] == others[1] and mine[0].keys() == others[0].keys()
    for name, array in others[0].items():
        assert mine[0][name].tobytes() == array.tobytes(), name
    assert found.series.values.tobytes() == fit.series.values.tobytes()
    assert (found.series.names, found.series.targets, found.series.ids) == (
        fit.series.names, fit.series.targets, fit.series.ids,
    )  # fmt: skip


def test_a_fit_comes_back_as_it_went_in(store: Store, series: Series) -> None:
    fit = rnn.fit(SMALL, series)
    run_id = arrived(store, fit)
    run = the(store, run_id)
    assert (run.name, run.session, run.state, run.reason) == ("from afar", "s", "done", "done")
    assert (run.epoch, run.best_epoch, run.config) == (6, fit.finished.best_epoch, SMALL)
    assert run.finished is not None and run.started is not None and store.queue_length() == 0
    assert store.epochs(run_id) == fit.history and store.changes(run_id) == []
    assert_equal_fits(store.fit(run_id), fit)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_fit(tmp_path, kind: str) -> None:
    fit = rnn.fit(*KINDS[kind])
    with Store(f"sqlite:///{tmp_path / 'one.sqlite'}") as store:
        run_id = arrived(store, fit)
        assert_equal_fits(store.fit(run_id), fit)
        assert store.best(run_id) is not None and store.preview(run_id) is not None


def test_its_predictions_are_those_that_a_worker_would_have_left(store: Store, series: Series) -> None:
    config = SMALL.replace(test=0.1)
    here = store.preview(trained(store, series, config))
    there = store.preview(arrived(store, rnn.fit(config, series)))
    assert here is not None and there is not None and here.epoch == there.epoch
    for part in ("train", "validation", "test"):
        assert getattr(here, part).tobytes() == getattr(there, part).tobytes()


def test_it_goes_on_with_the_bits_of_the_run_that_never_left(store: Store, series: Series) -> None:
    for count in (30, 32):  # in mid-epoch, and after one: 192 windows − validation, 64 in a batch
        asked = iter(range(count))
        fit = rnn.fit(SMALL.replace(batch=16, epochs=9), series, lambda asked=asked: next(asked, None) is None)
        run_id = arrived(store, fit)
        assert the(store, run_id).state == "stopped" and the(store, run_id).epoch < 9
        resumed(store, run_id)
        epochs, trainer = undisturbed(SMALL.replace(batch=16, epochs=9), series, 9)
        assert the(store, run_id).state == "done"
        assert timeless(store.epochs(run_id)) == timeless(epochs)
        assert_same_bits(store, run_id, trainer)


def test_a_finished_one_goes_on_when_it_is_given_more_epochs(store: Store, series: Series) -> None:
    run_id = arrived(store, rnn.fit(SMALL, series))
    store.command(run_id, "epochs", 8)
    resumed(store, run_id)
    epochs, trainer = undisturbed(SMALL.replace(epochs=8), series, 8)
    assert timeless(store.epochs(run_id)) == timeless(epochs)
    assert_same_bits(store, run_id, trainer)


def test_the_best_and_the_newest_epoch_can_be_gone_back_to(store: Store, series: Series) -> None:
    fit = rnn.fit(SMALL.replace(lr=0.3), series)
    best, last = fit.finished.best_epoch, fit.history[-1].epoch
    assert best < last, "the test is about two epochs"
    run_id = arrived(store, fit)
    assert numbers(store, run_id) == [best, last]
    at_best, newest = store.params_at(run_id, best), store.params_at(run_id, last)
    assert at_best is not None and newest is not None
    for name in fit.state.params:
        np.testing.assert_array_equal(at_best[name], fit.model.params[name])
        np.testing.assert_array_equal(newest[name], fit.state.params[name])
    branch = store.branch(run_id, last, session="s")
    assert the(store, branch).epoch == last


def test_where_it_came_from_and_what_was_changed_come_along(store: Store, series: Series) -> None:
    key = store.add_file("mine.csv", b"a,b\n1,2\n")
    reading = {"data": f"file-{key}", "targets": ["a"]}
    fit = rnn.fit(SMALL, series)
    run_id = arrived(store, fit, reading=reading, file_hash=key, changes=[(3, 1, "lr", 0.01, SMALL.lr)])
    series_hash = the(store, run_id).series_hash
    assert store.series_file(series_hash) == key and store.series_reading(series_hash) == reading
    (change,) = store.changes(run_id)
    assert (change.epoch, change.batch, change.field, change.old, change.new) == (3, 1, "lr", 0.01, SMALL.lr)


def test_how_a_diverged_one_ended_is_kept(store: Store, series: Series) -> None:
    fit = rnn.fit(
        Config(hidden=4, window=8, epochs=20, optimiser="sgd", lr=10.0, clip="none", activation="relu"), series
    )
    assert fit.finished.reason == "diverged"
    run_id = arrived(store, fit)
    run = the(store, run_id)
    assert (run.state, run.message, run.parameter, run.step) == (
        "diverged", fit.finished.message, fit.finished.parameter, fit.finished.step,
    )  # fmt: skip
    found = store.fit(run_id)
    assert found is not None and found.finished == fit.finished and repr(found.history) == repr(fit.history)


def test_an_end_that_no_run_has_is_refused_and_nothing_stays(store: Store, series: Series) -> None:
    fit = rnn.fit(SMALL, series)
    with pytest.raises(ValueError, match="ended as 'running'"):
        arrived(store, dataclasses.replace(fit, finished=dataclasses.replace(fit.finished, reason="running")))
    with pytest.raises(LookupError, match="no file 'nothing'"):
        arrived(store, fit, file_hash="nothing")
    assert store.runs() == []
