"""The summary line of a column, and the seasonal profile, against numbers worked out by hand or by pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rnn.data import load_sample, sample_series
from rnn.data.look import seasonal_profile, summary


def test_a_column_by_hand():
    days = np.arange("2024-01-01", "2024-01-08", dtype="datetime64[D]")
    (one,) = summary(pd.DataFrame({"sales": [3.0, np.nan, 0.0, 9.0, 9.0, np.inf, 4.0]}), days)
    assert (one.name, one.count, one.missing) == ("sales", 5, 2)
    assert (one.mean, one.median, one.lowest, one.highest) == (5.0, 4.0, 0.0, 9.0)
    assert one.deviation == pytest.approx(np.sqrt(((-2) ** 2 + 5**2 + 4**2 + 4**2 + 1) / 4))
    assert [str(when) for when in (one.lowest_at, one.highest_at, one.first_at, one.last_at)] == [
        "2024-01-03", "2024-01-04", "2024-01-01", "2024-01-07",
    ]  # fmt: skip
    assert (one.first, one.last, one.zeros, one.distinct, one.monotone) == (3.0, 4.0, 0.2, 4, "")


def test_numbers_agree_with_pandas():
    frame = load_sample("seattle-weather").frame[["temp_max", "wind", "precipitation"]]
    for one, name in zip(summary(frame), frame.columns, strict=True):
        column = frame[name]
        assert (one.name, one.count, one.distinct) == (name, column.count(), column.nunique())
        assert (one.mean, one.median) == pytest.approx((column.mean(), column.median()))
        assert (one.deviation, one.skew) == pytest.approx((column.std(), column.skew()))
        assert one.zeros == pytest.approx((column == 0).mean())
        assert one.lowest_at is None and one.first_at is None


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ([1, 2, 3], "rising"), ([1, 1, 3], "never falling"), ([3, 2, 1], "falling"), ([3, 3, 1], "never rising"),
        ([2, 2, 2], "constant"), ([1, 3, 2], ""), ([1], ""), ([1, np.nan, 3], "rising"),
    ],
)  # fmt: skip
def test_monotone(values, word):
    assert summary(values)[0].monotone == word


def test_empty_huge_and_unequal():
    (empty,) = summary([np.nan, np.nan])
    assert (empty.count, empty.missing, empty.mean, empty.lowest_at) == (0, 2, None, None)
    (huge,) = summary([1e200, -1e200, 3e200, 0.0])
    assert huge.highest == 3e200 and huge.deviation is None and huge.skew is None
    with pytest.raises(ValueError, match=r"^times must have one entry a row, got 3 for 2 rows\.$"):
        summary([1.0, 2.0], np.arange(3))


def test_weekdays_of_a_known_week():
    """Sundays 6 higher, on a trend: the profile has it at the last place and nothing elsewhere."""
    days = np.arange("2024-01-01", "2024-12-30", dtype="datetime64[D]")  # begins on a Monday
    values = 0.05 * np.arange(len(days)) + 6.0 * (np.arange(len(days)) % 7 == 6)
    found = seasonal_profile(values, days, "D", 7)
    assert found.by == "weekday" and found.labels == ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    np.testing.assert_allclose(found.mean, [-6 / 7] * 6 + [36 / 7], atol=1e-9)
    np.testing.assert_allclose(found.high - found.low, 0, atol=1e-9)
    assert len(found.seasons) == 12 and found.lines.shape == (12, 7)
    assert found.seasons[-1] == "2024-12-23"


def test_quartiles_of_months_are_those_of_pandas():
    series = sample_series("air-passengers")
    values = series.values[:, 0]
    found = seasonal_profile(values, series.times, series.frequency, 12)
    weights = np.r_[0.5, np.ones(11), 0.5] / 12
    rest = pd.Series(values[6:-6] - np.convolve(values, weights, "valid"))
    months = pd.DatetimeIndex(series.times[6:-6]).month
    np.testing.assert_allclose(found.median, rest.groupby(months).median().to_numpy(), rtol=1e-9)
    np.testing.assert_allclose(found.low, rest.groupby(months).quantile(0.25).to_numpy(), rtol=1e-9)
    assert (found.by, found.labels[6], found.count) == ("month", "Jul", 12)
    assert int(np.argmax(found.median)) in (6, 7)
    assert found.seasons[-1] == "1960"


@pytest.mark.parametrize(
    ("frequency", "step", "period", "by", "places"),
    [
        ("h", "h", 24, "time of the day", 24), ("30min", "30min", 48, "time of the day", 48),
        ("h", "h", 168, "hour of the week", 168), ("min", "min", 60, "minute of the hour", 60),
        ("W-MON", "7D", 52.18, "month", 12), ("D", "D", 30.44, "day of the month", 31),
        ("MS", None, 12, "month", 12), ("QS", None, 4, "quarter", 4), ("D", "D", 11, "record of the season", 11),
        (None, "D", 7, "record of the season", 7), ("YS", None, 11.2, "record of the season", 11),
        (None, "D", 6.2832, "record of the season", 24),
    ],
)  # fmt: skip
def test_the_calendar_names_the_places(frequency, step, period, by, places):
    count = max(400, round(5 * period))
    times = pd.date_range("2020-01-01", periods=count, freq=step or frequency).to_numpy()
    values = np.sin(2 * np.pi * np.arange(count) / period)
    found = seasonal_profile(values, times, frequency, period)
    assert (found.by, len(found.labels), len(found.mean)) == (by, places, places)
    assert found.lines.shape == (len(found.seasons), places)


def test_two_seasons_are_needed():
    with pytest.raises(ValueError, match=r"^20 records are fewer than two seasons of 12"):
        seasonal_profile(np.sin(np.arange(20.0)), None, None, 12)
    assert seasonal_profile(np.sin(np.arange(24.0)), None, None, 12).by == "record of the season"
