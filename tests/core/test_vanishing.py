"""The guard that ends a backward loop where the error has vanished: when it does, and that nothing is lost by it."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest

from rnn.core.cells.elman import Elman
from rnn.core.cells.layer import LayerSpec
from rnn.core.cells.vanishing import Vanishing, largest

STEPS, HIDDEN = 200, 24


class NeverGone(Vanishing):
    """A guard that lets every loop run to its end."""

    def gone(self, size, entering=None) -> bool:
        return False


def contracting(dtype: str, rate: float, rng, *, batch: int = 3, steps: int = STEPS, hidden: int = HIDDEN) -> Elman:
    """A tanh layer whose W_h is `rate` times an orthogonal matrix, after its forward pass."""
    spec = LayerSpec(steps, 1, hidden, "tanh", False, True)
    weights = rng.normal(0, 0.3, hidden * hidden + 2 * hidden).astype(dtype)
    Elman.views(weights, spec)["W_h"][...] = rate * np.linalg.qr(rng.normal(size=(hidden, hidden)))[0]
    layer = Elman(weights, np.empty_like(weights), spec, batch)
    layer.x[...] = rng.normal(0, 0.2, layer.x.shape)
    layer.refresh()
    layer.forward()
    return layer


def full_bptt(layer: Elman, d_states: np.ndarray) -> tuple[dict[str, np.ndarray], list[float]]:
    """Gradients over all steps in float64 from the layer's own weights and inputs, and max|∂loss/∂h_t| at every t."""
    params = {key: view.astype(float) for key, view in Elman.views(layer.weights, layer.spec).items()}
    x = layer.x.astype(float)
    states = [layer.initial["h"].astype(float)]
    for now in x:
        states.append(np.tanh(now @ params["W_x"] + states[-1] @ params["W_h"] + params["b"]))
    grads, sizes = {key: np.zeros_like(value) for key, value in params.items()} | {"x": np.zeros_like(x)}, []
    dh = np.zeros_like(states[0])
    for t in reversed(range(len(x))):
        dh = dh + d_states[t]
        sizes.append(float(np.abs(dh).max()))
        da = dh * (1 - states[t + 1] ** 2)
        grads["W_x"] += x[t].T @ da
        grads["W_h"] += states[t].T @ da
        grads["b"] += da.sum(axis=0)
        grads["x"][t] = da @ params["W_x"].T
        dh = da @ params["W_h"].T
    return grads, sizes[::-1]


def assert_equal_to_rounding(layer: Elman, expected: dict[str, np.ndarray]) -> None:
    eps = np.finfo(layer.weights.dtype).eps
    found = Elman.views(layer.gradient, layer.spec) | {"x": layer.dx}
    for key, value in expected.items():
        assert np.abs(found[key] - value).max() <= 50 * eps * np.abs(value).max(), key


@pytest.mark.parametrize("rate", [0.001, 0.05, 0.5, 0.8])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_vanished_error_ends_the_loop_and_the_gradient_is_full_bptt(dtype, rate, rng):
    layer = contracting(dtype, rate, rng)
    d_states = np.zeros(layer.states.shape, dtype)
    d_states[-1] = rng.normal(size=layer.last.shape)
    stop = layer.backward(d_states[-1], None, 0, add=False, want_dx=True)
    expected, sizes = full_bptt(layer, d_states)
    share = np.finfo(dtype).eps / 100
    assert 0 < stop < STEPS - 4
    assert sizes[stop] < share * max(sizes)
    assert sizes[min(stop + 21, STEPS - 1)] > share * sizes[-1]  # not long after it might have ended
    assert not layer.dx[:stop].any()
    assert_equal_to_rounding(layer, expected)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_errors_at_every_step_keep_the_loop_going(dtype, rng):
    layer = contracting(dtype, 0.3, rng)
    d_states = rng.normal(size=layer.states.shape).astype(dtype)
    assert layer.backward(None, d_states, 0, add=False, want_dx=True) == 0
    assert_equal_to_rounding(layer, full_bptt(layer, d_states)[0])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_errors_from_a_layer_whose_own_error_vanished(dtype, rng):
    """Steps before 150 get nothing from above: the loop ends some way before them."""
    layer = contracting(dtype, 0.3, rng)
    d_states = rng.normal(size=layer.states.shape).astype(dtype)
    d_states[:150] = 0
    assert 50 < layer.backward(None, d_states, 0, add=False, want_dx=True) < 150
    assert_equal_to_rounding(layer, full_bptt(layer, d_states)[0])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_an_error_that_comes_in_after_a_silence_is_not_lost(dtype, rng):
    layer = contracting(dtype, 0.3, rng)
    d_states = np.zeros(layer.states.shape, dtype)
    d_states[-1], d_states[60] = rng.normal(size=(2, *layer.last.shape))
    assert layer.backward(None, d_states, 0, add=False, want_dx=True) <= 60
    assert_equal_to_rounding(layer, full_bptt(layer, d_states)[0])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_an_error_that_shrinks_and_grows_again(dtype, rng):
    """It falls to far below rounding within two saturated steps, and every step further back stretches it by 1.1."""
    layer = contracting(dtype, 0, rng, batch=1, steps=90)
    params = Elman.views(layer.weights, layer.spec)
    params["W_h"][...] = 1.1 * np.roll(np.eye(HIDDEN), 1, axis=0)
    params["W_x"][...], params["b"][...] = 1, 0
    layer.x[...] = rng.normal(0, 1e-6, layer.x.shape)
    layer.x[75:77] = 5.5 if dtype == "float32" else 11
    layer.refresh()
    layer.forward()
    d_states = np.zeros(layer.states.shape, dtype)
    d_states[-1] = rng.normal(size=HIDDEN)
    assert layer.backward(d_states[-1], None, 0, add=False, want_dx=True) == 0
    expected, sizes = full_bptt(layer, d_states)
    assert sizes[74] < np.finfo(dtype).eps / 100 * sizes[-1]
    assert sizes[0] > 1000 * sizes[74]
    early = expected["x"][:75]
    assert np.abs(layer.dx[:75] - early).max() <= 0.05 * np.abs(early).max()  # 1 − h² has few digits where h is near 1
    assert_equal_to_rounding(layer, {key: expected[key] for key in ("W_h", "b")})


