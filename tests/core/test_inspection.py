"""States and gates against a loop over single units and the naive network; their measures against numbers worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnn.core.cells import CELLS
from rnn.core.config import Config
from rnn.core.inspection import (
    GATES,
    gate_activations,
    gate_blocks,
    hidden_states,
    peak_order,
    spectral_radii,
    spectral_radius,
)
from rnn.core.naive import naive_steps, zero_state
from rnn.core.network import Network

FORMULAS = {"tanh": math.tanh, "sigmoid": lambda a: 1 / (1 + math.exp(-a)), "relu": lambda a: max(a, 0.0)}


def states_unit_by_unit(config, params, x):
    """Every state by its equation, one unit at a time, in Python's own numbers."""
    T, B, D = x.shape
    states = np.zeros((T, B, config.hidden))
    for b in range(B):
        h = [0.0] * config.hidden
        for t in range(T):
            W_x = params["layer0.W_x"][t] if config.input_weights == "per_step" else params["layer0.W_x"]
            h = [
                FORMULAS[config.activation](
                    sum(x[t, b, d] * W_x[d, unit] for d in range(D))
                    + sum(h[other] * params["layer0.W_h"][other, unit] for other in range(config.hidden))
                    + (params["layer0.b"][unit] if config.bias else 0.0)
                )
                for unit in range(config.hidden)
            ]
            states[t, b] = h
    return states


@pytest.mark.parametrize("activation", list(FORMULAS))
@pytest.mark.parametrize("input_weights", ["shared", "per_step"])
@pytest.mark.parametrize("bias", [True, False])
def test_states_are_those_of_the_equations(rng, activation, input_weights, bias):
    config = Config(hidden=5, window=6, activation=activation, input_weights=input_weights, bias=bias, dtype="float64")
    network = Network(config, 3, 2)
    params = {name: rng.normal(0, 0.6, shape) for name, shape in network.shapes.items()}
    x = rng.normal(size=(6, 4, 3))
    states = hidden_states(network, params, x)
    np.testing.assert_allclose(states, states_unit_by_unit(config, params, x), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("given_state", [False, True], ids=["from-zero", "from-a-state"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("cell", list(CELLS))
def test_every_layer_shows_the_states_and_gates_of_the_equations(rng, cell, dtype, given_state):
    config = Config(cell=cell, activation="tanh", hidden=5, layers=3, window=7, dtype=dtype)
    network = Network(config, 2, 1, 1)
    params = {name: rng.normal(0, 0.6, shape) for name, shape in network.shapes.items()}
    x, static = rng.normal(size=(7, 4, 2)), rng.normal(size=(4, 1))
    state = {name: rng.normal(size=zero.shape) for name, zero in zero_state(config, 4).items()}
    state = state if given_state else None
    seen = np.concatenate([x, np.broadcast_to(static, (7, 4, 1))], axis=2)
    steps = list(naive_steps(config, params, seen, state or zero_state(config, 4), 0, 7))
    close = {"rtol": 1e-12, "atol": 1e-13} if dtype == "float64" else {"rtol": 1e-4, "atol": 1e-5}
    for layer in range(3):
        expected = np.array([states[f"layer{layer}.h"] for states, _ in steps])
        states = hidden_states(network, params, x, layer, static=static, state=state)
        assert states.dtype == dtype
        np.testing.assert_allclose(states, expected, **close)
        gates = gate_activations(network, params, x, layer, static=static, state=state)
        letters = {"elman": "", "gru": "rzn", "lstm": "ifgoc"}[cell]
        assert list(gates) == list(letters)
        for letter, found in gates.items():
            part = 0 if letter == "c" else 1
            np.testing.assert_allclose(found, [step[part][f"layer{layer}.{letter}"] for step in steps], **close)
    np.testing.assert_array_equal(hidden_states(network, params, x, static=static, state=state), states)


def test_a_layer_that_is_not_there_is_refused(rng):
    network = Network(Config(hidden=4, window=9, layers=2), 2, 1)
    for layer in (2, -3):
        with pytest.raises(ValueError, match=rf"from 0 to 1.*got {layer}"):
            hidden_states(network, network.init(rng), np.zeros((9, 1, 2)), layer)


def test_the_last_state_is_the_one_that_the_prediction_is_made_from(rng):
    network = Network(Config(hidden=7, window=9, horizon=3), 2, 2)
    params = network.init(rng)
    x = rng.normal(size=(9, 5, 2))
    read_out = hidden_states(network, params, x)[-1] @ params["readout.W"] + params["readout.b"]
    np.testing.assert_allclose(read_out, network.predict(params, x), rtol=1e-6, atol=1e-6)


def test_windows_of_another_length_are_refused(rng):
    network = Network(Config(hidden=4, window=9), 2, 1)
    with pytest.raises(ValueError, match=r"T=9.*D=2.*\(8, 1, 2\)"):
        hidden_states(network, network.init(rng), np.zeros((8, 1, 2)))


def test_units_by_the_step_of_their_peak():
    states = np.array([[0.1, 0.9, 0.0, 0.3], [0.2, 0.1, -0.5, 0.8], [0.7, 0.0, -0.9, 0.8]])
    assert peak_order(states).tolist() == [1, 2, 3, 0]


def test_spectral_radius_of_a_turn_that_doubles():
    turn = 2 * np.array([[math.cos(1), -math.sin(1)], [math.sin(1), math.cos(1)]])
    assert spectral_radius(turn) == pytest.approx(2)
    assert spectral_radius(np.array([[0.5, 100.0], [0.0, -0.7]], np.float32)) == pytest.approx(0.7)


def test_each_gate_has_its_block_and_its_spectral_radius():
    radii = {"i": 0.5, "f": 2.0, "g": 1.5, "o": 0.25}
    W_h = np.hstack([radius * np.array([[0.0, 1.0], [-1.0, 0.0]]) for radius in radii.values()])
    assert spectral_radii("lstm", W_h) == pytest.approx(radii)
    assert spectral_radii("elman", W_h[:, :2]) == {"h": pytest.approx(0.5)}
    bias = np.arange(6.0)
    assert {letter: block.tolist() for letter, block in gate_blocks("gru", bias).items()} == {
        "r": [0, 1], "z": [2, 3], "n": [4, 5],
    }  # fmt: skip
    assert set(GATES) == set(CELLS)
    assert all(len(letters) == CELLS[cell].gates for cell, letters in GATES.items())
