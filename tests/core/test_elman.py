"""The Elman layer against the equations in plain loops, window by window, and against central differences."""

from __future__ import annotations

import math
import tracemalloc
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from rnn.core.activations import ACTIVATIONS
from rnn.core.cells.elman import Elman
from rnn.core.cells.layer import LayerSpec

FORMULAS = {"tanh": math.tanh, "sigmoid": lambda a: 1 / (1 + math.exp(-a)), "relu": lambda a: max(a, 0.0)}
SLOPES = {"tanh": lambda h: 1 - h * h, "sigmoid": lambda h: h * (1 - h), "relu": lambda h: 1.0 if h > 0 else 0.0}
SPECS = [
    LayerSpec(steps, inputs, 4, activation, per_step, bias)
    for activation, per_step, bias, (steps, inputs) in product(
        ACTIVATIONS, (False, True), (True, False), ((6, 2), (1, 1), (3, 40))
    )
]
SMALL = [spec for spec in SPECS if spec.steps == 6]


def name(spec: LayerSpec) -> str:
    weights = "per_step" if spec.per_step else "shared"
    return f"{spec.activation}-{weights}-{'bias' if spec.bias else 'no-bias'}-T{spec.steps}-D{spec.inputs}"


def build(spec: LayerSpec, batch: int, rng: np.random.Generator, dtype: str = "float64", **options) -> Elman:
    """A layer with random weights, inputs and initial state; its gradient slice is full of NaN."""
    size = sum(math.prod(shape) for shape in Elman.shapes(spec).values())
    weights = rng.normal(0, 0.6 / math.sqrt(spec.inputs), size).astype(dtype)
    layer = Elman(weights, np.full(size, np.nan, dtype), spec, batch, **options)
    layer.x[...] = rng.normal(size=layer.x.shape)
    layer.initial["h"][...] = rng.normal(0, 0.5, layer.initial["h"].shape)
    layer.refresh()
    return layer


def build_smooth(spec: LayerSpec, batch: int, rng: np.random.Generator) -> Elman:
    """As `build`, but with no a_t where a small change crosses the kink of relu, nor with most units dead."""
    while True:
        layer = build(spec, batch, rng)
        layer.forward()
        before = np.concatenate([layer.initial["h"][None], layer.states[:-1]])
        params = parameters(layer)
        a = layer.x @ params["W_x"] + before @ params["W_h"] + params.get("b", 0)
        if spec.activation != "relu" or (np.abs(a).min() > 1e-3 and np.mean(a[-1] > 0) > 0.5):
            return layer


def parameters(layer: Elman) -> dict[str, np.ndarray]:
    return {key: view.astype(float) for key, view in Elman.views(layer.weights, layer.spec).items()}


def gradients(layer: Elman) -> dict[str, np.ndarray]:
    return {key: view.copy() for key, view in Elman.views(layer.gradient, layer.spec).items()}


def plain_states(spec: LayerSpec, params, x, h, start: int = 0) -> np.ndarray:
    """(T − start, B, H): h_start … h_{T−1} from the state h (B, H) before them, one number at a time."""
    states = []
    for t in range(start, spec.steps):
        W_x = params["W_x"][t] if spec.per_step else params["W_x"]
        rows = []
        for k in range(len(h)):
            row = []
            for j in range(spec.hidden):
                total = float(params["b"][j]) if spec.bias else 0.0
                for i in range(spec.hidden):
                    total += float(h[k][i]) * float(params["W_h"][i][j])
                for d in range(spec.inputs):
                    total += float(x[t][k][d]) * float(W_x[d][j])
                row.append(FORMULAS[spec.activation](total))
            rows.append(row)
        h = rows
        states.append(rows)
    return np.array(states).reshape(-1, len(h), spec.hidden)


def plain_bptt(spec: LayerSpec, params, x, h_0, d_states, first: int) -> dict[str, np.ndarray]:
    """Gradients of Σ d_states · states in float64, window by window and step by step; the error stops at `first`.
    "x" is ∂/∂x, "h" the error on the state before step `first`."""
    x, h_0, d_states = (np.asarray(values, float) for values in (x, h_0, d_states))
    slope = np.vectorize(SLOPES[spec.activation], otypes=[float])
    grads = {key: np.zeros_like(value) for key, value in params.items()}
    grads |= {"x": np.zeros_like(x), "h": np.zeros_like(h_0)}
    for k in range(x.shape[1]):
        states = [h_0[k], *plain_states(spec, params, x[:, k : k + 1], h_0[k : k + 1])[:, 0]]
        dh = np.zeros(spec.hidden)
        for t in reversed(range(first, spec.steps)):
            da = (dh + d_states[t, k]) * slope(states[t + 1])
            W_x, dW_x = (values["W_x"][t] if spec.per_step else values["W_x"] for values in (params, grads))
            dW_x += np.outer(x[t, k], da)
            grads["W_h"] += np.outer(states[t], da)
            if spec.bias:
                grads["b"] += da
            grads["x"][t, k] = W_x @ da
            dh = params["W_h"] @ da
        grads["h"][k] = dh
    return grads


