"""From a table to a series: order, gaps, and an account of every row."""

import numpy as np
import pytest

from rnn.data import BadFile, Receipt, Table, read_csv


def read(*rows: str, **choices: object) -> Table:
    return read_csv(("\n".join(rows) + "\n").encode(), **choices)


def balanced(receipt: Receipt) -> bool:
    return receipt.rows == receipt.used + receipt.left_out and receipt.left_out == sum(n for _, n in receipt.reasons)


GAPS = (
    "day,v,w",
    "2020-01-01,,1",
    "2020-01-02,2,2",
    "2020-01-03,,4",
    "2020-01-06,8,",
    "2020-01-07,9,7",
    "2020-01-08,,9",
)


def test_gaps_are_filled_in_time_and_ends_left_out() -> None:
    table = read(*GAPS)
    series, receipt = table.series("v"), table.receipt("v")
    assert series.values[:, 0].tolist() == [2, 3.5, 8, 9]  # one of four days from 2 to 8
    assert (receipt.rows, receipt.used, receipt.left_out, receipt.filled) == (6, 4, 2, 1)
    assert receipt.reasons == (("missing-at-ends", 2),)
    assert [(one.kind, one.rows) for one in receipt.findings] == [("missing-at-ends", (2, 7)), ("filled", (4,))]
    assert balanced(receipt)


def test_inputs_follow_the_targets() -> None:
    series = read(*GAPS).series("v", inputs="w")
    assert series.names == ("v", "w")
    assert series.targets == ("v",)
    assert series.values.tolist() == [[2, 2], [3.5, 4], [8, 6.25], [9, 7]]
    assert read(*GAPS).series(["w", "v"]).targets == ("w", "v")


def test_rows_with_gaps_can_be_dropped_or_refused() -> None:
    dropped = read(*GAPS, missing="drop")
    assert dropped.series("v").values[:, 0].tolist() == [2, 8, 9]
    assert dropped.receipt("v").reasons == (("missing", 3),)
    assert balanced(dropped.receipt("v"))
    with pytest.raises(BadFile, match=r"Row 2 has no value in column 'v' \(3 values missing in all\)"):
        read(*GAPS, missing="error").series("v")
    assert read("a", "1", "5", "2", missing="error").receipt().used == 3


def test_without_a_time_gaps_are_filled_by_row() -> None:
    table = read("v", "1", "NA", "NA", "7", "5")
    assert table.series().values[:, 0].tolist() == [1, 3, 5, 7, 5]
    assert table.receipt().findings[0].message.endswith("(rows 3 and 4; the longest run is 2).")


def test_unsorted_rows_are_sorted_and_reported() -> None:
    table = read("day,v", "2020-01-03,3", "2020-01-01,1", "2020-01-04,4", "2020-01-02,2")
    assert table.frame["v"].tolist() == [3, 1, 4, 2]  # as in the file
    assert table.series().values[:, 0].tolist() == [1, 2, 3, 4]
    assert table.frequency == "D"
    assert [(one.count, one.rows) for one in table.findings if one.kind == "unsorted"] == [(2, (3, 5))]
    assert balanced(table.receipt())


def test_repeated_times_are_kept_and_reported() -> None:
    table = read("day,v", "2020-01-01,1", "2020-01-02,2", "2020-01-02,5", "2020-01-02,", "2020-01-03,3")
    assert table.series().values[:, 0].tolist() == [1, 2, 5, 4, 3]
    assert [(one.count, one.rows) for one in table.findings if one.kind == "repeated-times"] == [(2, (4, 5))]


def test_absent_steps_are_counted() -> None:
    days = [f"2020-01-{day:02d},{day % 7}" for day in range(1, 31) if day not in (10, 11, 20)]
    table = read("day,v", *days)
    (gaps,) = [one for one in table.findings if one.kind == "gaps"]
    assert (gaps.count, gaps.rows) == (3, (10, 18))  # the rows before the gaps, the longest first
    assert len(table.series()) == 27


def test_infinite_values_count_as_missing() -> None:
    table = read("v", "1", "inf", "3", "1e999", "4")
    assert table.series().values[:, 0].tolist() == [1, 2, 3, 3.5, 4]
    assert [(one.count, one.rows) for one in table.findings if one.kind == "infinite"] == [(2, (3, 5))]


def test_values_beyond_computing_are_refused_with_their_row() -> None:
    with pytest.raises(BadFile, match=r"Row 3 of column 'v' holds 1e\+200, and values beyond 1e\+100 cannot be"):
        read("v", "1", "1e200", "3").series()


def test_too_little_left() -> None:
    table = read("v,w", "1,5", ",6", ",4")
    with pytest.raises(BadFile, match="Only 1 row of 3 can be used for v"):
        table.series("v")


def test_the_guess_prefers_what_varies() -> None:
    rows = [f"{k},{1000 + k},7,{0 if k % 3 else 4},{k * k % 13 + 0.5}" for k in range(40)]
    table = read(",id,constant,rain,load", *rows)
    assert table.guess == "load"
    assert table.numeric == ("id", "constant", "rain", "load")
    assert dict(table.kinds) == {
        "column 1": "counter", "id": "counter", "constant": "number", "rain": "number", "load": "number",
    }  # fmt: skip
    assert read("n", "0", "1", "2", "3").guess == "n"  # nothing else is there


def test_the_same_bytes_and_choices_give_the_same_table(rng: np.random.Generator) -> None:
    dates = [f"{k % 28 + 1:02d}/{k % 12 + 1:02d}/2020" for k in rng.permutation(28)]
    content = "Größe;Wert\n" + "".join(f"{date};{k},25\n" for k, date in enumerate(dates))
    table = read_csv(content.encode("cp1252"))
    again = read_csv(content.encode("cp1252"), **table.choices)
    assert again.choices == table.choices
    assert again.frame.equals(table.frame)
    assert (again.time, again.frequency) == (table.time, table.frequency)
    assert again.series().values.tobytes() == table.series().values.tobytes()
