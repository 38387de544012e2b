"""Exponential smoothing, Theta and STL against the recursions written out, and on series whose structure is known."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.forecast.methods import METHODS


def forecast(key: str, values, season: int | None, steps: int) -> np.ndarray:
    return METHODS[key].forecast(Series.from_values(values), Config(season=season), steps)[:, 0]


def simple_smoothing(y: np.ndarray, alpha: float, level: float) -> tuple[float, float]:
    """The last level, and the sum of squares of the one-step errors."""
    squares = 0.0
    for value in y:
        squares += (value - level) ** 2
        level += alpha * (value - level)
    return level, squares


def test_a_wandering_level_is_smoothed_as_by_trying_every_constant(rng):
    """Local level with a signal-to-noise ratio for which the best constant is well inside (0, 1)."""
    y = 20 + 0.5 * rng.standard_normal(300).cumsum() + rng.standard_normal(300)
    # The squares are a parabola in the first level: three values of it give the least one.
    tried = []
    for alpha in np.arange(0.02, 1, 0.01):
        parabola = np.polyfit([0, 1, 2], [simple_smoothing(y, alpha, y[0] + k)[1] for k in (0, 1, 2)], 2)
        level, squares = simple_smoothing(y, alpha, y[0] - parabola[1] / (2 * parabola[0]))
        tried.append((squares, level))
    found = forecast("ets", y, None, 3)
    assert np.ptp(found) == pytest.approx(0, abs=1e-9)  # no trend was chosen
    assert found[0] == pytest.approx(min(tried)[1], abs=0.02)


def test_the_trend_is_damped(rng):
    y = 3 * np.arange(120) + rng.standard_normal(120)
    found = forecast("ets", y, None, 30)
    rises = np.diff(found, prepend=y[-1])
    assert (rises[1:] > 0).all() and (np.diff(rises[1:]) < 0).all()
    assert rises[-1] < 0.95 * rises[1]
    assert found[0] == pytest.approx(360, abs=4)


def test_seasons_that_add_and_seasons_that_multiply(rng):
    months = np.arange(132)
    wave, noise = np.sin(months[:120] * np.pi / 6), rng.standard_normal(120)
    added = 100 + 20 * wave + noise
    assert forecast("ets", added, 12, 12) == pytest.approx(100 + 20 * np.sin(months[120:] * np.pi / 6), abs=2.5)
    # The season grows with the level: taken as a sum it would be that of years ago.
    growing = 100 * 1.01 ** months[:120] * (1 + 0.3 * wave) * (1 + 0.01 * noise)
    expected = 100 * 1.01 ** months[120:] * (1 + 0.3 * np.sin(months[120:] * np.pi / 6))
    assert np.abs(forecast("ets", growing, 12, 12) / expected - 1).mean() < 0.05
    # Below zero nothing multiplies, and the additive season is taken.
    assert np.isfinite(forecast("ets", growing - 300, 12, 12)).all()


def test_no_season_is_found_in_noise(rng):
    assert np.ptp(forecast("ets", rng.standard_normal(120), 12, 12)) == pytest.approx(0, abs=1e-9)


def test_two_whole_seasons_are_needed(rng):
    y = 50 + 10 * np.sin(np.arange(23) * np.pi / 6) + rng.standard_normal(23)
    for key in ("ets", "theta"):
        assert forecast(key, y, 12, 12) == pytest.approx(forecast(key, y, None, 12))
    assert forecast("stl", y, 12, 12) == pytest.approx(forecast("ets", y, None, 12))
    longer = np.append(y, 50 + 10 * np.sin(23 * np.pi / 6))
    assert np.ptp(forecast("stl", longer, 12, 12)) > 10


@pytest.mark.parametrize("key", ["ets", "theta", "stl"])
@pytest.mark.parametrize("season", [None, 12])
def test_units_do_not_matter(rng, key, season):
    if key == "stl" and season is None:
        return
    y = 50 + 0.2 * np.arange(96) + 8 * np.sin(np.arange(96) * np.pi / 6) + rng.standard_normal(96)
    found = forecast(key, y, season, 12)
    for unit in (1e-6, 1e7):
        assert forecast(key, unit * y, season, 12) == pytest.approx(unit * found, rel=1e-4)
    # Far below zero, where no season multiplies, the level does not matter either.
    low = forecast(key, y - 1e3, season, 12)
    assert forecast(key, y - 1e10, season, 12) - low == pytest.approx(1e3 - 1e10, abs=0.02)


def theta_lines(y: np.ndarray, steps: int) -> np.ndarray:
    """The method as its authors give it: the line of least squares, drawn on, and simple smoothing of the record whose
    curvature is doubled, half and half (Hyndman and Billah 2003 show it to be smoothing with a drift of half the slope)."""
    n = len(y)
    slope, level = np.polyfit(np.arange(n), y, 1)
    best = min((simple_smoothing(y, alpha, y[0])[1], alpha) for alpha in np.arange(0.001, 1, 0.001))[1]
    line = level + slope * np.arange(n)
    last, _ = simple_smoothing(2 * y - line, best, 2 * y[0] - line[0])
    return (level + slope * np.arange(n, n + steps) + last) / 2


def test_theta_is_half_a_line_and_half_a_smoothing(rng):
    y = 30 + 0.1 * np.arange(200) + 0.3 * rng.standard_normal(200).cumsum() + rng.standard_normal(200)
    assert forecast("theta", y, None, 10) == pytest.approx(theta_lines(y, 10), abs=0.03)


def test_theta_takes_a_season_out_where_there_is_one(rng):
    wave = np.sin(np.arange(132) * np.pi / 6)
    y = 30 + 5 * wave[:120] + 0.5 * rng.standard_normal(120)
    assert forecast("theta", y, 12, 12) == pytest.approx(30 + 5 * wave[120:], abs=1.5)
    noise = rng.standard_normal(120)
    assert forecast("theta", noise, 12, 12) == pytest.approx(forecast("theta", noise, None, 12))


@pytest.mark.parametrize("rows", [60, 61, 65])
@pytest.mark.parametrize("key", ["ets", "theta", "stl"])
def test_an_exact_season_is_repeated(key, rows):
    for level in (10, 0):
        y = level + np.sin(np.arange(rows + 12) * np.pi / 6)
        assert forecast(key, y[:rows], 12, 12) == pytest.approx(y[rows:], abs=1e-3)


@pytest.mark.parametrize("level", [0, 10])
def test_theta_of_a_season_that_is_all_there_is(level):
    """Nothing is left without it, not even rounding, and no trend is made of that."""
    y = level + np.tile([0.0, 4, 8, 0], 12)
    assert forecast("theta", y, 4, 8) == pytest.approx(y[:8], abs=1e-9)


def test_the_libraries_own_numbers(rng):
    """The choice made, statsmodels says the same: on data of about size one, where units are no matter."""
    from statsmodels.tsa.forecasting.theta import ThetaModel
    from statsmodels.tsa.holtwinters import ExponentialSmoothing
    from statsmodels.tsa.seasonal import STL

    y = 3 + 0.05 * rng.standard_normal(96).cumsum() + np.sin(np.arange(96) * np.pi / 6) + 0.1 * rng.standard_normal(96)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theta = ThetaModel(y, period=12).fit().forecast(12)
        ets = ExponentialSmoothing(y, seasonal="add", seasonal_periods=12).fit().forecast(12)
        decomposed = STL(y, period=12).fit()
        rest = ExponentialSmoothing(y - decomposed.seasonal).fit().forecast(12)
    assert forecast("theta", y, 12, 12) == pytest.approx(np.asarray(theta), abs=1e-3)
    assert forecast("ets", y, 12, 12) == pytest.approx(ets, abs=0.02)
    assert forecast("stl", y, 12, 12) == pytest.approx(rest + decomposed.seasonal[-12:], abs=0.05)
