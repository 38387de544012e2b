"""Every way to write a date gives the moments that a person would read in it."""

import numpy as np
import pandas as pd
import pytest

from rnn.data import read_csv
from rnn.data.times import names
from rnn.data.times.families import FAMILIES, family
from rnn.data.times.moments import parse

from .time_tables import found, moments, table_of
from .written_dates import WRITTEN


@pytest.mark.parametrize("way", WRITTEN)
def test_dates_as_people_write_them(way: str) -> None:
    cells, expected = (written.split(" | ") for written in WRITTEN[way])
    table = table_of(cells)
    assert table.time == "first"
    assert moments(table) == expected
    assert not found(table, "unreadable-times")


@pytest.mark.parametrize("way", WRITTEN)
def test_the_recorded_choices_read_the_same_again(way: str) -> None:
    cells = WRITTEN[way][0].split(" | ")
    first = table_of(cells)
    again = table_of(cells, **first.choices)
    assert moments(again) == moments(first)
    assert again.choices == first.choices


def test_compact_numbers_of_every_length() -> None:
    for form in ("%Y%m%d%H", "%Y%m%d%H%M", "%Y%m%d%H%M%S"):
        hours = pd.date_range("2020-02-28 20:00", periods=40, freq="h")
        table = table_of([hour.strftime(form) for hour in hours])
        assert (table.frame["first"].to_numpy() == hours.to_numpy()).all(), form
        assert table.frequency == "h"


def test_months_that_go_beyond_twelve_are_weeks() -> None:
    weeks = pd.date_range("2020-01-06", periods=60, freq="W-MON")
    table = table_of([week.strftime("%G-%V") for week in weeks])
    assert (table.frame["first"].to_numpy() == weeks.to_numpy()).all()
    (said,) = found(table, "weeks")
    assert "weeks" in said.message


def test_the_rule_for_short_years_is_stated() -> None:
    table = table_of(["31.12.68", "31.12.69", "31.12.99", "31.12.00"])
    assert moments(table) == ["2068-12-31", "1969-12-31", "1999-12-31", "2000-12-31"]
    (said,) = found(table, "short-years")
    assert said.count == 4
    assert "00 to 68 mean 2000 to 2068" in said.message


def test_days_that_do_not_exist_are_not_read() -> None:
    cells = [f"2020-01-{day:02d}" for day in range(1, 31)] + ["2021-02-29", "2020-13-01"]
    (said,) = found(table_of(cells), "unreadable-times")
    assert said.rows == (32, 33)
    values = parse(pd.Series(["2020-W53", "2021-W53", "2020-W00"], dtype="str"), "week").values
    assert np.isnat(values).tolist() == [False, True, True]
    values = parse(pd.Series(["2020-366", "2021-366", "2020-000"], dtype="str"), "ordinal").values
    assert np.isnat(values).tolist() == [False, True, True]


def test_weeks_are_those_of_the_standard() -> None:
    days = pd.date_range("1998-12-20", "2030-01-10", freq="W-MON")
    cells = pd.Series([f"{day.isocalendar()[0]}-W{day.isocalendar()[1]:02d}" for day in days], dtype="str")
    assert (parse(cells, "week").values == days.to_numpy()).all()


def test_every_name_of_a_month_means_one() -> None:
    assert {names.month(word) for word in ("Jan", "janv.", "gen", "ene", "Jänner", "januari")} == {1}
    assert {names.month(word) for word in ("Mar", "mrt", "Mrz", "März", "mars", "março", "maart")} == {3}
    assert {names.month(word) for word in ("août", "aug", "ago", "agosto")} == {8}
    assert names.month("jui") == 0  # June or July in French
    assert names.month("total") == names.month("ma") == 0
    assert {names.month(word) for word in ("juin", "juillet", "giu", "lug", "giugno", "luglio")} == {6, 7}


NO_DATES = "12.5|1.2.3|North 05.01.2020|A-2020-01|2020-01-01-7|Total 2020|5/6|3-4|Room 12|v1.20|100%"


@pytest.mark.parametrize("cell", NO_DATES.split("|"))
def test_cells_that_are_no_dates(cell: str) -> None:
    assert family(cell) is None


def test_a_word_with_a_running_number_is_no_month() -> None:
    rows = "".join(f"Set {k:02d},{k * k % 7}\n" for k in range(1, 40))
    assert read_csv(("group,value\n" + rows).encode()).time is None


def test_every_family_has_a_case() -> None:
    seen = {family(cells.split(" | ")[0]) for cells, _ in WRITTEN.values()} | {
        family("2020-01"),
        family("12:30"),
        family("01/2020"),
    }
    assert seen >= set(FAMILIES) - {"year-name"}
    assert family("2020 Jan") == "year-name"
