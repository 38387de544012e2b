"""Series: what it takes, and the sentence for what it cannot take."""

from __future__ import annotations

import json

import numpy as np
import pytest

from rnn.core.series import Series


def test_plain_values_are_numbered_and_every_column_is_a_target():
    one = Series.from_values([3, 1, 2])
    assert (one.values.tolist(), one.names, one.targets, len(one)) == ([[3], [1], [2]], ("value",), ("value",), 3)
    assert one.times.tolist() == [0, 1, 2]
    two = Series.from_values(np.ones((4, 2)))
    assert two.names == two.targets == ("value", "value1")


def test_targets_keep_their_own_order():
    series = Series.from_values(np.zeros((2, 3)), names=["a", "b", "c"], targets=["c", "a"])
    assert series.target_columns == [2, 0]


def test_dates_may_repeat_but_not_fall():
    days = np.array(["2024-01-02", "2024-01-02", "2024-01-03"], "datetime64[D]")
    assert Series(days, np.zeros((3, 1)), ("a",), ("a",)).times.dtype == "datetime64[D]"
    with pytest.raises(ValueError, match=r"row 3 \(2024-01-01\) is before the row above"):
        Series(np.array(["2024-01-02", "2024-01-02", "2024-01-01"], "datetime64[D]"), np.zeros((3, 1)), ("a",), ("a",))


@pytest.mark.parametrize("hole", [np.nan, np.inf, -np.inf])
def test_the_first_hole_is_named_by_row_and_column(hole):
    values = np.zeros((5, 2))
    values[3, 1] = values[4, 0] = hole
    with pytest.raises(ValueError, match=rf"Row 4 of column 'b' is {hole}, and 2 value"):
        Series.from_values(values, names=["a", "b"])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"values": np.zeros(3)}, r"values must have the shape \(N, D\), got \(3,\)"),
        ({"values": np.zeros((0, 2)), "times": np.arange(0)}, "no rows"),
        ({"times": np.arange(4)}, r"one entry a row, got \(4,\) for 3 rows"),
        ({"names": ("a",)}, "each of the 2 columns, got 1"),
        ({"names": ("a", "a")}, "must differ"),
        ({"targets": ()}, "at least one target; its columns are a, b"),
        ({"targets": ("z",)}, "target='z' is not a column; the columns are a, b"),
        ({"targets": ("a", "a")}, "named once"),
        ({"static": ("z",)}, "static='z' is not a column; the columns are a, b"),
        ({"static": ("b", "b")}, r"Each static column can be named once, got \('b', 'b'\)"),
        ({"static": ("b", "a")}, "'a' cannot be static and a target; take it out of one of the two"),
        ({"known": ("c",)}, "known='c' is not a column"),
        ({"known": ("a",)}, "'a' cannot be known ahead and a target"),
        ({"known": ("b",), "static": ("b",)}, "'b' cannot be known ahead and static"),
        ({"known": ("b",), "future": np.zeros((2, 2))}, r"future must have the shape \(M, 1\).*got \(2, 2\)"),
        ({"known": ("b",), "future": np.array([[1.0], [np.nan]])}, "Step 2 of the future of 'b' is missing"),
        ({"lengths": (1, 2)}, "ids must name each of the 2 series once"),
        ({"lengths": (1, 1), "ids": ("x", "y")}, "add up to the 3 records, got a sum of 2"),
        ({"lengths": (3, 0), "ids": ("x", "y")}, "at least 1 each"),
        ({"known": ("b",), "future": np.zeros((1, 1)), "lengths": (3,), "ids": ("x",)}, "future belongs to a single"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_refusals(change, says):
    fields = {"times": np.arange(3), "values": np.zeros((3, 2)), "names": ("a", "b"), "targets": ("a",)}
    with pytest.raises(ValueError, match=says):
        Series(**(fields | change))


def test_arrays_and_back():
    days = np.array(["2024-01-02", "2024-01-03", "2024-01-05"], "datetime64[D]")
    values = np.array([[1.0, np.pi, 0.1], [2.0, -1e99, 0.1], [3.0, 1e-300, 0.1]])
    series = Series(days, values, ("a", "b", "c"), ("b",), "three", "D", static=("c",))
    arrays, meta = series.to_arrays()
    back = Series.from_arrays(arrays, json.loads(json.dumps(meta)))
    assert (back.names, back.targets, back.static, back.name, back.frequency) == (
        ("a", "b", "c"), ("b",), ("c",), "three", "D",
    )  # fmt: skip
    assert (back.times.dtype, back.times.tolist()) == (days.dtype, days.tolist())
    assert back.values.tobytes() == values.tobytes()


def test_a_series_without_static_columns_is_stored_as_before_there_were_any():
    """So that it keeps its hash, and what was stored then can be read."""
    arrays, meta = Series.from_values([1.0, 2.0]).to_arrays()
    assert sorted(meta) == ["frequency", "name", "names", "targets", "times"]
    assert Series.from_arrays(arrays, meta).static == ()


def test_many_series_in_one():
    """Each keeps its own times, which may begin anew in the next; what is stored comes back with its parts."""
    one = Series(np.array([5, 6]), np.array([[1.0], [2.0]]), ("a",), ("a",), frequency="D")
    two = Series(np.array([1, 2, 3]), np.array([[3.0], [4.0], [5.0]]), ("a",), ("a",), frequency="D")
    many = Series.joined([one, two], ["north", "south"], "shops")
    assert (many.parts, many.ids, many.lengths) == ([slice(0, 2), slice(2, 5)], ("north", "south"), (2, 3))
    assert (many.name, many.frequency, many.times.tolist()) == ("shops", "D", [5, 6, 1, 2, 3])
    back = Series.from_arrays(*many.to_arrays())
    assert (back.lengths, back.ids) == (many.lengths, many.ids)
    with pytest.raises(ValueError, match=r"times must not fall: row 5 \(2\)"):
        Series(np.array([5, 6, 1, 3, 2]), many.values, ("a",), ("a",), lengths=(2, 3), ids=("north", "south"))
    with pytest.raises(ValueError, match="'south' has other columns or roles than 'north'"):
        Series.joined([one, Series.from_values([1.0], names=["b"])], ["north", "south"])
    assert one.parts == [slice(0, 2)]


def test_known_columns_and_their_future_are_stored():
    series = Series(
        np.arange(2), np.zeros((2, 2)), ("a", "b"), ("a",), known=("b",), future=np.array([[7.0], [8.0], [9.0]])
    )
    back = Series.from_arrays(*series.to_arrays())
    assert back.known == ("b",) and back.future.tolist() == [[7.0], [8.0], [9.0]]