def run_backward(layer: Elman, rng, every_step: bool, first: int, *, add: bool = False) -> tuple[int, np.ndarray]:
    """Forward and backward with random errors; returns the step where it stopped and the errors (T, B, H)."""
    errors = np.zeros(layer.states.shape, layer.weights.dtype)
    errors[slice(None) if every_step else -1] = rng.normal(size=layer.last.shape)
    layer.forward()
    if every_step:
        errors *= rng.uniform(0.5, 2, errors.shape)
        return layer.backward(None, errors, first, add=add, want_dx=True), errors
    return layer.backward(errors[-1], None, first, add=add, want_dx=True), errors


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("spec", SPECS, ids=name)
def test_forward_is_the_equations(spec, batch, rng):
    layer = build(spec, batch, rng)
    expected = plain_states(spec, parameters(layer), layer.x, layer.initial["h"])
    layer.forward()
    np.testing.assert_allclose(layer.states, expected, rtol=1e-12, atol=1e-13)
    np.testing.assert_array_equal(layer.last, layer.states[-1])
    predicting = Elman(layer.weights, layer.weights, spec, batch, training=False)
    predicting.refresh()
    predicting.x[...], predicting.initial["h"][...] = layer.x, layer.initial["h"]
    predicting.forward()
    np.testing.assert_array_equal(predicting.states, layer.states)


