"""JSON in the shapes that services and programs write tables in."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.data import BadFile, read_csv

N = 30
DAYS = [f"2020-01-{k:02d}" for k in range(1, N + 1)]
RECORDS = [{"day": day, "v": 0.1 * k, "n": k * k} for k, day in enumerate(DAYS)]
COLUMNS = {"day": DAYS, "v": [0.1 * k for k in range(N)], "n": [k * k for k in range(N)]}


def lines(records: list[Any], end: str = "\n") -> bytes:
    return end.join(json.dumps(record) for record in records).encode()


SHAPES: dict[str, bytes] = {
    "an object a line": lines(RECORDS),
    "CRLF and a last line end": lines(RECORDS, "\r\n") + b"\r\n",
    "objects over several lines": "\n".join(json.dumps(one, indent=1) for one in RECORDS).encode(),
    "a list of objects": json.dumps(RECORDS).encode(),
    "indented": json.dumps(RECORDS, indent=2).encode(),
    "UTF-16": json.dumps(RECORDS).encode("utf-16"),
    "UTF-8 with a mark": json.dumps(RECORDS).encode("utf-8-sig"),
    "an object of columns": json.dumps(COLUMNS).encode(),
    "columns of objects": json.dumps(
        {key: {str(k): one for k, one in enumerate(cells)} for key, cells in COLUMNS.items()}
    ).encode(),
    "split": json.dumps(
        {"columns": list(COLUMNS), "index": list(range(N)), "data": [list(one.values()) for one in RECORDS]}
    ).encode(),
    "a list of lists with a header": json.dumps([list(COLUMNS), *(list(one.values()) for one in RECORDS)]).encode(),
    "a list a line with a header": lines([list(COLUMNS), *(list(one.values()) for one in RECORDS)]),
    "records among other things": json.dumps({"status": "ok", "tags": [1, 2], "result": {"data": RECORDS}}).encode(),
    "columns among other things": json.dumps({"units": {"v": "m"}, "hourly": COLUMNS, "x": 1.5}).encode(),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_table(shape: str) -> None:
    table = read_csv(SHAPES[shape])
    assert (table.format, table.delimiter, table.header_row) == ("json", "", None)
    assert (table.time, table.frequency, table.rows) == ("day", "D", N)
    assert list(table.frame) == ["day", "v", "n"]
    assert table.frame["v"].tolist() == COLUMNS["v"]
    assert table.frame["n"].tolist() == COLUMNS["n"] and table.frame["n"].dtype == np.int64
    assert read_csv(SHAPES[shape], **table.choices).frame.equals(table.frame)


def test_what_was_left_beside_the_records_is_said() -> None:
    found = [one.message for one in read_csv(SHAPES["records among other things"]).findings]
    assert "The records under 'result.data' were read; what stands beside them in the JSON was left out." in found


def test_rows_by_their_date() -> None:
    table = read_csv(json.dumps({"Time Series": {day: {"close": f"{k}.5"} for k, day in enumerate(DAYS)}}).encode())
    assert (table.time, table.frequency) == ("index", "D")
    assert table.frame["close"].tolist() == [k + 0.5 for k in range(N)]


def test_numbers_alone() -> None:
    assert read_csv(b"[1, 2.5, null, 4]").frame["value"].fillna(-1).tolist() == [1, 2.5, -1, 4]
    assert read_csv(b"[[1, 2], [3, 5], [4, 9]]").frame["column 2"].tolist() == [2, 5, 9]


def test_names_that_come_and_go_and_objects_in_objects() -> None:
    records = [
        {"a": 1, "p": {"x": 1.5, "q": {"deep": 1}}},
        {"b": True, "a": 2, "l": [1]},
        {"a": 4, "p": {"x": 3.5}, "b": False},
    ]
    table = read_csv(lines(records))
    assert list(table.frame) == ["a", "p.x", "b"]
    assert table.frame["p.x"].fillna(-1).tolist() == [1.5, -1, 3.5]
    assert table.frame["b"].fillna(-1).tolist() == [-1, 1, 0]
    nested = next(one for one in table.findings if one.kind == "nested-columns")
    assert nested.message == "Lists and what is nested more than one level deep left out: 'p.q', 'l'."


def test_a_word_among_numbers_is_reported() -> None:
    table = read_csv(lines([{"v": k if k != 7 else "high"} for k in range(40)]))
    assert [one.message for one in table.findings if one.kind == "not-numbers"] == [
        "1 cell of 'v' not a number (row 8; the first is 'high'); treated as missing."
    ]
    assert math.isnan(table.frame["v"].iloc[7])


BAD = {
    "a broken line": (
        lines(RECORDS[:3]) + b'\n{"day": "2020-01-04", "v": }\n' + lines(RECORDS[4:]),
        "Line 4 is not JSON (expecting value); correct it in the file, or take the line out.",
    ),
    "cut": (lines(RECORDS)[:-3], f"Line {N} is not JSON (expecting ',' delimiter)"),
    "a list that is cut": (json.dumps(RECORDS, indent=0).encode()[:-3], "is not JSON"),
    "a comma missing": (b'[{"a": 1}\n{"a": 2}]', "Line 2 is not JSON (a comma or the end of the list is missing)"),
    "something after the list": (b'[{"a": 1},\n{"a": 2}]\nend', "Line 3 is not JSON (the list has ended and 'end' follows)"),
    "text after an object": (b'{"a": 1}\nb, c', "Line 2 is not JSON"),
    "too deep": (b'{"a": ' + b"[" * 200_000, "nested too deep"),
    "an endless number": (b'[{"a": ' + b"1" * 10_000 + b"}]", "Line 1 is not JSON (a number has too many digits)"),
    "nothing in it": (b"[]", "holds no records"),
    "empty objects": (b"{}\n{}\n", "holds no records"),
    "one record": (b'{"a": 1}', "The file has one row of data"),
    "uneven columns": (b'{"a": [1, 2], "b": [1, 2, 3]}', "differ in length: 'a' has 2 values and 'b' 3"),
    "words alone": (b'[{"a": "x"}, {"a": "y"}]', "No column holds numbers; row 1 of column 'a'"),
    "ever other names": (lines([{f"a{k}": k} for k in range(21_000)]), "Record 8001 makes it 8,001 columns"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_json_that_cannot_be_used(case: str) -> None:
    content, sentence = BAD[case]
    with pytest.raises(BadFile) as caught:
        read_csv(content)
    assert sentence in str(caught.value)
    assert str(caught.value).endswith(".")


def test_text_that_only_begins_like_json_is_text() -> None:
    assert read_csv(b"[time],[v]\n2020-01-01,1\n2020-01-02,5\n").format == "csv"
    assert read_csv(b"[Data]\ntime,v\n2020-01-01,1\n2020-01-02,5\n").format == "csv"


numbers = st.one_of(st.none(), st.integers(-(2**60), 2**60), st.floats(-1e90, 1e90), st.booleans())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(numbers, numbers), min_size=2, max_size=20), st.sampled_from(["records", "lines", "columns"]))
def test_numbers_come_back_as_json_reads_them(rows: list[tuple[Any, Any]], shape: str) -> None:
    records = [{"a": one, "b": other, "k": k * k} for k, (one, other) in enumerate(rows)]
    contents = {
        "records": json.dumps(records).encode(),
        "lines": lines(records),
        "columns": json.dumps({key: [one[key] for one in records] for key in ("a", "b", "k")}).encode(),
    }
    table = read_csv(contents[shape], time="none")
    for name in ("a", "b"):
        expected = np.array([math.nan if one[name] is None else float(one[name]) for one in records])
        assert np.array_equal(table.frame[name].to_numpy(dtype=np.float64, na_value=np.nan), expected, equal_nan=True)
    assert isinstance(table.frame, pd.DataFrame)
