"""Parquet and Arrow files: every type that a table can hold, and what happens to the others."""

from __future__ import annotations

import datetime as dt
import decimal
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from rnn.data import BadFile, read_csv

N = 48
HOURS = pd.date_range("2020-01-01", periods=N, freq="h")


def as_parquet(table: pa.Table, **options: Any) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer, **options)
    return buffer.getvalue()


def as_feather(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    feather.write_feather(table, buffer)
    return buffer.getvalue()


def as_stream(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    with pa.ipc.new_stream(buffer, table.schema) as writer:
        writer.write_table(table, max_chunksize=7)
    return buffer.getvalue()


WRITERS: dict[str, Callable[[pa.Table], bytes]] = {
    "parquet": as_parquet,
    "parquet zstd": lambda table: as_parquet(table, compression="zstd", row_group_size=10),
    "feather": as_feather,
    "arrow stream": as_stream,
}


def typed() -> pa.Table:
    whole = list(range(N))
    return pa.table(
        {
            "time": pa.array(HOURS.to_pydatetime(), pa.timestamp("us")),
            "half": pa.array([k / 4 for k in whole], pa.float32()),
            "value": pa.array([0.1 * k for k in whole], pa.float64()),
            "count": pa.array(whole, pa.int16()),
            "huge": pa.array([2**62 + k for k in whole], pa.int64()),
            "unsigned": pa.array([2**63 + 2048 * k for k in whole], pa.uint64()),
            "gaps": pa.array([None if k == 5 else k for k in whole], pa.int32()),
            "money": pa.array([decimal.Decimal(k) / 4 for k in whole], pa.decimal128(12, 2)),
            "flag": pa.array([k % 3 == 0 for k in whole]),
            "kind": pa.array(["a" if k % 2 else "b" for k in whole]).dictionary_encode(),
            "level": pa.array([k % 5 for k in whole]).dictionary_encode(),
            "words": pa.array([None if k == 7 else f"w{k}" for k in whole], pa.large_string()),
            "took": pa.array([dt.timedelta(milliseconds=500 * k) for k in whole], pa.duration("ms")),
            "clock": pa.array([dt.time(k % 24, 30) for k in whole], pa.time32("s")),
            "nothing": pa.nulls(N),
        }
    )


@pytest.mark.parametrize("writer", WRITERS)
def test_every_type_that_a_cell_can_have(writer: str) -> None:
    content = WRITERS[writer](typed())
    table = read_csv(content)
    frame = table.frame
    assert table.format == table.encoding == ("parquet" if "parquet" in writer else "arrow")
    assert (table.time, table.frequency, table.header_row, table.delimiter) == ("time", "h", None, "")
    assert frame["time"].tolist() == list(HOURS)
    assert frame["value"].tolist() == [0.1 * k for k in range(N)]
    assert frame["half"].tolist() == [k / 4 for k in range(N)]
    assert frame["count"].tolist() == list(range(N))
    assert frame["huge"].tolist() == [2**62 + k for k in range(N)]  # beyond what a float could hold
    assert frame["unsigned"].tolist() == [float(2**63 + 2048 * k) for k in range(N)]
    assert np.flatnonzero(frame["gaps"].isna()).tolist() == [5]
    assert frame["money"].tolist() == [k / 4 for k in range(N)]
    assert frame["flag"].tolist() == [int(k % 3 == 0) for k in range(N)]
    assert frame["kind"].tolist() == ["a" if k % 2 else "b" for k in range(N)]
    assert frame["level"].tolist() == [k % 5 for k in range(N)]
    assert np.flatnonzero(frame["words"].isna()).tolist() == [7]
    assert frame["took"].tolist() == [k / 2 for k in range(N)]
    assert frame["clock"].iloc[3] in ("03:30:00", "03:30:00.000")  # Parquet keeps milliseconds
    assert table.kinds["nothing"] == "empty"
    assert read_csv(content, **table.choices).frame.equals(frame)
    kinds = [one.kind for one in table.findings]
    assert kinds == ["booleans", "missing"]


@pytest.mark.parametrize("writer", WRITERS)
def test_nested_columns_are_left_out_and_named(writer: str) -> None:
    table = pa.table(
        {
            "v": [1.5, 2.5, 3.0],
            "list": [[1], [2, 3], []],
            "record": [{"a": 1}, {"a": 2}, None],
            "raw": pa.array([b"\0", b"\1", b"\2"], pa.binary()),
        }
    )
    read = read_csv(WRITERS[writer](table))
    assert list(read.frame) == ["v"]
    message = "Columns of lists, records or raw bytes left out: 'list', 'record', 'raw'."
    assert [one.message for one in read.findings if one.kind == "nested-columns"] == [message]


def test_moments_with_a_zone_become_utc() -> None:
    frame = pd.DataFrame({"t": pd.date_range("2020-03-28", periods=N, freq="h", tz="Europe/Berlin"), "v": range(N)})
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    table = read_csv(buffer.getvalue())
    assert table.frame["t"].tolist() == frame["t"].dt.tz_convert("UTC").dt.tz_localize(None).tolist()
    assert "timezone" in [one.kind for one in table.findings]


@pytest.mark.parametrize("kind", [pa.date32(), pa.date64(), pa.timestamp("s"), pa.timestamp("ms"), pa.timestamp("ns")])
def test_dates_of_every_unit(kind: pa.DataType) -> None:
    days = pd.date_range("1999-12-30", periods=9, freq="D")
    table = read_csv(as_parquet(pa.table({"d": pa.array(days.to_pydatetime()).cast(kind), "v": range(9)})))
    assert table.frame["d"].tolist() == list(days)
    assert table.frequency == "D"


def test_the_index_that_pandas_stores() -> None:
    for index, name in ((HOURS, "index"), (HOURS.rename("when"), "when")):
        buffer = io.BytesIO()
        pd.DataFrame({"v": np.arange(N) * 0.5}, index=index).to_parquet(buffer)
        table = read_csv(buffer.getvalue())
        assert (table.time, table.frequency) == (name, "h")


def test_names_that_repeat() -> None:
    columns = [pa.array([1.0, 2.0, 4.0]), pa.array([1, 5, 3])]
    table = read_csv(as_stream(pa.table(columns, names=["a", "a"])))
    assert list(table.frame) == ["a", "a (2)"]
    dotted = read_csv(as_parquet(pa.table({"a.b": [1.0, 3.0, 2.0], "a": [3, 4, 7], "l": [[1], [2], [3]]})))
    assert list(dotted.frame) == ["a.b", "a"]
    assert dotted.frame["a"].tolist() == [3, 4, 7]


def test_a_header_says_how_many_rows_there_are_before_they_are_read() -> None:
    rows = 70_000_000
    one = pa.array([1], pa.int8()).dictionary_encode()
    long = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, dtype=np.int8)), one.dictionary)
    content = as_parquet(pa.table({"v": long}))
    assert len(content) < 300_000
    with pytest.raises(BadFile, match="The file holds 70,000,000 rows of 1 columns, more than the 64,000,000 cells"):
        read_csv(content)


