"""Whether a lead is more than chance: the paired test beside a library's, its false alarms, and its blocks."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from rnn.core.config import Config
from rnn.core.panel import split_series
from rnn.core.series import Series
from rnn.core.windows import split_windows
from rnn.forecast.baselines import baseline_errors
from rnn.forecast.noise import CHANCE, LEAST_BLOCKS, MOST_BLOCKS, baseline_losses, baseline_rmse, blocks_of, standing
from tests.core.many_series import three


def split_of(points: int, horizon: int = 1):
    config = Config(window=4, horizon=horizon, validation=points)
    return split_windows(config, points + 40 + 2 * horizon)


@pytest.mark.parametrize("gain", [0.1, 0.3, 0.5, 0.8])
def test_with_a_block_for_each_point_it_is_students_test(rng, gain):
    losses = rng.exponential(size=MOST_BLOCKS)
    other = np.maximum(losses + gain + rng.standard_normal(MOST_BLOCKS), 0.0)
    p = stats.ttest_rel(losses, other, alternative="less").pvalue
    expected = "better" if p < CHANCE else "level"
    assert standing(losses, other, split_of(MOST_BLOCKS)) == expected
    assert standing(other, losses, split_of(MOST_BLOCKS)) == expected.replace("better", "worse")


@pytest.mark.parametrize(("horizon", "swarm"), [(1, 0.0), (1, 0.8), (12, 0.0), (12, 0.8)])
def test_equal_forecasts_are_hardly_ever_told_apart(rng, horizon, swarm):
    """Two unbiased forecasts of one quality, whose errors swarm (AR 1) and, at a horizon, are running means of the same."""
    split, found = split_of(400, horizon), []
    for _ in range(300):
        errors = rng.standard_normal((2, 600))
        for k in range(1, 600):
            errors[:, k] += swarm * errors[:, k - 1]
        squared = np.square(errors)
        losses = np.array([np.convolve(one, np.full(horizon, 1 / horizon), mode="valid")[:400] for one in squared])
        found.append(standing(losses[0], losses[1], split))
    # Twice CHANCE is meant; the bound leaves room for the luck of 300 draws.
    assert sum(one != "level" for one in found) <= 12
    assert {standing(losses[0], 3 * losses[0], split), standing(losses[0], losses[0] / 3, split)} == {"better", "worse"}


def test_what_does_not_matter_is_level_however_sure():
    losses = np.ones(4000)
    assert standing(losses, losses * 1.0001, split_of(4000)) == "level"
    assert standing(losses, losses * 1.1, split_of(4000)) == "better"


@pytest.mark.parametrize(("points", "lead"), [(1, 0.6), (4, 0.3), (7, 0.2268)])
def test_few_points_ask_for_a_large_lead(points, lead):
    """Of 0.6 / √points: an error of 40 % beside one point, of 70 % beside four."""
    losses = np.full(points, 1.0)
    for factor, expected in ((0.95, "level"), (1.05, "better")):
        other = 1 / (1 - factor * lead)
        assert standing(losses, losses * other**2, split_of(points)) == expected
        assert standing(losses, other, split_of(points)) == expected
    assert standing(losses * other**2, losses, split_of(points)) == "worse"


@pytest.mark.parametrize(
    ("points", "horizon", "count"), [(400, 1, 32), (400, 12, 16), (100, 12, 4), (20, 12, 1), (5, 12, 1)]
)
def test_blocks_are_no_shorter_than_two_horizons(points, horizon, count):
    blocks = blocks_of(split_of(points, horizon))
    assert len(blocks) == count and blocks[0] == 0
    assert count == 1 or np.diff(blocks, append=points).min() >= (horizon if horizon == 1 else 2 * horizon)


def test_blocks_do_not_cross_from_series_to_series():
    series = three()
    split = split_series(Config(window=5, validation=0.3), series)
    counts = [part.validation for part in split.splits]
    blocks = blocks_of(split)
    assert set(np.cumsum([0, *counts[:-1]])) <= set(blocks) and len(blocks) >= LEAST_BLOCKS


def test_losses_by_window_come_to_the_same_error():
    for series in (three(), three(3), Series.from_values(np.random.default_rng(1).random(200))):
        split = split_series(Config(window=5, horizon=3), series)
        losses = baseline_losses(series, split, 6)
        assert all(one.shape == (split.validation,) for one in losses.values())
        assert baseline_rmse(losses) == pytest.approx(baseline_errors(series, split, 6), rel=1e-12)
