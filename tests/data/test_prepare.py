"""From a table to a series with repairs: every row accounted for, every repair undone by leaving it out."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from rnn.data import BadFile, Receipt, read_csv
from rnn.data.prepare import MISSING, prepare
from rnn.data.repair import Repair, RepairReceipt, inverse, receipts_json, receipts_text, repaired, sum_line

_RANGES = some.lists(
    some.tuples(some.integers(1, 30), some.integers(0, 6)).map(lambda one: [one[0], one[0] + one[1]]), max_size=3
)
_COLUMN = some.sampled_from(["v", "w", "not there"])
_BOUND = some.one_of(some.none(), some.integers(-5, 5))


_ROWS = some.none()


def _repair(kind: str, column: Any = _ROWS, **options: Any) -> some.SearchStrategy[Repair]:
    return some.builds(Repair, some.just(kind), column, some.fixed_dictionaries(options))


REPAIRS_OF_ANY_KIND = some.one_of(
    _repair("sort"),
    _repair("duplicates", how=some.sampled_from(["average", "sum", "first", "last", "keep"])),
    _repair(
        "fill", some.one_of(some.none(), _COLUMN),
        how=some.sampled_from(["interpolate", "seasonal", "season-mean", "forward", "zero"]),
        season=some.integers(1, 9), longest=some.one_of(some.none(), some.integers(1, 4)),
    ),
    _repair("drop", some.one_of(some.none(), _COLUMN), rows=_RANGES),
    _repair(
        "grid", frequency=some.sampled_from(["D", "2D", "12h", "W-SUN", "MS", "ME", "B", "YS"]),
        how=some.sampled_from(["auto", "sum", "mean", "last", "first", "min", "max"]),
        fill=some.sampled_from(["leave", "interpolate", "forward", "zero", "divide"]),
    ),
    _repair("clip", some.one_of(some.none(), _COLUMN), low=_BOUND, rows=_RANGES),
    _repair("mask", some.one_of(some.none(), _COLUMN), high=some.integers(-5, 5), rows=_RANGES),
    _repair("sentinel", values=some.lists(some.integers(-5, 5), min_size=1, max_size=3)),
    _repair("unit", factor=some.floats(-4, 4), offset=some.floats(-4, 4), rows=_RANGES),
    _repair("shift", _COLUMN, row=some.integers(1, 30), by=some.floats(-9, 9)),
    _repair("log", _COLUMN, add=some.integers(0, 20)),
    _repair("boxcox", _COLUMN, power=some.sampled_from([-1, 0, 0.5]), add=some.integers(0, 20)),
    _repair("trim", first_row=some.one_of(some.none(), some.integers(1, 12)), end=some.sampled_from([None, "2020-02-03"])),
)  # fmt: skip


@some.composite
def tables(draw: Any) -> tuple[pd.DataFrame, np.ndarray | None]:
    """A disordered table with missing, infinite and repeated entries and unreadable times, or with no times at all."""
    count = draw(some.integers(0, 25))
    cell = some.one_of(some.integers(-5, 9), some.just(np.nan), some.just(np.inf))
    columns = {name: draw(some.lists(cell, min_size=count, max_size=count)) for name in ("v", "w")}
    rows = sorted(draw(some.sets(some.integers(1, 40), min_size=count, max_size=count)))
    frame = pd.DataFrame(columns, index=pd.Index(rows, name="row", dtype=np.int64), dtype=np.float64)
    if draw(some.booleans()):
        return frame, None
    days = draw(some.lists(some.one_of(some.integers(0, 60), some.none()), min_size=count, max_size=count))
    moments = [np.datetime64("NaT") if day is None else np.datetime64("2020-01-01") + day for day in days]
    return frame, np.array(moments, dtype="datetime64[us]")


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables(), some.lists(REPAIRS_OF_ANY_KIND, max_size=5), some.sampled_from(MISSING))
def test_rows_in_used_and_left_out_always_add_up(
    table: tuple[pd.DataFrame, np.ndarray | None], repairs: list[Repair], missing: str
) -> None:
    frame, times = table
    before = frame.copy()
    try:
        series, receipt = prepare(frame, times, ("v",), missing, "any", repairs=repairs)
    except BadFile as refused:
        assert str(refused).strip().endswith((".", "'drop'."))
        return
    assert frame.equals(before)
    assert receipt.rows == len(frame)
    assert receipt.used == len(series)
    assert receipt.rows + receipt.added == receipt.used + receipt.left_out + receipt.merged
    assert receipt.left_out == sum(count for _, count in receipt.reasons)
    assert min(receipt.added, receipt.left_out, receipt.merged, receipt.filled) >= 0
    assert [one.repair for one in receipt.repairs if not one.default] == repairs
    unread = 0 if times is None else int(np.isnat(times).sum())
    chain = [len(frame) - unread, *(one.rows_out for one in receipt.repairs)]
    assert chain[:-1] == [one.rows_in for one in receipt.repairs]
    assert chain[-1] == len(series)
    json.loads(receipts_json(receipt))
    assert f"{receipt.used:,} used" in receipts_text(receipt)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables(), some.lists(REPAIRS_OF_ANY_KIND, min_size=1, max_size=5), some.data())
def test_a_repair_is_undone_by_leaving_it_out(
    table: tuple[pd.DataFrame, np.ndarray | None], repairs: list[Repair], data: Any
) -> None:
    """Whatever stood between, the list without it gives the very numbers that the shorter list gives from the file."""
    frame, times = table
    gone = data.draw(some.integers(0, len(repairs) - 1))
    kept = [*repairs[:gone], *repairs[gone + 1 :]]
    try:
        expected, _ = repaired(frame.copy(), times, kept)
        repaired(frame, times, repairs)
        undone, _ = repaired(frame, times, kept)
    except BadFile:
        return
    assert undone.values.tobytes() == expected.values.tobytes()
    assert undone.rows.tolist() == expected.rows.tolist()


def test_a_gap_before_the_common_end_is_filled_towards_its_own_neighbour() -> None:
    """Where w ends before v's next value: the line of v leads there although its row is left out."""
    frame = pd.DataFrame({"v": [0, np.nan, np.nan, 6], "w": [1, 1, 1, np.nan]}, index=pd.RangeIndex(2, 6, name="row"))
    series, receipt = prepare(frame, None, ("v",), "interpolate", "any")
    assert series.values[:, 0].tolist() == [0, 2, 4]
    assert (receipt.left_out, receipt.filled) == (1, 2)


