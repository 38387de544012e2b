"""Every method on data that has little or nothing to give: an answer by the stated rule, never an error or a warning."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.forecast.methods import METHODS

DATA = {
    "zeros now and then": lambda rng, n: (rng.random(n) < 0.2) * 3.0,
    "negative": lambda rng, n: -5 - rng.random(n),
    "positive": lambda rng, n: np.exp(rng.standard_normal(n)),
    "huge": lambda rng, n: 1e90 * rng.standard_normal(n),
    "tiny": lambda rng, n: 1e-90 * rng.standard_normal(n),
    "small on a high level": lambda rng, n: 1e8 + rng.standard_normal(n),
    "two values in turn": lambda rng, n: np.arange(n) % 2 * 1.0,
    "a straight line": lambda rng, n: 7 - 2.0 * np.arange(n),
    "an exact season": lambda rng, n: 10 + np.sin(np.arange(n) * np.pi / 6),
    "a late start": lambda rng, n: np.r_[np.zeros(n - n // 4), np.ones(n // 4)],
}
CONFIGS = [
    Config(window=24, horizon=12, season=12),
    Config(window=24, patch=4, horizon=4, season=12, log=True, residual="seasonal", scaling="window"),
    Config(window=10, horizon=30, difference="first"),
]
LINEAR = ("linear", "ridge")


@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize("rows", [1, 2, 5, 6, 13, 25, 50])
def test_an_answer_in_any_case(rng, name, rows):
    series = Series.from_values(DATA[name](rng, rows))
    for config, key in itertools.product(CONFIGS, METHODS):
        if key in LINEAR or config is not CONFIGS[1]:  # to the others it is the first one again
            found = METHODS[key].forecast(series, config, 15)
            if found is None:
                assert key in ("seasonal", "stl") and config.season is None
            else:
                assert found.shape == (15, 1) and np.isfinite(found).all()


@pytest.mark.parametrize("value", [0.0, 7.1, -3e40])
@pytest.mark.parametrize("rows", [1, 2, 30, 300])
def test_a_constant_history_goes_on(value, rows):
    for config in CONFIGS:
        for method in METHODS.values():
            found = method.forecast(Series.from_values(np.full(rows, value)), config, 15)
            if found is not None:
                assert found == pytest.approx(value, rel=1e-9, abs=1e-12)


def test_what_grows_beyond_all_numbers_is_the_last_value():
    """Doubling 290 times is finite, and doubling it further 100 times is no value that a series may have."""
    doubling = Series.from_values(2.0 ** np.arange(290))
    assert METHODS["linear"].forecast(doubling, Config(window=2), 10)[9, 0] == pytest.approx(2.0**299, rel=1e-3)
    assert (METHODS["linear"].forecast(doubling, Config(window=2), 100) == 2.0**289).all()


@pytest.mark.parametrize("key", ["ets", "theta", "stl"])
def test_a_long_history_counts_with_its_end(rng, key):
    values = rng.standard_normal(30_000).cumsum() + 5 * np.sin(np.arange(30_000) * np.pi / 12)
    for season, rows in ((24, 2000), (1000, 3000)):
        config = Config(season=season)
        whole = METHODS[key].forecast(Series.from_values(values), config, 5)
        assert np.array_equal(whole, METHODS[key].forecast(Series.from_values(values[-rows:]), config, 5))


@pytest.mark.parametrize("key", METHODS)
@pytest.mark.parametrize("season", [24, 8766])
def test_a_long_history_takes_seconds(rng, key, season):
    values = rng.standard_normal(200_000).cumsum() + 5 * np.sin(np.arange(200_000) * 2 * np.pi / season) + 5000
    config = Config(window=168, horizon=24, season=season, scaling="window", residual="last")
    METHODS[key].forecast(Series.from_values(values[:60]), config, 24)  # the imports
    started = time.thread_time()
    METHODS[key].forecast(Series.from_values(values), config, 24)
    assert time.thread_time() - started < 4
