"""The yardstick itself: against the equations in plain Python numbers, one unit at a time, and its independence."""

from __future__ import annotations

import ast
import math

import numpy as np
import pytest

from rnn.core import naive
from rnn.core.activations import ACTIVATIONS
from rnn.core.cells import CELLS
from rnn.core.config import Config
from rnn.core.gradient_points import DISTANCES
from rnn.core.losses import LOSSES
from rnn.core.naive import (
    ACTIVATION_FORMULAS,
    CELL_FORMULAS,
    LOSS_FORMULAS,
    STATE_NAMES,
    naive_forecast,
    naive_outputs,
    naive_readout,
    naive_state,
    zero_state,
)
from rnn.core.network import Network

T, B, D, H = 4, 2, 2, 3


def sigmoid(a: float) -> float:
    return 1 / (1 + math.exp(-a))


def gate(x, h, W_x, W_h, b, column: int) -> float:
    """One unit of one gate before its activation: the columns belong to the units, gate after gate."""
    total = float(b[column])
    for d, value in enumerate(x):
        total += value * float(W_x[d][column])
    for k, value in enumerate(h):
        total += value * float(W_h[k][column])
    return total


def one_step(cell, weights, x, h, c):
    """(h, c) of one window after one step, unit by unit."""
    W_x, W_h, b = weights["W_x"], weights["W_h"], weights["b"]
    nothing = [0.0] * len(h)
    new_h, new_c = [], []
    for unit in range(H):
        if cell == "elman":
            new_h.append(math.tanh(gate(x, h, W_x, W_h, b, unit)))
        if cell == "gru":
            r = sigmoid(gate(x, h, W_x, W_h, b, unit))
            z = sigmoid(gate(x, h, W_x, W_h, b, H + unit))
            recurrent = gate([], h, W_x, W_h, [0.0] * 3 * H, 2 * H + unit) + float(weights["b_hn"][unit])
            n = math.tanh(gate(x, nothing, W_x, W_h, b, 2 * H + unit) + r * recurrent)
            new_h.append((1 - z) * n + z * h[unit])
        if cell == "lstm":
            i, f, g, o = (gate(x, h, W_x, W_h, b, place * H + unit) for place in range(4))
            new_c.append(sigmoid(f) * c[unit] + sigmoid(i) * math.tanh(g))
            new_h.append(sigmoid(o) * math.tanh(new_c[-1]))
    return new_h, new_c


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", list(CELLS))
def test_states_and_outputs_are_those_worked_unit_by_unit(rng, cell, layers):
    config = Config(cell=cell, activation="tanh", hidden=H, layers=layers, window=T, horizon=2, dtype="float64")
    network = Network(config, D, 1)
    params = {name: rng.normal(0, 0.8, shape) for name, shape in network.shapes.items()}
    x = rng.normal(size=(T, B, D))
    state = {name: rng.normal(size=(B, H)) for name in zero_state(config, B)}
    after = naive_state(config, params, x, state, 0, T)
    for window in range(B):
        below = [list(map(float, x[t, window])) for t in range(T)]
        for layer in range(layers):
            own = {name: params[f"layer{layer}.{name}"] for name in CELLS[cell].shapes(network.specs[layer])}
            h = list(map(float, state[f"layer{layer}.h"][window]))
            c = list(map(float, state[f"layer{layer}.c"][window])) if cell == "lstm" else []
            for t in range(T):
                h, c = one_step(cell, own, below[t], h, c)
                below[t] = h
            np.testing.assert_allclose(after[f"layer{layer}.h"][window], h, rtol=1e-13)
            if cell == "lstm":
                np.testing.assert_allclose(after[f"layer{layer}.c"][window], c, rtol=1e-13)
        y_hat = [
            float(params["readout.b"][o]) + sum(h[k] * float(params["readout.W"][k][o]) for k in range(H))
            for o in range(2)
        ]
        np.testing.assert_allclose(naive_outputs(config, params, x, state)[window], y_hat, rtol=1e-12)


