"""The LSTM and the GRU layer against their equations window by window, and against central differences of those."""

from __future__ import annotations

import math
import tracemalloc
from itertools import product

import numpy as np
import pytest

from rnn.core.cells import CELLS, GRU, LSTM
from rnn.core.cells.buffers import row_blocks
from rnn.core.cells.layer import LayerSpec

GATED = {"lstm": LSTM, "gru": GRU}
LETTERS = {"lstm": "ifgo", "gru": "rzn"}
VARIANTS = list(product(GATED, (False, True), (True, False)))
SIZES = [(5, 3, 2, 4), (1, 1, 1, 1), (4, 1, 30, 3), (9, 2, 1, 5)]  # steps, windows, inputs, hidden


def spec_of(steps: int, inputs: int, hidden: int, per_step: bool = False, bias: bool = True) -> LayerSpec:
    return LayerSpec(steps, inputs, hidden, "tanh", per_step, bias)


def build(cell: str, spec: LayerSpec, batch: int, rng, dtype: str = "float64", **options):
    """A layer with random weights, inputs and initial state, and its gradient vector, full of NaN."""
    kind = GATED[cell]
    size = sum(math.prod(shape) for shape in kind.shapes(spec).values())
    weights = rng.normal(0, 0.9 / math.sqrt(spec.hidden), size).astype(dtype)
    gradient = np.full(size, np.nan, dtype)
    layer = kind(weights, gradient, spec, batch, **options)
    layer.x[...] = rng.normal(size=layer.x.shape)
    for state in layer.initial.values():
        state[...] = rng.normal(0, 0.7, state.shape)
    return layer, weights, gradient


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def plain(cell: str, params, x, state, start: int = 0):
    """From the equations, a window at a time: states (T − start, B, H), cells, gates by letter, and state by name."""
    rows = [
        plain_window(cell, params, x[start:, b], {k: v[b] for k, v in state.items()}, start) for b in range(x.shape[1])
    ]
    return {key: np.stack([row[key] for row in rows], axis=1) for key in rows[0]}


def plain_window(cell: str, params, x, state, start: int):
    h, c = state["h"], state.get("c")
    found: dict[str, list] = {key: [] for key in ("h", "c", *LETTERS[cell])}
    for t, value in enumerate(x, start):
        W_x = params["W_x"][t] if params["W_x"].ndim == 3 else params["W_x"]
        of_x = np.split(value @ W_x + params.get("b", 0), len(LETTERS[cell]))
        of_h = np.split(h @ params["W_h"], len(LETTERS[cell]))
        if cell == "lstm":
            i, f, o = (sigmoid(of_x[at] + of_h[at]) for at in (0, 1, 3))
            g = np.tanh(of_x[2] + of_h[2])
            c = f * c + i * g
            h = o * np.tanh(c)
            values = (h, c, i, f, g, o)
        else:
            r, z = (sigmoid(of_x[at] + of_h[at]) for at in (0, 1))
            n = np.tanh(of_x[2] + r * (of_h[2] + params.get("b_hn", 0)))
            h = (1 - z) * n + z * h
            values = (h, h, r, z, n)
        for key, entry in zip(found, values, strict=True):
            found[key].append(entry)
    return {key: np.array(entries) for key, entries in found.items()}


def names(cell: str) -> list[str]:
    return list(GATED[cell].state_names)


def copies(arrays) -> dict[str, np.ndarray]:
    return {key: np.array(values, float) for key, values in arrays.items()}


