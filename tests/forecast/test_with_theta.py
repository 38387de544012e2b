"""The mean of the network and Theta: by hand, its intervals by a naive loop, and how often they hold."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

import rnn
from rnn.core.config import Config
from rnn.core.series import Series
from rnn.data.look import rule, season
from rnn.forecast import with_theta
from rnn.forecast.methods import METHODS
from rnn.forecast.with_theta import MOST_ORIGINS, forecast_with_theta, mean_with, measured_from, suits

CONFIG = Config(hidden=4, window=8, horizon=3, epochs=3, season=7, residual="seasonal", validation=20)


def wave(rows: int, rng: np.random.Generator, level: float = 20.0) -> np.ndarray:
    return level + 4 * np.sin(2 * np.pi * np.arange(rows) / 7) + rng.standard_normal(rows)


@pytest.fixture(scope="module")
def run():
    return rnn.fit(CONFIG, Series.from_values(wave(90, np.random.default_rng(4))))


def test_half_of_each(run):
    found = forecast_with_theta(run, 5)
    network, theta = rnn.forecast(run, 5)["mean"], METHODS["theta"].forecast(run.series, CONFIG, 5)[:, 0]
    np.testing.assert_allclose(found["mean"], [(a + b) / 2 for a, b in zip(network, theta, strict=True)], rtol=1e-12)
    assert (np.abs(network - theta) > 0.05).any()
    assert list(found) == list(rnn.forecast(run, 5))
    pd.testing.assert_series_equal(found["time"], rnn.forecast(run, 5)["time"])


@pytest.mark.parametrize("step", [1, 3])
def test_intervals_against_a_loop_of_single_forecasts(run, step):
    """Twenty windows of three steps, in 22 records. Each Theta knows nothing from its origin on."""
    data = run.series.values[:, 0]
    errors = []
    for origin in range(68, 90 - 2):
        network = run.model.predict(data[None, origin - run.config.reach : origin, None])[0, :, 0]
        history = Series.from_values(data[:origin])
        theta = METHODS["theta"].forecast(history, CONFIG, 3)[:, 0]
        errors.append(abs((network[step - 1] + theta[step - 1]) / 2 - data[origin + step - 1]))
    assert len(errors) == MOST_ORIGINS
    assert measured_from(run, 3).starts.tolist() == [origin - run.config.reach for origin in range(68, 88)]
    found = forecast_with_theta(run, 3, levels=(95,)).iloc[step - 1]
    np.testing.assert_allclose([found["hi95"] - found["mean"], found["mean"] - found["lo95"]], max(errors), rtol=1e-6)
    if step == 1:  # forecasts of one step have no errors in common, so that 20 are worth 20
        found = forecast_with_theta(run, 3, levels=(80,)).iloc[0]
        np.testing.assert_allclose(found["hi80"] - found["mean"], sorted(errors)[math.ceil(21 * 0.8) - 1], rtol=1e-6)


def test_origins_that_reach_all_steps_come_first_and_others_fill_up(run):
    assert len(measured_from(run, 1).starts) == MOST_ORIGINS
    starts = measured_from(run, 12).starts + run.config.reach
    assert set(range(68, 79)) <= set(starts.tolist())
    assert len(starts) == MOST_ORIGINS
    assert (np.diff(starts) > 0).all()


def test_too_few_origins_for_a_level_leave_it_empty(run):
    found = forecast_with_theta(run, 12, levels=(80, 99))
    assert found[["lo99", "hi99"]].isna().all(axis=None)
    assert found[["lo80", "hi80"]].notna().all(axis=None)
    assert list(forecast_with_theta(run, 2, ())) == ["time", "mean"]


def test_where_logarithms_are_learned_a_theta_of_zero_or_below_does_not_count():
    network, theta = np.array([4.0, 4.0, 4.0, 4.0]), np.array([2.0, 0.0, -6.0, np.nan])
    np.testing.assert_array_equal(mean_with(network, theta, log=True), [3, 4, 4, np.nan])
    np.testing.assert_array_equal(mean_with(network, theta, log=False), [3, 2, -1, np.nan])


def test_logarithms_give_intervals_above_zero():
    values = np.exp(wave(90, np.random.default_rng(1), level=0) / 3)
    found = forecast_with_theta(rnn.fit(CONFIG.replace(log=True), Series.from_values(values)), 10, (80,))
    assert (found["lo80"] > 0).all()
    up, down = found["hi80"] / found["mean"], found["mean"] / found["lo80"]
    np.testing.assert_allclose(up, down)


@pytest.mark.parametrize(
    "values", [np.zeros(60), np.full(60, -3.0), np.r_[np.zeros(40), np.ones(20)], -np.arange(60.0)]
)
def test_data_that_theta_falls_back_on_give_finite_forecasts(values):
    fit = rnn.fit(CONFIG.replace(validation=14), Series.from_values(values))
    found = forecast_with_theta(fit, 4, (80,))
    theta = METHODS["theta"].forecast(fit.series, CONFIG, 4)[:, 0]
    np.testing.assert_allclose(found["mean"], (rnn.forecast(fit, 4)["mean"] + theta) / 2)
    assert np.isfinite(found[["mean", "lo80", "hi80"]]).all(axis=None)


def test_what_rnn_forecast_refuses_is_refused(run):
    with pytest.raises(ValueError, match="levels: 120 is not allowed"):
        forecast_with_theta(run, 3, (120,))
    with pytest.raises(ValueError, match="steps=0 is not allowed"):
        forecast_with_theta(run, 0)


def test_from_the_network_of_all_records_where_there_is_one():
    fit = rnn.fit(CONFIG.replace(refit=True), Series.from_values(wave(90, np.random.default_rng(4))))
    theta = METHODS["theta"].forecast(fit.series, CONFIG, 3)[:, 0]
    final = fit.final.predict(fit.series.values[None, -fit.config.reach :])[0, :, 0]
    np.testing.assert_allclose(forecast_with_theta(fit, 3)["mean"], (final + theta) / 2)


@pytest.fixture(scope="module")
def many():
    rng = np.random.default_rng(11)
    parts = [Series.from_values(wave(66, rng)[:, None]) for _ in range(80)]
    cut = [Series(one.times[:60], one.values[:60], one.names, one.targets) for one in parts]
    config = CONFIG.replace(validation=12, epochs=5)
    return rnn.fit(config, Series.joined(cut, [f"s{k}" for k in range(80)])), np.stack(
        [one.values[60:, 0] for one in parts]
    )


def test_many_series_one_after_the_other(many):
    fit, _ = many
    found = forecast_with_theta(fit, 2, (80,))
    assert list(found) == ["id", "time", "mean", "lo80", "hi80"]
    assert found["id"].tolist() == [id_ for id_ in fit.series.ids for _ in range(2)]
    one = forecast_with_theta(fit, 2, (80,), id="s7")
    pd.testing.assert_frame_equal(found[found["id"] == "s7"].drop(columns="id").reset_index(drop=True), one)
    alone = forecast_with_theta(fit.of("s7"), 2, (80,))
    np.testing.assert_allclose(alone["mean"], one["mean"])
    theta = METHODS["theta"].forecast(fit.series.part("s7"), fit.config, 2)[:, 0]
    np.testing.assert_allclose(one["mean"], (rnn.forecast(fit, 2, id="s7")["mean"] + theta) / 2)


def test_intervals_hold_about_as_often_as_they_say(many):
    """80 series whose next six records are known, each step by itself: within what chance allows once in a thousand, and
    a little more, because the width is measured on a hundred forecasts only."""
    fit, truth = many
    found = forecast_with_theta(fit, 6, (80,))
    lo, hi = (found[side].to_numpy().reshape(80, 6) for side in ("lo80", "hi80"))
    held = ((lo <= truth) & (truth <= hi)).sum(axis=0)
    assert (held >= binom.ppf(0.0005, 80, 0.76)).all()
    assert (held <= binom.ppf(0.9995, 80, 0.86)).all()


def test_offered_for_few_seasons_only():
    config = SimpleNamespace(season=12)
    assert rule.MANY_SEASONS == season.MANY_SEASONS == 20
    assert suits(config, Series.from_values(np.arange(239.0)))
    assert not suits(config, Series.from_values(np.arange(240.0)))
    assert not suits(SimpleNamespace(season=None), Series.from_values(np.arange(100.0)))
    assert not suits(SimpleNamespace(season=1), Series.from_values(np.arange(10.0)))
    parts = [Series.from_values(np.arange(float(rows))) for rows in (30, 239, 400)]
    assert suits(config, Series.joined(parts, ["a", "b", "c"]))
    assert not suits(config, Series.joined(parts[::2], ["a", "c"]))


def test_a_plant_that_looks_ahead_would_be_seen(run, monkeypatch):
    """The loop above is of use only if a Theta that knew its future gave other intervals."""
    honest = forecast_with_theta(run, 1, (95,))
    monkeypatch.setattr(with_theta, "_until", lambda series, stop: series)
    assert abs(forecast_with_theta(run, 1, (95,))["hi95"][0] - honest["hi95"][0]) > 0.01