@pytest.mark.parametrize("every_step", [False, True], ids=["last", "every-step"])
@pytest.mark.parametrize("first", [0, 2, "last"], ids=str)
@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("spec", SPECS, ids=name)
def test_backward_is_plain_bptt(spec, batch, first, every_step, rng):
    first = spec.steps - 1 if first == "last" else min(first, spec.steps - 1)
    layer = build(spec, batch, rng)
    stop, errors = run_backward(layer, rng, every_step, first)
    expected = plain_bptt(spec, parameters(layer), layer.x, layer.initial["h"], errors, first)
    assert stop == first
    for key, gradient in gradients(layer).items():
        np.testing.assert_allclose(gradient, expected[key], rtol=1e-11, atol=1e-13, err_msg=key)
    np.testing.assert_allclose(layer.dx, expected["x"], rtol=1e-11, atol=1e-13)
    assert not layer.dx[:first].any()
    W_h = Elman.views(layer.weights, spec)["W_h"]
    np.testing.assert_allclose(layer.errors[first] @ W_h.T, expected["h"], rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("every_step", [False, True], ids=["last", "every-step"])
@pytest.mark.parametrize("first", [0, 3])
@pytest.mark.parametrize("spec", SMALL, ids=name)
def test_backward_is_central_differences(spec, first, every_step, rng):
    """Every weight, every input and every entry of the state before the first step that the error reaches."""
    layer = build_smooth(spec, 3, rng)
    _, errors = run_backward(layer, rng, every_step, first)
    params, x = parameters(layer), np.array(layer.x)
    before = np.array(layer.initial["h"] if first == 0 else layer.states[first - 1])
    W_h = Elman.views(layer.weights, spec)["W_h"]
    found = gradients(layer) | {"x": layer.dx, "h": layer.errors[first] @ W_h.T}

    def loss() -> float:
        return float(np.sum(errors[first:] * plain_states(spec, params, x, before, first)))

    for key, array in (params | {"x": x, "h": before}).items():
        differences = np.zeros_like(array)
        for at in np.ndindex(array.shape):
            value = array[at]
            array[at] = value + 1e-5
            above = loss()
            array[at] = value - 1e-5
            differences[at] = (above - loss()) / 2e-5
            array[at] = value
        scale = np.abs(differences).max()
        assert scale > 0, key
        assert np.abs(found[key] - differences).max() <= 1e-6 * scale, key


@pytest.mark.parametrize("spec", SMALL, ids=name)
def test_views_share_the_slice_and_have_the_shapes_of_the_contract(spec):
    T, D, H = spec.steps, spec.inputs, spec.hidden
    shapes = {"W_h": (H, H), "W_x": (T, D, H) if spec.per_step else (D, H)} | ({"b": (H,)} if spec.bias else {})
    assert Elman.shapes(spec) == shapes
    vector = np.zeros(sum(math.prod(shape) for shape in shapes.values()))
    for number, (key, view) in enumerate(Elman.views(vector, spec).items(), start=1):
        assert view.shape == shapes[key]
        view += number
    sizes = [math.prod(shape) for shape in shapes.values()]
    values = [1, 2, 3] if spec.bias else [1, 2]
    assert {value: int((vector == value).sum()) for value in values} == dict(zip(values, sizes, strict=True))


@pytest.mark.parametrize("spec", SPECS, ids=name)
def test_tiles_add_up_to_the_batch(spec, rng):
    whole = build(spec, 5, rng)
    stop, errors = run_backward(whole, rng, False, 0)
    tiles = np.full_like(whole.gradient, np.nan)
    for part in (slice(0, 2), slice(2, 5)):
        tile = Elman(whole.weights, tiles, spec, part.stop - part.start)
        tile.refresh()
        tile.x[...], tile.initial["h"][...] = whole.x[:, part], whole.initial["h"][part]
        tile.forward()
        assert tile.backward(errors[-1, part], None, 0, add=part.start > 0, want_dx=True) == stop
        np.testing.assert_allclose(tile.dx, whole.dx[:, part], rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(tiles, whole.gradient, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("spec", SMALL, ids=name)
def test_new_weights_are_seen_after_refresh_and_a_second_pass_leaves_no_trace_of_the_first(spec, batch, rng):
    layer = build(spec, batch, rng)
    run_backward(layer, rng, True, 0)
    layer.weights[...] = rng.normal(0, 0.5, layer.weights.shape)
    layer.x[...] = rng.normal(size=layer.x.shape)
    layer.refresh()
    first, errors = run_backward(layer, rng, False, 4)
    expected = plain_bptt(spec, parameters(layer), layer.x, layer.initial["h"], errors, first)
    for key, gradient in gradients(layer).items():
        np.testing.assert_allclose(gradient, expected[key], rtol=1e-11, atol=1e-13, err_msg=key)
    np.testing.assert_allclose(layer.dx, expected["x"], rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("spec", SMALL, ids=name)
def test_float32_is_float64_to_rounding(spec, rng):
    layer = build(replace(spec, steps=20, hidden=17), 4, rng, "float32")
    _, errors = run_backward(layer, rng, True, 0)
    expected = plain_bptt(layer.spec, parameters(layer), layer.x, layer.initial["h"], errors, 0)
    for key, gradient in (gradients(layer) | {"x": layer.dx}).items():
        assert gradient.dtype == np.float32
        assert np.abs(gradient - expected[key]).max() <= 2e-5 * np.abs(expected[key]).max(), key


def test_a_hidden_size_whose_transposed_copy_is_made_in_strips(rng):
    layer = build(LayerSpec(2, 1, 256, "relu", False, True), 1, rng)
    _, errors = run_backward(layer, rng, False, 0)
    W_h, at = Elman.views(layer.weights, layer.spec)["W_h"], layer.states > 0
    np.testing.assert_allclose(layer.errors[0], ((errors[1] * at[1]) @ W_h.T) * at[0], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("every_step", [False, True], ids=["last", "every-step"])
@pytest.mark.parametrize("batch", [1, 16])
@pytest.mark.parametrize("spec", SMALL, ids=name)
def test_the_passes_allocate_no_arrays(spec, batch, every_step, rng):
    """What Python needs for numbers, views and iterators stays; it depends neither on steps, nor windows, nor units."""
    layer = build(replace(spec, steps=40, hidden=32), batch, rng, "float32")
    errors = rng.normal(size=layer.states.shape).astype("float32")
    last, every = (None, errors) if every_step else (errors[-1], None)

    def passes() -> None:
        layer.refresh()
        layer.forward()
        layer.backward(last, every, 0, add=False, want_dx=True)
        layer.backward(last, every, 0, add=True, want_dx=True)

    passes()
    tracemalloc.start()
    try:
        passes()
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        passes()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak - before < 2000


def test_tile_is_a_rule_of_the_shape_alone():
    for spec in SPECS:
        assert isinstance(Elman.tile(spec), int)
        assert Elman.tile(spec) == Elman.tile(replace(spec)) >= 1