def test_words_that_unfold_into_gigabytes() -> None:
    rows = 20_000
    words = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, dtype=np.int32)), pa.array(["x" * (1 << 20)]))
    content = as_parquet(pa.table({"w": words, "v": np.arange(rows)}))
    assert len(content) < 2 << 20
    with pytest.raises(BadFile, match="The Parquet file needs more than 2 GB of memory to be read"):
        read_csv(content)


BAD = {
    "cut": (lambda: as_parquet(typed())[:-30], "The Parquet file is damaged or ends too early"),
    "cut feather": (lambda: as_feather(typed())[:-30], "The Arrow file is damaged or ends too early"),
    "nested alone": (lambda: as_parquet(pa.table({"l": [[1], [2]]})), "The Parquet file holds only nested columns (l)"),
    "no rows": (lambda: as_parquet(pa.table({"v": pa.array([], pa.float64())})), "no rows below it"),
    "no columns": (lambda: as_feather(pa.table({})), "The Arrow file holds no columns"),
    "words alone": (lambda: as_parquet(pa.table({"w": ["x", "y"]})), "No column holds numbers; row 1 of column 'w'"),
}


@pytest.mark.parametrize("case", BAD)
def test_files_that_cannot_be_used(case: str) -> None:
    make, sentence = BAD[case]
    with pytest.raises(BadFile) as caught:
        read_csv(make())
    assert sentence in str(caught.value)
