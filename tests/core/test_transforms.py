"""Logarithm and differencing: worked by hand, there and back, and the sentence for what has no logarithm."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn.core.transforms import difference, logarithm, undo_difference


def test_differences_by_hand():
    levels = np.array([[1.0, 5.0], [10.0, 5.0], [2.0, 7.0], [20.0, 4.0]])
    assert difference(levels, 1).tolist() == [[9, 0], [-8, 2], [18, -3]]
    assert difference(levels, 2).tolist() == [[1, 2], [10, -1]]
    assert difference(levels, 5).shape == (0, 2)


def test_undoing_by_hand():
    changes = np.array([[[1.0], [2.0], [3.0], [4.0], [5.0]]])
    assert undo_difference(changes, np.array([[[10.0]]]), 1)[0, :, 0].tolist() == [11, 13, 16, 20, 25]
    # Season 2, last levels 10 and 100: from the third step on each stands on a forecast.
    before = np.array([[[10.0], [100.0]]])
    assert undo_difference(changes, before, 2)[0, :, 0].tolist() == [11, 102, 14, 106, 19]
    assert undo_difference(changes[:, :1], before[:, :1], 2)[0, :, 0].tolist() == [11]
    assert changes[0, :, 0].tolist() == [1, 2, 3, 4, 5]


@given(st.integers(1, 7), st.integers(1, 20), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_undoing_is_the_inverse(lag, steps, columns, seed):
    levels = np.random.default_rng(seed).standard_normal((lag + steps, columns))
    changes = difference(levels, lag)
    found = undo_difference(changes[None], levels[None, : min(lag, steps)], lag)
    assert found[0] == pytest.approx(levels[lag:], rel=1e-12, abs=1e-12)


def test_logarithm():
    assert logarithm(np.array([[1.0], [math.e], [1e-300]]), ["a"])[:, 0].tolist() == [0, 1, math.log(1e-300)]


@pytest.mark.parametrize(("value", "shown"), [(0.0, "0"), (-2.5, "-2.5"), (-1e-300, "-1e-300")])
def test_what_has_no_logarithm_is_named_with_the_remedy(value, shown):
    values = np.ones((6, 2))
    values[3, 1] = value
    values[5, 0] = -1
    with pytest.raises(ValueError) as caught:
        logarithm(values, ["sales", "visits"])
    assert str(caught.value) == (
        f"Row 4 of column 'visits' is {shown}, and log=True takes values above zero only (2 in all are not). Set log=False."
    )