@pytest.mark.parametrize(("cell", "per_step", "bias"), VARIANTS)
@pytest.mark.parametrize(("steps", "batch", "inputs", "hidden"), SIZES)
def test_states_and_gates_are_those_of_the_equations(cell, per_step, bias, steps, batch, inputs, hidden, rng) -> None:
    spec = spec_of(steps, inputs, hidden, per_step, bias)
    layer, weights, _ = build(cell, spec, batch, rng)
    layer.forward()
    expected = plain(cell, GATED[cell].views(weights, spec), layer.x, layer.initial)
    np.testing.assert_allclose(layer.states, expected["h"], rtol=0, atol=1e-12)
    np.testing.assert_array_equal(layer.last, layer.states[-1])
    for letter, values in layer.gates_of().items():
        np.testing.assert_allclose(values, expected[letter], rtol=0, atol=1e-12, err_msg=letter)
    if cell == "lstm":
        np.testing.assert_allclose(layer.cells, expected["c"], rtol=0, atol=1e-12)


@pytest.mark.parametrize(("cell", "hidden", "batch"), [("lstm", 100, 32), ("gru", 256, 32), ("lstm", 101, 40)])
def test_products_cut_into_blocks_give_the_same_states(cell, hidden, batch, rng) -> None:
    spec = spec_of(2, 1, hidden)
    layer, weights, _ = build(cell, spec, batch, rng)
    assert row_blocks(GATED[cell].gates * hidden, hidden + 2, batch) > 1, "this size is to be cut"
    layer.forward()
    expected = plain(cell, GATED[cell].views(weights, spec), layer.x, layer.initial)
    np.testing.assert_allclose(layer.states, expected["h"], rtol=0, atol=1e-12)


def test_blocks_are_equal_small_enough_and_not_tiny() -> None:
    assert row_blocks(400, 102, 16) == 1
    assert row_blocks(400, 102, 32) == 2  # 200 · 102 · 32 = 652,800
    assert row_blocks(1024, 258, 32) == 16  # 128 rows would be 1,056,768
    assert row_blocks(101, 404, 40) == 1, "a prime number of rows stays whole"
    assert row_blocks(256, 1024, 1024) == 1, "blocks of less than a row do not exist"


@pytest.mark.parametrize("cell", GATED)
@pytest.mark.parametrize("per_step", [False, True])
def test_prediction_alone_gives_the_same_bits_again_and_again(cell, per_step, rng) -> None:
    spec = spec_of(6, 2, 5, per_step)
    layer, weights, gradient = build(cell, spec, 3, rng)
    layer.forward()
    lean = GATED[cell](weights, gradient, spec, 3, training=False)
    lean.x[...] = layer.x
    for key, values in layer.initial.items():
        lean.initial[key][...] = values
    for _ in range(2):
        lean.forward()
        np.testing.assert_array_equal(lean.states, layer.states)


@pytest.mark.parametrize("cell", GATED)
def test_new_weights_count_from_refresh_on(cell, rng) -> None:
    spec = spec_of(4, 2, 3)
    layer, weights, _ = build(cell, spec, 2, rng)
    weights[...] = rng.normal(size=weights.shape)
    layer.refresh()
    layer.forward()
    expected = plain(cell, GATED[cell].views(weights, spec), layer.x, layer.initial)
    np.testing.assert_allclose(layer.states, expected["h"], rtol=0, atol=1e-12)


@pytest.mark.parametrize(("cell", "per_step", "bias"), VARIANTS)
def test_views_have_the_shapes_of_the_contract_and_tile_the_slice(cell, per_step, bias) -> None:
    T, D, H, wide = 5, 3, 4, GATED[cell].gates * 4
    spec = spec_of(T, D, H, per_step, bias)
    shapes = {"W_h": (H, wide), "W_x": (T, D, wide) if per_step else (D, wide)}
    if bias:
        shapes |= {"b": (wide,)} | ({"b_hn": (H,)} if cell == "gru" else {})
    assert GATED[cell].shapes(spec) == shapes
    vector = np.full(sum(math.prod(shape) for shape in shapes.values()), np.nan)
    views = GATED[cell].views(vector, spec)
    assert {key: view.shape for key, view in views.items()} == shapes
    start = 0
    for view in views.values():
        view[...] = np.arange(start, start + view.size).reshape(view.shape)
        start += view.size
    assert sorted(vector) == list(range(vector.size)), "every number of the slice belongs to one parameter"


