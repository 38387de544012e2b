"""Intervals of the methods: they hold as often as they say where the law of the data is known, they are statsmodels' own where
it has some, and none is without width unless nothing changes."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, norm

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.forecast.backtest.fold import scale_of
from rnn.forecast.backtest.method import Request, forecasts_of
from rnn.forecast.methods import METHODS
from rnn.forecast.methods.spread import season_of_noise

from .simulated import LAWS
from .test_methods_hold import CONFIGS, DATA

STEPS, ROWS = 6, 120
MONTHS = Config(window=12, horizon=STEPS, season=12)


def outlook(key: str, values: np.ndarray, config: Config, steps: int = STEPS, levels=(80, 95)):
    history = Series.from_values(values)
    return forecasts_of(Request(key, config, steps, levels), [history], scale_of(history, config.season)[None])


def seasonal(rows: int, rng) -> np.ndarray:
    return 60 + 5 * np.sin(np.arange(rows) * np.pi / 6) + rng.standard_normal(rows)


def multiplied(rows: int, rng) -> np.ndarray:
    wave = 1 + 0.3 * np.sin(np.arange(rows) * np.pi / 6)
    return 100 * 1.005 ** np.arange(rows) * wave * (1 + 0.05 * rng.standard_normal(rows))


def drawn(law, rows: int, rng) -> np.ndarray:
    return LAWS[law].series(rows, rng) if law in LAWS else law(rows, rng)


@pytest.mark.parametrize(
    ("key", "law", "season"),
    [
        ("naive", "random walk", None),
        ("drift", "random walk", None),
        ("seasonal", seasonal, 12),
        ("linear", "AR(1)", None),
        ("ridge", "AR(1)", None),
        ("linear", seasonal, 12),
        ("ridge", seasonal, 12),
        ("ets", "random walk", None),
        ("ets", seasonal, 12),
        ("ets", multiplied, 12),
        ("theta", "random walk", None),
        ("theta", seasonal, 12),
        ("stl", seasonal, 12),
    ],
)
def test_they_hold_as_often_as_they_say(key, law, season):
    """At the first and at the last step, each by itself, over series that have nothing in common."""
    count = 70
    config = Config(window=12 if season else 3, horizon=STEPS, season=season)
    inside = {level: np.zeros(STEPS) for level in (80, 95)}
    for seed in range(count):
        values = drawn(law, ROWS + STEPS, np.random.default_rng(seed))
        found = outlook(key, values[:ROWS], config)
        for level, hits in inside.items():
            hits += (found.low[level][0, :, 0] <= values[ROWS:]) & (values[ROWS:] <= found.high[level][0, :, 0])
    for level, hits in inside.items():
        least, most = binom.interval(0.999, count, level / 100)
        for step in (0, -1):
            assert least <= hits[step] <= most, (level, step, hits[step] / count)


@pytest.mark.parametrize("key", ["ets", "theta"])
def test_a_model_that_is_not_the_datas_own_errs_to_the_wide_side(key):
    """Errors that die away, which smoothing takes for steps that stay."""
    hits = 0.0
    for seed in range(60):
        values = LAWS["AR(1)"].series(ROWS + STEPS, np.random.default_rng(seed))
        found = outlook(key, values[:ROWS], Config())
        hits += np.mean(
            np.abs(values[ROWS:] - found.predicted[0, :, 0]) <= found.high[80][0, :, 0] - found.predicted[0, :, 0]
        )
    assert hits / 60 > 0.75


def of_statsmodels(y: np.ndarray, steps: int, level: float, **model) -> tuple[np.ndarray, np.ndarray]:
    """Mean, and half the width, of ETSModel as statsmodels fits it by itself."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    fit = ETSModel(pd.Series(y), **model).fit(disp=False)
    found = fit.get_prediction(len(y), len(y) + steps - 1)
    ends = found.pred_int(1 - level / 100).to_numpy()
    return np.asarray(found.predicted_mean), np.asarray(ends[:, 1] - ends[:, 0]) / 2


def test_exponential_smoothing_against_statsmodels(rng):
    """Its variance divides by n; ours by what the level, its constant and the first values of a season leave of it."""
    y = 20 + 0.4 * rng.standard_normal(150).cumsum() + rng.standard_normal(150)
    mean, reach = of_statsmodels(y, 8, 80)
    found = outlook("ets", y, Config(), 8)
    assert found.predicted[0, :, 0] == pytest.approx(mean, abs=0.02)
    assert found.high[80][0, :, 0] - found.predicted[0, :, 0] == pytest.approx(reach * math.sqrt(150 / 148), rel=0.02)
    y = y + 4 * np.sin(np.arange(150) * np.pi / 6)
    _, reach = of_statsmodels(y, 8, 95, seasonal="add", seasonal_periods=12)
    found = outlook("ets", y - 100, Config(season=12), 8)  # below zero nothing multiplies
    width = found.high[95][0, :, 0] - found.low[95][0, :, 0]
    assert width / 2 == pytest.approx(reach * math.sqrt(150 / (150 - 15)), rel=0.05)


