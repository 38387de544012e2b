"""Zones, changes of the clock, clocks without a date."""

import numpy as np
import pandas as pd
import pytest

from rnn.data import BadFile, read_csv
from rnn.data.times import zones
from rnn.data.times.daylight import changes

from .time_tables import found, moments, table_of


def local(zone: str, start: str, end: str, freq: str) -> tuple[pd.DatetimeIndex, list[str]]:
    """Even steps in UTC, and what the clock of the zone showed."""
    utc = pd.date_range(start, end, freq=freq, tz="UTC")
    return utc.tz_localize(None), [one.strftime("%Y-%m-%d %H:%M") for one in utc.tz_convert(zone)]


ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Europe/London",
    "Europe/Helsinki",
    "Australia/Sydney",
    "Pacific/Auckland",
]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("freq", ["h", "15min", "10min"])
def test_local_time_is_recognised_and_converted(zone: str, freq: str) -> None:
    utc, cells = local(zone, "2021-01-10", "2022-01-10", freq)
    per_hour = {"h": 1, "15min": 4, "10min": 6}[freq]
    table = table_of(cells)
    (said,) = found(table, "daylight-saving")
    assert said.count == 2 * per_hour  # one hour absent, one repeated
    assert f"timezone={zone}," in said.message
    assert not found(table, "repeated-times") and not found(table, "gaps")
    told = table_of(cells, timezone=zone)
    assert (told.frame["first"].to_numpy() == utc.to_numpy()).all()
    assert told.frequency == freq
    assert told.choices["timezone"] == zone
    assert not found(told, "daylight-saving") and not found(told, "gaps")


@pytest.mark.parametrize("change", ["newest first", "sorted by the local time", "shuffled days"])
def test_other_orders_of_the_rows(change: str) -> None:
    utc, cells = local("Europe/Berlin", "2021-10-20", "2021-11-10", "h")
    order = np.arange(len(cells))
    if change == "newest first":
        order = order[::-1]
    elif change == "shuffled days":
        order = np.concatenate(np.random.default_rng(2).permutation(order[: 24 * 20].reshape(20, 24)))
    told = table_of([cells[k] for k in order], timezone="Europe/Berlin")
    assert (np.sort(told.frame["first"].to_numpy()) == np.sort(utc[order].to_numpy())).all()


def test_conversion_agrees_with_pandas() -> None:
    utc, cells = local("Europe/Berlin", "2021-10-30", "2021-11-02", "10min")
    shown = pd.DatetimeIndex(cells)
    ours = zones.utc_of_local(shown.to_numpy(), zones.zone("Europe/Berlin")).values
    theirs = shown.tz_localize("Europe/Berlin", ambiguous="infer").tz_convert("UTC").tz_localize(None)
    assert (ours == theirs.to_numpy()).all()
    assert (ours == utc.to_numpy()).all()


def test_utc_with_a_gap_and_a_repeat_is_not_taken_for_local_time() -> None:
    hours = (
        pd.date_range("2021-01-10", "2022-01-10", freq="h").delete(500).insert(3000, pd.Timestamp("2021-05-14 23:00"))
    )
    table = table_of(list(hours))
    assert not found(table, "daylight-saving")
    assert found(table, "gaps")[0].count == 1


def test_changes_are_those_of_the_database() -> None:
    spring, autumn = changes("Europe/Berlin", 2021, 2021)
    assert (str(spring.start)[:16], str(spring.end)[:16], spring.forward) == (
        "2021-03-28T02:00",
        "2021-03-28T03:00",
        True,
    )
    assert (str(autumn.start)[:16], str(autumn.end)[:16], autumn.forward) == (
        "2021-10-31T02:00",
        "2021-10-31T03:00",
        False,
    )


def test_a_time_that_the_clock_skipped_is_reported() -> None:
    cells = [f"2021-03-28 {hour:02d}:30" for hour in range(5)]
    table = table_of(cells, timezone="Europe/Berlin")
    (said,) = found(table, "skipped-times")
    assert said.rows == (4,)
    assert moments(table)[2] == "2021-03-28T01:30:00"  # 02:30 at the offset from before the change


def test_offsets_and_names_of_zones() -> None:
    written = ["+01:00", "+0100", "+01", " CET", " MEZ", " GMT+1", " UTC+01:00", " Europe/Berlin", "[Europe/Berlin]"]
    cells = [f"2020-01-{k:02d}T12:00:00{zone}" for k, zone in enumerate(written, 1)]
    table = table_of(cells)
    assert moments(table) == [f"2020-01-{k:02d}T11:00:00" for k in range(1, len(written) + 1)]
    summer = table_of(
        [f"2020-07-{k:02d} 12:00 {zone}" for k, zone in enumerate(["CEST", "EDT", "PDT", "Europe/Berlin"], 1)]
    )
    assert [one[11:13] for one in moments(summer)] == ["10", "16", "19", "10"]
    (said,) = found(summer, "timezone")
    assert all(zone in said.message for zone in ("CEST", "EDT", "PDT", "Europe/Berlin"))


def test_a_zone_name_in_the_repeated_hour() -> None:
    cells = [f"2021-10-31 {clock} Europe/Berlin" for clock in ("01:00", "02:00", "02:00", "03:00")]
    table = table_of(cells)
    assert moments(table) == ["2021-10-30T23:00:00", "2021-10-31", "2021-10-31T01:00:00", "2021-10-31T02:00:00"]


def test_times_without_a_zone_among_times_with_one() -> None:
    cells = ["2020-01-01T12:00Z", "2020-01-01T13:00Z", "2020-01-01T14:00", "2020-01-01T15:00Z"]
    assert moments(table_of(cells))[2] == "2020-01-01T14:00:00"
    assert found(table_of(cells), "timezone-missing")[0].rows == (4,)
    assert moments(table_of(cells, timezone="America/New_York"))[2] == "2020-01-01T19:00:00"


def test_dates_and_unix_time_have_no_zone_to_convert() -> None:
    days = table_of([f"2020-01-{k:02d}" for k in range(1, 10)], timezone="Europe/Berlin")
    assert moments(days)[0] == "2020-01-01"
    unix = table_of([1_600_000_000 + 300 * k for k in range(30)], timezone="Europe/Berlin")
    assert moments(unix)[0] == "2020-09-13T12:26:40"
    assert "changes nothing" in found(unix, "timezone")[0].message


def test_a_zone_that_does_not_exist_is_refused() -> None:
    for wrong in ("Berlin", "Europe/Atlantis", "../etc/passwd", 3):
        with pytest.raises(ValueError, match=r"timezone=.*must be the name of a zone"):
            read_csv(b"a,b\n1,2\n", timezone=wrong)


def test_a_clock_without_a_date() -> None:
    clocks = [f"{k // 4 % 24:02d}:{15 * (k % 4):02d}" for k in range(60, 260)]
    table = table_of(clocks)
    assert (table.time, table.frequency) == ("first", "15min")
    assert moments(table)[0] == "1970-01-01T15:00:00"
    assert moments(table)[36] == "1970-01-02"
    assert "no date" in found(table, "clock-only")[0].message
    assert table_of(clocks, time=None).time is None
    chance = np.random.default_rng(4).integers(0, 1440, 60)
    assert table_of([f"{k // 60:02d}:{k % 60:02d}" for k in chance]).time is None


def test_a_text_that_is_no_time_is_refused_as_before() -> None:
    with pytest.raises(BadFile, match="row 2 holds 'north'"):
        table_of(["north", "south", "west"], time="first")
