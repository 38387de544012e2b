"""Columns of words as inputs, static columns, columns known ahead and targets; the calendar; what is known of the future."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rnn.data import BadFile, load_sample, read_csv

DAYS = pd.date_range("2021-03-01", periods=60)


def csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False).encode()


@pytest.fixture
def frame(rng: np.random.Generator) -> pd.DataFrame:
    return pd.DataFrame(
        {"date": DAYS, "sales": rng.normal(size=60).round(3), "promo": np.arange(60) % 2, "code": np.arange(60) % 4,
         "sky": rng.choice(["rain", "sun", "fog"], 60), "note": [f"note {k}" for k in range(60)],
         "when": [f"2020-01-{k % 5 + 1:02d}" for k in range(60)]}
    )  # fmt: skip


def test_the_weather_becomes_a_column_a_kind() -> None:
    table = load_sample("seattle-weather")
    assert table.usable == ("precipitation", "temp_max", "temp_min", "wind", "weather")
    assert table.numeric == table.usable[:-1]
    series = table.series("temp_max", "weather")
    kinds = sorted(table.frame["weather"].unique())
    assert series.names == ("temp_max", *(f"weather={kind}" for kind in kinds))
    dummies = pd.get_dummies(table.frame["weather"]).to_numpy(dtype=float)
    assert (series.values[:, 1:] == dummies).all()
    target = table.series("weather", "wind")
    assert target.targets == series.names[1:]
    assert table.series("weather=rain").values[:, 0].tolist() == dummies[:, kinds.index("rain")].tolist()


def test_what_is_offered_and_what_is_not(frame: pd.DataFrame) -> None:
    table = read_csv(csv(frame), time="date")
    assert table.usable == ("sales", "promo", "code", "sky")  # no notes that differ in every row, no dates
    assert table.offers.targets == ("sales", "promo", "code")
    assert table.offers.categories == ("sky",)
    assert table.offers.known == (
        "sales", "promo", "code", "sky", "calendar: month", "calendar: day of year", "calendar: day of month",
        "calendar: weekday",
    )  # fmt: skip
    with pytest.raises(BadFile, match="'note' is not numeric: row 2 holds 'note 0'"):
        table.series("sales", "note")
    with pytest.raises(BadFile, match="inputs='cloud' is not a column"):
        table.series("sales", "cloud")
    with pytest.raises(BadFile, match="inputs='sky=snow' is not a column"):
        table.series("sales", "sky=snow")
    with pytest.raises(BadFile, match="'date' is the time column"):
        table.series("sales", known="date")


def test_whole_numbers_are_a_category_by_choice(frame: pd.DataFrame) -> None:
    table = read_csv(csv(frame), time="date", categories=["code"])
    assert table.numeric == ("sales", "promo")
    assert table.usable == ("sales", "promo", "code", "sky")
    series = table.series("sales", static="code")
    assert series.static == ("code=0", "code=1", "code=2", "code=3")
    assert (series.values[:, 1:] == np.eye(4)[frame["code"]]).all()
    again = read_csv(csv(frame), **table.choices)
    assert again.choices["categories"] == ["code"]
    with pytest.raises(ValueError, match="categories=7 must be the name of a column or a list"):
        read_csv(csv(frame), categories=7)
    with pytest.raises(BadFile, match="categories='cod' is not a column"):
        read_csv(csv(frame), categories=["cod"])


def test_missing_cells_are_zero_in_every_level_and_said(frame: pd.DataFrame) -> None:
    frame.loc[[3, 59], "sky"] = None
    table = read_csv(csv(frame), time="date")
    series, receipt = table.series("sales", "sky"), table.receipt("sales", "sky")
    assert len(series) == receipt.used == 60
    assert series.values[[3, 59], 1:].sum() == 0
    assert (np.delete(series.values[:, 1:], [3, 59], axis=0).sum(axis=1) == 1).all()
    (said,) = [one for one in receipt.findings if one.kind == "missing-category"]
    assert (said.count, said.rows, said.column) == (2, (5, 61), "sky")


def test_the_rarest_of_too_many_levels_share_a_column(rng: np.random.Generator) -> None:
    cells = [f"k{k:02d}" for k in range(70) for _ in range(4 if k < 49 else 3)]
    frame = pd.DataFrame({"v": rng.normal(size=len(cells)), "kind": cells})
    table = read_csv(csv(frame))
    series, receipt = table.series("v", "kind"), table.receipt("v", "kind")
    assert series.names == ("v", *(f"kind=k{k:02d}" for k in range(49)), "kind=other")
    assert series.values[:, 1:].sum(axis=0).tolist() == [4] * 49 + [63]
    assert [one.count for one in receipt.findings if one.kind == "many-levels"] == [63]


def test_the_calendar_goes_round() -> None:
    table = read_csv(
        csv(pd.DataFrame({"t": pd.date_range("2020-01-01", periods=24 * 40, freq="h"), "v": np.arange(960) % 7}))
    )
    series = table.series("v", ["calendar: hour", "calendar: month"])
    assert series.names == (
        "v", "calendar: hour (sin)", "calendar: hour (cos)", "calendar: month (sin)", "calendar: month (cos)",
    )  # fmt: skip
    hours = np.arange(960) % 24
    assert series.values[:, 1] == pytest.approx(np.sin(2 * np.pi * hours / 24))
    assert series.values[:, 2] == pytest.approx(np.cos(2 * np.pi * hours / 24))
    days = table.series("v", "calendar: weekday one-hot")
    assert days.names[1:] == tuple(
        f"calendar: weekday={day}" for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    )
    assert days.values[0, 1:].tolist() == [0, 0, 1, 0, 0, 0, 0]  # 1 January 2020, a Wednesday
    with pytest.raises(BadFile, match="changes from moment to moment and cannot be static"):
        table.series("v", static="calendar: hour")
    with pytest.raises(BadFile, match="need not be predicted"):
        table.series("calendar: hour")
    with pytest.raises(BadFile, match="needs a time column with dates"):
        read_csv(b"v\n1\n2\n5\n").series("v", known="calendar: hour")


@pytest.mark.parametrize(
    ("frequency", "ahead"),
    [("MS", "2030-01-01"), ("D", "2020-04-30"), ("W-SAT", "2022-04-23"), ("B", "2020-06-17"), ("h", "2020-01-06")],
)
def test_the_calendar_is_known_a_thousand_steps_ahead(frequency: str, ahead: str) -> None:
    moments = pd.date_range("2020-01-01", periods=120, freq=frequency)
    table = read_csv(csv(pd.DataFrame({"t": moments, "v": np.arange(120) % 5})))
    series = table.series("v", known="calendar: month")
    assert series.known == ("calendar: month (sin)", "calendar: month (cos)")
    following = pd.date_range(moments[-1], periods=1001, freq=frequency)[1:]
    assert series.future is not None
    assert series.future[:, 0] == pytest.approx(np.sin(2 * np.pi * (following.month - 1) / 12))
    assert following[0] == pd.Timestamp(ahead)


def test_irregular_times_have_no_calendar_ahead(rng: np.random.Generator) -> None:
    at = pd.Timestamp("2020-01-01") + pd.to_timedelta(np.sort(rng.choice(10**7, 50, replace=False)), unit="s")
    table = read_csv(csv(pd.DataFrame({"t": at, "v": rng.normal(size=50)})))
    assert table.series("v", known="calendar: month").future is None
    assert "no-future" in {one.kind for one in table.receipt("v", known="calendar: month").findings}


def test_rows_after_the_last_value_are_the_future(frame: pd.DataFrame) -> None:
    frame.loc[50:, "sales"] = np.nan
    frame.loc[57:, "sky"] = None
    table = read_csv(csv(frame), time="date")
    asked = {"known": ["sky", "promo", "calendar: weekday one-hot"]}
    series, receipt = table.series("sales", **asked), table.receipt("sales", **asked)
    levels = ("fog", "rain", "sun")
    assert series.known[:4] == ("sky=fog", "sky=rain", "sky=sun", "promo")
    assert len(series) == 50
    expected = np.column_stack(
        [
            *[(frame["sky"][50:57] == level).to_numpy(dtype=float) for level in levels],
            frame["promo"][50:57],
            pd.get_dummies(pd.Categorical(DAYS[50:57].day_of_week, categories=range(7))).to_numpy(dtype=float),
        ]
    )
    assert series.future == pytest.approx(expected)
    assert (receipt.rows, receipt.used, receipt.left_out) == (60, 50, 10)
    assert dict(receipt.reasons) == {"known-ahead": 7, "missing-at-ends": 3}


def test_every_series_of_many_has_its_own_future(frame: pd.DataFrame) -> None:
    other = frame.assign(shop="b", sales=frame["sales"] * 2, code=3)
    both = pd.concat([frame.assign(shop="a", code=1), other], ignore_index=True)
    both.loc[both["date"] >= DAYS[55], "sales"] = np.nan
    both.loc[115, "sales"] = 1.0
    table = read_csv(csv(both), time="date")
    assert table.id_columns == ("shop",)
    assert table.fixed == ("code",)
    assert table.offers.targets == ("sales", "promo")
    assert table.offers.static[0] == "code"
    for name, steps in (("a", 5), ("b", 4)):
        series = table.series("sales", known="promo", static="code", ids=[name])
        assert series.future is not None
        assert series.future.shape == (steps, 1)
        assert (series.known, series.static) == (("promo",), ("code",))
    joined = table.series("sales", known=["promo", "sky"], static=["code", "shop"], ids="all")
    assert joined.lengths == (55, 56)
    assert joined.static == ("code", "shop=a", "shop=b")
    assert joined.future is None
    assert joined.values[-1, -2:].tolist() == [0, 1]
    receipt = table.receipt("sales", known=["promo", "sky"], static=["code", "shop"], ids="all")
    assert (receipt.rows, receipt.used, receipt.reasons) == (120, 111, (("known-ahead", 9),))


def test_levels_are_those_of_the_whole_file(frame: pd.DataFrame) -> None:
    both = pd.concat([frame.assign(shop="a", sky="rain"), frame.assign(shop="b", sky="sun")])
    table = read_csv(csv(both), time="date", id="shop")
    assert table.series("sales", "sky", ids=["a"]).names == table.series("sales", "sky", ids=["b"]).names
    assert len(table.series("sales", "sky", ids="all")) == 120


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"known": "sales"}, "'sales' cannot be known ahead and a target"),
        ({"known": "promo", "static": "promo"}, "'promo' cannot be known ahead and static"),
        ({"static": "sales"}, "'sales' cannot be a target and static"),
    ],
)
def test_roles_that_exclude_each_other(frame: pd.DataFrame, asked: dict[str, str], words: str) -> None:
    with pytest.raises(BadFile, match=words):
        read_csv(csv(frame), time="date").series("sales", **asked)
