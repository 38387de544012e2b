"""The data doctor: each kind of diagnosis on a hand-made case, with its rows, its picture and remedies that help."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from rnn.data import SAMPLES, Finding, inspect, load_sample
from rnn.data.doctor import KINDS, SEVERITIES, Diagnosis, diagnose
from rnn.data.doctor.probe import calendar_seasons, repeated_cycle
from rnn.data.repair import repaired

START = np.datetime64("2021-01-01T00:00", "us")
DAY = np.timedelta64(1, "D")


def column(values: Any, first_row: int = 2) -> pd.DataFrame:
    index = pd.RangeIndex(first_row, first_row + len(values), name="row")
    return pd.DataFrame({"v": np.asarray(values, dtype=np.float64)}, index=index)


def days(count: int) -> np.ndarray:
    return START + np.arange(count) * DAY


def look(values: Any, times: Any = None, frequency: str | None = None, **more: Any) -> dict[str, Diagnosis]:
    found = diagnose(column(values), times, ["v"], frequency=frequency, **more)
    assert len({one.kind for one in found}) == len(found)
    return {one.kind: one for one in found}


def after(values: Any, times: Any, diagnosis: Diagnosis, remedy: int = 0) -> np.ndarray:
    """The values once a remedy is applied."""
    sheet, _ = repaired(column(values), times, [diagnosis.remedies[remedy].repair])
    return sheet.values[:, 0]


def test_a_sound_series_has_no_diagnosis(rng: np.random.Generator) -> None:
    values = 10 + np.sin(np.arange(400) * 2 * np.pi / 7) + 0.2 * rng.standard_normal(400)
    assert look(values, days(400), "D") == {}


def test_unsorted_rows(rng: np.random.Generator) -> None:
    values, times = rng.standard_normal(50), days(50)
    order = np.arange(50)
    order[[10, 30]] = order[[30, 10]]
    found = look(values, times[order], "D")["unsorted"]
    assert (found.count, found.rows.tolist()) == (2, [13, 32])  # the rows below the two that are out of place
    assert found.picture.marked.sum() == 2
    newest = look(values, times[::-1], "D")["unsorted"]
    assert newest.count == 49
    assert "newest first" in newest.message


def test_repeated_times_with_other_values_and_with_copies() -> None:
    times = days(30).copy()
    times[11], times[12] = times[10], times[10]
    values = np.arange(30.0) % 7
    found = look(values, times, "D")["repeated-times"]
    assert (found.count, found.rows.tolist()) == (2, [13, 14])
    assert found.remedies[0].repair.options["how"] == "average"
    values[11] = values[12] = values[10]
    copies = look(values, times, "D")["repeated-times"]
    assert "copies" in copies.message
    assert copies.remedies[0].repair.options["how"] == "first"


def test_many_repeats_suggest_several_series() -> None:
    found = diagnose(column(np.arange(40.0) % 9), np.repeat(days(10), 4), ["v"], frequency="D")
    assert "tells them apart" in next(one.message for one in found if one.kind == "repeated-times")


def test_gaps_name_the_rows_before_them() -> None:
    present = np.delete(np.arange(60), [10, 11, 12, 40])
    found = look(np.sin(present), days(60)[present], "D")["gaps"]
    assert (found.count, found.rows.tolist()) == (4, [11, 38])
    assert "longest follows row 11" in found.message
    assert len(after(np.sin(present), days(60)[present], found)) == 60


def test_times_without_a_step(rng: np.random.Generator) -> None:
    times = START + np.cumsum(rng.integers(200, 9000, 80)).astype("timedelta64[s]")
    found = look(rng.standard_normal(80), times)["irregular"]
    assert found.remedies[0].repair.options["frequency"] == "h"


def test_missing_values_are_filled_by_the_season_where_the_hole_is_long() -> None:
    truth = np.tile([1.0, 5.0, 2.0, 8.0, 3.0, 9.0, 4.0], 12)
    values = truth.copy()
    values[20:31] = np.nan
    found = look(values, days(84), "D")["missing"]
    assert (found.count, found.rows.tolist()) == (11, list(range(22, 33)))
    assert found.remedies[0].label == "Fill by the season"
    assert after(values, days(84), found).tolist() == truth.tolist()
    values = truth.copy()
    values[20] = np.nan
    assert look(values, days(84), "D")["missing"].remedies[0].label == "Interpolate"


def test_cells_that_are_no_numbers_come_from_the_reading(rng: np.random.Generator) -> None:
    values = rng.standard_normal(40)
    values[5] = np.nan
    told = Finding("not-numbers", 1, (7,), "v", "1 cell of 'v' not a number (row 7).")
    found = look(values, findings=[told])
    assert (found["not-numbers"].count, found["not-numbers"].first_rows) == (1, (7,))
    assert found["not-numbers"].severity == "problem"
    assert found["not-numbers"].picture.marked.sum() == 1


@pytest.mark.parametrize("value", [-999.0, 9999.0, -99999.0, 0.0])
def test_sentinels(value: float, rng: np.random.Generator) -> None:
    values = 50 + rng.standard_normal(200)
    values[[20, 90, 91]] = value
    found = look(values)
    assert set(found) == {"sentinel"}  # and no outlier besides
    assert found["sentinel"].rows.tolist() == [22, 92, 93]
    assert np.isnan(after(values, None, found["sentinel"])[[20, 90, 91]]).all()


def test_zeros_and_nines_among_their_like_are_no_sentinels(rng: np.random.Generator) -> None:
    assert "sentinel" not in look(rng.poisson(1.0, 300))
    values = rng.uniform(0, 1200, 300).round()
    values[[3, 9]] = 999
    assert "sentinel" not in look(values)


@pytest.mark.parametrize(("factor", "words"), [(1000, "1000 times too large"), (0.01, "100 times too small")])
def test_a_stretch_in_another_unit(factor: float, words: str, rng: np.random.Generator) -> None:
    values = 70 + np.cumsum(0.3 * rng.standard_normal(300))
    mixed = values.copy()
    mixed[100:140] *= factor
    found = look(mixed)
    assert set(found) == {"mixed-units"}
    assert words in found["mixed-units"].message
    assert found["mixed-units"].rows.tolist() == list(range(102, 142))
    assert np.allclose(after(mixed, None, found["mixed-units"]), values)


def test_fahrenheit_among_celsius(rng: np.random.Generator) -> None:
    values = 12 + 6 * np.sin(np.arange(365) / 58) + rng.standard_normal(365)
    mixed = values.copy()
    mixed[200:260] = mixed[200:260] * 9 / 5 + 32
    found = look(mixed, days(365), "D")
    assert set(found) == {"mixed-units"}  # and no level shift where the season moves on behind it
    assert "°F among °C" in found["mixed-units"].message
    assert found["mixed-units"].rows.tolist() == list(range(202, 262))
    assert np.allclose(after(mixed, days(365), found["mixed-units"]), values)


def test_outliers_are_named_and_nothing_else(rng: np.random.Generator) -> None:
    values = rng.standard_normal(500)
    values[[50, 300]] += [15.0, -12.0]
    found = look(values)
    assert set(found) == {"outliers"}
    assert found["outliers"].rows.tolist() == [52, 302]
    assert "in row 52" in found["outliers"].message
    others = np.delete(values, [50, 300])
    clipped = after(values, None, found["outliers"], 1)
    assert (clipped[50], clipped[300]) == (others.max(), others.min())
    assert np.delete(clipped, [50, 300]).tolist() == others.tolist()


def test_a_seasonal_spike_is_no_outlier_and_one_out_of_season_is(rng: np.random.Generator) -> None:
    values = rng.standard_normal(1200)
    values[23::24] += 30  # one hour a day, 4 % of the rows
    assert look(values, START + np.arange(1200) * np.timedelta64(1, "h"), "h") == {}
    values[610] += 60
    assert look(values, START + np.arange(1200) * np.timedelta64(1, "h"), "h")["outliers"].rows.tolist() == [612]


def test_christmas_is_a_season_although_years_differ_in_length(rng: np.random.Generator) -> None:
    times = days(5 * 365 + 2)
    values = 100 + rng.standard_normal(len(times))
    values[pd.DatetimeIndex(times).strftime("%m-%d") == "12-24"] += 80
    assert look(values, times, "D") == {}


def test_constant_stretches(rng: np.random.Generator) -> None:
    values = rng.standard_normal(300)
    values[120:130] = values[120]
    found = look(values)
    assert set(found) == {"constant"}
    assert found["constant"].rows.tolist() == list(range(122, 132))
    mended = after(values, None, found["constant"])
    assert np.flatnonzero(np.isnan(mended)).tolist() == list(range(121, 130))  # the first value stays


def test_nights_without_sun_are_no_constant_stretches(rng: np.random.Generator) -> None:
    hour = np.arange(24 * 60) % 24
    sun = np.where((hour > 6) & (hour < 19), np.sin((hour - 6) / 13 * np.pi) * rng.uniform(0.3, 1, len(hour)), 0)
    times = START + np.arange(len(sun)) * np.timedelta64(1, "h")
    assert "constant" not in look(sun, times, "h")
    sun[600:700] = 0  # four days without
    assert look(sun, times, "h")["constant"].count >= 90


def test_a_switch_may_rest_in_either_state(rng: np.random.Generator) -> None:
    drizzle = np.where(rng.random(1500) < 0.2, 1.0, 0.0)
    drizzle[700:1300] = 0
    assert "constant" not in look(drizzle, days(1500), "D")
    drizzle[:700:9] = 0.5  # with a third value it is a measurement
    assert "constant" in look(drizzle, days(1500), "D")


def test_a_column_of_one_value() -> None:
    assert "nothing to learn" in look(np.full(40, 7.0))["constant"].message


def test_the_nile_falls_after_1898() -> None:
    table = load_sample("nile")
    times = table.frame[table.time].to_numpy()
    (found,) = diagnose(table.frame[["volume"]], times, ["volume"], frequency=table.frequency)
    assert (found.kind, found.count) == ("level-shift", 1)
    place = table.frame.index.get_loc(found.rows[0])
    assert str(times[place])[:4] == "1899"  # the first year of the new level (Cobb 1978: the change is at 1898)
    assert "falls" in found.message
    assert [one.repair.kind for one in found.remedies] == ["trim", "shift"]


def test_two_shifts_and_levelling(rng: np.random.Generator) -> None:
    values = rng.standard_normal(400)
    values[150:] += 5
    values[290:] -= 4
    found = look(values)["level-shift"]
    assert found.count == 2
    assert np.abs(found.rows - 2 - [150, 290]).max() <= 2
    level = after(values, None, found, 1)
    assert abs(level[:150].mean() - level[160:280].mean()) < 0.5


def test_a_shift_among_a_million_rows_is_found_to_the_row(rng: np.random.Generator) -> None:
    count = 200_000
    values = 5 * np.sin(np.arange(count) * 2 * np.pi / 1440) + rng.standard_normal(count)
    values[120_000:] += 4
    times = START + np.arange(count) * np.timedelta64(1, "m")
    assert look(values, times, "min")["level-shift"].rows.tolist() == [120_002]


def test_growing_swings_suggest_logarithms() -> None:
    table = load_sample("air-passengers")
    (found,) = diagnose(
        table.frame[["#Passengers"]], table.frame[table.time].to_numpy(), ["#Passengers"], frequency="MS"
    )
    assert found.kind == "growing-spread"
    setting, log, boxcox = found.remedies
    assert (setting.repair, dict(setting.settings)) == (None, {"log": True})
    assert log.repair.kind == "log"
    assert boxcox.repair.options["power"] == pytest.approx(0.1, abs=0.15)


@pytest.mark.parametrize("key", list(SAMPLES))
def test_the_samples_are_not_flooded(key: str) -> None:
    table = load_sample(key)
    times = table.frame[table.time].to_numpy() if table.time else None
    columns = list(table.numeric)
    found = diagnose(table.frame[columns], times, columns, frequency=table.frequency, findings=table.findings)
    expected = {
        "co2": {"missing"},
        "nile": {"level-shift"},
        "air-passengers": {"growing-spread"},
        "nyc-taxi": {"outliers"},  # the hour that comes twice when clocks go back: twice the passengers
        "us-gasoline": {"unsorted"},
    }
    assert {one.kind for one in found} == expected.get(key, set())


def test_every_diagnosis_is_json_able_and_well_formed(rng: np.random.Generator) -> None:
    import json

    values = rng.standard_normal(300)
    values[[5, 50]] = -9999
    values[100:110] = np.nan
    values[150:] += 9
    times = days(300)[rng.permutation(300)]
    for one in look(values, times, "D").values():
        assert one.kind in KINDS
        assert one.severity in SEVERITIES
        json.dumps(one.to_dict(), allow_nan=False)
        assert len(one.picture.x) == len(one.picture.y) == len(one.picture.marked) <= 200


def test_unreadable_times_infinite_values_and_empty_tables() -> None:
    times = days(30).copy()
    times[3] = np.datetime64("NaT")
    values = np.sin(np.arange(30.0))
    values[10] = np.inf
    assert look(values, times, "D")["missing"].rows.tolist() == [12]
    assert diagnose(column([]), None, ["v"], frequency=None) == ()
    assert diagnose(column([1.0]), None, ["v"], frequency=None) == ()
    look([np.nan] * 40)
    look(np.array([1e308, -1e308] * 30))


def test_seasons_of_the_calendar_and_of_the_values() -> None:
    assert calendar_seasons("30min") == (2, 48, 336, 17532)
    assert calendar_seasons("D") == (7, 365)
    assert calendar_seasons("MS") == (12,)
    assert calendar_seasons("W-SAT") == (52,)
    assert calendar_seasons("YS") == ()
    assert calendar_seasons(None) == ()
    assert repeated_cycle(np.sin(np.arange(300) * 2 * np.pi / 11)) == 11
    assert repeated_cycle(np.arange(100.0)) is None


def test_a_season_keeps_its_phase_across_a_gap(rng: np.random.Generator) -> None:
    at = np.delete(np.arange(700), [300, 301, 302, 500])
    values = 30 * np.sin(at * 2 * np.pi / 7) + 5 * rng.standard_normal(696) + 30 * (at >= 400)
    found = look(values, days(700)[at], "D")
    assert set(found) == {"gaps", "level-shift"}
    assert abs(found["level-shift"].rows[0] - 399) <= 2


def test_what_is_missing_or_named_hides_no_shift(rng: np.random.Generator) -> None:
    values = 200 + 30 * np.sin(np.arange(700) * 2 * np.pi / 7) + 5 * rng.standard_normal(700)
    values[400:] += 60
    values[[50, 320]] = [900, -300]
    values[[100, 101, 250]] = -999
    values[200:212] = np.nan
    values[150:165] = values[150]
    found = look(values, days(700), "D")
    assert set(found) == {"missing", "sentinel", "outliers", "constant", "level-shift"}
    assert found["level-shift"].rows.tolist() == [402]


def test_outliers_against_a_plain_loop(rng: np.random.Generator) -> None:
    values = rng.standard_t(4, 2000)
    values[rng.integers(0, 2000, 12)] += rng.choice([-30, 30], 12)
    padded = np.concatenate([values[3:0:-1], values, values[-2:-5:-1]])  # mirrored at the ends
    off = [values[k] - sorted(padded[k : k + 7])[3] for k in range(2000)]
    distance = np.abs(off)
    limit = max(6 * 1.4826 * np.median(distance), 4 * np.quantile(distance, 0.95))
    expected = [k + 2 for k in range(2000) if distance[k] > limit]
    assert len(expected) >= 10
    assert look(values)["outliers"].rows.tolist() == expected


def test_inspect_prints_the_diagnoses() -> None:
    (found,) = inspect(SAMPLES["nile"].data)["diagnoses"]
    assert (found["kind"], found["column"], found["count"], found["severity"]) == ("level-shift", "volume", 1, "look")
    assert found["first_rows"] == [30]
    assert "falls" in found["message"]
