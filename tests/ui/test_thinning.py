"""Thinning against a plain loop, and on the awkward inputs that real series bring."""

from __future__ import annotations

import time

import numpy as np
import pytest

from rnn.ui.thinning import thin


def min_and_max_by_loop(y: np.ndarray, rows: int) -> set[float]:
    """The values that min–max over steps of so many rows must keep, found one point at a time."""
    kept: set[float] = set()
    for start in range(0, len(y), rows):
        lowest, highest = np.inf, -np.inf
        for value in y[start : start + rows].tolist():
            if value < lowest:
                lowest = value
            if value > highest:
                highest = value
        kept |= {lowest, highest}
    return kept


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_step_keeps_its_lowest_and_highest_point(dtype):
    rng = np.random.default_rng(3)
    x = np.sort(rng.uniform(0, 100, 5000))
    y = rng.normal(size=5000).astype(dtype)
    kept_x, kept_y = thin(x, y, 202)
    expected = min_and_max_by_loop(y, rows=50)
    assert expected <= set(kept_y.tolist())
    assert set(kept_y.tolist()) - expected <= {y[0], y[-1]}
    assert kept_y.dtype == dtype
    assert np.array_equal(kept_y, y[np.searchsorted(x, kept_x)])


@pytest.mark.parametrize("seed", range(40))
def test_whatever_the_series_the_budget_and_the_extremes_hold(seed):
    rng = np.random.default_rng(seed)
    n, n_out = int(rng.integers(1, 3000)), int(rng.integers(48, 400))
    x = np.sort(rng.exponential(size=n) ** 9)  # spacing over thirty orders of magnitude
    y = np.where(rng.random(n) < rng.choice([0, 0.01, 0.5, 0.99]), np.nan, rng.normal(size=n))
    window = None if seed % 2 else tuple(np.sort(rng.choice(x, 2)))
    kept_x, kept_y = thin(x, y, n_out, window)
    assert len(kept_x) <= max(n_out, 48)
    assert np.array_equal([kept_x[0], kept_x[-1]], [x[0], x[-1]])
    if np.isfinite(y).any():
        assert (np.nanmin(kept_y), np.nanmax(kept_y)) == (np.nanmin(y), np.nanmax(y))


def test_one_spike_among_a_million_survives_and_the_work_is_quick():
    x = np.arange(1_000_000).astype("datetime64[s]")
    y = np.sin(np.arange(1_000_000) / 50_000)
    y[654_321] = 40.0
    y[123_456] = -40.0
    thin(x, y, 1000)
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        kept_x, kept_y = thin(x, y, 1000)
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.02
    assert len(kept_x) <= 1000
    assert kept_x[kept_y.argmax()] == x[654_321]
    assert kept_x[kept_y.argmin()] == x[123_456]
    assert (kept_x[0], kept_x[-1]) == (x[0], x[-1])
    assert (np.diff(kept_x) > np.timedelta64(0)).all()


def test_gaps_stay_gaps_and_hide_no_extreme():
    x = np.arange(20_000.0)
    y = np.random.default_rng(0).normal(size=20_000)
    y[5_000:5_400] = np.nan
    y[9_000] = np.nan
    y[8_999] = 25.0  # right beside a gap, in the same step as the NaN
    kept_x, kept_y = thin(x, y, 500)
    missing = kept_x[np.isnan(kept_y)]
    assert 9_000 in missing
    assert ((missing >= 5_000) & (missing < 5_400)).any()
    assert np.nanmax(kept_y) == 25.0
    between = (kept_x >= 5_000) & (kept_x < 5_400)
    assert np.isnan(kept_y[between]).all()


def test_more_gaps_than_room_keeps_the_longest_within_the_budget():
    y = np.ones(30_000)
    y[::10] = np.nan
    y[7_000:9_000] = np.nan
    x, kept = thin(np.arange(30_000), y, 200)
    assert len(x) <= 200
    assert np.isnan(kept[(x >= 7_000) & (x < 9_000)]).any()
    assert np.isfinite(kept).sum() > 50


def test_a_zoomed_range_is_fine_inside_and_still_whole_outside():
    x = np.arange("2000-01-01", "2020-01-01", dtype="datetime64[h]")
    y = np.random.default_rng(1).normal(size=len(x))
    spike = np.flatnonzero(x == np.datetime64("2003-05-05T05", "h"))[0]
    y[spike] = 99.0
    window = (np.datetime64("2010-01-01T00:00:00.000", "ms"), np.datetime64("2010-01-15T00:00:00.000", "ms"))
    kept_x, kept_y = thin(x, y, 800, x_range=window)
    inside = (x >= window[0]) & (x <= window[1])
    assert np.isin(x[inside], kept_x).all(), "two weeks of hours fit: all of them must be there"
    assert len(kept_x) <= 800
    assert kept_y.max() == 99.0, "extremes outside the range stay, so that zooming out is right at once"
    assert (kept_x[0], kept_x[-1]) == (x[0], x[-1])


@pytest.mark.parametrize("window", [(-50.0, -10.0), (1e6, 2e6), (500.2, 500.4), (0.0, 1e9)])
def test_ranges_without_points_do_no_harm(window):
    x = np.arange(10_000.0)
    kept_x, kept_y = thin(x, np.sin(x), 400, x_range=window)
    assert (kept_x[0], kept_x[-1]) == (0.0, 9999.0)
    assert 16 <= len(kept_x) <= 400
    assert len(kept_x) == len(kept_y)


def test_several_series_share_one_x():
    x = np.arange(50_000)
    y = np.random.default_rng(2).normal(size=(50_000, 3))
    y[11, 0], y[22_222, 1], y[49_000, 2] = 30, -30, 30
    kept_x, kept_y = thin(x, y, 900)
    assert kept_y.shape == (len(kept_x), 3)
    assert len(kept_x) <= 900
    assert {11, 22_222, 49_000} <= set(kept_x.tolist())


@pytest.mark.parametrize("n", [0, 1, 2, 3, 17])
def test_short_series_come_back_as_they_are(n):
    x, y = thin(np.arange(n), np.arange(n) * 1.5, 100, x_range=(0, 1))
    assert x.tolist() == list(range(n))
    assert y.tolist() == [1.5 * k for k in range(n)]


def test_strided_integers_infinities_and_all_missing_are_taken():
    table = np.arange(40_000).reshape(10_000, 4)
    x, y = thin(table[::2, 0], table[::2, 1], 100)
    assert y.max() == table[::2, 1].max()
    wild = np.where(np.arange(5000) % 1000 == 7, np.inf, 0.5)
    x, y = thin(np.arange(5000), wild, 100)
    assert (y == 0.5).any()
    x, y = thin(np.arange(5000), np.full(5000, np.nan), 100)
    assert 0 < len(x) <= 100
    assert np.isnan(y).all()
    x, y = thin(np.zeros(5000), np.arange(5000.0), 100)
    assert y.max() == 4999.0, "one instant repeated is still drawn"


def test_unequal_lengths_are_refused():
    with pytest.raises(ValueError, match="equally long"):
        thin(np.arange(5), np.arange(6), 4)
