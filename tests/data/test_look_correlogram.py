"""Autocorrelation against the sums that define it, partial autocorrelation against regressions."""

from __future__ import annotations

import time

import numpy as np
import pytest

from rnn.data.look import autocorrelation


@pytest.fixture
def values(rng):
    shocks = rng.standard_normal(220)
    return 7 + np.convolve(shocks, [1, 0.6, 0.3], "valid")


def test_autocorrelation_is_the_sum_that_defines_it(values):
    found = autocorrelation(values, 30)
    rest = values - values.mean()
    for lag in range(1, 31):
        written_out = sum(rest[k] * rest[k - lag] for k in range(lag, len(rest))) / sum(rest**2)
        assert found.acf[lag - 1] == pytest.approx(written_out, abs=1e-12)


def test_partial_autocorrelation_is_what_a_lag_adds():
    """By its meaning: the last weight of a regression on all lags up to it, on a series long enough for both to agree."""
    shocks = np.random.default_rng(5).standard_normal(6000)
    values = np.zeros(6000)
    for k in range(2, 6000):
        values[k] = 0.5 * values[k - 1] + 0.3 * values[k - 2] + shocks[k]
    found = autocorrelation(values, 5)
    rest = values - values.mean()
    for lag in range(1, 6):
        columns = np.column_stack([rest[lag - k : len(rest) - k] for k in range(1, lag + 1)])
        weights = np.linalg.lstsq(columns, rest[lag:], rcond=None)[0]
        assert found.pacf[lag - 1] == pytest.approx(weights[-1], abs=0.005)
    assert found.last_partial == 2


def test_bounds_are_bartletts_and_those_of_noise(values):
    found = autocorrelation(values, 12)
    assert found.partial_bound == pytest.approx(1.96 / np.sqrt(len(values)), rel=1e-4)
    assert found.bound[0] == pytest.approx(found.partial_bound)
    fifth = 1.96 * np.sqrt((1 + 2 * sum(found.acf[:4] ** 2)) / len(values))
    assert found.bound[4] == pytest.approx(fifth, rel=1e-4)


def test_noise_leaves_its_bound_once_in_twenty_lags():
    rng = np.random.default_rng(1)
    outside = []
    for _ in range(60):
        found = autocorrelation(rng.standard_normal(400), 20)
        outside += [np.abs(found.acf) > found.bound, np.abs(found.pacf) > found.partial_bound]
    assert 0.03 < np.mean(outside) < 0.06


def test_level_and_unit_do_not_matter(values):
    one = autocorrelation(values, 10)
    for changed in (values * 1e200, values * 1e-200, -values, values + 1000):
        other = autocorrelation(changed, 10)
        np.testing.assert_allclose(other.acf, one.acf, atol=1e-9)
        np.testing.assert_allclose(other.pacf, one.pacf, atol=1e-9)


def test_short_and_constant_series_are_sentences():
    with pytest.raises(ValueError, match=r"^The series has 5 records, and this takes at least 8\.$"):
        autocorrelation(np.arange(5.0))
    with pytest.raises(ValueError, match=r"^All 50 values are 3; there is nothing to see in a constant\.$"):
        autocorrelation(np.full(50, 3.0))
    with pytest.raises(ValueError, match=r"^lags=0 is not allowed"):
        autocorrelation(np.arange(20.0), 0)


def test_lags_end_with_the_series():
    found = autocorrelation(np.sin(np.arange(10.0)), 500)
    assert (len(found.acf), len(found.pacf)) == (9, 4)
    assert len(autocorrelation(np.sin(np.arange(1000.0))).acf) == 30


def test_an_alternation_and_a_sine_stay_within_one():
    for values in (np.tile([1.0, -1.0], 60), np.sin(np.arange(300.0)), np.repeat([0.0, 1.0], 50)):
        found = autocorrelation(values, 80)
        assert np.abs(found.acf).max() <= 1 and np.abs(found.pacf).max() <= 1


def test_a_million_records_take_no_time():
    """Half a second on an idle machine; a plain sum over 1,000 lags takes a minute."""
    values = np.random.default_rng(0).standard_normal(1_000_000)
    began = time.process_time()
    autocorrelation(values, 1000)
    assert time.process_time() - began < 5
