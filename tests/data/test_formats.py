"""The same small table written in every ordinary way must be read back as the same numbers."""

import csv
import io
import itertools

import numpy as np
import pandas as pd
import pytest

from rnn.data import read_csv

DAYS = [f"2021-{1 + k // 28:02d}-{1 + k % 28:02d}" for k in range(40)]
SALES = [round(1000 + 37.25 * k - k * k, 2) for k in range(40)]  # both below and above 1,000
STOCK = [3 * k * k + 1 for k in range(40)]

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1")
STYLES = {  # separator, decimal mark, thousands mark, how a date is written
    "comma": (",", ".", "", "%Y-%m-%d"),
    "comma US": (",", ".", "", "%m/%d/%Y"),
    "comma US thousands": (",", ".", ",", "%m/%d/%Y"),
    "comma quoted decimals": (",", ",", "", "%Y-%m-%d"),
    "semicolon German": (";", ",", "", "%d.%m.%Y"),
    "semicolon German thousands": (";", ",", ".", "%d.%m.%Y"),
    "semicolon French": (";", ",", "\u00a0", "%d/%m/%Y"),
    "semicolon point": (";", ".", "", "%Y-%m-%d %H:%M:%S"),
    "tab": ("\t", ".", "", "%Y-%m-%dT%H:%M:%S"),
    "tab German": ("\t", ",", "", "%d.%m.%Y %H:%M"),
    "pipe": ("|", ".", "", "%d-%b-%Y"),
    "space": (" ", ".", "", "%Y-%m-%d"),
}
ENDS = ("\n", "\r\n", "\r")


def number(value: float, decimal: str, thousands: str) -> str:
    text = f"{value:,.2f}" if isinstance(value, float) else str(value)
    return text.replace(",", "T").replace(".", decimal).replace("T", thousands)


def written(style: str, end: str, header: bool = True, trailing: bool = False) -> str:
    """The table as text in one of STYLES."""
    separator, decimal, thousands, dates = STYLES[style]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=end)
    last = [""] if trailing else []
    if header:
        writer.writerow(["Größe" if separator != " " else "Tag", "Verkäufe", "Lager", *last])
    for day, sales, stock in zip(DAYS, SALES, STOCK, strict=True):
        row = [pd.Timestamp(day).strftime(dates), number(sales, decimal, thousands), str(stock)]
        writer.writerow([*row, *last])
    return out.getvalue() + (end * 3 if trailing else "")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("style", STYLES)
def test_every_encoding_and_style(style: str, encoding: str) -> None:
    ends = ENDS if encoding in ("utf-8", "utf-16") else ENDS[1:2]
    for end, trailing in itertools.product(ends, (False, True)):
        if trailing and style == "space":
            continue  # runs of blanks are one separator: a trailing one is no cell
        table = read_csv(written(style, end, trailing=trailing).encode(encoding))
        separator, decimal, _, _ = STYLES[style]
        assert (table.delimiter, table.decimal, table.header_row) == (separator, decimal, 1)
        assert table.time == ("Größe" if separator != " " else "Tag")
        assert list(table.numeric) == ["Verkäufe", "Lager"]
        assert table.rows == 40
        series = table.series(["Verkäufe", "Lager"])
        assert series.values[:, 0].tolist() == SALES
        assert series.values[:, 1].tolist() == STOCK
        assert series.times.astype("datetime64[D]").astype(str).tolist() == DAYS


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_encoding_is_named(encoding: str) -> None:
    table = read_csv(written("semicolon German", "\r\n").encode(encoding))
    same = {"latin-1": "cp1252"}  # they differ in control characters only
    assert table.encoding == same.get(encoding, encoding)
    guessed = [one for one in table.findings if one.kind == "encoding"]
    assert len(guessed) == (encoding in ("cp1252", "latin-1"))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Дата;Продажи\n1;2\n2;3\n", "cp1251"),
        ("Температура воды;Дата\n1;2\n4;3\n", "cp1251"),
        ("日付,売上\n1,2\n2,4\n", "shift_jis"),
        ("Ημερομηνία;Πωλήσεις\n1;2\n5;4\n", "cp1253"),
        ("año,Población\n1,2\n5,4\n", "cp1252"),
        ("Temp °C;Prix €\n1;2\n5;4\n", "cp1252"),
    ],
)
def test_other_alphabets(text: str, encoding: str) -> None:
    table = read_csv(text.encode(encoding))
    assert list(table.frame.columns) == text.splitlines()[0].replace(";", ",").split(",")


