"""Every file that cannot be used gets a sentence that says what, where and what to do."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from rnn.data import BadFile, read_csv
from rnn.data.source import LIMIT

GOOD = b"day,sales,shop\n2020-01-01,1,north\n2020-01-02,3,south\n2020-01-03,2,west\n"


def zipped(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "1")
    return buffer.getvalue()


CONTENTS = {
    "nothing": (b"", "The file is empty; choose a file"),
    "blank lines": (b"\n\r\n  \n", "The file is empty; choose a file"),
    "a mark alone": (b"\xef\xbb\xbf\n", "The file is empty; choose a file"),
    "xlsx": (zipped("[Content_Types].xml"), "The workbook is damaged or ends too early"),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "The workbook is damaged or ends too early"),
    "zip": (zipped("data.csv"), "The file has one row of data; a series needs"),
    "gzip": (gzip.compress(GOOD)[:30], "The gzip archive is damaged or ends too early"),
    "parquet": (b"PAR1" + bytes(50), "The Parquet file is damaged or ends too early"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(50), "a picture"),
    "web page": (b"<!DOCTYPE html>\n<html><body>404</body></html>", "a web page"),
    "JSON": (b'[{"a": 1}, {"a": 2]', "Line 1 is not JSON (expecting ',' delimiter)"),
    "binary": (bytes(range(256)) * 8, "The file is binary data"),
    "a header alone": (b"day,sales\n", "The file has a header (day, sales) and no rows below it"),
    "one row": (b"day,sales\n2020-01-01,5\n", "The file has one row of data; a series needs at least two"),
    "text alone": (b"a,b\nx,y\nz,w\n", "No column holds numbers; row 2 of column 'b', for example, holds 'y'"),
    "dates alone": (b"day\n2020-01-01\n2020-01-02\n2020-01-03\n", "No column holds numbers besides the time"),
    "broken UTF-8": (b"\xef\xbb\xbfa,b\n1,\xff\n", "Row 2 of the file cannot be read as utf-8-sig"),
}


@pytest.mark.parametrize("case", CONTENTS)
def test_content(case: str) -> None:
    content, sentence = CONTENTS[case]
    with pytest.raises(BadFile) as caught:
        read_csv(content)
    assert sentence in str(caught.value)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_too_large() -> None:
    with pytest.raises(BadFile, match="larger than the limit of 200 MB"):
        read_csv(b"1" * (LIMIT + 1))


def test_too_large_files_are_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "sparse.csv"
    with path.open("wb") as file:
        file.truncate(LIMIT * 100)  # 20 GB that take no room
    with pytest.raises(BadFile, match="larger than the limit of 200 MB"):
        read_csv(path)


def test_paths(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"is a folder; choose a CSV file in it\."):
        read_csv(tmp_path)
    with pytest.raises(BadFile, match=r"There is no file .*nowhere\.csv; check the path"):
        read_csv(tmp_path / "nowhere.csv")
    with pytest.raises(BadFile, match="The path holds a line break; pass a file's content as bytes"):
        read_csv(GOOD.decode())
    with pytest.raises(TypeError, match="takes a path, bytes or an open file, got int"):
        read_csv(3)  # type: ignore[arg-type]


def test_sources_that_are_alike(tmp_path: Path) -> None:
    path = tmp_path / "shop.csv"
    path.write_bytes(GOOD)
    with path.open("rb") as binary, path.open(encoding="utf-8") as text:
        tables = [read_csv(source) for source in (str(path), path, binary, text)]
    tables.append(read_csv(io.BytesIO(GOOD), name="shop"))
    assert {table.name for table in tables} == {"shop"}
    for table in tables:
        assert table.frame.equals(tables[0].frame)
    used = io.BytesIO(GOOD)
    used.read()
    assert read_csv(used).rows == 3  # as an upload that was looked at before


def test_more_columns_or_lines_than_can_be_worked_with() -> None:
    with pytest.raises(BadFile, match="The file has 30,000 columns, and at most 20,000 can be read"):
        read_csv(b",".join([b"1"] * 30_000) + b"\n" + b",".join([b"2"] * 30_000) + b"\n")
    late = b"a,b\n" + b"1,2\n" * 20_000 + b",".join([b"1"] * 30_000) + b"\n"
    with pytest.raises(BadFile, match="Row 20002 has 30,000 columns, and at most 20,000 can be read"):
        read_csv(late)
    with pytest.raises(BadFile, match="The file has 30,000,003 lines, and at most 30,000,000 can be read"):
        read_csv(b"a,b\n1,2\n3,4\n" + b"\n" * 30_000_000)


def test_a_giant_cell_and_a_line_of_quotes_are_read() -> None:
    rows = b"".join(b"%d,%d\n" % (k, k * k % 7) for k in range(100))
    assert read_csv(b"n,v\n" + rows + b'100,"' + b"x" * 3_000_000 + b'"\n').rows == 101
    table = read_csv(b"n,v\n" + rows + b'"' * 2_000_000 + b"\n" + rows)
    assert (table.rows, dict(table.skipped)) == (200, {"header": 1, "blank-rows": 1})  # no number is left in that row
    assert [one.rows for one in table.findings if one.kind == "not-numbers"] == [(102,)]


TARGETS = {
    "no such column": ("profit", "target='profit' is not a column; the columns with numbers are sales"),
    "text": ("shop", "Column 'shop' is not numeric: row 2 holds 'north'"),
    "time": ("day", "target='day' is the time column"),
    "twice": (["sales", "sales"], "A target can be named once"),
    "none": ([], "No target is named"),
}


@pytest.mark.parametrize("case", TARGETS)
def test_targets(case: str) -> None:
    target, sentence = TARGETS[case]
    with pytest.raises(BadFile) as caught:
        read_csv(GOOD).series(target)
    assert sentence in str(caught.value)


def test_the_first_cell_that_is_no_number_is_shown() -> None:
    table = read_csv(b"v,w\n1,1\n2,8\nhigh,3\n3,7\nlow,2\n")
    with pytest.raises(BadFile, match="Column 'v' is not numeric: row 4 holds 'high'"):
        table.series("v")


def test_inputs() -> None:
    with pytest.raises(BadFile, match="inputs='weather' is not a column"):
        read_csv(GOOD).series("sales", inputs="weather")
    with pytest.raises(BadFile, match="Column 'shop' is not numeric"):
        read_csv(GOOD).series("sales", inputs=["shop"])


WRONG_CHOICES = {
    "unknown": ({"separator": ";"}, "'separator' is not a choice of read_csv; the choices are encoding, delimiter"),
    "delimiter": ({"delimiter": ";;"}, "delimiter=';;' must be one character"),
    "decimal": ({"decimal": ":"}, "decimal=':' must be '.' or ','"),
    "header_row": ({"header_row": 0}, "header_row=0 must be a line number counted from 1"),
    "header_row flag": ({"header_row": True}, "header_row=True must be a line number"),
    "time": ({"time": 3}, "time=3 must be the name of a column"),
    "day_first": ({"day_first": "yes"}, "day_first='yes' must be True"),
    "missing": ({"missing": "zero"}, "missing='zero' must be one of interpolate, drop, error"),
    "quote": ({"quote": "«"}, "quote='«' must be"),
    "missing_words": ({"missing_words": 3}, "missing_words=3 must be a list of words"),
    "encoding": ({"encoding": "klingon"}, "encoding='klingon' is not known"),
    "encoding of bytes": ({"encoding": "base64"}, "encoding='base64' is not known"),
}


@pytest.mark.parametrize("case", WRONG_CHOICES)
def test_wrong_choices(case: str) -> None:
    choices, sentence = WRONG_CHOICES[case]
    with pytest.raises(ValueError) as caught:
        read_csv(GOOD, **choices)
    assert sentence in str(caught.value)
    assert not isinstance(caught.value, BadFile)


UNFITTING_CHOICES = {
    "time": ({"time": "when"}, "time='when' is not a column; the columns are day, sales, shop"),
    "time of text": ({"time": "shop"}, "Column 'shop' cannot be the time: row 2 holds 'north', which is not a date"),
    "header_row": ({"header_row": 99}, "header_row=99 is not a line with text"),
}


@pytest.mark.parametrize("case", UNFITTING_CHOICES)
def test_choices_that_do_not_fit_the_file(case: str) -> None:
    choices, sentence = UNFITTING_CHOICES[case]
    with pytest.raises(BadFile) as caught:
        read_csv(GOOD, **choices)
    assert sentence in str(caught.value)


def test_an_encoding_that_does_not_fit() -> None:
    with pytest.raises(BadFile, match="Row 3 of the file cannot be read as utf-8"):
        read_csv("a,b\n1,2\nzwölf,3\n".encode("cp1252"), encoding="utf-8")
