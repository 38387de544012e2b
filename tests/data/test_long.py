"""Long files: many series in one, told apart by what columns hold; one is picked or many joined, every row accounted for."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.data import BadFile, Table, describe, read_csv
from rnn.data.repair.record import Repair

DAYS = pd.date_range("2021-03-01", periods=30)


def csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False).encode()


def panel(rng: np.random.Generator, names: dict[str, list], rows: int = 30, **columns: object) -> pd.DataFrame:
    """A block of days for every combination of the cells in `names`, one below the other."""
    blocks = [
        pd.DataFrame({**dict(zip(names, cells, strict=True)), "date": DAYS[:rows], "v": rng.normal(size=rows).round(4)})
        for cells in itertools.product(*names.values())
    ]
    return pd.concat(blocks, ignore_index=True).assign(**columns)


def balanced(table: Table, **asked: object) -> bool:
    receipt = table.receipt(**asked)
    return receipt.rows == receipt.used + receipt.left_out == receipt.used + sum(n for _, n in receipt.reasons)


def long_files(rng: np.random.Generator) -> dict[str, tuple[pd.DataFrame, tuple[str, ...], str]]:
    """File → its frame, the columns that tell its series apart, and its time."""
    usual = panel(rng, {"unique_id": ["H1", "H2", "H3"]}).rename(columns={"date": "ds", "v": "y"})
    shops = panel(rng, {"store": [1, 2, 3], "item": list(range(20, 28))})
    shops["v"] = rng.integers(0, 50, len(shops))
    years = pd.concat(
        pd.DataFrame({"country": c, "code": c[:2], "year": range(1960, 2000), "value": rng.normal(size=40)})
        for c in ("France", "Spain", "Chad")
    )
    months = pd.concat(
        pd.DataFrame({"month": [y * 100 + m for y in (2019, 2020) for m in range(1, 13)], "region": r, "v": range(24)})
        for r in "AB"
    )
    parts = pd.concat(
        pd.DataFrame(
            {"country": c, "year": np.repeat(range(2000, 2004), 12), "month": np.tile(range(1, 13), 4), "v": range(48)}
        )
        for c in ("France", "Spain")
    )
    cycles = pd.concat(
        pd.DataFrame({"unit": u, "cycle": range(1, 20 + u), "s1": rng.normal(size=19 + u)}) for u in range(1, 6)
    )
    clocks = pd.concat(
        pd.DataFrame({"sensor": s, "time": pd.Timestamp("2020-01-01") + pd.to_timedelta(at, unit="s"), "v": at / 7})
        for s in "abc"
        for at in [np.sort(rng.choice(10**6, 25, replace=False))]
    )
    return {
        "id, ds, y": (usual, ("unique_id",), "ds"),
        "the same by time": (usual.sort_values("ds", kind="stable"), ("unique_id",), "ds"),
        "two numbers name a series": (shops, ("store", "item"), "date"),
        "two numbers, by time": (shops.sort_values("date", kind="stable"), ("store", "item"), "date"),
        "country, year": (years, ("country",), "year"),
        "country, year, by year": (years.sort_values("year", kind="stable"), ("country",), "year"),
        "years, newest first": (years.iloc[::-1], ("country",), "year"),
        "months as numbers": (months, ("region",), "month"),
        "year and month": (parts, ("country",), "year"),
        "cycles of engines": (cycles, ("unit",), "cycle"),
        "times that no two share": (clocks, ("sensor",), "time"),
    }


@pytest.mark.parametrize("case", list(long_files(np.random.default_rng(0))))
def test_long_files_are_recognised_and_every_series_is_the_one_in_the_file(case: str, rng: np.random.Generator) -> None:
    frame, ids, time = long_files(rng)[case]
    table = read_csv(csv(frame))
    assert (table.shape, table.id_columns, table.time) == ("long", ids, time)
    (said,) = [one for one in table.findings if one.kind == "many-series"]
    groups = {" / ".join(map(str, key)): rows for key, rows in frame.groupby(list(ids), sort=False)}
    assert said.count == len(table.ids) == len(groups)
    assert list(table.ids) == list(groups)
    for name, rows in groups.items():
        expected = rows.sort_values([time, "month"] if case == "year and month" else time, kind="stable")
        series = table.series(ids=[name])
        assert series.name == name
        assert series.values[:, 0] == pytest.approx(expected[table.guess].to_numpy())
        assert balanced(table, ids=[name])
    joined = table.series(ids="all")
    assert joined.ids == tuple(groups)
    assert joined.lengths == tuple(len(rows) for rows in groups.values())
    assert table.receipt(ids="all").used == len(frame)
    again = read_csv(csv(frame), **json.loads(json.dumps(dict(table.choices))))
    assert (again.choices, tuple(again.ids)) == (table.choices, tuple(table.ids))
    assert again.frame.equals(table.frame)


PLAIN = {
    "a day a row": lambda rng: pd.DataFrame({"date": DAYS, "v": rng.normal(size=30), "w": rng.choice(["a", "b"], 30)}),
    "dates and hours": lambda rng: pd.DataFrame(
        {"date": np.repeat(DAYS[:5], 24), "hour": np.tile(range(24), 5), "load": rng.normal(size=120)}
    ),
    "year and month": lambda rng: pd.DataFrame(
        {"year": np.repeat(range(2000, 2010), 12), "month": np.tile(range(1, 13), 10), "sales": rng.integers(1, 9, 120)}
    ),
    "every day twice": lambda rng: pd.DataFrame({"date": np.repeat(DAYS, 2), "v": rng.normal(size=60)}),
    "who did what and when": lambda rng: pd.DataFrame(
        {"time": pd.date_range("2020", periods=150, freq="7min").repeat(2), "user": rng.choice(list("abcdef"), 300),
         "amount": rng.normal(size=300)}
    ),
    "unsorted": lambda _: pd.DataFrame({"date": DAYS, "kind": ["x", "y"] * 15, "v": range(30)}).sample(frac=1, random_state=1),
}  # fmt: skip


@pytest.mark.parametrize("case", PLAIN)
def test_files_of_one_series_stay_plain(case: str, rng: np.random.Generator) -> None:
    table = read_csv(csv(PLAIN[case](rng)))
    assert (table.shape, table.id_columns, len(table.ids)) == ("plain", (), 0)
    with pytest.raises(BadFile, match="holds one series, so none can be picked"):
        table.series(ids="all")


def test_without_a_name_the_longest_series_is_taken_and_said(rng: np.random.Generator) -> None:
    frame = panel(rng, {"shop": ["a", "b", "c"]}).drop(index=[0, 1, 70])
    table = read_csv(csv(frame))
    assert table.series().name == "b"
    receipt = table.receipt()
    assert (receipt.rows, receipt.used, receipt.reasons) == (87, 30, (("other series", 57),))
    assert [
        (one.count, "'b', the longest" in one.message) for one in receipt.findings if one.kind == "one-of-many"
    ] == [(57, True)]


def test_rows_without_a_name_and_short_or_constant_series_are_named(rng: np.random.Generator) -> None:
    frame = panel(rng, {"shop": ["a", "b", "c", "d"]})
    frame.loc[frame["shop"] == "c", "v"] = 5.0
    frame.loc[frame["shop"] == "d", "v"] = [np.nan] * 29 + [1.0]
    frame.loc[[3, 4], "shop"] = None
    table = read_csv(csv(frame))
    assert tuple(table.ids) == ("a", "b", "c", "d")
    series, receipt = table.series(ids="all"), table.receipt(ids="all")
    assert (series.ids, series.lengths) == (("a", "b", "c"), (28, 30, 30))
    assert dict(receipt.reasons) == {"too short": 30, "no series named": 2}
    assert (receipt.rows, receipt.used) == (120, 88)
    said = {one.kind: one.message for one in receipt.findings}
    assert "1 series ('d')" in said["unusable-series"]
    assert "1 series ('c')" in said["constant-series"]
    with pytest.raises(BadFile, match="Only 1 row"):
        table.series(ids=["d"])
    with pytest.raises(BadFile, match=r"ids='e' is not one of the 4 series of the file \(a, b, c, d\)"):
        table.series(ids=["e"])


def test_what_many_series_share_is_said_once(rng: np.random.Generator) -> None:
    frame = panel(rng, {"shop": list("abcd")})
    frame.loc[[5, 40, 41], "v"] = np.nan
    table = read_csv(csv(frame))
    receipt = table.receipt(ids="all")
    (filled,) = [one for one in receipt.findings if one.kind == "filled"]
    assert (filled.count, filled.rows, receipt.filled) == (3, (7, 42, 43), 3)
    assert filled.message.startswith("In 2 of 4 series; in 'a', for example: 1 missing value")


def test_names_of_several_columns_and_missing_parts_stay_apart() -> None:
    rows = [f"{a},{b},2020-01-{day:02d},{day}" for a, b in (("x", ""), ("", "x"), ("x", "y")) for day in range(1, 9)]
    table = read_csv("\n".join(["a,b,date,v", *rows]).encode(), id=["a", "b"])
    assert len(table.ids) == 3
    assert len(set(table.ids)) == 3
    assert [len(table.series(ids=[name])) for name in table.ids] == [8, 8, 8]


def test_choices_of_shape_id_and_variable(rng: np.random.Generator) -> None:
    content = csv(panel(rng, {"shop": ["a", "b"]}))
    assert read_csv(content, shape="plain").shape == "plain"
    assert read_csv(content, id="none").choices["id"] is None
    assert len(read_csv(content, id=None).series()) == 60
    with pytest.raises(BadFile, match="id='zzz' is not a column; the columns are shop, date, v"):
        read_csv(content, id="zzz")
    with pytest.raises(BadFile, match="'date' cannot be the time and id"):
        read_csv(content, id="date", time="date")
    with pytest.raises(BadFile, match="No column divides the rows"):
        read_csv(csv(pd.DataFrame({"date": DAYS, "v": range(30)})), shape="long")
    with pytest.raises(ValueError, match="shape='tall' must be one of plain, long"):
        read_csv(content, shape="tall")


def test_variables_stand_side_by_side_by_choice(rng: np.random.Generator) -> None:
    frame = panel(rng, {"station": ["S1", "S2"], "variable": ["temp", "rain"]})
    plain = read_csv(csv(frame))
    assert (plain.id_columns, len(plain.ids)) == (("station", "variable"), 4)
    assert any("choose variable='variable'" in one.message for one in plain.findings)
    table = read_csv(csv(frame.sample(frac=1, random_state=3)), variable="variable")
    assert (table.shape, table.id_columns, table.numeric, table.rows) == ("long", ("station",), ("rain", "temp"), 60)
    wide = frame.pivot(index=["station", "date"], columns="variable", values="v")
    series = table.series("temp", "rain", ids=["S2"])
    assert series.values == pytest.approx(wide.loc["S2"][["temp", "rain"]].to_numpy())
    twice = pd.concat([frame, frame.iloc[[0]].assign(v=9.0)])
    again = read_csv(csv(twice), variable="variable")
    assert (again.rows, again.frame["temp"].max()) == (61, 9.0)  # the second reading is a record, not lost


def test_the_ids_of_a_hundred_thousand_series_are_described() -> None:
    count = 20_000
    frame = pd.DataFrame(
        {"id": np.repeat([f"s{k}" for k in range(count)], 4), "day": np.tile(DAYS[:4], count), "v": 1.5}
    )
    frame.loc[1, "v"] = 2
    table = read_csv(csv(frame))
    assert len(table.ids) == count
    assert (table.ids.counts == 4).all()
    assert table.ids.first[77] == np.datetime64("2021-03-01")
    assert table.ids.last[77] == np.datetime64("2021-03-04")
    found = describe(table)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["ids"]["count"] == count
    assert found["ids"]["first"][1] == {
        "id": "s1",
        "rows": 4,
        "first": "2021-03-01T00:00:00",
        "last": "2021-03-04T00:00:00",
    }
    assert len(found["ids"]["first"]) == 20


@st.composite
def nasty_panels(draw: st.DrawFn) -> pd.DataFrame:
    """Series of unequal length with missing values, ids and unreadable times, in any order of rows."""
    lengths = draw(st.lists(st.integers(0, 8), min_size=2, max_size=4))
    rows = [
        {
            "id": f"s{k}",
            "date": f"2020-02-{day + 1:02d}",
            "v": draw(st.one_of(st.none(), st.integers(-99, 99))),
            "w": day * k,
        }
        for k, length in enumerate(lengths)
        for day in range(length)
    ]
    for row in draw(st.lists(st.sampled_from(rows), max_size=3)) if rows else []:
        row[draw(st.sampled_from(["id", "date"]))] = None
    return pd.DataFrame(draw(st.permutations(rows)), columns=["id", "date", "v", "w"])


@settings(max_examples=60, deadline=None)
@given(nasty_panels(), st.sampled_from(["interpolate", "drop"]), st.data())
def test_rows_always_add_up_and_the_series_are_those_of_the_file(
    frame: pd.DataFrame, missing: str, data: st.DataObject
) -> None:
    try:
        table = read_csv(csv(frame), id="id", missing=missing)
    except BadFile:
        return
    names = data.draw(st.lists(st.sampled_from(list(table.ids) or ["none"]), unique=True))
    for ids in (names, None, "all"):
        try:
            series, receipt = table.series("v", ids=ids), table.receipt("v", ids=ids)
        except BadFile:
            continue
        assert receipt.rows == len(frame.dropna(how="all"))
        assert receipt.rows == receipt.used + receipt.left_out
        assert receipt.left_out == sum(count for _, count in receipt.reasons)
        assert receipt.used == len(series)
        for name, part in zip(series.ids or (series.name,), series.parts, strict=True):
            if table.time is not None:
                assert series.values[part, 0].tolist() == pytest.approx(_by_hand(frame, name, missing))


def _by_hand(frame: pd.DataFrame, name: str, missing: str) -> list[float]:
    """The values of one series, with pandas' own tools."""
    rows = frame[(frame["id"] == name) & frame["date"].notna()].sort_values("date", kind="stable")
    values = pd.Series(rows["v"].astype(float).to_numpy(), index=pd.to_datetime(rows["date"]))
    if missing == "drop":
        return values.dropna().tolist()
    unique = values.index.is_unique
    return values.interpolate("time" if unique else "linear", limit_area="inside").dropna().tolist()


