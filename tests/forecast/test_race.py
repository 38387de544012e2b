"""The verdict of a race: on the points that all lanes share, and with the test that tells a lead from chance."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.panel import split_series
from rnn.core.series import Series
from rnn.core.windows import Split
from rnn.forecast.baselines import validation_actual
from rnn.forecast.race import common_split, judge_race

RNG = np.random.default_rng(3)
LONG = Series.from_values(np.sin(np.arange(600) / 9) + 0.3 * RNG.normal(size=600))


def off_by(series: Series, config: Config, deviation: float, seed: int = 0) -> tuple:
    """A split and made-up predictions whose errors have this deviation."""
    split = split_series(config, series)
    actual = validation_actual(series, split)
    return split, actual + deviation * np.random.default_rng(seed).normal(size=actual.shape)


def judged(series: Series, *lanes: tuple):
    return judge_race(series, [split for split, _ in lanes], [predicted for _, predicted in lanes])


def test_the_error_of_each_lane_is_the_root_of_its_mean_square() -> None:
    config = Config(window=10, horizon=2)
    lanes = [off_by(LONG, config, deviation) for deviation in (0.2, 0.1)]
    found = judged(LONG, *lanes)
    assert found is not None
    actual = validation_actual(LONG, lanes[0][0])
    for rmse, (_, predicted) in zip(found.rmse, lanes, strict=True):
        assert rmse == pytest.approx(math.sqrt(((predicted - actual) ** 2).mean()), rel=1e-12)
    assert found.order == (1, 0) and (found.windows, found.steps, found.shared) == (lanes[0][0].validation, 2, True)


def test_a_large_lead_is_one_and_a_small_one_is_noise() -> None:
    config = Config(window=10)
    found = judged(LONG, *(off_by(LONG, config, *how) for how in ((0.1, 1), (0.102, 2), (0.4, 3))))
    assert found is not None
    assert found.level == (True, True, False) and found.beats_naive
    worse = judged(LONG, off_by(LONG, config, 2.0))
    assert worse is not None and not worse.beats_naive and worse.level == (True,)


def test_lanes_of_other_windows_and_horizons_meet_on_the_points_that_all_have_predicted() -> None:
    short, long = (
        off_by(LONG, Config(window=5, horizon=1, validation=100), 0.1),
        off_by(LONG, Config(window=60, horizon=4, validation=60), 0.2),
    )
    found = judged(LONG, short, long)
    common = common_split([short[0], long[0]])
    assert found is not None and isinstance(common, Split) and not found.shared
    # By hand: the long lane predicts first steps 537 … 596 of 600 records, the short one 500 … 599.
    assert common.validation_rows() == slice(537, 597)
    assert (found.windows, found.steps) == (60, 1)
    values = LONG.values[537:597, 0]
    assert found.rmse[0] == pytest.approx(math.sqrt(np.mean((short[1][37:97, 0, 0] - values) ** 2)))
    assert found.rmse[1] == pytest.approx(math.sqrt(np.mean((long[1][:, 0, 0] - values) ** 2)))


def test_of_many_series_in_one_each_is_compared_in_its_own_usual_step() -> None:
    rng = np.random.default_rng(0)
    parts = [rng.normal(size=(200, 1)).cumsum(0), 1e6 * rng.normal(size=(80, 1)).cumsum(0)]
    many = Series.from_values(np.concatenate(parts))
    many = Series(**{**vars(many), "lengths": (200, 80), "ids": ("small", "large")})
    one, other = Config(window=10, validation=20), Config(window=30, validation=10)
    splits = [split_series(config, many) for config in (one, other)]
    predicted = [validation_actual(many, split) for split in splits]
    predicted[1][10:] += 1e6  # the second series alone, by a step about as long as its own
    found = judge_race(many, splits, predicted)
    assert found is not None and found.windows == 20 and found.rmse[0] == 0
    assert 0.3 < found.rmse[1] < 1.5


def test_lanes_without_a_common_point_have_no_winner() -> None:
    with_test = off_by(LONG, Config(window=5, validation=10, test=300), 0.1)
    assert judged(LONG, with_test, off_by(LONG, Config(window=5, validation=10), 0.1)) is None


def test_a_lane_without_finite_predictions_comes_last_and_never_wins() -> None:
    config = Config(window=10)
    good, wild = off_by(LONG, config, 0.1), off_by(LONG, config, 0.1)
    wild[1][:] = np.inf
    found = judged(LONG, wild, good)
    assert found is not None and found.order == (1, 0) and math.isinf(found.rmse[0]) and not found.level[0]