def loss_from(cell, params, x, state, start, d_states) -> float:
    return float(np.sum(d_states[start:] * plain(cell, params, x, state, start)["h"]))


def differences(loss, arrays, step: float = 1e-5) -> dict[str, np.ndarray]:
    """Central differences of loss() over every number of the arrays, which it reads."""
    found = {}
    for key, values in arrays.items():
        found[key] = np.zeros(values.shape)
        for at in np.ndindex(values.shape):
            before = values[at]
            values[at] = before + step
            up = loss()
            values[at] = before - step
            found[key][at] = (up - loss()) / (2 * step)
            values[at] = before
    return found


@pytest.mark.parametrize(("cell", "per_step", "bias"), VARIANTS)
@pytest.mark.parametrize("first", [0, 3])
@pytest.mark.parametrize("at_last_only", [True, False])
@pytest.mark.parametrize(("batch", "inputs"), [(2, 2), (1, 1)])
def test_gradients_are_central_differences(cell, per_step, bias, first, at_last_only, batch, inputs, rng) -> None:
    spec = spec_of(5, inputs, 2, per_step, bias)
    layer, weights, gradient = build(cell, spec, batch, rng)
    layer.forward()
    d_states = rng.normal(size=layer.states.shape)
    if at_last_only:
        d_states[:-1] = 0
    given = (d_states[-1], None) if at_last_only else (None, d_states)
    assert layer.backward(*given, first, add=False, want_dx=True) == first

    params, x = copies(GATED[cell].views(weights, spec)), np.array(layer.x)
    before = (
        {"h": layer.states[first - 1], "c": layer.cells[first - 1]}
        if cell == "lstm"
        else {"h": layer.states[first - 1]}
    )
    state = copies(layer.initial if first == 0 else before)

    def loss() -> float:
        return loss_from(cell, params, x, state, first, d_states)

    expected = differences(loss, params | {"x": x} | {f"initial {key}": values for key, values in state.items()})
    found = GATED[cell].views(gradient, spec) | {"x": layer.dx}
    found |= {f"initial {key}": values for key, values in layer.d_initial.items()}
    assert found.keys() == expected.keys()
    for key, values in expected.items():
        np.testing.assert_allclose(found[key], values, rtol=1e-6, atol=1e-9, err_msg=key)


@pytest.mark.parametrize("cell", GATED)
@pytest.mark.parametrize(("steps", "batch", "hidden"), [(150, 1, 4), (150, 5, 4), (37, 30, 4), (3, 40, 100)])
def test_gradients_over_several_chunks_and_blocks(cell, steps, batch, hidden, rng) -> None:
    """Along one random direction through weights and inputs: long windows, odd chunks, products cut into blocks."""
    spec = spec_of(steps, 2, hidden)
    layer, weights, gradient = build(cell, spec, batch, rng)
    layer.forward()
    d_states, first = rng.normal(size=layer.states.shape), steps // 20
    assert layer.backward(None, d_states, first, add=False, want_dx=True) == first
    state = {"h": layer.initial["h"] if first == 0 else layer.states[first - 1]}
    if cell == "lstm":
        state["c"] = layer.initial["c"] if first == 0 else layer.cells[first - 1]
    state, x = copies(state), np.array(layer.x)
    along, along_x = rng.normal(size=weights.shape), rng.normal(size=x.shape)

    def loss(step: float) -> float:
        params = GATED[cell].views(weights + step * along, spec)
        return loss_from(cell, params, x + step * along_x, state, first, d_states)

    slope = (loss(1e-6) - loss(-1e-6)) / 2e-6
    assert gradient @ along + np.sum(layer.dx * along_x) == pytest.approx(slope, rel=1e-6)
    assert not layer.dx[:first].any()