@pytest.mark.parametrize("style", STYLES)
def test_without_a_header(style: str) -> None:
    table = read_csv(written(style, "\n", header=False).encode())
    assert table.header_row is None
    assert table.time == "column 1"
    assert table.series("column 2").values[:, 0].tolist() == SALES
    assert "no-header" in {one.kind for one in table.findings}


def test_a_preamble_is_left_out_and_counted() -> None:
    text = "Sales of the shop\nmade by the office, in 2021\n\n" + written("semicolon German", "\n")
    table = read_csv(text.encode())
    assert table.header_row == 4
    assert table.frame.index[0] == 5
    assert table.series("Verkäufe").values[:, 0].tolist() == SALES
    (preamble,) = [one for one in table.findings if one.kind == "preamble"]
    assert preamble.rows == (1, 2)


@pytest.mark.parametrize("line", ["Station;Berlin", "Report;;", "Report;"])
def test_preambles_as_wide_as_the_table(line: str) -> None:
    table = read_csv(f"{line}\n\nday;temp\n2020-01-01;1,5\n2020-01-02;2,5\n2020-01-03;0,5\n".encode())
    assert table.header_row == 3
    assert table.series("temp").values[:, 0].tolist() == [1.5, 2.5, 0.5]


def test_excel_declares_its_separator() -> None:
    table = read_csv(b"sep=;\r\na;b\r\n1;2,5\r\n7;3,5\r\n4;1,5\r\n")
    assert (table.delimiter, table.decimal, table.header_row) == (";", ",", 2)
    assert table.series("b").values[:, 0].tolist() == [2.5, 3.5, 1.5]


def test_units_below_the_header() -> None:
    table = read_csv("date;temp;rain\n;°C;mm\n2020-01-01;1,5;0\n2020-01-02;2,5;3\n2020-01-03;0,5;2\n".encode())
    assert (table.header_row, list(table.numeric), table.rows) == (1, ["temp", "rain"], 3)
    assert [one.rows for one in table.findings if one.kind == "below-header"] == [(2,)]


def test_one_column_with_a_decimal_comma() -> None:
    table = read_csv(b"Wert\n1,5\n2,5\n3,75\n4,25\n")
    assert list(table.frame.columns) == ["Wert"]
    assert table.series().values[:, 0].tolist() == [1.5, 2.5, 3.75, 4.25]


def test_quoted_cells_with_separators_and_line_breaks() -> None:
    text = (
        '"day, local","sales\n(EUR)",note\n2020-01-01,5,"rain; wind"\n2020-01-02,7,"said ""no"""\n2020-01-03,6,"a, b"\n'
    )
    table = read_csv(text.encode())
    assert list(table.frame.columns) == ["day, local", "sales (EUR)", "note"]
    assert table.frame["note"].tolist() == ["rain; wind", 'said "no"', "a, b"]
    assert table.series("sales (EUR)").values[:, 0].tolist() == [5, 7, 6]


@pytest.mark.parametrize("index", [True, False])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_what_pandas_writes(index: bool, separator: str) -> None:
    frame = pd.DataFrame({"when": pd.date_range("2020-01-01", periods=30, freq="h"), "load": np.arange(30) ** 2 / 7})
    table = read_csv(frame.to_csv(index=index, sep=separator).encode())
    assert table.time == "when"
    assert table.guess == "load"
    assert table.numeric == ("load",)
    assert table.frequency == "h"
    assert table.series().values[:, 0].tolist() == frame["load"].tolist()