def test_repairs_are_done_in_each_series_and_their_receipts_are_one(rng: np.random.Generator) -> None:
    frame = panel(rng, {"shop": list("abc")}).drop(index=[4, 5, 40])
    frame.loc[[0, 70], "v"] = np.nan
    table = read_csv(csv(frame))
    grid = Repair("grid", options={"frequency": "D"})
    series, receipt = table.series(ids="all", repairs=[grid]), table.receipt(ids="all", repairs=[grid])
    alone = [table.receipt(ids=[name], repairs=[grid]) for name in "abc"]
    assert series.lengths == tuple(one.used for one in alone)
    assert (receipt.rows, receipt.used) == (87, sum(one.used for one in alone))
    assert (receipt.added, receipt.merged) == (sum(one.added for one in alone), 0)
    assert receipt.rows + receipt.added == receipt.used + receipt.left_out + receipt.merged
    (done,) = [one for one in receipt.repairs if one.repair == grid]
    assert (done.rows_in, done.added) == (87, 3)
    assert done.sentence.startswith("In 3 of 3 series; in 'a', for example: ")
    weekly = Repair("grid", options={"frequency": "W-SUN"})
    one = table.receipt(ids=["b"], repairs=[weekly])
    assert one.rows + one.added == one.used + one.left_out + one.merged == 87 + one.added


def test_the_rows_of_each_series_are_at_hand_before_anything_is_done(rng: np.random.Generator) -> None:
    frame = panel(rng, {"shop": ["a", "b"]}).iloc[::-1]
    table = read_csv(csv(frame))
    for part, name in zip(table.parts(ids="all"), ("b", "a"), strict=True):
        rows = frame[frame["shop"] == name]
        assert part.name == name
        assert part.frame["v"].tolist() == rows["v"].tolist()
        assert part.times is not None
        assert (part.times == rows["date"].to_numpy()).all()
        assert part.frame.index.tolist() == [list(frame.index).index(row) + 2 for row in rows.index]
    assert [part.name for part in table.parts()] == ["b"]