def test_a_season_that_multiplies_against_other_paths_of_the_same_model(rng):
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    y = 100 * (1 + 0.3 * np.sin(np.arange(120) * np.pi / 6)) * (1 + 0.05 * rng.standard_normal(120))
    fit = ExponentialSmoothing(y, seasonal="mul", seasonal_periods=12).fit(use_brute=False)
    shares = fit.resid / fit.fittedvalues
    errors = np.random.default_rng(5).standard_normal((6, 20_000)) * np.sqrt(np.square(shares).sum() / (120 - 15))
    paths = fit.simulate(6, repetitions=20_000, error="mul", random_errors=errors)
    found = outlook("ets", y, MONTHS)
    assert found.low[80][0, :, 0] == pytest.approx(np.quantile(paths, 0.1, axis=1), rel=0.02)
    assert found.high[80][0, :, 0] == pytest.approx(np.quantile(paths, 0.9, axis=1), rel=0.02)
    again = outlook("ets", y, MONTHS)
    assert np.array_equal(again.low[80], found.low[80])


def test_theta_against_statsmodels_where_it_is_right(rng):
    """A random walk's constant is one, or nearly."""
    from statsmodels.tsa.forecasting.theta import ThetaModel

    y = 50 + rng.standard_normal(150).cumsum()
    fit = ThetaModel(y, deseasonalize=False).fit()
    expected = fit.prediction_intervals(5, alpha=0.2)
    found = outlook("theta", y, Config(), 5)
    assert fit.params["alpha"] > 0.95
    assert found.low[80][0, :, 0] == pytest.approx(expected["lower"].to_numpy(), abs=0.1)
    assert found.high[80][0, :, 0] == pytest.approx(expected["upper"].to_numpy(), abs=0.1)


def test_stl_against_statsmodels_and_what_it_leaves_out():
    """The variance of the rest, which is statsmodels', over what STL leaves of noise; and the season's own."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel
    from statsmodels.tsa.forecasting.stl import STLForecast

    y = seasonal(144, np.random.default_rng(11))
    fit = STLForecast(pd.Series(y), ETSModel, period=12).fit(fit_kwargs={"disp": False})
    variance = np.asarray(fit.get_prediction(144, 149).var_pred_mean)
    left, last = season_of_noise(12)
    assert 0.5 < left < 0.8
    assert 0.4 < last < 0.8
    expected = norm.ppf(0.9) * np.sqrt(144 / 142 * (variance + variance[0] * last) / left)
    found = outlook("stl", y, MONTHS)
    assert found.high[80][0, :, 0] - found.predicted[0, :, 0] == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize("key", ["linear", "ridge"])
def test_a_regressions_errors_are_those_of_one_fit_to_the_earlier_part(key, rng):
    """Of 90 records the first 49 are learnt from: half, or what one step and 40 records more leave."""
    values = LAWS["AR(1)"].series(90, rng)
    config = Config(window=3, horizon=1)
    errors = []
    for origin in range(49, 90):
        windows = np.array([values[k : k + 3] for k in range(46)])
        design = np.column_stack([windows, np.ones(46)])
        weights = np.linalg.lstsq(design, values[3:49], rcond=None)[0]
        errors.append(abs(values[origin] - np.append(values[origin - 3 : origin], 1) @ weights))
    expected = np.sort(errors)[math.ceil((len(errors) + 1) * 0.8) - 1]
    found = outlook(key, values, config, 1, (80,))
    assert found.high[80][0, 0, 0] - found.predicted[0, 0, 0] == pytest.approx(
        expected, rel=1e-9 if key == "linear" else 0.1
    )


@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize("rows", [1, 2, 6, 13, 25, 50])
def test_whatever_the_data(rng, name, rows):
    """Never an error or a warning, and never a width of nothing where something changes."""
    values = DATA[name](rng, rows)
    for config in CONFIGS:
        for key in METHODS:
            found = outlook(key, values, config, 15)
            for level in (80, 95):
                low, high = found.low[level], found.high[level]
                known = ~np.isnan(low)
                assert np.isfinite(low[known]).all() and np.isfinite(high[known]).all()
                assert (low[known] <= found.predicted[known]).all() and (found.predicted[known] <= high[known]).all()
                assert np.ptp(values) == 0 or (low[known] < high[known]).all()


def test_a_constant_history_keeps_its_value():
    for key in METHODS:
        found = outlook(key, np.full(60, 7.1), MONTHS)
        assert found.low[95] == pytest.approx(7.1, rel=1e-9)
        assert found.high[95] == pytest.approx(7.1, rel=1e-9)


def test_the_last_value_in_place_of_a_fit_has_its_own_errors():
    """Four records are too few to fit: three changes of 1, 3 and 2, of which 80 % would need a fourth, and 60 % do not."""
    found = outlook("ets", np.array([1.0, 2, 5, 3]), Config(), 1, (60, 80))
    assert found.predicted.ravel().tolist() == [3]
    assert found.high[60].ravel().tolist() == [6]
    assert np.isnan(found.high[80]).all()


@pytest.mark.parametrize("key", ["linear", "ridge"])
def test_columns_known_ahead_are_read_where_they_belong(key, rng):
    """What is known says the target up to noise of 0.1: an interval that took them a step off would be some 3 wide or more."""
    known = rng.standard_normal(200)
    values = np.column_stack([2 * known + 0.1 * rng.standard_normal(200), known])
    roles = {"names": ("y", "x"), "targets": ("y",), "known": ("x",)}
    history = dataclasses.replace(Series.from_values(values, **roles), future=rng.standard_normal((5, 1)))
    for steps in (2, 5):
        found = forecasts_of(Request(key, Config(window=2, horizon=2), steps, (80,)), [history], np.ones((1, 1)))
        width = found.high[80][0, :, 0] - found.low[80][0, :, 0]
        assert (width > 0.15).all()
        assert (width < 0.6).all()
