"""The Diebold–Mariano test by hand, against the paired t-test, a plain loop and simulations where the truth is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from rnn.forecast.diebold_mariano import diebold_mariano


def test_by_hand():
    """Differences 2 0 3 1: mean 1.5, variance 1.25; Harvey, Leybourne and Newbold's factor is √(3/4)."""
    found = diebold_mariano([3, 1, 4, 2], [1, 1, 1, 1])
    assert found.statistic == pytest.approx(1.5 / math.sqrt(1.25 / 4) * math.sqrt(3 / 4))
    assert found.n == 4 and found.p == pytest.approx(2 * stats.t.sf(found.statistic, 3))
    # The first autocovariance is −0.9375: 1.25 − 2 · 0.9375 is no variance, 1.25 − 0.9375 with Bartlett's weights is.
    twice = diebold_mariano([3, 1, 4, 2], [1, 1, 1, 1], horizon=2)
    assert twice.statistic == pytest.approx(1.5 / math.sqrt(0.3125 / 4) * math.sqrt((4 + 1 - 4 + 2 / 4) / 4))


def test_without_overlap_it_is_the_paired_t_test(rng):
    a, b = rng.random((2, 23))
    found, expected = diebold_mariano(a, b), stats.ttest_rel(a, b)
    assert (found.statistic, found.p) == (pytest.approx(expected.statistic), pytest.approx(expected.pvalue))
    other = diebold_mariano(b, a)
    assert (other.statistic, other.p) == (pytest.approx(-found.statistic), pytest.approx(found.p))


def loop(d: list[float], h: int) -> float:
    n = len(d)
    mean = sum(d) / n
    variance = 0.0
    for lag in range(-(h - 1), h):
        variance += sum((d[t] - mean) * (d[t - abs(lag)] - mean) for t in range(abs(lag), n)) / n
    return mean / math.sqrt(variance / n) * math.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)


@pytest.mark.parametrize("h", [2, 3, 6])
def test_against_a_plain_loop(rng, h):
    noise = rng.standard_normal(80 + h)
    d = np.convolve(noise, np.ones(h), "valid") + 0.4
    b = rng.random(len(d))
    assert diebold_mariano(d + b, b, h).statistic == pytest.approx(loop(d.tolist(), h))


def moving_averages(rng, n: int, h: int, mean: float = 0.0) -> np.ndarray:
    """Differences of forecasts h steps ahead that are equally good where the mean is 0."""
    return np.convolve(rng.standard_normal(n + h - 1), np.ones(h) / math.sqrt(h), "valid") + mean


@pytest.mark.parametrize(
    ("n", "h", "least", "most"), [(5, 1, 0.035, 0.065), (30, 1, 0.035, 0.065), (200, 3, 0.035, 0.075)]
)
def test_size(rng, n, h, least, most):
    """Equally good forecasts are told apart about as often as 5 % says (± 0.01 is two deviations of 2000 trials)."""
    zeros = np.zeros(n)
    rejected = [diebold_mariano(moving_averages(rng, n, h), zeros, h).p < 0.05 for _ in range(2000)]
    assert least < np.mean(rejected) < most


def test_power(rng):
    """A difference of 0.6 deviations over 30 observations has a power of 0.89 by the noncentral t distribution."""
    rejected = [diebold_mariano(moving_averages(rng, 30, 1, 0.6), np.zeros(30)).p < 0.05 for _ in range(1000)]
    beyond = stats.t.isf(0.025, 29)
    expected = stats.nct.sf(beyond, 29, 0.6 * math.sqrt(30)) + stats.nct.cdf(-beyond, 29, 0.6 * math.sqrt(30))
    assert np.mean(rejected) == pytest.approx(expected, abs=0.03)
    # Overlapping observations know less, and the test says so.
    overlapping = [diebold_mariano(moving_averages(rng, 30, 3, 0.6), np.zeros(30), 3).p < 0.05 for _ in range(1000)]
    assert np.mean(overlapping) < 0.75


def test_where_there_is_nothing_to_judge_by():
    for n in (0, 1, 2, 9):
        found = diebold_mariano(np.ones(n), np.ones(n))
        assert (found.statistic, found.p, found.n) == (0, 1, n) or n == 0
    for a, b in [([1], [2]), ([1, 2], [2, 5]), ([1, 2, 3], [2, 3, 4]), ([0.1, 0.2, 0.3], [0.3, 0.4, 0.5])]:
        found = diebold_mariano(a, b)
        assert math.isnan(found.p) and math.isnan(found.statistic) and found.n == len(a)


@pytest.mark.parametrize("horizon", [1, 2, 5, 9, 50])
def test_any_horizon_gives_a_number(rng, horizon):
    for n in (3, 4, 7):
        found = diebold_mariano(rng.random(n), rng.random(n), horizon)
        assert math.isfinite(found.statistic) and 0 < found.p <= 1


def test_what_cannot_be_compared_is_said():
    for a, b, horizon, says in [
        ([1, 2], [1], 1, "two rows of the same length"),
        ([1, 2], [1, 2], 0, "horizon=0 is not allowed"),
        ([1, math.nan], [1, 2], 1, "must be finite numbers"),
    ]:
        with pytest.raises(ValueError, match=says):
            diebold_mariano(a, b, horizon)
