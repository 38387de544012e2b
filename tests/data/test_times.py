"""The time column is found by what it holds, and read right."""

import numpy as np
import pandas as pd
import pytest

from rnn.data import BadFile, Table, read_csv
from rnn.data.times.frequency import infer_frequency


def table_of(cells: list[str], **choices: object) -> Table:
    """A table whose first column has these cells and whose second has numbers without an order."""
    rows = [f"{cell};{(k * 37) % 11 + 0.5}" for k, cell in enumerate(cells)]
    return read_csv(("first;value\n" + "\n".join(rows) + "\n").encode(), **choices)


WAYS = {  # how the moments 2020-01-11 … 2020-01-30 13:45 are written
    "ISO": "%Y-%m-%dT%H:%M:%S",
    "ISO minutes": "%Y-%m-%d %H:%M",
    "slashes, year first": "%Y/%m/%d %H:%M:%S",
    "points, year first": "%Y.%m.%d %H:%M",
    "German": "%d.%m.%Y %H:%M",
    "British": "%d/%m/%Y %H:%M:%S",
    "American": "%m/%d/%Y %I:%M %p",
    "American, short year": "%m/%d/%y %H:%M",
    "month name": "%d-%b-%Y %H:%M",
    "month name first": "%b %d, %Y %H:%M:%S",
    "long names": "%A, %d %B %Y %H:%M",
    "UTC": "%Y-%m-%d %H:%M:%S UTC",
}


@pytest.mark.parametrize("way", WAYS)
def test_moments(way: str) -> None:
    moments = pd.date_range("2020-01-11 13:45", periods=20, freq="D")
    table = table_of([moment.strftime(WAYS[way]) for moment in moments])
    assert table.time == "first"
    assert (table.series().times == moments.to_numpy()).all()
    assert table.frequency == "D"
    assert "ambiguous-dates" not in {one.kind for one in table.findings}


DAYS_ONLY = {
    "compact": ("%Y%m%d", "D", 40),
    "year and month": ("%Y-%m", "MS", 30),
    "year and month compact": ("%Y%m", "MS", 30),
    "month and year": ("%m/%Y", "MS", 30),
    "month name and year": ("%b-%y", "MS", 30),
    "week": ("%G-W%V", "W-MON", 30),
    "year": ("%Y", "YS", 30),
}


@pytest.mark.parametrize("way", DAYS_ONLY)
def test_days_months_and_years(way: str) -> None:
    form, frequency, count = DAYS_ONLY[way]
    starts = {"YS": "1801-01-01", "MS": "1990-01-01", "D": "2019-12-20", "W-MON": "2019-11-04"}
    moments = pd.date_range(starts[frequency], periods=count, freq=frequency)
    table = table_of([moment.strftime(form) for moment in moments])
    assert table.time == "first"
    assert (table.series().times == moments.to_numpy()).all()
    assert table.frequency == frequency


def test_quarters() -> None:
    table = table_of([f"{year}-Q{quarter}" for year in (2019, 2020, 2021) for quarter in (1, 2, 3, 4)])
    assert table.frequency == "QS"
    assert table.series().times.astype(str)[:2].tolist() == ["2019-01-01T00:00:00", "2019-04-01T00:00:00"]


@pytest.mark.parametrize("per_second", [1, 1000])
def test_unix_time(per_second: int) -> None:
    table = table_of([str((1_600_000_000 + 300 * k) * per_second) for k in range(30)])
    assert table.time == "first"
    assert table.frequency == "5min"
    assert str(table.series().times[0]) == "2020-09-13T12:26:40"


def test_fractions_of_a_second() -> None:
    table = table_of([f"2020-01-01 00:00:00.{k:03d}" for k in range(0, 1000, 50)])
    assert table.series().times.dtype == "datetime64[ns]"
    assert table.frequency == "50ms"


def test_years_written_as_fractions() -> None:
    table = table_of([f"{year}.0" for year in range(1950, 1990)])
    assert (table.time, table.frequency) == ("first", "YS")


def test_time_zones_become_utc() -> None:
    cells = [f"2020-03-29T{hour:02d}:00:00+0{1 if hour < 2 else 2}:00" for hour in (0, 1, 3, 4, 5)]  # clocks go forward
    table = table_of(cells)
    assert table.series().times.astype("datetime64[h]").astype(str).tolist() == [
        "2020-03-28T23", "2020-03-29T00", "2020-03-29T01", "2020-03-29T02", "2020-03-29T03",
    ]  # fmt: skip
    assert table.frequency == "h"
    assert "timezone" in {one.kind for one in table.findings}


def test_one_zone_throughout_becomes_utc_too() -> None:
    table = table_of([f"2020-07-{day:02d} 01:00:00+02:00" for day in range(1, 20)])
    assert str(table.series().times[0]) == "2020-06-30T23:00:00"


def test_day_or_month_first_is_decided_by_the_whole_column() -> None:
    for first, form in ((True, "%d/%m/%Y"), (False, "%m/%d/%Y")):
        moments = pd.date_range("2020-01-01", "2020-12-31", freq="D")
        table = table_of([moment.strftime(form) for moment in moments])
        assert table.choices["day_first"] is first
        assert (table.series().times == moments.to_numpy()).all()


def test_dates_that_stay_ambiguous_are_read_the_more_even_way_and_reported() -> None:
    monthly = [f"01/{month:02d}/{year}" for year in (2019, 2020) for month in range(1, 13)]
    table = table_of(monthly)
    (doubt,) = [one for one in table.findings if one.kind == "ambiguous-dates"]
    assert table.frequency == "MS"
    assert "day first" in doubt.message
    other = table_of(monthly, day_first=False)
    gaps = [one.count for one in other.findings if one.kind == "gaps"]
    assert gaps == [353]  # days between 12 January and the next 1 January
    assert "ambiguous-dates" not in {one.kind for one in other.findings}