@pytest.mark.parametrize("cell", list(CELLS))
def test_many_networks_at_once_are_the_networks_one_by_one(rng, cell):
    config = Config(cell=cell, hidden=H, layers=2, window=T, horizon=2, skip="linear", dtype="float64")
    params = {name: rng.normal(0, 0.6, shape) for name, shape in Network(config, D, 1).shapes.items()}
    tensors = params | {"x": rng.normal(size=(T, B, D))} | zero_state(config, B)
    for name, tensor in tensors.items():
        many = tensor + 0.1 * rng.normal(size=(5, *tensor.shape))

        def outputs(array, name=name):
            given = tensors | {name: array}
            return naive_readout(config, given, given["x"], naive_state(config, given, given["x"], given, 0, T))

        np.testing.assert_allclose(outputs(many), [outputs(array) for array in many], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(("patch", "static"), [(1, 0), (1, 2), (2, 0), (2, 2), (T, 1)])
def test_the_skip_reads_the_window_record_by_record_then_the_static_values(rng, patch, static):
    config = Config(hidden=H, window=T, patch=patch, skip="linear", dtype="float64")
    network = Network(config, D, 1, static)
    params = {name: np.zeros(shape) for name, shape in network.shapes.items()}
    params["skip.W"] = rng.normal(size=(T * D + static, 1))
    records, beside = rng.normal(size=(T, B, D)), rng.normal(size=(B, static))
    expected = [
        sum(records[t, window, d] * params["skip.W"][t * D + d, 0] for t in range(T) for d in range(D))
        + sum(beside[window, s] * params["skip.W"][T * D + s, 0] for s in range(static))
        for window in range(B)
    ]
    steps = records.reshape(T // patch, patch, B, D).swapaxes(1, 2).reshape(T // patch, B, patch * D)
    x = np.concatenate([steps, np.broadcast_to(beside, (T // patch, B, static))], axis=2)
    np.testing.assert_allclose(naive_outputs(config, params, x)[:, 0], expected, rtol=1e-12)
    given = {"static": beside} if static else {}
    np.testing.assert_allclose(network.predict(params, records, **given)[:, 0], expected, rtol=1e-12)


def test_losses_by_hand():
    config = Config(huber_delta=0.5, quantiles=(0.25, 0.5))
    y_hat, y = np.array([[1.0, -2.0]]), np.array([[0.75, 0.0]])
    assert LOSS_FORMULAS["mse"](y_hat, y, config) == (0.0625 + 4) / 2
    assert LOSS_FORMULAS["mae"](y_hat, y, config) == (0.25 + 2) / 2
    assert LOSS_FORMULAS["huber"](y_hat, y, config) == (0.03125 + 0.5 * 1.75) / 2
    levels = np.array([[1.0, 0.5, -2.0, 2.0]])  # too high, too low; too low, too high
    assert LOSS_FORMULAS["quantile"](levels, y, config) == (0.75 * 0.25 + 0.5 * 0.25 + 0.25 * 2 + 0.5 * 2) / 4


@pytest.mark.parametrize(("quantiles", "place"), [((0.1, 0.5, 0.9), 1), ((0.3, 0.7), 0), ((0.1, 0.2), 1), ((0.9,), 0)])
def test_the_forecast_is_the_level_nearest_the_middle(rng, quantiles, place):
    config = Config(hidden=H, window=T, horizon=2, loss="quantile", quantiles=quantiles, dtype="float64")
    network = Network(config, D, 2)
    params = network.init(rng)
    x = rng.normal(size=(T, B, D))
    levels = naive_outputs(config, params, x).reshape(B, 4, len(quantiles))
    np.testing.assert_array_equal(naive_forecast(config, params, x), levels[:, :, place])
    np.testing.assert_allclose(network.predict(params, x), levels[:, :, place], rtol=1e-12, atol=1e-14)


def test_it_knows_every_cell_activation_and_loss():
    assert set(CELL_FORMULAS) == set(STATE_NAMES) == set(CELLS)
    assert {cell: CELLS[cell].state_names for cell in CELLS} == STATE_NAMES
    assert set(ACTIVATION_FORMULAS) == set(ACTIVATIONS)
    assert set(LOSS_FORMULAS) == set(DISTANCES) == set(LOSSES)


def test_it_shares_no_code_with_what_it_measures():
    with open(naive.__file__, encoding="utf-8") as source:
        tree = ast.parse(source.read())
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {module for module in imported if module.startswith("rnn")} == {"rnn.core.config"}
