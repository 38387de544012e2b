"""Suggestions: what they say of series whose nature is known, and that every one of them can be trained."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.core.config import Config
from rnn.core.fields import FIELDS
from rnn.core.fit import fit
from rnn.core.series import Series
from rnn.core.windows import split_windows
from rnn.data import SAMPLES, sample_series
from rnn.data.look import recommended, suggest
from rnn.data.look.growth import spread_with_level


def values_of(found) -> dict:
    return {one.field: one.value for one in found}


def suggested(key: str) -> dict:
    series = sample_series(key)
    return values_of(suggest(series.values, series.times, series.frequency, series.target_columns))


@pytest.mark.parametrize("key", list(SAMPLES))
def test_every_sample_gets_settings_that_fit_it(key):
    series = sample_series(key)
    found = suggest(series.values, series.times, series.frequency, series.target_columns)
    assert split_windows(Config(**values_of(found)), len(series)).train > len(series) / 10
    for one in found:
        assert one.field in FIELDS and one.reason.endswith(".") and len(one.reason) < 250, one


@pytest.mark.parametrize("key", list(SAMPLES))
def test_what_is_suggested_is_what_is_recommended(key):
    series = sample_series(key)
    assert Config(**suggested(key)) == recommended(series)


def test_passengers_grow_and_repeat():
    found = suggested("air-passengers")
    assert (found["season"], found["residual"], found["log"], found["horizon"]) == (12, "seasonal", True, 12)


def test_the_nile_repeats_nothing():
    found = suggested("nile")
    assert (found["season"], found["residual"], found["horizon"]) == (None, "last", 6)  # yearly, as in M4


def test_taxis_have_days_and_weeks():
    found = suggested("nyc-taxi")
    assert (found["season"], found["patch"], found["residual"], found["horizon"]) == (336, 48, "seasonal", 48)


def test_a_random_walk_starts_from_its_last_value():
    found = values_of(suggest(np.cumsum(np.random.default_rng(1).standard_normal(500))))
    assert (found["season"], found["residual"], found["log"]) == (None, "last", False)


def test_log_needs_every_target_above_zero():
    growing = np.exp(0.02 * np.arange(200)) * (10 + np.sin(np.arange(200)))
    assert values_of(suggest(growing))["log"] is True
    assert values_of(suggest(growing - 12))["log"] is False
    assert values_of(suggest(np.column_stack([growing, growing - 12])))["log"] is False
    assert values_of(suggest(np.column_stack([growing, growing - 12]), targets=[0]))["log"] is True


def test_a_constant_series_has_no_changes_for_a_logarithm():
    assert not recommended(Series.from_values(np.full(200, 5.0))).log


@pytest.mark.parametrize("power", [0.0, 0.7, 1.0])
def test_the_power_of_the_spread_is_found(power):
    rng = np.random.default_rng(2)
    level = np.exp(np.linspace(3, 7, 4000))
    spread = 2 * (level / level[0]) ** power
    found = spread_with_level(level + spread * rng.standard_normal(4000))
    assert found.power == pytest.approx(power, abs=3 * found.error + 0.05)
    assert found.proportional == (power >= 0.5)


@pytest.mark.parametrize("values", [[], [1.0] * 3, [4.0] * 100, [1.0, np.nan] * 50])
def test_nothing_is_suggested_for_what_cannot_be_learnt(values):
    assert suggest(values) == ()


@settings(max_examples=40, deadline=None)
@given(
    count=st.integers(8, 160),
    period=st.sampled_from([3.0, 6.28, 12.0, 24.0, 50.0]),
    noise=st.sampled_from([0.0, 0.3, 3.0]),
    level=st.sampled_from([0.0, 50.0]),
    frequency=st.sampled_from([None, "MS", "h", "D"]),
)
def test_whatever_the_length_the_suggestion_can_be_trained(count, period, noise, level, frequency):
    at = np.arange(count)
    values = level + np.sin(2 * np.pi * at / period) + noise * np.random.default_rng(count).standard_normal(count)
    found = suggest(values, None, frequency)
    if found:
        assert split_windows(Config(**values_of(found)), count).train >= 1


@pytest.mark.parametrize("count", [8, 9, 12, 20, 40])
def test_the_shortest_series_train_with_what_is_suggested(count):
    values = np.cumsum(np.random.default_rng(count).standard_normal(count)) + 40
    found = suggest(values)
    assert found
    assert fit(Config(**values_of(found) | {"epochs": 1}), Series.from_values(values)).history


def test_what_is_kept_back_to_test_on_shortens_the_window():
    """60 records, 40 of them validation: a window of 24 would leave none to train on."""
    values = np.random.default_rng(0).standard_normal(60)
    with pytest.raises(ValueError, match="none is left to train on"):
        split_windows(Config(validation=40), 60)
    found = suggest(values, fixed={"validation": 40})
    assert split_windows(Config(**values_of(found)), 60).train >= 1
    shorter = next(one for one in found if one.field == "window")
    assert "is what 60 records leave room for" in shorter.reason
