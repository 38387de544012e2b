"""The frequency of moments is found again however many of them are missing, repeated or out of order."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.data.times.frequency import infer_frequency

ALIASES = [
    *("YS", "YE", "YS-APR", "YE-JUN", "2YS", "QS", "QE", "QS-FEB", "QE-JAN", "MS", "ME", "2MS", "6MS", "6ME", "BME", "BMS"),
    *("BQE", "W-MON", "W-WED", "W-SAT", "W-SUN", "2W-FRI", "B", "D", "3D", "10D", "h", "2h", "6h", "30min", "15min", "10min"),
    *("min", "15s", "s", "100ms"),
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    alias=st.sampled_from(ALIASES),
    start=st.datetimes(pd.Timestamp("1971-01-01"), pd.Timestamp("2030-01-01")),
    count=st.integers(60, 200),
    dropped=st.floats(0, 0.25),
    repeated=st.floats(0, 0.5),
    seed=st.integers(0, 10**6),
)
def test_any_frequency_is_found_through_gaps_and_repeats(
    alias: str, start: pd.Timestamp, count: int, dropped: float, repeated: float, seed: int
) -> None:
    chance = np.random.default_rng(seed)
    whole = pd.date_range(pd.Timestamp(start).floor("D"), periods=count, freq=alias)
    kept = chance.random(count) >= dropped
    kept[[0, -1]] = True
    moments = np.concatenate([whole[kept], whole[kept & (chance.random(count) < repeated)]])
    found, absent = infer_frequency(np.sort(chance.permutation(moments)))
    assert found is not None
    assert (pd.date_range(whole[0], periods=count, freq=found) == whole).all(), found
    assert absent == int((~kept).sum())


def test_business_days_without_the_holidays() -> None:
    days = pd.date_range("2018-01-01", "2020-12-31", freq="B")
    holidays = days[(days.month == 12) & (days.day >= 24) | (days.month == 1) & (days.day == 1)]
    open_days = days.difference(holidays)
    between = holidays[(holidays > open_days[0]) & (holidays < open_days[-1])]
    assert infer_frequency(open_days.to_numpy()) == ("B", len(between))


def test_a_time_of_day_that_is_always_the_same_does_not_hide_the_calendar() -> None:
    for alias in ("MS", "ME", "B", "QE", "W-FRI"):
        moments = pd.date_range("2019-01-01", periods=40, freq=alias) + pd.Timedelta("17:30:00")
        found, _ = infer_frequency(moments.to_numpy())
        assert (pd.date_range(moments[0], periods=40, freq=found) == moments).all()


@pytest.mark.parametrize(("alias", "seconds"), [("10min", 25), ("h", 150), ("D", 3600), ("min", 2)])
def test_a_clock_that_is_early_or_late(alias: str, seconds: int) -> None:
    even = pd.date_range("2020-01-01", periods=300, freq=alias).to_numpy()
    stray = np.random.default_rng(3).integers(-seconds, seconds + 1, 300).astype("timedelta64[s]")
    assert infer_frequency(np.sort(even + stray)) == (alias, 0)


def test_steps_that_only_look_even() -> None:
    chance = np.random.default_rng(8)
    walk = np.cumsum(chance.uniform(50, 70, 400)).astype("timedelta64[s]")  # the error adds up: no grid
    assert infer_frequency(np.datetime64("2020-01-01") + walk)[0] is None
    arrivals = np.cumsum(chance.exponential(60, 400)).astype("timedelta64[s]")
    assert infer_frequency(np.datetime64("2020-01-01") + arrivals)[0] is None


def test_hours_of_a_clock_that_is_put_forward_and_back() -> None:
    utc = pd.date_range("2020-01-01", "2021-12-31", freq="h", tz="UTC")
    local = utc.tz_convert("Europe/Berlin").tz_localize(None)
    assert infer_frequency(np.sort(local.to_numpy())) == ("h", 2)
