"""Columns known ahead in a table: their roles, and the rows after the last record as the future, each accounted for."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.data import BadFile, read_csv

FLAGS = [0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 1, 1, 0]


def days(cells, first=1, holiday=FLAGS):
    """A file of `day, sales, holiday, rain`; cells: sales and rain of each day, "" where missing."""
    lines = [f"2024-03-{first + k:02},{sales},{holiday[k]},{rain}" for k, (sales, rain) in enumerate(cells)]
    return ("day,sales,holiday,rain\n" + "\n".join(lines) + "\n").encode()


RECORD = [(10 + k, k % 3) for k in range(10)]
WITH_FUTURE = days([*RECORD, *[("", "")] * 4])


def account(receipt):
    assert receipt.rows == receipt.used + receipt.left_out
    assert receipt.left_out == sum(count for _, count in receipt.reasons)
    return receipt.rows, receipt.used, receipt.reasons


def test_rows_after_the_last_record_are_the_future():
    table = read_csv(WITH_FUTURE)
    series = table.series("sales", ["rain"], known="holiday")
    assert (series.names, series.targets, series.known) == (("sales", "rain", "holiday"), ("sales",), ("holiday",))
    assert len(series) == 10 and series.times[-1] == np.datetime64("2024-03-10")
    assert series.future[:, 0].tolist() == FLAGS[10:]
    assert series.values[:, 2].tolist() == FLAGS[:10]
    receipt = table.receipt("sales", ["rain"], known="holiday")
    assert account(receipt) == (14, 10, (("known-ahead", 4),))
    assert receipt.findings[-1].message == (
        "4 rows after the last record (rows 12, 13, 14 and 15) with values of holiday: no records to learn from, but the "
        "future that a forecast reads."
    )


def test_without_known_columns_everything_is_as_it_was():
    table = read_csv(WITH_FUTURE)
    series = table.series("sales", ["holiday"])
    assert (len(series), series.known, series.future) == (10, (), None)
    assert account(table.receipt("sales", ["holiday"])) == (14, 10, (("missing-at-ends", 4),))


def test_no_rows_after_the_record_no_future():
    table = read_csv(days(RECORD))
    series = table.series("sales", known=["holiday"])
    assert (len(series), series.known, series.future) == (10, ("holiday",), None)
    assert account(table.receipt("sales", known=["holiday"])) == (10, 10, ())


@pytest.mark.parametrize("missing", ["interpolate", "drop", "error"])
def test_however_missing_values_are_treated(missing):
    series = read_csv(WITH_FUTURE, missing=missing).series("sales", known="holiday")
    assert (len(series), series.future[:, 0].tolist()) == (10, FLAGS[10:])


def test_newest_first_is_put_in_order():
    head, *rows = WITH_FUTURE.decode().splitlines()
    table = read_csv("\n".join([head, *rows[::-1]]).encode())
    series = table.series("sales", known="holiday")
    assert series.future[:, 0].tolist() == FLAGS[10:]
    assert series.values[:, 0].tolist() == [10 + k for k in range(10)]
    account(table.receipt("sales", known="holiday"))


def test_without_times_the_rows_follow_as_they_stand():
    file = b"sales,plan\n" + b"".join(b"%s,%d\n" % (b"%d" % k if k < 8 else b"", k * k) for k in range(11))
    series = read_csv(file).series("sales", known="plan")
    assert (len(series), series.future.tolist()) == (8, [[64], [81], [100]])


def test_the_future_begins_where_the_series_ends():
    """Rain ends two days before sales: so does the record, and the future begins right after it."""
    table = read_csv(days([*RECORD[:8], (18, ""), (19, ""), ("", ""), ("", "")]))
    series = table.series("sales", ["rain"], known="holiday")
    assert series.times[-1] == np.datetime64("2024-03-08")
    assert series.future[:, 0].tolist() == FLAGS[8:12]
    assert account(table.receipt("sales", ["rain"], known="holiday")) == (12, 8, (("known-ahead", 4),))


def test_a_gap_within_the_record_is_no_future():
    cells = [*RECORD[:4], ("", ""), *RECORD[5:], ("", "")]
    series = read_csv(days(cells)).series("sales", known="holiday")
    assert (len(series), series.future[:, 0].tolist()) == (10, [FLAGS[10]])
    dropped = read_csv(days(cells), missing="drop")
    assert account(dropped.receipt("sales", known="holiday")) == (11, 9, (("missing", 1), ("known-ahead", 1)))


def test_the_future_ends_where_a_known_value_is_missing():
    table = read_csv(days([*RECORD, *[("", "")] * 4], holiday=[*FLAGS[:12], "", 1]))
    series = table.series("sales", known="holiday")
    assert series.future[:, 0].tolist() == FLAGS[10:12]
    assert account(table.receipt("sales", known="holiday")) == (14, 10, (("missing-at-ends", 2), ("known-ahead", 2)))


def test_known_values_that_end_before_the_target_end_the_record():
    table = read_csv(days(RECORD, holiday=[*FLAGS[:8], "", ""]))
    series = table.series("sales", known="holiday")
    assert (len(series), series.future) == (8, None)
    assert account(table.receipt("sales", known="holiday")) == (10, 8, (("missing-at-ends", 2),))


def test_a_day_that_is_absent_ends_the_future_and_is_said():
    lines = WITH_FUTURE.decode().splitlines()
    table = read_csv("\n".join(lines[:13] + lines[14:]).encode())  # without 13 March
    series = table.series("sales", known="holiday")
    assert series.future[:, 0].tolist() == FLAGS[10:12]
    receipt = table.receipt("sales", known="holiday")
    assert account(receipt) == (13, 10, (("known-ahead", 2), ("known-ahead-gap", 1)))
    assert "row 14 does not come one step after the row before it" in receipt.findings[-1].message


def test_months_are_counted_by_the_calendar():
    months = [f"{2022 + k // 12}-{k % 12 + 1:02}-01,{k if k < 20 else ''},{k % 2}" for k in range(26)]
    series = read_csv(("month,sales,promo\n" + "\n".join(months)).encode()).series("sales", known="promo")
    assert (series.frequency, len(series), series.future[:, 0].tolist()) == ("MS", 20, [0, 1, 0, 1, 0, 1])


def test_the_target_is_all_missing_but_for_rows_before():
    table = read_csv(days([*[("", 1)] * 3, *RECORD[:5], ("", "")]))
    series = table.series("sales", known="holiday")
    assert (len(series), series.future[:, 0].tolist()) == (5, [FLAGS[8]])
    assert account(table.receipt("sales", known="holiday")) == (9, 5, (("missing-at-ends", 3), ("known-ahead", 1)))


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"known": "sales"}, "'sales' cannot be known ahead and a target; take it out of one of the two"),
        ({"known": ["holiday"], "static": "holiday"}, "'holiday' cannot be known ahead and static"),
        ({"known": "snow"}, "known='snow' is not a column; the columns with numbers are"),
        ({"known": "day"}, "known='day' is the time column"),
    ],
)
def test_what_cannot_be_known_ahead_is_said(chosen, words):
    with pytest.raises(BadFile, match=words):
        read_csv(WITH_FUTURE).series("sales", **chosen)


def test_each_of_many_series_has_its_own_future():
    """Rows after the last record that hold the price: two of the one, none of the other; a third is too short to be used."""
    rows = [f"a,{np.datetime64('2024-01-01') + k},{k % 5 if k < 20 else ''},{k}" for k in range(22)]
    rows += [f"b,{np.datetime64('2024-03-01') + k},{k % 7},{10 * k}" for k in range(15)]
    table = read_csv("\n".join(["shop,day,sales,price", *rows, "c,2024-01-01,1,1"]).encode())
    asked = {"target": "sales", "known": ["price", "calendar: weekday"], "ids": "all"}
    series, futures = table.series(**asked), table.futures(**asked)
    assert series.future is None and list(futures) == list(series.ids)
    ahead = futures["a"]
    assert ahead[:, series.known.index("price")].tolist() == [20, 21]
    sunday = np.sin(2 * np.pi * 6 / 7)  # 2024-01-21
    assert ahead[0, series.known.index("calendar: weekday (sin)")] == pytest.approx(sunday)
    assert futures["b"] is None
