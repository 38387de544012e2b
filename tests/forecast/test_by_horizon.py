"""Errors by horizon and the tracks of one forecast, against naive loops of `Model.predict` and of the baselines."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.fit import fit
from rnn.core.series import Series
from rnn.core.windows import split_windows
from rnn.forecast import held_out
from rnn.forecast.baselines import BASELINES, baseline_errors
from rnn.forecast.by_horizon import errors_by_horizon, tracks
from rnn.forecast.held_out import most_origins
from tests.core.many_series import three
from tests.forecast.test_known_future import series_of

CONFIG = Config(hidden=5, window=7, horizon=3, epochs=4, batch=16, lr=0.02, season=6, validation=25, dtype="float64")
ROWS = 130


def wavy(columns=1) -> Series:
    rng = np.random.default_rng(2)
    k = np.arange(ROWS)
    values = np.column_stack([10 * c + np.sin(k / 2 + c) + 0.2 * rng.standard_normal(ROWS) for c in range(columns)])
    days = np.datetime64("2024-01-01") + k
    return Series(days, values, tuple("abc"[:columns]), tuple("abc"[:columns]), frequency="D")


@pytest.fixture(scope="module")
def run():
    return fit(CONFIG, wavy())


def ahead(run, origin, steps, kept, values=None):
    """A loop of single predictions on a growing list, of which the first `kept` of each pass are fed back."""
    known = [list(row) for row in (run.series.values if values is None else values)[:origin]]
    found = []
    while len(found) < steps:
        new = run.model.predict(np.array(known[-run.config.reach :])[None])[0][:kept]
        found += [list(row) for row in new]
        known += [list(row) for row in new]
    return np.array(found[:steps])


def naive_of(values, origin, step):
    return values[origin - 1]


def seasonal_of(values, origin, step):
    return values[origin - 6 + step % 6]


def drift_of(values, origin, step):
    return values[origin - 1] + (step + 1) * (values[origin - 1] - values[0]) / (origin - 1)


@pytest.mark.parametrize("part", ["validation", "test"])
def test_every_mode_against_a_loop(part):
    run = fit(CONFIG.replace(test=14, gap=1), wavy())
    values, steps = run.series.values[:, 0], 8
    split = split_windows(run.config, ROWS)
    records = split.validation_records if part == "validation" else split.test_records
    frame = errors_by_horizon(run, steps, part=part).set_index(["mode", "step"])
    assert list(dict.fromkeys(frame.index.get_level_values(0))) == ["direct", "free-running", *BASELINES]
    loops = {
        "direct": lambda origin, step: ahead(run, origin, step + 1, 3)[step, 0],
        "free-running": lambda origin, step: ahead(run, origin, step + 1, 1)[step, 0],
        "naive": lambda origin, step: naive_of(values, origin, step),
        "seasonal": lambda origin, step: seasonal_of(values, origin, step),
        "drift": lambda origin, step: drift_of(values, origin, step),
    }
    for mode, predict in loops.items():
        for step in range(steps):
            errors = [
                values[origin + step] - predict(origin, step) for origin in range(records.start, records.stop - step)
            ]
            row = frame.loc[(mode, step + 1)]
            assert row["n"] == len(errors) == records.stop - records.start - step
            assert row["mae"] == pytest.approx(np.mean(np.abs(errors)), rel=1e-9)
            assert row["rmse"] == pytest.approx(np.sqrt(np.mean(np.square(errors))), rel=1e-9)


def test_the_linear_baseline_is_solved_for_so_many_steps(run):
    """Least squares by hand: from a window and a one to all five steps, on the records of the training part."""
    values, steps = run.series.values[:, 0], 5
    split = split_windows(run.config, ROWS)
    seen = values[: split.seen_rows]
    rows = range(split.seen_rows - 7 - steps + 1)
    design = np.array([np.append(seen[k : k + 7], 1.0) for k in rows])
    weights = np.linalg.lstsq(design, np.array([seen[k + 7 : k + 7 + steps] for k in rows]), rcond=None)[0]
    frame = errors_by_horizon(run, steps).set_index(["mode", "step"])
    for step in range(steps):
        errors = [
            values[origin + step] - np.append(values[origin - 7 : origin], 1.0) @ weights[:, step]
            for origin in range(split.validation_records.start, split.validation_records.stop - step)
        ]
        assert frame.loc[("linear", step + 1), "mae"] == pytest.approx(np.mean(np.abs(errors)), rel=1e-6)


def test_at_its_own_horizon_the_baselines_are_those_of_the_verdict(run):
    """The mean square over its steps, on whole windows alone, is the verdict's."""
    split = split_windows(run.config, ROWS)
    found = baseline_errors(run.series, split, 6)
    frame = errors_by_horizon(fit(CONFIG.replace(horizon=1), wavy()), 1).set_index("mode")
    one = baseline_errors(run.series, split_windows(CONFIG.replace(horizon=1), ROWS), 6)
    for name in BASELINES:
        assert frame.loc[name, "rmse"] == pytest.approx(one[name], rel=1e-9)
    assert set(found) == set(one)


