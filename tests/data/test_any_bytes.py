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


MARKS = b"\"|'|\\|,|;|\n|\r|\r\n|\t| |\0|\xff|\xc3\xb6|(|%|-|$|Total|Source: x\n|day,temp\n|\n\n\n|,,,|-999|1,234.5|sep=;\n|# "
PIECES = st.sampled_from([*MARKS.split(b"|"), b"|", b"||"])


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A tidy table in which a few places were cut out, doubled or overwritten."""
    rows = draw(st.integers(2, 15))
    sep = draw(st.sampled_from([b",", b";", b"\t", b"|", b"~"]))
    lines = [b"day,temp,note", *(b"2024-01-%02d,%d.5,fine" % (k + 1, k * k % 7) for k in range(rows))]
    content = b"\n".join(lines).replace(b",", sep) + b"\n"
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(content)))
        cut = draw(st.integers(0, 12))
        content = content[:at] + draw(PIECES) * draw(st.integers(0, 3)) + content[at + cut :]
    return content


@settings(max_examples=100, deadline=None)
@given(mutated())
def test_a_spoilt_table_ends_in_rows_that_add_up_or_in_a_sentence(content: bytes) -> None:
    try:
        table = read_csv(content)
    except BadFile as stopped:
        assert str(stopped).endswith(".")
        return
    assert read_csv(content, **table.choices).frame.equals(table.frame)
    assert all(count > 0 for _, count in table.skipped)
    if not any(mark in content for mark in b"\"'`"):  # with quotes a row may have several lines
        lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n").split(b"\n")
        assert table.rows + sum(count for _, count in table.skipped) == len(lines)


@settings(max_examples=40, deadline=None)
@given(
    cells=st.lists(st.text(alphabet="ab\",;\n'\\ ", max_size=8), min_size=3, max_size=12),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_quoted_cells_are_what_was_written(cells: list[str], quoting: int) -> None:
    """Marks, separators and line breaks inside quotes survive; nothing that is in order is taken for gone wrong."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=quoting, lineterminator="\n")
    writer.writerow(["n", "note", "v"])
    writer.writerows([str(k), f"x{cell}x", str(k * k % 7)] for k, cell in enumerate(cells))
    table = read_csv(out.getvalue().encode(), delimiter=",", quote='"', header_row=1)
    if "\\" not in "".join(cells):
        assert [str(cell) for cell in table.frame["note"]] == [f"x{cell}x" for cell in cells]
        assert "open-quotes" not in {one.kind for one in table.findings}
    assert table.rows == len(cells)
