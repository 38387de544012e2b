"""Times whose parts stand in several columns."""

import pandas as pd
import pytest

from rnn.data import Table, read_csv
from rnn.data.times.column import find_time
from rnn.data.times.moments import parse

from .time_tables import found, moments


def table_with(heads: str, forms: str, times: pd.DatetimeIndex, **choices: object) -> Table:
    """A table whose columns are the strftime forms of the times, with a value behind."""
    rows = [";".join([*one.strftime(forms).split(";"), f"{(k * 37) % 11 + 0.5}"]) for k, one in enumerate(times)]
    return read_csv((f"{heads};value\n" + "\n".join(rows) + "\n").encode(), **choices)


HOURS = pd.date_range("2020-02-27 20:00", periods=60, freq="h")
DAYS = pd.date_range("2019-12-20", periods=60, freq="D")
MONTHS = pd.date_range("2015-01-01", periods=40, freq="MS")
WEEKS = pd.date_range("2019-11-04", periods=40, freq="W-MON")
CASES = {
    "year and month": ("Year;Month", "%Y;%m", MONTHS, "MS"),
    "month names": ("yr;mon", "%Y;%b", MONTHS, "MS"),
    "month first": ("month;year", "%B;%Y", MONTHS, "MS"),
    "German": ("Jahr;Monat;Tag", "%Y;%m;%d", DAYS, "D"),
    "Spanish": ("Año;Mes;Día", "%Y;%m;%d", DAYS, "D"),
    "year, month, day, hour": ("year;month;day;hour", "%Y;%m;%d;%H", HOURS, "h"),
    "capitals": ("YYYY;MM;DD;HH", "%Y;%m;%d;%H", HOURS, "h"),
    "with minutes": ("YEAR;MO;DY;HR".replace("DY", "Day") + ";Minute", "%Y;%m;%d;%H;%M", HOURS, "h"),
    "year and week": ("iso_year;iso_week", "%G;%V", WEEKS, "W-MON"),
    "year and week with a W": ("Year;Week", "%G;W%V", WEEKS, "W-MON"),
    "day of the year": ("year;doy", "%Y;%j", DAYS, "D"),
    "date and clock": ("Date;Time", "%d.%m.%Y;%H:%M", HOURS, "h"),
    "clock before the date": ("Time;Date", "%H:%M;%Y-%m-%d", HOURS, "h"),
    "date and hour": ("date;hour", "%Y-%m-%d;%H", HOURS, "h"),
    "compact date and hour": ("DATE;HOUR", "%Y%m%d;%H", HOURS, "h"),
    "date and hhmm": ("date;time", "%Y-%m-%d;%H%M", HOURS, "h"),
    "clock with noon": ("Date;Time", "%m/%d/%Y;%I:%M %p", HOURS, "h"),
}


@pytest.mark.parametrize("case", CASES)
def test_parts_are_joined(case: str) -> None:
    heads, forms, times, frequency = CASES[case]
    table = table_with(heads, forms, times)
    assert table.time is not None
    assert (table.frame[table.time].to_numpy() == times.to_numpy()).all()
    assert table.frequency == frequency
    assert table.numeric == ("value",)
    parts = set(heads.split(";")) - {table.time}
    assert {one.column for one in found(table, "joined-time")} == parts
    again = table_with(heads, forms, times, **table.choices)
    assert moments(again) == moments(table)


def test_quarters_in_a_column_of_their_own() -> None:
    rows = "".join(f"{2015 + k // 4},Q{k % 4 + 1},{k * k % 7}\n" for k in range(24))
    table = read_csv(("Year,Quarter,sales\n" + rows).encode())
    assert (table.time, table.frequency, table.numeric) == ("Year", "QS", ("sales",))
    assert moments(table)[:2] == ["2015-01-01", "2015-04-01"]


