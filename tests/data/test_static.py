"""Static columns: which columns of a table say something about the series and not about a moment."""

from __future__ import annotations

import pytest

from rnn.data import BadFile, read_csv

FILE = b"sales,price,size,note\n" + b"".join(b"%d,%d,7,on the %dth\n" % (k % 5, k % 3, k) for k in range(30))


@pytest.fixture
def table():
    return read_csv(FILE)


def test_static_columns_stand_among_the_inputs(table):
    series = table.series("sales", inputs=["size", "price"], static="size")
    assert (series.names, series.targets, series.static) == (("sales", "size", "price"), ("sales",), ("size",))
    assert table.receipt("sales", ["size", "price"], ["size"]).used == 30


def test_a_static_column_need_not_be_named_twice(table):
    series = table.series("sales", static=["size", "price", "size"])
    assert (series.names, series.static) == (("sales", "size", "price"), ("size", "price"))
    assert table.series("sales").static == ()


@pytest.mark.parametrize(
    ("static", "words"),
    [
        ("sales", "target and static"),
        ("region", "static='region' is not a column"),
        ("note", "row 2 holds 'on the 0th'"),
    ],
)
def test_what_cannot_be_static_is_said(table, static, words):
    with pytest.raises(BadFile, match=words):
        table.series("sales", static=static)
