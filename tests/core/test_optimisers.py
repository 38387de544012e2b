"""Optimisers: the first steps worked out in plain Python floats, from the published rules."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnn.core.optimisers import OPTIMISERS

START = [0.5, -2.0, 0.0]
GRADIENTS = [[0.1, -3.0, 0.0], [-0.4, 2.0, 1e-6], [0.3, 0.5, 40.0]]


def sgd_by_hand(lr: float) -> list[list[float]]:
    weights, steps = list(START), []
    for gradient in GRADIENTS:
        weights = [w - lr * g for w, g in zip(weights, gradient, strict=True)]
        steps.append(weights)
    return steps


def adam_by_hand(lr: float) -> list[list[float]]:
    weights, m, v, steps = list(START), [0.0] * 3, [0.0] * 3, []
    for count, gradient in enumerate(GRADIENTS, start=1):
        m = [0.9 * old + 0.1 * g for old, g in zip(m, gradient, strict=True)]
        v = [0.999 * old + 0.001 * g * g for old, g in zip(v, gradient, strict=True)]
        weights = [
            w - lr * (mk / (1 - 0.9**count)) / (math.sqrt(vk / (1 - 0.999**count)) + 1e-8)
            for w, mk, vk in zip(weights, m, v, strict=True)
        ]
        steps.append(weights)
    return steps


BY_HAND = {"sgd": sgd_by_hand, "adam": adam_by_hand}


@pytest.mark.parametrize("lr", [0.1, 3e-3])
@pytest.mark.parametrize("name", OPTIMISERS)
def test_first_three_steps(name, lr):
    params, state = np.array(START), OPTIMISERS[name].init(3, np.float64)
    for count, (gradient, expected) in enumerate(zip(GRADIENTS, BY_HAND[name](lr), strict=True), start=1):
        given = np.array(gradient)
        OPTIMISERS[name].step(params, given, state, lr, count)
        assert params == pytest.approx(expected, rel=1e-13, abs=1e-16)
        assert given.tolist() == gradient


def test_adams_first_step_is_lr_whatever_the_size_of_the_gradient():
    params = np.zeros(3)
    OPTIMISERS["adam"].step(params, np.array([1e-3, -5.0, 1e6]), OPTIMISERS["adam"].init(3, np.float64), 0.01, 1)
    assert params == pytest.approx([-0.01, 0.01, -0.01], rel=1e-4)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_float32_stays_float32_and_close(name):
    params, state = np.array(START, np.float32), OPTIMISERS[name].init(3, np.float32)
    for count, gradient in enumerate(GRADIENTS, start=1):
        OPTIMISERS[name].step(params, np.array(gradient, np.float32), state, 0.1, count)
    assert params.dtype == np.float32
    assert all(array.dtype == np.float32 for array in state.values())
    assert params == pytest.approx(BY_HAND[name](0.1)[-1], rel=2e-6)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_a_lr_of_a_step_holds_for_that_step(name):
    """Two steps, the second at a tenth of the rate: it moves a tenth as far."""
    moved = []
    for second in (0.1, 0.01):
        params, state = np.array(START), OPTIMISERS[name].init(3, np.float64)
        OPTIMISERS[name].step(params, np.array(GRADIENTS[0]), state, 0.1, 1)
        before = params.copy()
        OPTIMISERS[name].step(params, np.array(GRADIENTS[1]), state, second, 2)
        moved.append(params - before)
    assert moved[0] == pytest.approx(10 * moved[1], rel=1e-9)
