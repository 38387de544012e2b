"""Forecasts against a loop of `model.predict`, and their intervals against the definition and against new data."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.fit import fit
from rnn.core.framing import Framing
from rnn.core.model import Model
from rnn.core.series import Series
from rnn.core.windows import split_windows
from rnn.forecast import baseline_errors, held_out
from rnn.forecast.ahead import predict_ahead
from rnn.forecast.multi_step import forecast
from rnn.forecast.residuals import conformal_reach, validation_residuals

QUICK = Config(hidden=6, window=8, epochs=3, batch=16, lr=0.02)


def waves(rows: int = 160, columns: int = 1) -> np.ndarray:
    k = np.arange(rows)
    return np.column_stack([np.sin(k / (3 + c)) * (c + 1) + 10 * c for c in range(columns)])


def trained(targets=("value",), names=("value",), **changes):
    days = np.datetime64("2024-01-01") + np.arange(160)
    series = Series(days, waves(columns=len(names)), tuple(names), tuple(targets), frequency="D")
    return fit(QUICK.replace(**changes), series)


@pytest.fixture(scope="module")
def one():
    return trained(horizon=3)


@pytest.fixture(scope="module")
def two():
    """Two targets, in another order than the columns."""
    return trained(targets=("b", "a"), names=("a", "b"), horizon=2)


def test_columns_for_one_target(one):
    assert list(forecast(one, 4).columns) == ["time", "mean", "lo80", "hi80", "lo95", "hi95"]
    assert list(forecast(one, 1, levels=(50, 97.5)).columns) == ["time", "mean", "lo50", "hi50", "lo97.5", "hi97.5"]
    assert list(forecast(one, 1, levels=()).columns) == ["time", "mean"]


def test_columns_for_several_targets(two):
    assert list(forecast(two, 1, levels=(90,)).columns) == [
        "time",
        "b.mean",
        "b.lo90",
        "b.hi90",
        "a.mean",
        "a.lo90",
        "a.hi90",
    ]


def test_times_follow_the_series(one):
    assert list(forecast(one, 2)["time"].to_numpy()) == [np.datetime64("2024-06-09"), np.datetime64("2024-06-10")]


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 7, 20])
def test_direct_up_to_the_horizon_then_on_its_own_predictions(one, steps):
    """A loop of single predictions on a growing list of values."""
    known = list(one.series.values[:, 0])
    expected = []
    while len(expected) < steps:
        window = np.array(known[-8:]).reshape(1, 8, 1)
        new = [float(value) for value in one.model.predict(window)[0, :, 0]]
        assert len(new) == 3
        expected += new
        known += new
    np.testing.assert_allclose(forecast(one, steps)["mean"], expected[:steps], rtol=1e-6)


def test_feeding_back_puts_every_target_into_its_own_column(two):
    known = [list(row) for row in two.series.values]
    expected = []
    for _ in range(3):
        prediction = two.model.predict(np.array(known[-8:])[None])[0]
        for b, a in prediction:
            expected.append((b, a))
            known.append([a, b])
    found = forecast(two, 6)
    np.testing.assert_allclose(found["b.mean"], [b for b, _ in expected], rtol=1e-6)
    np.testing.assert_allclose(found["a.mean"], [a for _, a in expected], rtol=1e-6)
    assert abs(found["b.mean"].mean() - 10) < 3 and abs(found["a.mean"].mean()) < 3


def test_a_horizon_longer_than_the_window():
    wide = trained(horizon=12, epochs=1)
    first = wide.model.predict(wide.series.values[None, -8:])[0, :, 0]
    second = wide.model.predict(first[-8:].reshape(1, 8, 1))[0, :, 0]
    np.testing.assert_allclose(forecast(wide, 20)["mean"], np.r_[first, second][:20], rtol=1e-6)


def test_another_series_to_forecast_from(one):
    later = Series.from_values(np.r_[one.series.values[:, 0], 0.5, 0.25])
    expected = one.model.predict(later.values[None, -8:])[0, 0, 0]
    found = forecast(one, 1, series=later)
    assert found["mean"][0] == pytest.approx(expected, rel=1e-6)
    assert found["time"][0] == 162


def test_covariates_that_are_not_predicted():
    with_rain = trained(names=("value", "rain"), horizon=3)
    assert len(forecast(with_rain, 3)) == 3
    with pytest.raises(
        ValueError, match=r"^steps=4 goes beyond the horizon \(3\).* rain .*train with horizon=4, or make"
    ):
        forecast(with_rain, 4)


@pytest.mark.parametrize("steps", [0, -1, 2.5, "3", True, None, 100_001])
def test_steps_out_of_range(one, steps):
    with pytest.raises(ValueError, match=r"^steps=.* is not allowed; allowed: a whole number from 1 to 100000\.$"):
        forecast(one, steps)


@pytest.mark.parametrize("levels", [(0,), (100,), (120,), (-5,), (math.nan,), ("80",), (True,), 80, "80", None])
def test_levels_out_of_range(one, levels):
    with pytest.raises(ValueError, match=r"^levels.* is not allowed; allowed: percentages above 0 and below 100"):
        forecast(one, 1, levels=levels)


def test_levels_that_repeat(one):
    with pytest.raises(ValueError, match=r"^levels must differ, got 80, 95, 80\.$"):
        forecast(one, 1, levels=(80, 95, 80.0))


def test_a_series_with_other_columns_or_too_short(one):
    with pytest.raises(ValueError, match="must have the model's columns"):
        forecast(one, 1, series=Series.from_values(waves(), names=["other"]))
    with pytest.raises(ValueError, match="reads 8 records, but the series has only 7"):
        forecast(one, 1, series=Series.from_values(waves(7)))


def test_conformal_reach_by_hand():
    """Nine residuals: at 80 % the eighth smallest of them, ⌈10 · 0.8⌉; at 90 % the ninth; at 95 % there are too few."""
    residuals = np.array([5.0, 1.0, 4.0, 2.0, 3.0, 9.0, 7.0, 6.0, 8.0])
    assert conformal_reach(residuals, 80) == 8
    assert conformal_reach(residuals, 81) == 9
    assert conformal_reach(residuals, 90) == 9
    assert conformal_reach(residuals, 50) == 5
    assert conformal_reach(residuals, 0.001) == 1
    assert math.isnan(conformal_reach(residuals, 95))
    assert math.isnan(conformal_reach(np.empty(0), 50))


def test_a_level_that_binary_fractions_miss():
    """999 residuals at 99.9 %: the last of them, ⌈1000 · 0.999⌉ = 999. And so for every tenth of a per cent."""
    residuals = np.arange(1.0, 1000.0)
    assert [conformal_reach(residuals, tenths / 10) for tenths in range(1, 1000)] == list(range(1, 1000))


def test_residuals_against_a_loop(two):
    """Every origin of the validation part, every step that the series still knows."""
    steps, window = 5, 8
    first = split_windows(two.config, 160).first_validation_window + window
    expected: list[list[list[float]]] = [[] for _ in range(steps)]
    for origin in range(first, 160):
        ahead = predict_ahead(two.model, two.series.values[None, origin - window : origin], steps)[0]
        for step in range(min(steps, 160 - origin)):
            a, b = two.series.values[origin + step]
            expected[step].append([abs(b - ahead[step, 0]), abs(a - ahead[step, 1])])
    found = validation_residuals(two, steps)
    assert [len(one) for one in found] == [160 - first - step for step in range(steps)]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


def test_intervals_are_nested_around_the_mean(one):
    found = forecast(one, 10)
    for outer, inner in (("lo95", "lo80"), ("lo80", "mean"), ("mean", "hi80"), ("hi80", "hi95")):
        assert (found[outer] <= found[inner]).all()


def test_too_few_residuals_leave_the_interval_open():
    few = trained(validation=12)
    found = forecast(few, 14, levels=(50, 90, 99.9))
    assert found["mean"].notna().all()
    assert found["lo99.9"].isna().all() and found["hi99.9"].isna().all()
    # A step s (from 1) has 13 − s residuals; 90 % needs nine of them, 50 % one.
    assert found["lo90"].notna().tolist() == [13 - step >= 9 for step in range(1, 15)]
    assert found["hi50"].notna().tolist() == [13 - step >= 1 for step in range(1, 15)]


def test_the_same_twice(one):
    assert forecast(one, 9).equals(forecast(one, 9))


def test_origins_in_parts_and_fewer_of_them(one, monkeypatch):
    whole = validation_residuals(one, 4)
    monkeypatch.setattr(held_out, "PASS_NUMBERS", 30)
    for part, expected in zip(validation_residuals(one, 4), whole, strict=True):
        np.testing.assert_allclose(part, expected, rtol=1e-4, atol=1e-6)
    monkeypatch.setattr(held_out, "MOST_ORIGINS", 10)
    fewer = validation_residuals(one, 4)
    assert len(fewer[0]) == 10
    assert fewer[0][0] == pytest.approx(whole[0][0], rel=1e-4) and fewer[0][-1] == pytest.approx(whole[0][-1], rel=1e-4)


def explosive(one) -> Model:
    """A relu network that multiplies what it is fed by a thousand."""
    config = one.config.replace(
        activation="relu", horizon=1, hidden=1, scaling="none", bias=False, dtype="float64", window=1
    )
    params = {"layer0.W_x": np.array([[1.0]]), "layer0.W_h": np.array([[0.0]]), "readout.W": np.array([[1000.0]])}
    return Model(config, params, Framing.fit(config, one.series, 100))


def test_a_forecast_that_grows_beyond_all_numbers(one):
    series = Series.from_values(np.full(160, 1.0))
    wild = dataclasses.replace(one, model=explosive(one), series=series)
    with pytest.raises(ValueError, match=r"at step 103 of 200; steps=102 is the most, or train with horizon=200\.$"):
        forecast(wild, 200)
    last = forecast(wild, 102).iloc[-1]
    assert last["mean"] == pytest.approx(1e306)
    assert not last["lo80"] > last["mean"]


def test_static_columns_and_logarithms_are_fed_back_as_they_are():
    k = np.arange(80)
    values = np.column_stack([np.exp(np.sin(k / 3)), np.full(80, 4.0)])
    series = Series.from_values(values, names=["sales", "shops"], targets=["sales"], static=["shops"])
    found = fit(Config(hidden=8, window=6, epochs=2, log=True, difference="first", validation=10), series)
    window, by_hand = values[-7:].copy(), []
    for _ in range(5):
        (following,) = found.model.predict(window[None])[0, 0]
        by_hand.append(following)
        window = np.vstack([window[1:], [following, 4.0]])
    assert forecast(found, 5)["mean"].to_numpy() == pytest.approx(by_hand, rel=1e-12)


@pytest.mark.parametrize("level", [80, 95])
def test_measured_coverage_on_data_that_nothing_was_fitted_to(level):
    """AR(1): the share of later values inside the intervals, one and three steps ahead, over many series."""
    inside, seeds, origins = {1: [], 3: []}, 24, 40
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        values = np.zeros(420)
        for k in range(1, 420):
            values[k] = 0.7 * values[k - 1] + rng.standard_normal()
        known, later = values[:300], values[300:]
        run = fit(QUICK.replace(window=4, epochs=2, validation=100, seed=seed), Series.from_values(known))
        reach = [conformal_reach(residuals[:, 0], level) for residuals in validation_residuals(run, 3)]
        starts = np.linspace(4, len(later) - 3, origins).astype(int)
        ahead = predict_ahead(run.model, np.stack([later[s - 4 : s, None] for s in starts]), 3)[:, :, 0]
        for step, hits in inside.items():
            hits.append(np.mean(np.abs(later[starts + step - 1] - ahead[:, step - 1]) <= reach[step - 1]))
    for hits in inside.values():
        # Three standard errors of the mean, from the spread between the series themselves.
        assert np.mean(hits) == pytest.approx(level / 100, abs=3 * np.std(hits) / math.sqrt(seeds) + 0.005)
        assert np.std(hits) < 0.15


def test_intervals_and_baselines_leave_the_test_part_alone():
    """Residuals are those of the validation part, which ends before the gap and the test part; the same when it changes."""
    held = trained(validation=30, test=25, gap=2)
    last = split_windows(held.config, 160).validation_records.stop
    assert last == 160 - 25 - 2
    found = validation_residuals(held, 3)
    assert [len(one) for one in found] == [30, 29, 28]
    later = held.series.values.copy()
    later[last:] = 77.0
    changed = dataclasses.replace(held, series=dataclasses.replace(held.series, values=later))
    for one, other in zip(found, validation_residuals(changed, 3), strict=True):
        assert np.array_equal(one, other)
    split = split_windows(held.config, 160)
    assert baseline_errors(held.series, split, 19) == baseline_errors(changed.series, split, 19)
    assert len(baseline_errors(held.series, split, 19)) == 4
