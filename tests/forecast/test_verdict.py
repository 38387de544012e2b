"""The verdict: skill by hand, the copy-cat, and sentences that never claim what is not so."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import rnn
from rnn.core.config import Config
from rnn.core.panel import split_series
from rnn.core.series import Series
from rnn.core.windows import split_windows
from rnn.forecast.baselines import baseline_errors, validation_actual
from rnn.forecast.noise import baseline_losses
from rnn.forecast.verdict import judge

# The last three validate: 4, 6, 8, each after the value before it.
SERIES = Series.from_values([1, 2, 1, 2, 1, 4, 6, 8])
SPLIT = split_windows(Config(window=2, validation=3), 8)


def verdict(predicted, **baselines):
    return judge(SERIES, SPLIT, np.reshape(predicted, (3, 1, 1)).astype(np.float32), baselines)


def test_skill_by_hand():
    """Errors 1, 1, 1 beside baselines of 8, 4, 1.25 and 0.2; with three points alone a lead above 0.6 / √3 is more than
    chance."""
    found = verdict([5, 5, 9], naive=8.0, drift=4.0, seasonal=1.25, linear=0.2)
    assert found.rmse == 1
    assert found.skill == {"naive": 0.875, "drift": 0.75, "seasonal": pytest.approx(0.2), "linear": -4.0}
    assert found.marks == {"naive": "better", "drift": "better", "seasonal": "level", "linear": "worse"}
    assert not found.good and not found.copies
    assert found.sentence == (
        "Far better than naive and drift (at least 75% less error), level with seasonal naive (within noise), but worse than "
        "linear autoregression (5 times its error)."
    )


def test_good_when_all_are_beaten():
    found = verdict([5, 5, 9], naive=4.0, linear=3.2)
    assert found.good
    assert found.sentence == (
        "Far better than every baseline: 69% less error than the best of them, linear autoregression."
    )
    assert verdict([5, 5, 9], naive=4.0).sentence == "Far better than naive (75% less error)."


def test_nothing_beaten_is_never_called_better():
    found = verdict([5, 5, 9], naive=0.8, linear=0.2)
    assert not found.good
    assert found.sentence == "No better than naive, which repeats the last value (25% more error, within noise)."
    assert "(10 times its error)" in verdict([5, 5, 9], naive=0.1).sentence


def test_small_and_equal_differences_are_not_called_zero():
    assert "(under 1% apart)" in verdict([5, 5, 9], naive=4.0, linear=1.001).sentence
    assert "(the same error)" in verdict([5, 5, 9], naive=4.0, linear=1.0).sentence
    assert "(under 1% less error)" in verdict([5, 5, 9], naive=1.001).sentence
    assert "over 99% less" in verdict([4.001, 6, 8], naive=4.0).sentence


def test_an_exact_baseline_cannot_be_beaten():
    found = verdict([5, 5, 9], naive=4.0, linear=3e-15)
    assert found.skill["linear"] == -np.inf and found.marks["linear"] == "worse"
    assert not found.good
    assert "but worse than linear autoregression (which is exact)" in found.sentence


def test_as_exact_as_an_exact_baseline():
    found = verdict([4, 6, 8], naive=4.0, linear=3e-15)
    assert found.skill == {"naive": 1.0, "linear": 0.0}
    assert "level with linear autoregression (the same error)" in found.sentence and not found.good


def test_an_error_that_is_but_rounding_is_none():
    series = Series.from_values(np.full(200, 5.0))
    split = split_series(Config(window=10), series)
    rounded = np.full((split.validation, 1, 1), np.exp(np.log(5.0)))
    verdict = judge(series, split, rounded, baseline_losses(series, split))
    assert rounded[0, 0, 0] != 5.0 and verdict.rmse == 0
    assert not verdict.good and set(verdict.skill.values()) == {0.0}


def test_a_constant_series_makes_no_perfect_score():
    series = Series.from_values(np.full(60, 7.0))
    split = split_windows(Config(window=5, validation=12), 60)
    found = judge(series, split, np.full((12, 1, 1), 7.0), baseline_losses(series, split))
    assert set(found.marks.values()) == {"level"} and not found.good
    assert found.sentence.startswith("No better than naive") and "the same error" in found.sentence
    off = judge(series, split, np.full((12, 1, 1), 7.1), baseline_losses(series, split))
    assert set(off.marks.values()) == {"worse"} and "(which is exact)" in off.sentence


def test_a_series_shorter_than_a_season_has_no_seasonal_baseline():
    series = Series.from_values(np.arange(30.0) % 7)
    split = split_windows(Config(window=5, validation=12), 30)
    losses = baseline_losses(series, split, season=40)
    assert "seasonal" not in losses and "naive" in losses
    assert "seasonal" not in judge(series, split, np.zeros((12, 1, 1)), losses).skill


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("all_of_it", [True, False])
def test_predictions_that_are_not_finite(value, all_of_it):
    found = verdict([value] * 3 if all_of_it else [4, value, 8], naive=1.0, seasonal=1.0, linear=0.0)
    assert not found.good and not found.copies
    assert set(found.skill.values()) == {-np.inf}
    assert found.sentence == "Its predictions are no longer finite numbers, so they beat nothing."


def test_predictions_that_overflow_when_squared():
    found = judge(SERIES, SPLIT, np.full((3, 1, 1), 1e300), {"naive": 1.0})
    assert not found.good and "finite" in found.sentence


def test_without_any_baseline():
    found = verdict([5, 5, 9])
    assert not found.good
    assert "no baseline" in found.sentence


def walk(rng) -> tuple[Series, object]:
    series = Series.from_values(rng.standard_normal(400).cumsum())
    return series, split_windows(Config(window=10, validation=150), 400)


def test_a_copy_of_the_last_value_is_seen(rng):
    series, split = walk(rng)
    values = series.values[:, 0]
    copied = values[-151:-1].reshape(150, 1, 1) + 0.01 * rng.standard_normal((150, 1, 1))
    found = judge(series, split, copied, baseline_errors(series, split))
    assert found.copies and not found.good
    assert found.copycat.copies and found.copycat.lag1 == pytest.approx(0.01, rel=0.2)
    assert found.copycat.lag0 == found.rmse
    assert found.sentence.startswith("No better than naive: it mostly copies the last value (")


def test_a_copy_is_no_good_even_where_it_beats_the_others_by_a_hair(rng):
    """A step of four hundredths of the way: it is surely better than a naive forecast, and all it does is copy."""
    series, split = walk(rng)
    values = series.values[:, 0]
    copied = (0.957 * values[-151:-1] + 0.043 * values[-150:]).reshape(150, 1, 1)
    found = judge(series, split, copied, {"naive": baseline_losses(series, split)["naive"]})
    assert found.skill["naive"] == pytest.approx(0.043) and found.marks["naive"] == "better"
    assert found.copies and not found.good
    assert found.sentence == "It mostly copies the last value: it errs only 4% less than naive, which does just that."


def test_a_copy_is_seen_at_a_horizon_as_well(rng):
    """The last value at every step ahead; and a forecast that is late by one record but right in the steps after."""
    series = Series.from_values(rng.standard_normal(400).cumsum())
    split = split_windows(Config(window=10, horizon=6, validation=150), 400)
    last = series.values[split.validation_starts + 9][:, None]
    copied = judge(series, split, np.repeat(last, 6, axis=1) + 0.1, baseline_losses(series, split))
    assert copied.copies and copied.copycat.lag1 == pytest.approx(0.1)
    ahead = validation_actual(series, split)
    right = judge(series, split, ahead + 0.1, baseline_losses(series, split))
    assert not right.copies and right.copycat.lag0 == pytest.approx(0.1) and right.copycat.lag1 > 0.5


def test_a_good_prediction_is_no_copy(rng):
    series, split = walk(rng)
    good = validation_actual(series, split) + 0.3 * rng.standard_normal((150, 1, 1))
    found = judge(series, split, good, baseline_errors(series, split))
    assert not found.copies
    losses = baseline_losses(series, split)
    assert not judge(series, split, good, losses).copies and judge(series, split, good, losses).good


def test_a_bad_prediction_far_from_the_last_value_is_no_copy_either(rng):
    series, split = walk(rng)
    actual = validation_actual(series, split)
    for bad in (-actual - 50, actual + 40, actual - 40, np.full_like(actual, actual.mean())):
        found = judge(series, split, bad, baseline_errors(series, split))
        assert not found.copies and not found.good


def test_a_smoothed_copy_is_still_a_copy(rng):
    series, split = walk(rng)
    values = series.values[:, 0]
    smoothed = ((values[-151:-1] + values[-152:-2] + values[-153:-3]) / 3).reshape(150, 1, 1)
    assert judge(series, split, smoothed, baseline_errors(series, split)).copies


def test_better_stands_only_where_something_is_beaten():
    factors = (0.3, 0.97, 1.0, 1.03, 5.0)
    for predicted, (naive, linear) in itertools.product(
        ([5, 5, 9], [1, 4, 6], [1.1, 4.1, 6.1]), itertools.product(factors, repeat=2)
    ):
        error = verdict(predicted).rmse
        found = verdict(predicted, naive=error * naive, linear=error * linear)
        beaten = any(mark == "better" for mark in found.marks.values())
        assert ("better" in found.sentence.lower().replace("no better", "")) <= beaten
        assert found.sentence.endswith(".")


def recommended_verdict(series):
    """As a press of Train on an untouched form: the recommended settings, judged by their best weights."""
    config = rnn.recommended(series)
    split = split_series(config, series)
    model = rnn.fit(config.replace(refit=False), series).model
    windows = np.stack([series.values[k : k + split.window] for k in split.validation_starts])
    return judge(series, split, model.predict(windows), baseline_losses(series, split, config.season))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("length", [150, 600])
def test_a_random_walk_is_no_better_than_naive_with_the_recommended_settings(seed, length):
    series = Series.from_values(np.random.default_rng(seed).standard_normal(length).cumsum())
    found = recommended_verdict(series)
    assert found.sentence.startswith("No better than naive") and found.marks["naive"] != "better" and not found.good


@pytest.mark.parametrize("seed", range(6))
def test_a_random_walk_is_no_better_than_naive_step_by_step(seed):
    """One step ahead, with the best of forty epochs chosen by the very points it is judged on."""
    series = Series.from_values(np.random.default_rng(seed).standard_normal(300).cumsum())
    config = Config(residual="last", epochs=40, patience=None, window=12, hidden=8)
    split = split_series(config, series)
    windows = np.stack([series.values[k : k + split.window] for k in split.validation_starts])
    found = judge(series, split, rnn.fit(config, series).model.predict(windows), baseline_losses(series, split))
    assert found.sentence.startswith("No better than naive")


def test_the_sine_is_far_better():
    found = recommended_verdict(Series.from_values(np.sin(np.arange(200.0))))
    assert "Far better than naive" in found.sentence and found.marks["naive"] == "better"
    noisy = np.sin(np.arange(600) / 4) + 0.1 * np.random.default_rng(0).standard_normal(600)
    found = recommended_verdict(Series.from_values(noisy))
    assert "far better than" in found.sentence.lower() and not found.copies
