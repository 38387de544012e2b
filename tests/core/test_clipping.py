"""Clipping by value and by global norm, by hand."""

from __future__ import annotations

import math
import tracemalloc

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


@pytest.mark.parametrize("norm", [1e20, 1e36, 3e37])
def test_a_limit_tiny_beside_the_norm_keeps_all_digits(norm):
    """1e-6 / 1e36 = 1e-42 has three digits left in float32; the clipped (0.6, −0.8) must have seven."""
    vector = np.array([0.6 * norm, -0.8 * norm], np.float32)
    assert CLIPPINGS["norm"](vector, norm, 1e-6)
    assert vector == pytest.approx([0.6e-6, -0.8e-6], rel=1e-6)


@pytest.mark.parametrize("name", CLIPPINGS)
def test_clipping_allocates_nothing(name, rng):
    gradient = rng.standard_normal(50_000).astype(np.float32)
    CLIPPINGS[name](gradient.copy(), 224.0, 0.5)
    tracemalloc.start()
    try:
        CLIPPINGS[name](gradient, 224.0, 0.5)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4_000  # the gradient is 200,000 bytes
