"""The verdict: skill by hand, the copy-cat, and sentences that never claim what is not so."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.core.windows import split_windows
from rnn.forecast.baselines import baseline_errors, validation_actual
from rnn.forecast.verdict import judge

# The last three validate: 4, 6, 8, each after the value before it.
SERIES = Series.from_values([1, 2, 1, 2, 1, 4, 6, 8])
SPLIT = split_windows(Config(window=2, validation=3), 8)


def verdict(predicted, **baselines):
    return judge(SERIES, SPLIT, np.reshape(predicted, (3, 1, 1)).astype(np.float32), baselines)


def test_skill_by_hand():
    """Errors 1, 1, 1 beside baselines of 4, 2 and 0.5: three quarters less, half less, twice as much."""
    found = verdict([5, 5, 9], naive=4.0, seasonal=2.0, linear=0.5)
    assert found.rmse == 1
    assert found.skill == {"naive": 0.75, "seasonal": 0.5, "linear": -1.0}
    assert not found.good and not found.copies
    assert found.sentence == (
        "Better than last value (naive) (75% less error) and last season (seasonal naive) (50% less error), "
        "but does not beat linear autoregression (100% more error)."
    )


def test_good_when_all_are_beaten():
    found = verdict([5, 5, 9], naive=4.0, linear=2.0)
    assert found.good
    assert found.sentence == (
        "Better than last value (naive) (75% less error) and linear autoregression (50% less error) on the validation part."
    )


def test_nothing_beaten_is_never_called_better():
    found = verdict([5, 5, 9], naive=0.8, linear=0.2)
    assert not found.good
    assert found.sentence == (
        "Does not beat last value (naive) (25% more error) or linear autoregression (5 times its error) on the "
        "validation part so far."
    )


def test_small_and_equal_differences_are_not_called_zero():
    assert "(under 1% less error)" in verdict([5, 5, 9], linear=1.001).sentence
    assert "(the same error)" in verdict([5, 5, 9], linear=1.0).sentence


def test_an_exact_baseline_cannot_be_beaten():
    found = verdict([5, 5, 9], naive=4.0, linear=3e-15)
    assert found.skill["linear"] == -np.inf
    assert not found.good
    assert "linear autoregression (which is exact)" in found.sentence


def test_as_exact_as_an_exact_baseline():
    found = verdict([4, 6, 8], naive=4.0, linear=3e-15)
    assert found.skill == {"naive": 1.0, "linear": 0.0}
    assert "(the same error)" in found.sentence and not found.good


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
    assert found.sentence.startswith("It mostly copies the last value: ")
    assert "better" not in found.sentence.lower()


def test_a_copy_is_no_good_even_where_it_beats_the_others_by_a_hair(rng):
    """A step of one hundredth of the way: it beats a naive forecast by one per cent, and all it does is copy."""
    series, split = walk(rng)
    values = series.values[:, 0]
    copied = (0.99 * values[-151:-1] + 0.01 * values[-150:]).reshape(150, 1, 1)
    naive = baseline_errors(series, split)["naive"]
    found = judge(series, split, copied, {"naive": naive, "linear": 2 * naive})
    assert 0 < found.skill["naive"] < 0.05
    assert found.copies and not found.good
    assert "errs only 1% less than the naive forecast" in found.sentence


def test_a_good_prediction_is_no_copy(rng):
    series, split = walk(rng)
    good = validation_actual(series, split) + 0.3 * rng.standard_normal((150, 1, 1))
    found = judge(series, split, good, baseline_errors(series, split))
    assert not found.copies and found.good


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
        beaten = any(value > 0 for value in found.skill.values())
        assert ("better" in found.sentence.lower()) <= beaten
        assert found.sentence.endswith(".")
