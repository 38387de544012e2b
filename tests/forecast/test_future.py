"""The times after a series: calendars, spacings and numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rnn.core.series import Series
from rnn.forecast.future import future_times


def dated(times, frequency=None, unit="s") -> Series:
    moments = np.array(times, f"datetime64[{unit}]")
    return Series(moments, np.zeros((len(moments), 1)), ("y",), ("y",), frequency=frequency)


def numbered(times) -> Series:
    return Series(np.asarray(times), np.zeros((len(times), 1)), ("y",), ("y",))


CALENDARS = [
    ("MS", ["2023-11-01", "2023-12-01"], ["2024-01-01", "2024-02-01", "2024-03-01"]),
    ("ME", ["2023-11-30", "2023-12-31"], ["2024-01-31", "2024-02-29", "2024-03-31"]),
    ("QS", ["2023-07-01", "2023-10-01"], ["2024-01-01", "2024-04-01", "2024-07-01"]),
    ("YS", ["2022-01-01", "2023-01-01"], ["2024-01-01", "2025-01-01", "2026-01-01"]),
    ("YE", ["2022-12-31", "2023-12-31"], ["2024-12-31", "2025-12-31", "2026-12-31"]),
    ("2MS", ["2023-10-01", "2023-12-01"], ["2024-02-01", "2024-04-01", "2024-06-01"]),
    ("W-SAT", ["2023-12-23", "2023-12-30"], ["2024-01-06", "2024-01-13", "2024-01-20"]),
    ("2W-SUN", ["2023-12-17", "2023-12-31"], ["2024-01-14", "2024-01-28", "2024-02-11"]),
    ("D", ["2024-02-27", "2024-02-28"], ["2024-02-29", "2024-03-01", "2024-03-02"]),
    ("B", ["2024-02-29", "2024-03-01"], ["2024-03-04", "2024-03-05", "2024-03-06"]),
    ("h", ["2023-12-31T22", "2023-12-31T23"], ["2024-01-01T00", "2024-01-01T01", "2024-01-01T02"]),
    ("30min", ["2024-01-01T23:00", "2024-01-01T23:30"], ["2024-01-02T00:00", "2024-01-02T00:30", "2024-01-02T01:00"]),
]


@pytest.mark.parametrize(("frequency", "times", "expected"), CALENDARS)
@pytest.mark.parametrize("unit", ["s", "ms", "ns"])
def test_calendars(frequency, times, expected, unit):
    found = future_times(dated(times, frequency, unit), 3)
    assert list(found) == list(np.array(expected, "datetime64[s]"))


def test_days_in_units_of_days():
    assert [str(day) for day in future_times(dated(["2024-02-27", "2024-02-28"], "D", "D"), 2).astype("M8[D]")] == [
        "2024-02-29",
        "2024-03-01",
    ]


def test_a_last_time_off_the_grid_is_followed_by_the_grid():
    """The 15th is no start of a month; the next one is."""
    found = future_times(dated(["2024-01-01", "2024-02-15"], "MS"), 2)
    assert list(found) == list(np.array(["2024-03-01", "2024-04-01"], "datetime64[s]"))


def test_irregular_times_go_on_by_their_median_step():
    found = future_times(dated(["2024-01-01", "2024-01-02", "2024-01-05", "2024-01-07"]), 2)  # steps of 1, 3 and 2 days
    assert list(found) == list(np.array(["2024-01-09", "2024-01-11"], "datetime64[s]"))


def test_times_that_repeat_are_no_step():
    times = ["2024-01-01", "2024-01-01", "2024-01-01", "2024-01-02", "2024-01-02"]
    assert list(future_times(dated(times), 1)) == [np.datetime64("2024-01-03")]


def test_units_of_several():
    times = np.datetime64("2024-01-01T00:00", "m") + np.arange(3) * np.timedelta64(30, "m")
    found = future_times(dated(times, unit="30m"), 2)
    assert list(found) == list(np.array(["2024-01-01T01:30", "2024-01-01T02:00"], "datetime64[m]"))


def test_one_record():
    assert list(future_times(dated(["2024-01-01"], unit="D"), 2)) == [
        np.datetime64("2024-01-02"),
        np.datetime64("2024-01-03"),
    ]
    assert list(future_times(numbered([7]), 2)) == [8, 9]


def test_whole_numbers_stay_whole():
    found = future_times(numbered([10, 20, 30]), 3)
    assert found.tolist() == [40, 50, 60]
    assert np.issubdtype(found.dtype, np.integer)


def test_large_whole_numbers_keep_every_digit():
    last = 1_700_000_000_000_000_001
    assert future_times(numbered([last - 2, last - 1, last]), 2).tolist() == [last + 1, last + 2]


def test_small_integer_types_do_not_wrap():
    assert future_times(numbered(np.array([125, 126, 127], np.int8)), 2).tolist() == [128, 129]
    assert future_times(numbered(np.array([0, 1, 2], np.uint64)), 1).tolist() == [3]


def test_fractions():
    assert future_times(numbered([0.0, 0.1, 0.2, 0.30000000000000004]), 2) == pytest.approx([0.4, 0.5], rel=1e-12)
    assert future_times(numbered(np.arange(10) * 0.1), 1).tolist() == [1.0]
    assert future_times(numbered([1, 2, 4]), 2).tolist() == [5.5, 7.0]  # whole numbers, but a median step of 1.5


@pytest.mark.parametrize("steps", [1, 2, 500])
@pytest.mark.parametrize("frequency", ["MS", "D", "W-MON", None])
def test_strictly_rising_and_as_many_as_asked(steps, frequency):
    times = pd.date_range("2020-01-01", periods=30, freq=frequency or "17min").to_numpy()
    found = future_times(dated(times, frequency, "ns"), steps)
    assert len(found) == steps
    assert found[0] > times[-1]
    assert (found[1:] > found[:-1]).all()


def test_the_end_of_the_calendar():
    with pytest.raises(ValueError, match=r"^500 steps of frequency 'YS' after 2020-01-01.* take fewer steps\.$"):
        future_times(dated(["2019-01-01", "2020-01-01"], "YS", "ns"), 500)
    with pytest.raises(ValueError, match=r"^500 steps after 2020-01-01.* take fewer steps\.$"):
        future_times(dated(["2019-01-01", "2020-01-01"], None, "ns"), 500)


def test_an_unknown_frequency():
    with pytest.raises(ValueError, match=r"^frequency='fortnight' is not one that pandas knows"):
        future_times(dated(["2019-01-01", "2020-01-01"], "fortnight"), 5)