def test_a_long_window_is_many_times_faster_with_the_guard(rng):
    """By the steps that it leaves out alone: where the processor is slow on denormals it gains far more."""
    layer = contracting("float32", 0.3, rng, batch=16, hidden=100, steps=500)
    d_last = rng.normal(size=layer.last.shape).astype("float32")

    def seconds(guard: Vanishing) -> float:
        layer.guard, times = guard, []
        for _ in range(5):
            layer.forward()
            start = time.thread_time()
            layer.backward(d_last, None, 0, add=False, want_dx=False)
            times.append(time.thread_time() - start)
        return min(times)

    guarded, whole = Vanishing(layer.weights.dtype), NeverGone(layer.weights.dtype)
    assert seconds(whole) > 4 * seconds(guarded)


def test_the_guard_asks_rarely_at_first_and_twice_before_it_ends():
    guard = Vanishing(np.dtype("float32"))
    guard.begin(1.0)
    assert guard.wait == 8
    assert not guard.gone(0.1)
    assert guard.wait == 16
    assert not guard.gone(1e-6)
    assert guard.wait == 4
    assert not guard.gone(1e-10)
    assert not guard.gone(1.1e-10)  # it grows
    assert guard.gone(1.05e-10)
    guard.begin(1.0)
    assert not guard.gone(1e-12)  # what the pass before saw counts no more


def test_the_limit_goes_by_the_largest_error_seen():
    guard = Vanishing(np.dtype("float32"))
    guard.begin(1e-3)
    assert not guard.gone(1e3)
    assert not guard.gone(1e-7)
    assert guard.gone(1e-8)


@pytest.mark.parametrize("size", [math.nan, math.inf])
def test_an_error_that_is_not_finite_never_ends_the_loop(size):
    guard = Vanishing(np.dtype("float64"))
    for start in (1.0, size):
        guard.begin(start)
        assert not any(guard.gone(size) for _ in range(5))


def test_zero_ends_the_loop_at_once_unless_something_is_still_to_come():
    guard = Vanishing(np.dtype("float64"))
    guard.begin(0.0)
    assert guard.gone(0.0)
    assert guard.gone(0.0, np.zeros((7, 2, 3)))
    assert guard.gone(0.0, np.zeros((0, 2, 3)))
    assert not guard.gone(0.0, np.full((7, 2, 3), 1e-300))
    assert guard.wait == 7


@pytest.mark.parametrize("values", [[-3.0, 2.0], [1.0, -0.5], [0.0, -0.0], [-math.inf, 1.0]], ids=str)
def test_largest_is_the_largest_absolute_value(values):
    array = np.array([values, [0.0, 0.0]])
    for view in (array, array.T, array[:, ::-1], array[:1]):
        assert largest(view) == max(abs(value) for value in values)


def test_largest_of_what_holds_nan_is_nan():
    array = np.array([[1.0, math.nan], [-7.0, 2.0]])
    assert math.isnan(largest(array))
    assert math.isnan(largest(array.T))