def test_the_first_step_is_the_same_in_both_modes_and_they_part_after_it(run):
    frame = errors_by_horizon(run, 3).pivot(index="step", columns="mode", values="mae")
    assert frame.loc[1, "direct"] == pytest.approx(frame.loc[1, "free-running"], rel=1e-12)
    assert frame.loc[3, "direct"] != pytest.approx(frame.loc[3, "free-running"], rel=1e-6)


def test_a_horizon_of_one_can_only_run_freely():
    frame = errors_by_horizon(fit(CONFIG.replace(horizon=1), wavy()), 4)
    assert "direct" not in set(frame["mode"]) and (frame["mode"] == "free-running").sum() == 4


def test_inputs_that_nothing_predicts_leave_the_direct_mode_alone():
    series = wavy(2)
    one_target = Series(series.times, series.values, series.names, ("b",), frequency="D")
    run = fit(CONFIG, one_target)
    frame = errors_by_horizon(run, 3)
    assert set(frame["mode"]) == {"direct", *BASELINES} and frame["n"].min() > 0
    assert tracks(run, 3).free_running is None
    beyond = errors_by_horizon(run, 5)
    assert beyond.query("step > 3")["n"].max() == 0 and beyond.query("step > 3")["mae"].isna().all()


def test_which_target(run):
    both = fit(CONFIG, wavy(2))
    first, second = (errors_by_horizon(both, 2, target) for target in (0, 1))
    naive = [np.abs(np.diff(both.series.values[:, k]))[-27:].mean() for k in (0, 1)]
    for frame, expected in zip((first, second), naive, strict=True):
        row = frame[(frame["mode"] == "naive") & (frame["step"] == 1)].iloc[0]
        assert row["n"] == 27 and row["mae"] == pytest.approx(expected)


def test_all_modes_stand_on_the_same_points_where_little_is_known_ahead():
    run = fit(Config(hidden=6, window=5, horizon=3, epochs=3, batch=16, lr=0.02), series_of(future=2))
    frame = errors_by_horizon(run, 6)
    assert set(frame["mode"]) == {"direct", "free-running", "naive", "drift", "linear"}
    assert frame.groupby("step")["n"].nunique().eq(1).all()
    counts = frame[frame["mode"] == "direct"].set_index("step")["n"]
    # Step 6 of a free pass reads two steps more than itself, and two are known after the end.
    assert counts[6] == 120 - split_windows(run.config, 120).validation_records.start - 5


def test_many_series_each_in_its_own_usual_step():
    run = fit(CONFIG.replace(season=None, validation=15), three())
    frame = errors_by_horizon(run, 2).set_index(["mode", "step"])
    for mode, kept in (("direct", 3), ("free-running", 1)):
        wrong = []
        for id_ in run.series.ids:
            own = run.of(id_)
            split = split_windows(own.config, len(own.series))
            unit = np.sqrt(np.mean(np.diff(own.series.values[: split.seen_rows, 0]) ** 2))
            part = split.validation_records
            for origin in range(part.start, part.stop - 1):
                wrong.append(abs(own.series.values[origin + 1, 0] - ahead(own, origin, 2, kept)[1, 0]) / unit)
        assert frame.loc[(mode, 2), "n"] == len(wrong)
        assert frame.loc[(mode, 2), "mae"] == pytest.approx(np.mean(wrong), rel=1e-9)


