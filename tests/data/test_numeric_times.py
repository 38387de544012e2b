"""Numbers that are times, and numbers that only look like it."""

import datetime as dt

import numpy as np
import openpyxl.utils.datetime as excel
import pandas as pd
import pytest

from rnn.data import read_csv

from .time_tables import found, moments, table_of


@pytest.mark.parametrize(("unit", "per_second"), [("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)])
def test_unix_time_of_every_unit(unit: str, per_second: int) -> None:
    table = table_of([(1_600_000_000 + 300 * k) * per_second for k in range(40)])
    assert moments(table)[0] == "2020-09-13T12:26:40"
    assert (table.frequency, table.choices["time_unit"]) == ("5min", unit)
    (said,) = found(table, "unix-time")
    assert {"s": "in seconds", "ms": "in milliseconds", "us": "in microseconds", "ns": "in nanoseconds"}[
        unit
    ] in said.message
    assert "2020-09-13 12:26:40" in said.message


def test_unix_time_by_name_may_be_unsorted_and_uneven_and_partly_missing() -> None:
    chance = np.random.default_rng(2)
    seconds = chance.permutation(1_600_000_000 + np.cumsum(chance.integers(1, 10_000, 100)))
    cells = [str(one) for one in seconds]
    cells[30] = ""
    table = table_of(cells, name="timestamp")
    assert table.time == "timestamp"
    assert found(table, "unreadable-times")[0].rows == (32,)


def test_the_unit_can_be_chosen() -> None:
    cells = [1_600_000_000 + 60 * k for k in range(30)]
    assert moments(table_of(cells, time="first", time_unit="ms"))[0].startswith("1970-01-19T12:26:40")
    with pytest.raises(ValueError, match="time_unit='minutes' must be one of s, ms, us, ns, excel"):
        read_csv(b"a,b\n1,2\n", time_unit="minutes")


SERIAL = {
    "days, by name": (pd.date_range("2020-01-01", periods=60, freq="D"), "date"),
    "business days": (pd.date_range("2020-01-01", periods=60, freq="B"), "first"),
    "months": (pd.date_range("2015-01-01", periods=60, freq="MS"), "first"),
    "month ends": (pd.date_range("2015-01-31", periods=60, freq="ME"), "first"),
    "weeks, by name": (pd.date_range("2015-01-02", periods=60, freq="W-FRI"), "Datum"),
    "hours": (pd.date_range("2020-01-01", periods=100, freq="h"), "first"),
    "quarters of an hour": (pd.date_range("2020-01-01", periods=200, freq="15min"), "first"),
}


@pytest.mark.parametrize("case", SERIAL)
@pytest.mark.parametrize("decimals", [5, 10])
def test_serial_days_of_a_spreadsheet(case: str, decimals: int) -> None:
    expected, name = SERIAL[case]
    cells = [f"{round(excel.to_excel(one.to_pydatetime()), decimals):.{decimals}f}" for one in expected]
    table = table_of(cells, name=name)
    assert table.time == name
    assert (table.frame[name].to_numpy() == expected.to_numpy()).all()
    assert table.choices["time_unit"] == "excel"
    assert "as Excel counts them" in found(table, "serial-days")[0].message
    again = table_of(cells, name=name, **table.choices)
    assert moments(again) == moments(table)


def test_the_day_that_excel_invented() -> None:
    table = table_of([1, 2, 59, 60, 61, 62], time="first", time_unit="excel")
    assert moments(table) == ["1900-01-01", "1900-01-02", "1900-02-28", "NaT", "1900-03-01", "1900-03-02"]
    assert found(table, "unreadable-times")[0].rows == (5,)


def test_other_counts_of_days_by_choice() -> None:
    day = dt.datetime(2020, 1, 1, 12)
    mac = excel.to_excel(day, excel.MAC_EPOCH)
    counts = {"excel1904": mac, "matlab": 737_791.5, "julian": 2_458_850.0}
    for unit, first in counts.items():
        assert (
            moments(table_of([first, first + 0.5, first + 1], time="first", time_unit=unit))[0] == "2020-01-01T12:00:00"
        ), unit


def numbers_that_are_no_time() -> dict[str, tuple[str, list[object]]]:
    chance = np.random.default_rng(6)
    return {
        "years with fractions": ("x", [f"{2015 + k / 12:.1f}" for k in range(60)]),
        "prices around 40,000": ("price", [f"{40_000 + p:.2f}" for p in np.cumsum(chance.normal(0, 100, 80))]),
        "whole prices": ("close", [40_000 + int(p) for p in np.cumsum(chance.normal(0, 100, 80))]),
        "a counter": ("id", list(range(40_001, 40_081))),
        "a counter without a name": ("x", list(range(40_001, 40_081))),
        "a meter that rises": ("reading", [40_000 + int(p) for p in np.cumsum(chance.integers(0, 30, 80))]),
        "a meter with fractions": ("kwh", [f"{40_000 + p:.2f}" for p in np.cumsum(chance.uniform(0, 2, 80))]),
        "customers": ("customer", [200_000 + 13 * k for k in range(80)]),
        "ids of ten digits": ("id", [int(p) for p in np.sort(chance.integers(1.4e9, 1.8e9, 80))]),
        "populations": ("population", [int(p) for p in 1.5e9 + np.cumsum(chance.integers(1, 3e6, 80))]),
        "elapsed seconds": ("seconds", list(range(0, 800, 10))),
        "elevations": ("height", [int(p) for p in chance.integers(1800, 2100, 80)]),
        "months of the year": ("m", [k % 12 + 1 for k in range(80)]),
        "a constant": ("c", [2020] * 80),
    }


@pytest.mark.parametrize("case", numbers_that_are_no_time())
def test_numbers_that_are_no_time(case: str) -> None:
    name, cells = numbers_that_are_no_time()[case]
    table = table_of(cells, name=name)
    assert table.time is None
    assert name in table.numeric