def test_date_and_clock_in_two_columns() -> None:
    rows = [f"{16 + k // 24}/12/2006;{k % 24:02d}:30:00;{k * k % 17}" for k in range(60)]
    table = read_csv(("Date;Time;Power\n" + "\n".join(rows) + "\n").encode())
    assert (table.time, table.frequency) == ("Date", "h")
    assert str(table.series().times[25]) == "2006-12-17T01:30:00"
    assert "joined-time" in {one.kind for one in table.findings}


@pytest.mark.parametrize(
    "text",
    [
        "v\n1700\n1701\n1702\n1703\n",  # years alone would leave nothing to predict
        "v,w\n3,1\n1,2\n4,1\n1,5\n",
        "name,v\nnorth,3\nsouth,4\nwest,9\n",
        "a,b\n1.5,12\n2.5,13\n0.5,11\n",
    ],
)
def test_no_time(text: str) -> None:
    table = read_csv(text.encode())
    assert table.time is None
    assert table.frequency is None
    assert table.series().times.tolist() == list(range(table.rows))


def test_the_user_decides() -> None:
    text = b"a,b,v\n2020-01-01,2021-03-01,1\n2020-01-02,2021-04-01,3\n2020-01-03,2021-05-01,2\n"
    assert read_csv(text).time == "a"
    assert read_csv(text, time="b").frequency == "MS"
    assert read_csv(text, time="none").time is None
    assert read_csv(text, time=None).series("v").times.tolist() == [0, 1, 2]
    numbers = read_csv(b"t,v\n0.5,1\n0.25,3\n1.0,2\n", time="t").series("v")
    assert numbers.times.tolist() == [0.25, 0.5, 1.0]
    assert numbers.values[:, 0].tolist() == [3, 1, 2]


def test_rows_whose_time_cannot_be_read_are_left_out() -> None:
    cells = [f"2020-01-{k + 1:02d}" for k in range(25)] + ["soon"]
    table = table_of(cells)
    receipt = table.receipt()
    assert (receipt.rows, receipt.used, receipt.left_out) == (26, 25, 1)
    assert [(one.rows, one.count) for one in table.findings if one.kind == "unreadable-times"] == [((27,), 1)]


def test_a_time_column_that_is_text_is_refused() -> None:
    with pytest.raises(BadFile, match="Column 'first' cannot be the time: row 4 holds 'soon'"):
        table_of(["2020-01-01", "2020-01-02", "soon", "later", "never"], time="first")


@pytest.mark.parametrize(
    "alias",
    [
        *("YS", "YE", "YS-APR", "2YS", "QS", "QE", "QS-FEB", "QE-JAN", "MS", "ME", "2MS", "W-SAT", "W-MON", "2W-FRI"),
        *("B", "D", "3D", "h", "6h", "30min", "min", "15s", "s", "100ms"),
    ],
)
def test_frequencies_make_the_same_moments_again(alias: str) -> None:
    moments = pd.date_range("2019-01-15", periods=60, freq=alias)
    found, absent = infer_frequency(moments.to_numpy())
    assert absent == 0
    assert (pd.date_range(moments[0], periods=60, freq=found) == moments).all()


def test_frequencies_bear_gaps_and_jitter() -> None:
    hours = pd.date_range("2020-01-01", periods=200, freq="h").to_numpy()
    assert infer_frequency(np.delete(hours, [5, 6, 50])) == ("h", 3)
    assert infer_frequency(np.delete(hours, slice(20, 150))) == ("h", 130)
    shaken = hours + np.random.default_rng(1).integers(-10, 10, 200).astype("timedelta64[s]")
    assert infer_frequency(shaken) == ("h", 0)
    assert infer_frequency(np.repeat(hours, 2)) == ("h", 0)
    months = pd.date_range("2000-01-01", periods=100, freq="MS").to_numpy()
    assert infer_frequency(np.delete(months, [7, 8])) == ("MS", 2)


def test_no_frequency() -> None:
    chance = np.random.default_rng(5)
    irregular = np.datetime64("2020-01-01", "s") + np.sort(chance.integers(0, 10**7, 300)).astype("timedelta64[s]")
    assert infer_frequency(irregular) == (None, 0)
    assert infer_frequency(irregular[:2]) == (None, 0)
    assert infer_frequency(irregular[:0]) == (None, 0)
    mid_month = pd.date_range("2000-01-01", periods=40, freq="MS").to_numpy() + np.timedelta64(14, "D")
    assert infer_frequency(mid_month) == (None, 0)


def test_a_doubt_shows_both_readings_and_the_evidence() -> None:
    table = table_of([f"{month:02d}/{day:02d}/2020" for month in (1, 2, 3) for day in range(1, 13)])
    (doubt,) = [one for one in table.findings if one.kind == "ambiguous-dates"]
    assert "'01/02/2020' can be 2 January 2020 or 1 February 2020" in doubt.message
    assert "read month first, because that gives the more even steps" in doubt.message
    assert "Choose day_first=True" in doubt.message
    assert doubt.rows == (3,)  # the first date that differs: 01/01 is the same both ways


def test_a_column_that_mixes_the_orders_is_reported() -> None:
    cells = [f"{day:02d}/01/2020" for day in range(1, 32)] + ["02/13/2020", "02/14/2020"]
    (mixed,) = [one for one in table_of(cells).findings if one.kind == "mixed-date-order"]
    assert mixed.rows == (33, 34)
    assert "'02/13/2020'" in mixed.message
