"""The naive forecasts and the linear autoregression against plain loops, on exactly the validation points."""

from __future__ import annotations

import dataclasses
import math
import time
import tracemalloc

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.core.windows import split_windows
from rnn.forecast import autoregression
from rnn.forecast.baselines import BASELINES, baseline_errors, validation_actual


def validation_origins(config: Config, rows: int) -> range:
    """Rows of the first value predicted by each validation window, counted from the end of the series."""
    split = split_windows(config, rows)
    last = rows - config.horizon
    return range(last - split.validation + 1, last + 1)


def naive_loop(series: Series, config: Config, season: int | None) -> dict[str, list[float]]:
    """Squared errors of naive, seasonal naive and drift, value by value."""
    squares: dict[str, list[float]] = {"naive": [], "seasonal": [], "drift": []}
    for origin in validation_origins(config, len(series)):
        for ahead in range(config.horizon):
            for target in series.targets:
                column = series.values[:, series.names.index(target)]
                squares["naive"].append((column[origin + ahead] - column[origin - 1]) ** 2)
                slope = (column[origin - 1] - column[0]) / (origin - 1)
                drifted = column[origin - 1] + (ahead + 1) * slope
                squares["drift"].append((column[origin + ahead] - drifted) ** 2)
                if season:
                    row = origin + ahead
                    while row >= origin:
                        row -= season
                    squares["seasonal"].append((column[origin + ahead] - column[row]) ** 2)
    return squares


def linear_loop(series: Series, config: Config) -> list[float]:
    """Squared errors of one ordinary least squares for each output, in original units, by the normal equations."""
    split = split_windows(config, len(series))
    rows = [[*series.values[i : i + config.window].ravel(), 1.0] for i in range(split.train)]
    design = np.array(rows)
    squares = []
    for ahead in range(config.horizon):
        for target in series.targets:
            column = series.values[:, series.names.index(target)]
            y = np.array([column[i + config.window + ahead] for i in range(split.train)])
            weights = np.linalg.solve(design.T @ design, design.T @ y)
            for origin in validation_origins(config, len(series)):
                inputs = np.array([*series.values[origin - config.window : origin].ravel(), 1.0])
                squares.append((inputs @ weights - column[origin + ahead]) ** 2)
    return squares


def root_mean(squares: list[float]) -> float:
    return math.sqrt(sum(squares) / len(squares))


CASES = [
    # horizon, targets, columns, validation, season
    (1, ["a"], ["a"], 0.2, 7),
    (3, ["a"], ["a"], 30, 2),
    (5, ["b", "a"], ["a", "b"], 0.3, 4),
    (2, ["b"], ["a", "b", "c"], 1, None),
    (9, ["a", "c"], ["a", "b", "c"], 25, 3),
]


@pytest.mark.parametrize(("horizon", "targets", "columns", "validation", "season"), CASES)
def test_against_plain_loops(rng, horizon, targets, columns, validation, season):
    values = rng.standard_normal((160, len(columns))).cumsum(axis=0) * [3.0**k for k in range(len(columns))] + 50
    series = Series.from_values(values, columns, targets)
    config = Config(window=6, horizon=horizon, validation=validation)
    errors = baseline_errors(series, split_windows(config, 160), season)
    expected = naive_loop(series, config, season)
    assert errors["naive"] == pytest.approx(root_mean(expected["naive"]), rel=1e-12)
    assert errors["drift"] == pytest.approx(root_mean(expected["drift"]), rel=1e-12)
    if season:
        assert errors["seasonal"] == pytest.approx(root_mean(expected["seasonal"]), rel=1e-12)
    assert errors["linear"] == pytest.approx(root_mean(linear_loop(series, config)), rel=1e-6)


def test_by_hand():
    """1 4 1 4 1 5, window 2, one validated: the naive forecast says 1, and so does the drift from 1 to 1; the season of two
    says 4; the last value is 5."""
    series = Series.from_values([1, 4, 1, 4, 1, 5])
    split = split_windows(Config(window=2, validation=1), 6)
    assert validation_actual(series, split).tolist() == [[[5.0]]]
    errors = baseline_errors(series, split, 2)
    assert (errors["naive"], errors["seasonal"], errors["drift"]) == (4, 1, 4)
    assert errors["linear"] == pytest.approx(1)  # x_t = x_{t−2}, learnt exactly from 1 4 1 4 1


def test_drift_from_a_single_record_is_its_value():
    series = Series.from_values([3.0, 5, 4, 9])
    found = BASELINES["drift"].predict(series, split_windows(Config(window=1, validation=2), 4), None)
    assert found[:, :, 0].tolist() == [[7.0], [4.5]]
    first = dataclasses.replace(split_windows(Config(window=1, validation=2), 4), train=0, validation=1)
    assert BASELINES["drift"].predict(series, first, None).tolist() == [[[3.0]]]


@pytest.mark.parametrize("season", [None, 1, 101, 10_000])
def test_no_seasonal_forecast_without_a_season_in_reach(rng, season):
    series = Series.from_values(rng.standard_normal(120))
    split = split_windows(Config(window=20, validation=20), 120)
    assert split.first_validation_window + split.window == 100
    assert "seasonal" not in baseline_errors(series, split, season)