@pytest.mark.parametrize("frame", [pd.Series([3.5, 1.25, 9.0, 4.0]), pd.Series([3.5, 1.25, 9.0, 4.0], name="load")])
def test_what_pandas_writes_of_a_plain_series(frame: pd.Series) -> None:
    table = read_csv(frame.to_csv().encode())
    assert table.header_row == 1
    assert table.guess == str(frame.name or "0")
    assert table.numeric == (table.guess,)
    assert table.series().values[:, 0].tolist() == [3.5, 1.25, 9.0, 4.0]


def test_what_r_writes() -> None:
    table = read_csv(b'"x"\n"1",5\n"2",7\n"3",6\n"4",9\n')
    assert list(table.frame.columns) == ["column 1", "x"]
    assert table.numeric == ("x",)


@pytest.mark.parametrize("word", ["NA", "n/a", "-", "NULL", "#N/A", "", "NaN", "?", "null", " "])
def test_missing_words(word: str) -> None:
    rows = [f"2020-01-{k + 1:02d};{word if k in (4, 5) else k / 2};{k}" for k in range(20)]
    table = read_csv(("day;v;w\n" + "\n".join(rows) + "\n").encode())
    (missing,) = [one for one in table.findings if one.kind == "missing"]
    assert (missing.count, missing.rows, missing.column) == (2, (6, 7), "v")
    assert table.series("v").values[:, 0].tolist() == [k / 2 for k in range(20)]  # a straight line across the gap


def test_a_single_odd_cell_is_reported_and_treated_as_missing() -> None:
    rows = [f"2020-01-{k + 1:02d},{'broken' if k == 7 else k}" for k in range(20)]
    table = read_csv(("day,v\n" + "\n".join(rows) + "\n").encode())
    (odd,) = [one for one in table.findings if one.kind == "not-numbers"]
    assert (odd.count, odd.rows) == (1, (9,))
    assert "'broken'" in odd.message


def test_numbers_that_can_be_read_in_two_ways_are_reported() -> None:
    table = read_csv(b"v;w\n1.234;1\n2.345;7\n3.456;5\n")
    (doubt,) = [one for one in table.findings if one.kind == "ambiguous-number"]
    assert table.series("v").values[0, 0] == 1.234
    assert "decimal=','" in doubt.message
    assert read_csv(b"v;w\n1.234;1\n2.345;7\n3.456;5\n", decimal=",").series("v").values[0, 0] == 1234


def test_late_surprises_beyond_the_sample() -> None:
    """Text, thousands and a wider row far behind the part of the file on which the layout is judged."""
    rows = [f"{k},{k % 100}" for k in range(120_000)]
    rows[100_000] = "100000,broken"
    rows[110_000] = '110000,"1,234"'
    rows[115_000] = "115000,5,6,7"
    table = read_csv(("n,v\n" + "\n".join(rows) + "\n").encode())
    found = {one.kind: one for one in table.findings}
    assert table.rows == 120_000
    assert found["not-numbers"].rows == (100_002,)
    assert found["surplus-cells"].rows == (115_002,)
    values = table.series("v").values[:, 0]
    assert values[110_000] == 1234
    assert values[115_000] == 5
    assert values[100_000] == (99 + 1) / 2  # between its neighbours


def test_duplicate_names_are_told_apart() -> None:
    table = read_csv(b"a,a,b,a\n1,2,3,5\n4,5,6,2\n9,9,1,7\n")
    assert list(table.frame.columns) == ["a", "a (2)", "b", "a (3)"]
    assert [one.count for one in table.findings if one.kind == "duplicate-names"] == [2]


def test_blank_rows_are_left_out_and_row_numbers_stay_those_of_the_file() -> None:
    table = read_csv(b"day,v\n2020-01-01,4\n\n2020-01-02,5\n,\n2020-01-03,\n2020-01-04,9\n\n\n")
    assert table.frame.index.tolist() == [2, 4, 6, 7]
    assert [one.rows for one in table.findings if one.kind == "missing"] == [(6,)]
    assert [one.rows for one in table.findings if one.kind == "blank-rows"] == [(3, 5, 8, 9)]