def test_hours_from_1_to_24_name_the_hour_that_ends() -> None:
    rows = "".join(f"2020-01-{k // 24 + 1:02d},{k % 24 + 1},{k * k % 7}\n" for k in range(72))
    table = read_csv(("date,hour,load\n" + rows).encode())
    assert table.frequency == "h"
    assert moments(table)[23:25] == ["2020-01-01T23:00:00", "2020-01-02"]
    assert "The hours run from 1 to 24" in found(table, "joined-time")[0].message


def test_a_part_may_be_named_as_the_time() -> None:
    table = table_with("Year;Month", "%Y;%m", MONTHS, time="Month")
    assert (table.time, moments(table)[1]) == ("Year", "2015-02-01")
    assert table_with("Year;Month", "%Y;%m", MONTHS, time=None).time is None


def test_days_that_the_parts_do_not_make_are_reported() -> None:
    rows = "".join(f"2020,{k // 28 + 1},{k % 28 + 1},{k * k % 7}\n" for k in range(60)) + "2020,2,30,5\n"
    table = read_csv(("year,month,day,v\n" + rows).encode())
    assert found(table, "unreadable-times")[0].rows == (62,)


@pytest.mark.parametrize(
    ("heads", "row"),
    [
        ("year,age,value", lambda k: f"{1990 + k % 30},{k % 60},{k * k % 7}"),
        ("month,day,value", lambda k: f"{k % 12 + 1},{k % 28 + 1},{k * k % 7}"),
        ("hour,value", lambda k: f"{k % 24},{k * k % 7}"),
        ("quarter,week,value", lambda k: f"{k % 4 + 1},{k % 52 + 1},{k * k % 7}"),
    ],
)
def test_parts_without_a_year_and_a_month_are_numbers(heads: str, row: object) -> None:
    table = read_csv((heads + "\n" + "".join(row(k) + "\n" for k in range(80))).encode())  # type: ignore[operator]
    assert table.time is None
    assert len(table.numeric) == len(heads.split(","))


def test_years_of_a_panel() -> None:
    rows = "".join(f"{place},{1990 + k},{k * k % 7 + 0.5}\n" for place in ("north", "south", "west") for k in range(20))
    table = read_csv(("place,year,value\n" + rows).encode())
    assert (table.time, table.numeric) == ("year", ("value",))
    assert moments(table)[19:21] == ["2009-01-01", "1990-01-01"]
    assert moments(read_csv(("place,year,value\n" + rows).encode(), **table.choices)) == moments(table)
    cars = "".join(f"{name},{1990 + k % 3},{k * k % 7 + 0.5}\n" for name in ("ford", "fiat") for k in range(20))
    assert read_csv(("make,year,price\n" + cars).encode()).time is None


def test_a_column_that_is_datetimes_already() -> None:
    frame = pd.DataFrame({"name": ["a", "b", "c"], "when": HOURS[:3], "v": [1.0, 3.0, 2.0]})
    column = find_time(frame, {}, ",")
    assert column is not None
    assert (column.name, (column.moments == HOURS[:3].to_numpy()).all()) == ("when", True)
    frame["when"] = HOURS[:3].tz_localize("Europe/Berlin")
    zoned = find_time(frame, {"timezone": "America/New_York"}, ",")
    assert zoned is not None
    assert str(zoned.moments[0]) == "2020-02-27T19:00:00"
    assert [one.kind for one in zoned.findings] == ["timezone"]


def test_many_cells_that_are_no_dates_do_not_hide_those_that_are() -> None:
    cells = ["no date 00", *(f"{k:02d}.01.2020" for k in range(1, 31)), *(f"text {k:05d}" for k in range(3))]
    assert (~pd.isna(parse(pd.Series(["x" * 10] * 1500 + cells, dtype="str"), "day-month").values)).sum() == 30
    assert (~pd.isna(parse(pd.Series(["x" * 10] * 60 + cells, dtype="str"), "day-month").values)).sum() == 30
