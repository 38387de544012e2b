"""Wide files: a column a series, a row a series with the time across the header, and a row a year with a column a month."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.data import BadFile, Table, load_sample, read_csv

DAYS = pd.date_range("2021-03-01", periods=40)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False).encode()


def same_again(content: bytes, table: Table) -> None:
    again = read_csv(content, **json.loads(json.dumps(dict(table.choices))))
    assert (again.choices, again.shape, tuple(again.ids)) == (table.choices, table.shape, tuple(table.ids))
    assert again.frame.equals(table.frame)


def columns(rng: np.random.Generator, *names: str) -> pd.DataFrame:
    return pd.DataFrame({"date": DAYS, **{name: rng.uniform(1, 5, len(DAYS)).round(3) for name in names}})


@pytest.mark.parametrize(
    "names",
    [("MT_001", "MT_002", "MT_003", "MT_004"), ("0", "1", "2"), ("France", "Germany", "Spain"), ("London", "New York", "Paris"),
     ("USD", "EUR", "GBP")],
)  # fmt: skip
def test_a_column_a_series(names: tuple[str, ...], rng: np.random.Generator) -> None:
    frame = columns(rng, *names)
    frame.loc[[0, 39], names[1]] = np.nan
    table = read_csv(csv(frame))
    assert (table.shape, tuple(table.ids), table.id_columns) == ("wide", names, ())
    assert table.ids.counts.tolist() == [40, 38, *[40] * (len(names) - 2)]
    assert (table.ids.first[1], table.ids.last[1]) == (np.datetime64("2021-03-02"), np.datetime64("2021-04-08"))
    one = table.series(ids=[names[1]])
    assert (one.name, one.names, one.targets, one.frequency) == (names[1], ("value",), ("value",), "D")
    assert one.values[:, 0].tolist() == frame[names[1]].dropna().tolist()
    joined, receipt = table.series(ids="all"), table.receipt(ids="all")
    assert joined.ids == names
    assert joined.lengths == (40, 38, *[40] * (len(names) - 2))
    assert (receipt.rows, receipt.used, receipt.reasons) == (
        40 * len(names),
        40 * len(names) - 2,
        (("missing-at-ends", 2),),
    )
    assert table.series(names[1]).names == (names[1],)  # a column is still a column
    same_again(csv(frame), table)


@pytest.mark.parametrize(
    "names",
    [("HUFL", "HULL", "MUFL", "OT"), ("temp_max", "temp_min", "wind"), ("open", "high", "low", "close"), ("a", "b"),
     ("load1", "load2", "y")],
)  # fmt: skip
def test_columns_of_one_series_stay_plain_unless_chosen(names: tuple[str, ...], rng: np.random.Generator) -> None:
    content = csv(columns(rng, *names))
    assert read_csv(content).shape == "plain"
    chosen = read_csv(content, shape="wide")
    assert (chosen.shape, tuple(chosen.ids)) == ("wide", names)
    same_again(content, chosen)


def test_columns_of_unlike_sizes_stay_plain(rng: np.random.Generator) -> None:
    frame = columns(rng, "s1", "s2", "s3")
    assert read_csv(csv(frame)).shape == "wide"
    assert read_csv(csv(frame.assign(s2=frame["s2"] * 1e4, s3=frame["s3"] / 1e4))).shape == "plain"


def test_wide_series_share_their_further_columns(rng: np.random.Generator) -> None:
    frame = columns(rng, "s1", "s2", "s3").assign(value=range(40))
    table = read_csv(csv(frame), shape="wide")
    series = table.series(inputs="value", known="calendar: weekday", ids=["s1", "s3"])
    assert series.names == ("value (2)", "value", "calendar: weekday (sin)", "calendar: weekday (cos)")
    assert series.values[40:, 0].tolist() == frame["s3"].tolist()
    assert series.values[40:, 1].tolist() == list(range(40))


def rows_of_series(rng: np.random.Generator) -> dict[str, tuple[pd.DataFrame, list[str], str, str | None]]:
    """File → frame, names of its series, its first time, frequency."""
    bank = pd.DataFrame(
        {"Country Name": ["Aruba", "Chad"], "Country Code": ["ABW", "TCD"], "Indicator Name": "GDP"}
        | {str(year): rng.normal(size=2) for year in range(1960, 1980)}
    )
    two = pd.concat([bank, bank.assign(**{"Indicator Name": "Trade"})])
    m4 = pd.DataFrame({"V1": ["H1", "H2", "H3"]} | {f"V{k}": rng.normal(size=3) for k in range(2, 40)})
    virus = pd.DataFrame(
        {
            "Province/State": [None, "Bermuda", "Jersey"],
            "Country/Region": ["Albania", "UK", "UK"],
            "Lat": [41.1, 32.3, 49.2],
        }
        | {f"{d.month}/{d.day}/{d.year % 100}": rng.integers(0, 99, 3) for d in pd.date_range("2020-01-22", periods=30)}
    )
    databank = bank.rename(columns={str(year): f"{year} [YR{year}]" for year in range(1960, 1980)})
    m5 = pd.DataFrame({"id": ["a", "b"], "dept": ["x", "x"]} | {f"d_{k}": rng.integers(0, 9, 2) for k in range(1, 30)})
    starts = pd.date_range("2019-01", periods=9, freq="MS")
    months = pd.DataFrame({"shop": ["n", "s"]} | {f"{start:%Y-%m}": rng.normal(size=2) for start in starts})
    return {
        "years": (bank, ["Aruba", "Chad"], "1960-01-01", "YS"),
        "two indicators": (two, ["Aruba / GDP", "Chad / GDP", "Aruba / Trade", "Chad / Trade"], "1960-01-01", "YS"),
        "years of the data bank": (databank, ["Aruba", "Chad"], "1960-01-01", "YS"),
        "V1, V2": (m4, ["H1", "H2", "H3"], "0", None),
        "d_1, d_2": (m5, ["a", "b"], "0", None),
        "dates": (virus, ["Albania", "Bermuda / UK", "Jersey / UK"], "2020-01-22", "D"),
        "months": (months, ["n", "s"], "2019-01-01", "MS"),
    }


@pytest.mark.parametrize("case", list(rows_of_series(np.random.default_rng(0))))
def test_a_row_a_series(case: str, rng: np.random.Generator) -> None:
    frame, names, first, frequency = rows_of_series(rng)[case]
    frame.iloc[0, -3:] = np.nan  # ends earlier
    frame.iloc[1, -5] = np.nan  # a gap
    table = read_csv(csv(frame))
    assert (table.shape, list(table.ids), table.frequency) == ("wide", names, frequency)
    start = table.ids.first[1]
    assert start == (np.datetime64(first) if frequency else float(first))
    across = table.rows - (len(frame) - 1) * table.ids.counts[1]
    one = table.series(ids=[names[0]])
    assert one.values[:, 0] == pytest.approx(frame.iloc[0, -across - 3 : -3].to_numpy(dtype=float))
    gap = table.series(ids=[names[1]])
    at, values = gap.times.astype(float), gap.values[:, 0]
    assert values[-5] == pytest.approx(np.interp(at[-5], at[[-6, -4]], values[[-6, -4]]))
    receipt = table.receipt(ids="all")
    assert receipt.rows == receipt.used == table.rows == len(table.series(ids="all"))
    assert {one.kind: one.count for one in table.findings}["outside-series"] == 3
    assert set(table.frame.index) == set(range(2, len(frame) + 2))
    same_again(csv(frame), table)
    plain = read_csv(csv(frame), shape="plain")
    assert plain.rows == len(frame)
    with pytest.raises(BadFile, match="unrolled into one value a row; choose shape='plain'"):
        table.series(str(frame.columns[-1]))


def by_month(rng: np.random.Generator, **more: object) -> pd.DataFrame:
    return pd.DataFrame({"Year": range(2000, 2010), **{m: rng.normal(size=10).round(3) for m in MONTHS}, **more})


def test_a_row_a_year_is_one_monthly_series(rng: np.random.Generator) -> None:
    frame = by_month(rng, **{"J-D": 1.0})
    table = read_csv(csv(frame))
    assert (table.shape, table.time, table.frequency, table.numeric, table.rows) == (
        "year-by-month", "month", "MS", ("value",), 120,
    )  # fmt: skip
    series = table.series()
    assert series.values[:, 0].tolist() == frame[list(MONTHS)].to_numpy().reshape(-1).tolist()
    assert series.times[13] == np.datetime64("2001-02-01")
    assert [one.column for one in table.findings if one.kind == "columns-left-out"] == ["J-D"]
    same_again(csv(frame), table)


@pytest.mark.parametrize(
    "header",
    ["JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER", "1 2 3 4 5 6 7 8 9 10 11 12",
     "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
     "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.", "M01 M02 M03 M04 M05 M06 M07 M08 M09 M10 M11 M12",
     "ene feb mar abr may jun jul ago sep oct nov dic"],
)  # fmt: skip
def test_months_by_any_name(header: str, rng: np.random.Generator) -> None:
    frame = by_month(rng).rename(columns=dict(zip(MONTHS, header.split(), strict=True)))
    table = read_csv(csv(frame[["Year", *frame.columns[:0:-1]]] if header[0] != "1" else frame))  # in whatever order
    assert table.shape == "year-by-month"
    assert table.series().values[:, 0].tolist() == frame.iloc[:, 1:].to_numpy().reshape(-1).tolist()


def test_a_row_a_month_and_quarters_and_stations(rng: np.random.Generator) -> None:
    frame = by_month(rng)
    turned = frame.set_index("Year").T.rename_axis("Month").reset_index()
    turned.columns = turned.columns.map(str)
    table = read_csv(csv(turned))
    assert table.shape == "year-by-month"
    assert table.series().values[:, 0].tolist() == frame.iloc[:, 1:].to_numpy().reshape(-1).tolist()
    quarters = pd.DataFrame({"Year": range(2000, 2010), **{f"Q{k}": rng.normal(size=10).round(3) for k in range(1, 5)}})
    table = read_csv(csv(quarters))
    assert (table.shape, table.frequency, len(table.series())) == ("year-by-month", "QS", 40)
    stations = pd.concat([frame.assign(station="a"), by_month(rng).assign(station="b")])
    table = read_csv(csv(stations))
    assert (table.shape, table.id_columns, tuple(table.ids)) == ("year-by-month", ("station",), ("a", "b"))
    assert table.series(ids=["b"]).values[:12, 0].tolist() == stations.iloc[10, 1:13].tolist()
    with pytest.raises(BadFile, match="no column of years beside twelve columns of months"):
        read_csv(csv(columns(rng, "a", "b")), shape="year-by-month")


def test_a_choice_from_before_the_unrolling_still_gives_its_series() -> None:
    table = load_sample("elnino")
    assert len(table.series()) == 732
    old = table.series(["JAN"], ["FEB"])
    assert (old.names, len(old), old.frequency) == (("JAN", "FEB"), 61, "YS")
    assert old.values[0].tolist() == [23.11, 24.2]
    assert table.receipt("JAN").rows == 61


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(st.one_of(st.none(), st.integers(-9, 9)), min_size=9, max_size=9), min_size=2, max_size=5),
    st.sampled_from(["rows", "columns", "months"]),
    st.sampled_from(["interpolate", "drop"]),
)
def test_cells_add_up_whatever_is_missing(cells: list[list[int | None]], layout: str, missing: str) -> None:
    values = np.array(cells, dtype=float)
    values[:, 0], values[0] = 1, 1  # a row without any number might belong to the header
    if layout == "rows":
        frame = pd.DataFrame(values, columns=[str(2000 + k) for k in range(9)])
        frame.insert(0, "name", [f"s{k}" for k in range(len(frame))])
        count = sum(_span(row) for row in values)
    elif layout == "columns":
        frame = pd.DataFrame(values.T, columns=[f"s{k}" for k in range(len(values))])
        frame.insert(0, "date", DAYS[:9])
        count = values.size
    else:
        frame = pd.DataFrame(np.pad(values, ((0, 0), (0, 3))), columns=MONTHS)
        frame.insert(0, "year", range(2000, 2000 + len(frame)))
        count = 12 * len(frame)
    shape = {"rows": "wide", "columns": "wide", "months": "year-by-month"}[layout]
    try:
        table = read_csv(csv(frame), shape=shape, missing=missing)
        ids = "all" if table.ids else None
        receipt, series = table.receipt(ids=ids), table.series(ids=ids)
    except BadFile:
        return
    assert receipt.rows == count
    assert receipt.rows == receipt.used + receipt.left_out == len(series) + sum(n for _, n in receipt.reasons)


def _span(row: np.ndarray) -> int:
    """The cells from the first value to the last."""
    there = np.flatnonzero(~np.isnan(row))
    return int(there[-1] - there[0] + 1) if len(there) else 0


def test_what_a_receipt_counts_is_said(rng: np.random.Generator) -> None:
    assert load_sample("elnino").unit() == "value"
    table = read_csv(csv(columns(rng, "s1", "s2", "s3")))
    assert (table.unit(), table.unit("all"), table.unit(["s1"])) == ("row", "value", "value")
    assert read_csv(csv(columns(rng, "a", "b"))).unit() == "row"