@pytest.mark.parametrize(("cell", "per_step", "bias"), VARIANTS)
def test_add_adds(cell, per_step, bias, rng) -> None:
    layer, _, gradient = build(cell, spec_of(80, 2, 3, per_step, bias), 4, rng)
    layer.forward()
    d_last = rng.normal(size=layer.last.shape)
    layer.backward(d_last, None, 2, add=False, want_dx=False)
    once = gradient.copy()
    gradient[...] = 10 + np.arange(gradient.size)
    layer.backward(d_last, None, 2, add=True, want_dx=False)
    np.testing.assert_allclose(gradient, once + 10 + np.arange(gradient.size), rtol=1e-12)


@pytest.mark.parametrize("cell", GATED)
def test_error_that_vanishes_ends_the_loop_and_loses_nothing(cell, rng) -> None:
    spec = spec_of(200, 1, 6)
    layer, weights, gradient = build(cell, spec, 3, rng, "float32")
    weights *= 0.1  # gates near one half: the error halves at every step
    layer.refresh()
    layer.forward()
    d_last = rng.normal(size=layer.last.shape).astype("float32")
    stop = layer.backward(d_last, None, 0, add=False, want_dx=True)
    assert 100 < stop < 190, "the error must have vanished within some dozens of steps"
    assert not layer.dx[:stop].any()
    short, found = gradient.copy(), layer.dx.copy()
    layer.guard.gone = lambda size, entering=None: bool(setattr(layer.guard, "wait", 10_000))
    assert layer.backward(d_last, None, 0, add=False, want_dx=True) == 0
    np.testing.assert_allclose(short, gradient, rtol=1e-6, atol=1e-7 * np.abs(gradient).max())
    np.testing.assert_allclose(found, layer.dx, rtol=0, atol=1e-8 * np.abs(found).max())


def test_lstm_goes_on_while_the_cell_carries_the_error(rng) -> None:
    """No recurrent weights and open forget gates: ∂loss/∂h vanishes at once, ∂loss/∂c does not."""
    spec = spec_of(200, 1, 4)
    layer, weights, _ = build("lstm", spec, 2, rng, "float32")
    views = LSTM.views(weights, spec)
    views["W_h"][...] = 0
    views["b"][4:8] = 8
    layer.refresh()
    layer.forward()
    d_last = rng.normal(size=layer.last.shape).astype("float32")
    assert layer.backward(d_last, None, 0, add=False, want_dx=True) == 0
    assert np.abs(layer.dx[0]).max() > 1e-4


@pytest.mark.parametrize(("cell", "per_step", "bias"), VARIANTS)
def test_the_passes_allocate_nothing(cell, per_step, bias, rng) -> None:
    """Beyond small views: less than the errors of one step, let alone of the window."""
    layer, _, _ = build(cell, spec_of(70, 3, 64, per_step, bias), 24, rng, "float32")
    d_last = rng.normal(size=layer.last.shape).astype("float32")
    d_states = rng.normal(size=layer.states.shape).astype("float32")

    def passes() -> None:
        layer.refresh()
        layer.forward()
        layer.backward(d_last, None, 5, add=False, want_dx=True)
        layer.backward(None, d_states, 0, add=True, want_dx=True)

    passes()
    tracemalloc.start()
    try:
        passes()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 * 64 * 24


def test_buffers_of_numpy_are_as_before(rng) -> None:
    usual = np.getbufsize()
    layer, _, _ = build("gru", spec_of(3, 1, 2), 2, rng)
    layer.forward()
    layer.backward(np.ones((2, 2)), None, 0, add=False, want_dx=False)
    assert np.getbufsize() == usual


@pytest.mark.parametrize("cell", GATED)
def test_tile_depends_on_the_shape_alone(cell) -> None:
    sizes = [GATED[cell].tile(spec_of(50, 1, hidden)) for hidden in (1, 32, 100, 256, 1000)]
    assert sizes == sorted(sizes, reverse=True)
    assert set(sizes) <= {32, 64, 128, 256}


def test_every_cell_is_listed() -> None:
    assert {key: CELLS[key] for key in GATED} == GATED
