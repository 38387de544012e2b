"""Optimisers: the first steps worked out by hand and in plain Python floats, and what every one of them promises."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest

from rnn.core.optimisers import OPTIMISERS, Settings

START = [0.5, -2.0, 0.0]
GRADIENTS = [[0.1, -3.0, 0.0], [-0.4, 2.0, 1e-6], [0.3, 0.5, 40.0]]
# Every optimiser, and the flag that changes a rule.
CASES = [(name, False) for name in OPTIMISERS] + [("momentum", True)]


def run(name, start, gradients, dtype="float64", **settings):
    """The parameters after each step, and the state at the end."""
    params, state = np.array(start, dtype), OPTIMISERS[name].init(len(start), dtype)
    work, steps = np.full(len(start), np.nan, dtype), []
    for count, gradient in enumerate(gradients, start=1):
        given = np.array(gradient, dtype)
        OPTIMISERS[name].step(params, given, state, Settings(count=count, **settings), work)
        assert given.tolist() == np.array(gradient, dtype).tolist()
        steps.append(params.copy())
    return steps, state


def one_weight(name, start, gradients, **settings):
    return [float(params[0]) for params in run(name, [start], [[g] for g in gradients], **settings)[0]]


def test_sgd_by_hand():
    """1 − 0.1 · 2 = 0.8, then 0.8 − 0.1 · (−1) = 0.9."""
    assert one_weight("sgd", 1.0, [2, -1], lr=0.1) == pytest.approx([0.8, 0.9], rel=1e-15)


def test_momentum_by_hand():
    """μ = 1/2: v = 2, then 1 − 1 = 0, then 0 + 4 = 4; θ = 1 − 0.2, no change, 0.8 − 0.4."""
    assert one_weight("momentum", 1.0, [2, -1, 4], lr=0.1, momentum=0.5) == pytest.approx([0.8, 0.8, 0.4], rel=1e-15)


def test_nesterov_by_hand():
    """The same v = 2, 0, 4; the step takes g + v/2 = 3, −1, 6: θ = 1 − 0.3, 0.7 + 0.1, 0.8 − 0.6."""
    steps = one_weight("momentum", 1.0, [2, -1, 4], lr=0.1, momentum=0.5, nesterov=True)
    assert steps == pytest.approx([0.7, 0.8, 0.2], rel=1e-15)


def test_rmsprop_by_hand():
    """v = 0.01 · 4 = 0.04, √v = 0.2: 2 / 0.2 = 10 less ε, θ = 3 − 0.1 · 10. Then v = 0.99 · 0.04 + 0.01 = 0.0496, whose
    root is 0.2227106: θ = 2 + 0.1 / 0.2227106 = 2.4490133."""
    assert one_weight("rmsprop", 3.0, [2, -1], lr=0.1) == pytest.approx([2.0, 2.4490133], abs=1e-7)
    # ε outside the root: g = 1e-7 gives √v = 1e-8, with ε 2e-8, so 5. Inside it would be 1e-7 / √(1e-16 + 1e-8) ≈ 0.001.
    assert one_weight("rmsprop", 1.0, [1e-7], lr=0.1) == pytest.approx([0.5], rel=1e-12)


def test_adam_by_hand():
    """First step: m̂ = g, √v̂ = |g|, so lr. Then g = 0: m̂ = 0.09 / 0.19 = 0.47368421, v̂ = 0.000999 / 0.001999 =
    0.49974987 with the root 0.70693, so a further 0.1 · 0.6700582."""
    assert one_weight("adam", 1.0, [1, 0], lr=0.1) == pytest.approx([0.9, 0.9 - 0.06700582], abs=1e-8)
    # ε outside the root of the corrected moment: 1e-8 / (1e-8 + 1e-8) = 1/2.
    assert one_weight("adam", 1.0, [1e-8], lr=0.1) == pytest.approx([0.95], rel=1e-12)


def test_adams_first_step_is_lr_whatever_the_size_of_the_gradient():
    assert run("adam", [0.0] * 3, [[1e-3, -5.0, 1e6]], lr=0.01)[0][0] == pytest.approx([-0.01, 0.01, -0.01], rel=1e-4)


def in_plain_floats(name, lr, *, momentum=0.9, nesterov=False, weight_decay=0.0):
    """The published rules, weight by weight: (θ, v, m) after each step."""
    weights, v, m, steps = list(START), [0.0] * 3, [0.0] * 3, []
    for t, gradient in enumerate(GRADIENTS, start=1):
        for k, g in enumerate(gradient):
            weights[k] -= lr * weight_decay * weights[k]
            if name == "sgd":
                weights[k] -= lr * g
            elif name == "momentum":
                v[k] = momentum * v[k] + g
                weights[k] -= lr * (g + momentum * v[k] if nesterov else v[k])
            elif name == "rmsprop":
                v[k] = 0.99 * v[k] + 0.01 * g**2
                weights[k] -= lr * g / (math.sqrt(v[k]) + 1e-8)
            else:
                m[k] = 0.9 * m[k] + 0.1 * g
                v[k] = 0.999 * v[k] + 0.001 * g**2
                corrected = m[k] / (1 - 0.9**t), v[k] / (1 - 0.999**t)
                weights[k] -= lr * corrected[0] / (math.sqrt(corrected[1]) + 1e-8)
        steps.append(list(weights))
    return steps


@pytest.mark.parametrize("decay", [0.0, 0.3])
@pytest.mark.parametrize("lr", [0.1, 3e-3])
@pytest.mark.parametrize(("name", "nesterov"), CASES)
def test_first_three_steps(name, nesterov, lr, decay):
    settings = {"lr": lr, "momentum": 0.8, "nesterov": nesterov, "weight_decay": decay}
    steps, _ = run(name, START, GRADIENTS, **settings)
    for params, expected in zip(steps, in_plain_floats(name, **settings), strict=True):
        assert params == pytest.approx(expected, rel=1e-13, abs=1e-16)


@pytest.mark.parametrize(("name", "nesterov"), CASES)
def test_float32_stays_float32_and_close(name, nesterov):
    steps, state = run(name, START, GRADIENTS, "float32", lr=0.1, nesterov=nesterov)
    assert steps[-1].dtype == np.float32
    assert all(array.dtype == np.float32 for array in state.values())
    assert steps[-1] == pytest.approx(in_plain_floats(name, 0.1, nesterov=nesterov)[-1], rel=2e-6)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", OPTIMISERS)
def test_the_state_is_zeros_of_the_size_and_kind_of_the_parameters(name, dtype):
    state = OPTIMISERS[name].init(7, np.dtype(dtype))
    assert [(array.shape, array.dtype, array.any()) for array in state.values()] == [((7,), dtype, False)] * len(state)
    assert len({array.ctypes.data for array in state.values()}) == len(state)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_a_lr_of_a_step_holds_for_that_step(name):
    """Two steps, the second at a tenth of the rate: it moves a tenth as far."""
    moved = []
    for second in (0.1, 0.01):
        params, state, work = np.array(START), OPTIMISERS[name].init(3, np.float64), np.empty(3)
        OPTIMISERS[name].step(params, np.array(GRADIENTS[0]), state, Settings(0.1, 1), work)
        before = params.copy()
        OPTIMISERS[name].step(params, np.array(GRADIENTS[1]), state, Settings(second, 2), work)
        moved.append(params - before)
    assert moved[0] == pytest.approx(10 * moved[1], rel=1e-9)


@pytest.mark.parametrize(("name", "nesterov"), CASES)
def test_a_lr_of_zero_moves_nothing_and_still_remembers(name, nesterov):
    steps, state = run(name, START, GRADIENTS, lr=0.0, nesterov=nesterov, weight_decay=0.5)
    assert all(params.tolist() == START for params in steps)
    assert all(array.any() for array in state.values())


@pytest.mark.parametrize(("name", "nesterov"), CASES)
def test_weight_decay_shrinks_the_weights_before_the_step_and_nothing_else(name, nesterov):
    """lr 0.5, decay 0.25: the same bits as a step from 7/8 of the weights, and the same memory of the gradient."""
    decayed, state = run(name, START, GRADIENTS[:1], lr=0.5, nesterov=nesterov, weight_decay=0.25)
    plain, plain_state = run(name, [0.875 * w for w in START], GRADIENTS[:1], lr=0.5, nesterov=nesterov)
    assert decayed[0].tolist() == plain[0].tolist()
    assert {key: array.tolist() for key, array in state.items()} == {k: a.tolist() for k, a in plain_state.items()}
    # Without a gradient the decay stands alone.
    assert run(name, [2.0], [[0.0]], lr=0.5, nesterov=nesterov, weight_decay=0.25)[0][0].tolist() == [1.75]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "nesterov"), CASES)
def test_the_bits_of_a_weight_do_not_depend_on_its_place(name, nesterov, dtype, rng):
    start, gradients = rng.standard_normal(1003), rng.standard_normal((3, 1003))
    settings = {"lr": 0.01, "nesterov": nesterov, "weight_decay": 0.1}
    whole = run(name, start, gradients, dtype, **settings)[0][-1]
    for begin, end in ((0, 1), (1, 8), (8, 77), (77, 1003)):
        part = run(name, start[begin:end], gradients[:, begin:end], dtype, **settings)[0][-1]
        assert part.tolist() == whole[begin:end].tolist()


@pytest.mark.parametrize("count", [1, 128])  # 128: the sweep over the state
@pytest.mark.parametrize(("name", "nesterov"), CASES)
def test_a_step_allocates_nothing(name, nesterov, count, rng):
    size = 50_000
    vectors = [rng.standard_normal(size).astype(np.float32) for _ in range(3)]
    params, gradient, work = vectors
    state, settings = OPTIMISERS[name].init(size, np.float32), Settings(0.01, count, 0.9, nesterov, 0.1)
    OPTIMISERS[name].step(params, gradient, state, settings, work)  # what is made once is made now
    tracemalloc.start()
    try:
        OPTIMISERS[name].step(params, gradient, state, settings, work)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4_000  # one vector would be 200,000 bytes


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", [name for name in OPTIMISERS if OPTIMISERS[name].state_names])
def test_the_memory_of_weights_without_a_gradient_never_becomes_denormal(name, dtype):
    """From states at all sizes down to where the sweep clears; denormal numbers slow every later step."""
    tiny, eps = float(np.finfo(dtype).tiny), float(np.finfo(dtype).eps)
    sizes = np.geomspace(tiny / eps, 1.0, 200)
    params, gradient, work = (np.zeros(200, dtype) for _ in range(3))
    state = {key: sizes.astype(dtype) for key in OPTIMISERS[name].state_names}
    cleared = 0
    for count in range(1, 1025):
        OPTIMISERS[name].step(params, gradient, state, Settings(0.01, count), work)
        for array in state.values():
            assert not ((array != 0) & (np.abs(array) < tiny)).any()
            cleared += int((array == 0).sum())
    assert cleared > 0


@pytest.mark.parametrize("name", OPTIMISERS)
def test_the_sweep_leaves_every_other_number_alone(name, rng):
    optimiser = OPTIMISERS[name]
    gradient = (rng.choice([-1, 1], 500) * np.geomspace(1e-12, 1e12, 500)).astype(np.float32)
    swept, plain = optimiser.init(500, np.float32), optimiser.init(500, np.float32)
    params, work = np.zeros(500, np.float32), np.empty(500, np.float32)
    optimiser.step(params, gradient, swept, Settings(0.01, 128), work)
    optimiser.rule(np.zeros(500, np.float32), gradient, work, Settings(0.01, 128), *plain.values())
    for key, array in plain.items():
        assert swept[key].tolist() == array.tolist()
