"""What is said of times that are uneven, and what is not."""

import numpy as np
import pandas as pd
import pytest

from rnn.data import Finding
from rnn.data.times.spacing import spacing, spoken


def said(times: object, rows: range | None = None) -> tuple[str | None, dict[str, Finding]]:
    moments = pd.DatetimeIndex(times).to_numpy()  # type: ignore[arg-type]
    frame = pd.DataFrame({"t": moments}, index=pd.RangeIndex(2, 2 + len(moments)))
    frequency, findings = spacing(frame, "t")
    return frequency, {one.kind: one for one in findings}


@pytest.mark.parametrize("alias", ["h", "D", "B", "MS", "W-SUN", "10min", "BME"])
def test_nothing_is_said_of_even_times(alias: str) -> None:
    assert said(pd.date_range("2020-01-01", periods=90, freq=alias)) == (alias, {})


def test_no_even_step() -> None:
    steps = [60] * 6 + [90, 200, 45, 17, 300, 61]
    times = pd.Timestamp("2020-01-01") + pd.to_timedelta(np.cumsum([0, *steps]), unit="s")
    frequency, found = said(times)
    assert frequency is None
    assert "the middle one is 1 min" in found["irregular"].message
    assert "42% of the steps" in found["irregular"].message  # 90, 200, 45, 17 and 300 of twelve: 61 is near enough
    assert found["irregular"].count == 5
    assert found["irregular"].rows == (9, 10, 11, 12, 13)


def test_a_change_of_the_spacing_is_placed() -> None:
    days, months = (
        pd.date_range("2019-01-01", "2019-06-01", freq="D"),
        pd.date_range("2019-07-01", periods=30, freq="MS"),
    )
    frequency, found = said(days.append(months))
    change = found["mixed-resolution"]
    assert frequency is None
    assert change.rows == (2 + len(days) - 1,)  # the last day, from which the first month goes
    assert "'D' before it, 'MS' after it" in change.message
    assert "2019-06-01" in change.message


def test_an_even_series_with_a_long_gap_does_not_change_its_spacing() -> None:
    days = pd.date_range("2019-01-01", periods=200, freq="D")
    frequency, found = said(days.delete(range(50, 150)))
    assert (frequency, set(found)) == ("D", {"gaps"})
    assert (found["gaps"].count, found["gaps"].rows) == (100, (51,))


def test_jitter_is_measured() -> None:
    even = pd.date_range("2020-01-01", periods=100, freq="10min").to_numpy()
    stray = np.zeros(100, dtype="timedelta64[s]")
    stray[[10, 20, 30]] = np.array([12, -40, 5], dtype="timedelta64[s]")
    frequency, found = said(even + stray)
    assert (frequency, set(found)) == ("10min", {"jitter"})
    assert found["jitter"].rows == (12, 22, 32)
    assert "up to 40 s off" in found["jitter"].message


def test_order_and_repeats() -> None:
    days = list(pd.date_range("2020-01-01", periods=20, freq="D"))
    frequency, found = said(days[::-1])
    assert (frequency, found["unsorted"].count) == ("D", 19)
    assert "newest first" in found["unsorted"].message
    days[5] = days[4]
    assert said(days)[1]["repeated-times"].rows == (7,)


def test_few_times() -> None:
    for count in range(3):
        assert said(pd.date_range("2020-01-01", periods=count, freq="D")) == (None, {})
    assert spacing(pd.DataFrame({"t": np.full(4, np.datetime64("NaT", "s"))}), "t") == (None, [])


def test_lengths_of_time_in_words() -> None:
    assert [spoken(us) for us in (1e6, 90e6, 86_400e6, 2.5 * 86_400e6, 250e3, 11_520e6)] == [
        "1 s", "1 min 30 s", "1 day", "2 days 12 h", "250 ms", "3 h 12 min",
    ]  # fmt: skip