def read(*rows: str, **choices: object) -> Any:
    return read_csv(("\n".join(rows) + "\n").encode(), **choices)


TABLE = ("day,v", "2020-01-01,1", "2020-01-02,", "2020-01-02,3", "2020-01-05,-99", "2020-01-04,8", "soon,4")


def test_an_account_by_hand() -> None:
    table = read(*TABLE, time="day")
    repairs = [
        Repair("sentinel", "v", {"values": [-99]}),
        Repair("duplicates"),
        Repair("grid", None, {"frequency": "D", "fill": "interpolate"}),
        Repair("drop", None, {"rows": [[2, 2]]}),
    ]
    receipt = table.receipt("v", repairs=repairs)
    series = table.series("v", repairs=repairs)
    assert series.values[:, 0].tolist() == [3, 5.5, 8]
    assert (receipt.rows, receipt.added, receipt.used, receipt.left_out, receipt.merged) == (6, 1, 3, 3, 1)
    assert receipt.reasons == (("no-time", 1), ("chosen", 1), ("missing-at-ends", 1))
    assert sum_line(receipt) == (
        "6 rows in the file + 1 made = 3 used + 3 left out (1 no-time, 1 chosen, 1 missing-at-ends) "
        "+ 1 merged into another row"
    )
    assert [(one.repair.kind, one.default) for one in receipt.repairs] == [
        ("sentinel", False), ("duplicates", False), ("grid", False), ("drop", False), ("drop", True),
    ]  # fmt: skip


def test_what_a_series_cannot_do_without_is_told_as_default_repairs() -> None:
    receipt = read("day,v", "2020-01-03,3", "2020-01-01,1", "2020-01-02,").receipt()
    told = [(one.repair.kind, one.repair.column, one.cells, one.default) for one in receipt.repairs]
    assert told == [("sort", None, 0, True), ("fill", "v", 1, True)]
    assert receipt.filled == 1
    mended = read("day,v", "2020-01-03,3", "2020-01-01,1", "2020-01-02,").receipt(
        repairs=[Repair("sort"), Repair("fill", "v", {"how": "zero"})]
    )
    assert [one.default for one in mended.repairs] == [False, False]
    assert (mended.filled, mended.findings) == (0, ())


def test_a_repair_can_save_a_value_that_would_be_refused() -> None:
    table = read("v", "1", "1e200", "3")
    with pytest.raises(BadFile, match="Row 3 of column 'v' holds 1e\\+200"):
        table.series()
    assert table.series(repairs=[Repair("mask", "v", {"rows": [[3, 3]]})]).values[:, 0].tolist() == [1, 2, 3]
    with pytest.raises(BadFile, match="holds inf"):
        read("v", "1", "1e200", "3").series(repairs=[Repair("shift", "v", {"row": 4, "by": 1e308})] * 2)


def test_forecasts_of_a_transformed_series_lead_back() -> None:
    repairs = [Repair("boxcox", "v", {"power": 0.25})]
    series = read("v", "16", "81", "256").series(repairs=repairs)
    assert series.values[:, 0].tolist() == pytest.approx([4, 8, 12])
    assert inverse(repairs, "v", series.values[:, 0]).tolist() == pytest.approx([16, 81, 256])


def test_an_account_that_does_not_add_up_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="10 in the file \\+ 0 added, but 8 used \\+ 1 left out \\+ 0 merged"):
        Receipt(10, 8, 1, (("missing", 1),), 0, ())
    with pytest.raises(ValueError, match="do not add up to the 2 rows left out"):
        Receipt(10, 8, 2, (("missing", 1),), 0, ())
    with pytest.raises(ValueError, match="3 in \\+ 0 added, but 2 out"):
        RepairReceipt(Repair("sort"), "Sorted.", 3, 2)
    assert Receipt(10, 9, 2, (("missing", 2),), 0, (), (), 2, 1).merged == 1


def test_receipts_as_text_name_each_repair_in_order() -> None:
    table = read(*TABLE, time="day")
    text = receipts_text(table.receipt(repairs=[Repair("duplicates", None, {"how": "last"})]), name="sales")
    lines = text.splitlines()
    assert lines[0] == "What was done to sales"
    assert lines[4].startswith('1. duplicates (how "last"): 1 row with the time of an earlier row')
    assert "5 → 4" in lines[5]
    assert "by default" not in lines[4]