def test_the_longest_season_that_reaches_back(rng):
    values = rng.standard_normal(120)
    split = split_windows(Config(window=20, validation=20), 120)
    errors = baseline_errors(Series.from_values(values), split, 100)
    assert errors["seasonal"] == pytest.approx(root_mean(list((values[100:] - values[:20]) ** 2)))


def test_linear_is_exact_on_a_sine():
    series = Series.from_values([math.sin(k) for k in range(200)])
    assert baseline_errors(series, split_windows(Config(window=50, validation=50), 200))["linear"] < 1e-12


def test_linear_takes_constant_and_very_different_columns(rng):
    wave = np.sin(np.arange(300) / 5)
    values = np.column_stack([wave * 1e9, np.full(300, 7.1), wave * 1e-9])
    series = Series.from_values(values, ["big", "flat", "small"], ["big"])
    errors = baseline_errors(series, split_windows(Config(window=5), 300))
    assert errors["linear"] < 1e-6 * 1e9


def test_a_column_that_only_moves_in_the_validation_part_does_not_explode(rng):
    values = np.column_stack([rng.standard_normal(300), np.r_[np.full(280, 0.1), rng.standard_normal(20)]])
    series = Series.from_values(values, ["y", "switch"], ["y"])
    errors = baseline_errors(series, split_windows(Config(window=5), 300))
    assert errors["linear"] < 2 * errors["naive"]


@pytest.mark.parametrize("name", BASELINES)
@pytest.mark.parametrize("horizon", [1, 4])
def test_no_baseline_sees_the_future(rng, name, horizon):
    """Values from a validation window's first target on do not change the forecasts up to that window."""
    values = rng.standard_normal((200, 2))
    config = Config(window=8, horizon=horizon, validation=40)
    split = split_windows(config, 200)
    before = BASELINES[name].predict(Series.from_values(values), split, 5)
    for window in (0, 17, split.validation - 1):
        origin = split.first_validation_window + window + config.window
        changed = values.copy()
        changed[origin:] = 1000 * rng.standard_normal(changed[origin:].shape)
        after = BASELINES[name].predict(Series.from_values(changed), split, 5)
        np.testing.assert_array_equal(after[: window + 1], before[: window + 1])
    assert not np.array_equal(after, BASELINES[name].predict(Series.from_values(values + 1), split, 5))


def test_linear_learns_from_the_training_windows_alone(rng):
    """Between the last training target and the first validation window's inputs nothing enters the fit."""
    values = rng.standard_normal(200)
    split = split_windows(Config(window=8, horizon=3, validation=40), 200)
    last_inputs = values[-3 - 8 : -3]
    changed = values.copy()
    changed[split.scaler_rows : -3 - 8] = 99.0
    series = [Series.from_values(v) for v in (values, changed)]
    assert list(last_inputs) == list(changed[-11:-3])
    forecasts = [BASELINES["linear"].predict(one, split, None)[-1] for one in series]
    np.testing.assert_array_equal(*forecasts)


def test_a_subset_of_windows_and_chunks_give_nearly_the_same(rng, monkeypatch):
    """What keeps long series quick: fewer windows to learn from, and predictions in parts."""
    noise = rng.standard_normal(6000)
    values = np.zeros(6000)
    for k in range(2, 6000):
        values[k] = 1.2 * values[k - 1] - 0.5 * values[k - 2] + noise[k]
    series, split = Series.from_values(values), split_windows(Config(window=10), 6000)
    whole = baseline_errors(series, split)["linear"]
    monkeypatch.setattr(autoregression, "REGRESSION_NUMBERS", 12_000)
    assert baseline_errors(series, split)["linear"] == pytest.approx(whole, rel=0.01)
    assert whole == pytest.approx(1.0, abs=0.06)  # the noise itself, which no forecast can beat


def test_a_long_window_enters_with_its_last_records(rng, monkeypatch):
    values = rng.standard_normal((500, 2))
    split = split_windows(Config(window=40, validation=50), 500)
    monkeypatch.setattr(autoregression, "REGRESSION_WEIGHTS", 10)
    cut = BASELINES["linear"].predict(Series.from_values(values), split, None)
    short = split_windows(Config(window=5, validation=50), 500)
    # The same five records, learnt from the same rows: the shorter window has 35 more training windows in front.
    skipped = Series.from_values(values[35:])
    expected = BASELINES["linear"].predict(skipped, split_windows(Config(window=5, validation=50), 465), None)
    assert short.validation == split.validation
    np.testing.assert_allclose(cut, expected, rtol=1e-9, atol=1e-12)


def test_a_large_series_takes_seconds_and_little_memory(rng):
    series = Series.from_values(rng.standard_normal(200_000).cumsum())
    split = split_windows(Config(window=100), 200_000)
    tracemalloc.start()
    started = time.thread_time()
    errors = baseline_errors(series, split, 24)
    seconds, peak = time.thread_time() - started, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert set(errors) == {"naive", "seasonal", "drift", "linear"}
    assert seconds < 5
    assert peak < 200e6


def test_very_large_and_very_small_values(rng):
    for size in (1e90, 1e-90):
        errors = baseline_errors(
            Series.from_values(rng.uniform(-1, 1, 100) * size), split_windows(Config(window=5), 100), 7
        )
        assert all(0.1 < error / size < 2 for error in errors.values())
        assert len(errors) == 4