def test_more_steps_than_the_part_has(run):
    frame = errors_by_horizon(run, 60)
    assert len(frame) == 60 * len(set(frame["mode"]))
    far = frame[frame["step"] > 27]
    assert (far["n"] == 0).all() and far["mae"].isna().all()
    # A regression of sixty steps has enough to learn from here, one of a hundred has not.
    assert "linear" in set(frame["mode"]) and "linear" not in set(errors_by_horizon(run, 120)["mode"])


def test_no_test_part(run):
    with pytest.raises(ValueError, match=r"^The run has no test part; train with test="):
        errors_by_horizon(run, 2, part="test")
    with pytest.raises(ValueError, match=r"^part='train' is not allowed; allowed: validation, test\.$"):
        errors_by_horizon(run, 2, part="train")


def test_fewer_origins_where_free_running_takes_long(run, monkeypatch):
    monkeypatch.setattr(held_out, "LEAST_ORIGINS", 5)
    monkeypatch.setattr(held_out, "MOST_PASSES", 20)
    assert errors_by_horizon(run, 2)["n"].max() == 10


@pytest.mark.parametrize("origin", [None, 103, 110, 127, 129])
def test_tracks_against_loops(run, origin):
    values = run.series.values
    found = tracks(run, 5, origin)
    start = 125 if origin is None else origin
    count = min(5, ROWS - start)
    assert (found.origin, found.earliest, found.latest) == (start, 103, 129)
    assert np.array_equal(found.times, run.series.times[start : start + count])
    assert np.array_equal(found.actual, values[start : start + count])
    np.testing.assert_allclose(found.direct, ahead(run, start, count, 3), rtol=1e-9)
    np.testing.assert_allclose(found.free_running, ahead(run, start, count, 1), rtol=1e-9)
    one = [ahead(run, start + k, 1, 3)[0] for k in range(count)]
    np.testing.assert_allclose(found.one_step, one, rtol=1e-9)


@pytest.mark.parametrize("origin", [102, 0, -1, 130])
def test_an_origin_that_was_trained_on_or_is_not_there(run, origin):
    with pytest.raises(
        ValueError, match=rf"^origin={origin} is not allowed; allowed: a record from 103, .*, to 129\.$"
    ):
        tracks(run, 5, origin)


def test_tracks_of_many_series_are_asked_one_by_one():
    run = fit(CONFIG.replace(season=None, validation=15), three())
    with pytest.raises(ValueError, match=r"choose one of them with fit\.of\(id\)"):
        tracks(run, 3)
    assert tracks(run.of("south"), 3).actual.shape == (3, 1)


def test_tracks_know_what_is_known_ahead_and_nothing_beyond():
    run = fit(Config(hidden=6, window=5, horizon=3, epochs=3, batch=16, lr=0.02), series_of(future=1))
    found = tracks(run, 4, 116)
    assert np.isfinite(found.direct[:3]).all() and np.isnan(found.direct[3]).all()
    # A pass from record 118 on reads to 120, the one that is known after the end.
    assert np.isfinite(found.one_step[:3]).all() and np.isnan(found.one_step[3]).all()
    later = run.series.values.copy()
    later[116:, 0] += 50.0
    changed = dataclasses.replace(run, series=dataclasses.replace(run.series, values=later))
    np.testing.assert_array_equal(tracks(changed, 4, 116).free_running, found.free_running)


def test_a_large_network_far_ahead_is_measured_from_fewer_origins():
    """168 passes of one step each, of which a small network can afford a thousand."""
    small = Config(hidden=8, window=168, patch=24, horizon=168, seeds=3)
    assert most_origins(small, 168) == 1000
    assert most_origins(small.replace(hidden=256), 168) == 142
    assert most_origins(small.replace(hidden=256), 1) == 1000
    assert most_origins(small.replace(hidden=1024), 168) == 100
