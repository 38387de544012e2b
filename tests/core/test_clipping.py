"""Clipping by value and by global norm, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnn.core.clipping import CLIPPINGS


def clip(name: str, gradient: list[float], limit: float, dtype: str = "float64") -> tuple[bool, np.ndarray]:
    vector = np.array(gradient, dtype)
    return CLIPPINGS[name](vector, math.hypot(*gradient), limit), vector


def test_norm_by_hand():
    """(3, −4) has the norm 5; at 1 it becomes (0.6, −0.8)."""
    bit, clipped = clip("norm", [3.0, -4.0], 1.0)
    assert bit
    assert clipped == pytest.approx([0.6, -0.8], rel=1e-15)
    assert math.hypot(*clipped) == pytest.approx(1.0, rel=1e-15)
    for limit in (5.0, 7.0):
        bit, untouched = clip("norm", [3.0, -4.0], limit)
        assert not bit
        assert untouched.tolist() == [3.0, -4.0]


def test_value_by_hand():
    bit, clipped = clip("value", [0.5, -4.0, 3.0, 1.0], 1.0)
    assert bit
    assert clipped.tolist() == [0.5, -1.0, 1.0, 1.0]
    # The norm lies above the limit, but no entry does.
    bit, untouched = clip("value", [0.9, -0.9, 0.9], 1.0)
    assert not bit
    assert untouched.tolist() == [0.9, -0.9, 0.9]
    bit, clipped = clip("value", [0.0, -1.5], 1.0)
    assert bit
    assert clipped.tolist() == [0.0, -1.0]


def test_none_touches_nothing():
    bit, untouched = clip("none", [3e9, -4.0], 1e-6)
    assert not bit
    assert untouched.tolist() == [3e9, -4.0]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("limit", [1e-6, 0.37, 1.0, 100.0])
def test_the_norm_after_clipping_is_the_limit_and_the_direction_stays(limit, dtype, rng):
    gradient = (1e3 * rng.standard_normal(50)).astype(dtype)
    clipped = gradient.copy()
    assert CLIPPINGS["norm"](clipped, float(np.linalg.norm(gradient.astype(np.float64))), limit)
    assert clipped.dtype == dtype
    assert np.linalg.norm(clipped.astype(np.float64)) == pytest.approx(limit, rel=1e-6)
    assert clipped / clipped[0] == pytest.approx(gradient / gradient[0], rel=1e-5)


@pytest.mark.parametrize("name", CLIPPINGS)
def test_a_zero_gradient_is_left_alone(name):
    bit, clipped = clip(name, [0.0, 0.0], 1.0)
    assert not bit
    assert clipped.tolist() == [0.0, 0.0]
