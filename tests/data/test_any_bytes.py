"""Whatever is written is read back equal, and whatever bytes come, nothing but BadFile is raised."""

import csv
import io
import json

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.core.series import LARGEST
from rnn.data import BadFile, inspect, read_csv

finite = st.floats(-LARGEST, LARGEST, width=64)


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(st.tuples(finite, finite), min_size=3, max_size=40),
    style=st.sampled_from([(",", "."), (";", "."), (";", ","), ("\t", "."), ("\t", ",")]),
    dated=st.booleans(),
)
def test_what_pandas_writes_is_read_back_bit_for_bit(
    values: list[tuple[float, float]], style: tuple[str, str], dated: bool
) -> None:
    frame = pd.DataFrame(values, columns=["first", "second"], dtype="float64")
    if dated:
        frame.insert(0, "time", pd.date_range("2020-02-27", periods=len(frame), freq="6h"))
    separator, decimal = style
    content = frame.to_csv(index=False, sep=separator, decimal=decimal).encode()
    table = read_csv(content, time="time" if dated else "none", decimal=decimal)
    assert table.delimiter == separator
    series = table.series(["first", "second"])
    assert series.values.tobytes() == frame[["first", "second"]].to_numpy().tobytes()
    if dated:
        assert (series.times == frame["time"].to_numpy()).all()


CELLS = st.sampled_from(
    [
        *("1", "2.5", "1,5", "-3", "−4", "1e5", "1e999", "inf", "99999999999999999999", "1700", "1950.0", "."),
        *(
            "2020-01-01",
            "01/02/2020",
            "31.12.9999",
            "2020-13-45",
            "0001-01-01",
            "Jan-20",
            "2020Q1",
            "2020-W99",
            "12:30",
        ),
        *("2020-01-01T00:00:00+01:00", "1600000000", "20200101", "200001", "sep=;", "True", "NA", "", "a b", "é", '"'),
        *("x\ny", "\xa0", "\ufeff", "\u2028", "\x1a"),
    ]
)


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """A table of odd cells in some separator and encoding, as a writer would quote it."""
    rows = draw(st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=12))
    out = io.StringIO()
    csv.writer(
        out, delimiter=draw(st.sampled_from(",;\t| ")), lineterminator=draw(st.sampled_from(["\n", "\r\n"]))
    ).writerows(rows)
    return out.getvalue().encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"])), "replace")


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=200), tables()))
def test_any_bytes_give_a_table_or_a_sentence(content: bytes) -> None:
    try:
        table = read_csv(content)
        json.dumps(inspect(content), allow_nan=False)
        assert read_csv(content, **table.choices).frame.equals(table.frame)
        receipt = table.receipt()
        assert receipt.rows == table.rows == receipt.used + receipt.left_out
        assert len(table.series()) == receipt.used
    except BadFile as stopped:
        assert str(stopped).endswith(".")
