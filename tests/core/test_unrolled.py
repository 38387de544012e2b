"""The unrolled network against the engine (outputs, loss, every gradient) and against differences of the naive network."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest

from rnn.core import unrolled_cells
from rnn.core.activations import ACTIVATIONS
from rnn.core.config import Config
from rnn.core.gradient_points import draw, draw_state
from rnn.core.inspection import GATES
from rnn.core.losses import LOSSES
from rnn.core.naive import LOSS_FORMULAS, naive_readout, naive_state, naive_steps
from rnn.core.network import Network
from rnn.core.unrolled import layer_weights, step_gradients, unroll

SMALL = Config(hidden=4, window=6, horizon=2, dtype="float64")
KINDS = [("elman", activation) for activation in ACTIVATIONS] + [("gru", "tanh"), ("lstm", "tanh")]
# (changes, D, S)
VARIANTS = [
    ({}, 2, 0),
    ({"bias": False}, 1, 0),
    ({"input_weights": "per_step"}, 2, 1),
    ({"skip": "linear", "horizon": 1}, 2, 0),
    ({"patch": 2, "window": 8, "skip": "linear"}, 2, 2),
]
CASES = [
    (SMALL.replace(cell=cell, activation=activation, layers=layers, loss=loss, truncate=truncate, **changes), D, S)
    for (cell, activation), layers, (loss, truncate), (changes, D, S) in itertools.product(
        KINDS, (1, 2, 3), [("mse", None), ("quantile", 3), ("mae", 1), ("huber", 4)], VARIANTS
    )
]
NAMES = [f"{c.cell}-{c.activation}-{c.layers}-{c.loss}-{k % len(VARIANTS)}" for k, (c, *_) in enumerate(CASES)]


def drawn(config, D, S, batch=3):
    """(network, params, x, y, state), away from kinks, from a state that is not zero."""
    network, rng = Network(config, D, 1, S), np.random.default_rng(1)
    state = draw_state(network, rng, batch)
    return network, *draw(network, rng, batch, state), state


def close(found, expected):
    """Equal to the rounding of float64, measured against the largest entry."""
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-12 * np.abs(expected).max())


@pytest.mark.parametrize(("config", "D", "S"), CASES, ids=NAMES)
def test_it_is_the_pass_of_the_network(config, D, S):
    network, params, x, y, state = drawn(config, D, S)
    found = unroll(network, params, x, y, state=state)
    levels = network.predict_levels(params, x, state=state)
    close(found.y_hat, levels.reshape(len(y), -1))
    loss, gradients = network.loss_and_gradients(params, x, y, state=state)
    assert found.loss == pytest.approx(loss, rel=1e-12)
    for layer in range(config.layers):
        for name in layer_weights(params, layer):
            steps = np.array([step_gradients(found, layer, t)[name] for t in range(config.steps)])
            per_step = name == "W_x" and layer == 0 and config.input_weights == "per_step"
            close(steps if per_step else steps.sum(axis=0), gradients[f"layer{layer}.{name}"])
    close(found.layers[-1].h[-1].T @ found.dy, gradients["readout.W"])
    if config.bias:
        close(found.dy.sum(axis=0), gradients["readout.b"])
    if config.skip != "none":
        close(found.skipped.T @ found.dy, gradients["skip.W"])


@pytest.mark.parametrize(("cell", "activation"), KINDS)
def test_states_and_gates_are_those_of_the_naive_network(cell, activation):
    config = SMALL.replace(cell=cell, activation=activation, layers=2)
    network, params, x, y, state = drawn(config, 2, 0)
    found = unroll(network, params, x, y, state=state)
    for t, (states, gates) in enumerate(naive_steps(config, params, x, state, 0, config.steps)):
        for number, layer in enumerate(found.layers):
            for name, array in states.items():
                if name.startswith(f"layer{number}."):
                    close(getattr(layer, name[-1])[t + 1], array)
            for name, array in gates.items():
                if name.startswith(f"layer{number}."):
                    close(layer.gates[name[-1]][t], array)
    for number, layer in enumerate(found.layers):
        assert tuple(layer.gates) == tuple(layer.before) == tuple(layer.dbefore) == GATES[cell]
        close(layer.h[0], state[f"layer{number}.h"])
        assert (layer.c is None) == (layer.dc is None) == (cell != "lstm")
    squash = {"tanh": np.tanh, "sigmoid": lambda a: 1 / (1 + np.exp(-a)), "relu": lambda a: a * (a > 0)}
    for letter, before in found.layers[1].before.items():
        kind = activation if cell == "elman" else "tanh" if letter in "gn" else "sigmoid"
        close(found.layers[1].gates[letter], squash[kind](before))


def loss_from(config, params, x, y, states, t):
    """The naive network's loss when step t is followed by these states, of the layer at hand and those below as found."""
    after = naive_state(config, params, x, states, t + 1, config.steps)
    return LOSS_FORMULAS[config.loss](naive_readout(config, params, x, after), y, config)


@pytest.mark.parametrize("truncate", [None, 3])
@pytest.mark.parametrize("loss", list(LOSSES))
@pytest.mark.parametrize(("cell", "activation"), KINDS)
def test_the_errors_of_the_states_are_derivatives(cell, activation, loss, truncate):
    """dh and dc of one layer, step by step, against central differences of what the naive network makes of a state that is
    pushed a little; before `first` they are zero, as truncation says."""
    config = SMALL.replace(cell=cell, activation=activation, loss=loss, truncate=truncate, skip="linear", hidden=3)
    network, params, x, y, state = drawn(config, 2, 0, batch=2)
    layer = unroll(network, params, x, y, state=state).layers[0]
    trace = [states for states, _ in naive_steps(config, params, x, state, 0, config.steps)]
    first = 0 if truncate is None else config.steps - truncate
    step = 1e-5
    for name in ("h", "c") if cell == "lstm" else ("h",):
        found = layer.dh if name == "h" else layer.dc
        assert not found[:first].any() and found[first:].any(axis=(1, 2)).all()
        for t in range(first, config.steps):
            expected = np.empty_like(found[t])
            for at in np.ndindex(expected.shape):
                losses = []
                for push in (step, -step):
                    states = {own: array.copy() for own, array in trace[t].items()}
                    states[f"layer0.{name}"][at] += push
                    if name == "c":  # the state that a cell state shows as follows it
                        gates = list(naive_steps(config, params, x, state, 0, t + 1))[t][1]
                        states["layer0.h"] = gates["layer0.o"] * np.tanh(states["layer0.c"])
                    losses.append(float(loss_from(config, params, x, y, states, t)))
                expected[at] = (losses[0] - losses[1]) / (2 * step)
            np.testing.assert_allclose(found[t], expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(("cell", "activation"), KINDS)
def test_the_error_that_enters_a_lower_layer_is_a_derivative_too(cell, activation):
    """Two layers: a state of the lower one moves the upper one at the same step, and both from the next step on."""
    config = SMALL.replace(cell=cell, activation=activation, layers=2, hidden=3)
    network, params, x, y, state = drawn(config, 2, 0, batch=2)
    found = unroll(network, params, x, y, state=state).layers[0].dh
    upper = config.replace(layers=1)
    above = {name.replace("layer1.", "layer0."): array for name, array in params.items() if "layer0." not in name}
    trace = [dict(state), *(states for states, _ in naive_steps(config, params, x, state, 0, config.steps))]
    for t in range(config.steps):
        expected, step = np.empty_like(found[t]), 1e-5
        for at in np.ndindex(expected.shape):
            losses = []
            for push in (step, -step):
                lower = trace[t + 1]["layer0.h"].copy()
                lower[at] += push
                before = {f"layer0.{k[-1]}": v for k, v in trace[t].items() if k.startswith("layer1.")}
                one = naive_state(upper, above, lower[None], before, 0, 1)
                states = {f"layer1.{k[-1]}": v for k, v in one.items()} | {
                    k: v for k, v in trace[t + 1].items() if k.startswith("layer0.")
                }
                states["layer0.h"] = lower
                losses.append(float(loss_from(config, params, x, y, states, t)))
            expected[at] = (losses[0] - losses[1]) / (2 * step)
        np.testing.assert_allclose(found[t], expected, rtol=1e-6, atol=1e-8)


def test_a_wrong_line_in_a_cell_is_seen(monkeypatch):
    right = unrolled_cells.BACK_STEPS["gru"]

    def without_what_the_update_gate_keeps(activation, w, states, gates, d):
        step = right(activation, w, states, gates, d)
        return dataclasses.replace(step, onward={"h": step.onward["h"] - d["h"] * gates["z"]})

    config = SMALL.replace(cell="gru")
    monkeypatch.setitem(unrolled_cells.BACK_STEPS, "gru", without_what_the_update_gate_keeps)
    with pytest.raises(AssertionError, match="Mismatched"):
        test_it_is_the_pass_of_the_network(config, 2, 0)


def test_it_takes_32_bit_networks_and_whole_windows_with_what_stands_beside_them():
    config = SMALL.replace(dtype="float32", patch=2, window=8, skip="linear")
    network = Network(config, 2, 1, 1)
    rng = np.random.default_rng(0)
    params, static = network.init(rng), rng.standard_normal((3, 1))
    x, y = rng.standard_normal((8, 3, 2)), rng.standard_normal((3, 2))
    found = unroll(network, params, x, y, static=static)
    assert {array.dtype for array in (found.x, found.y_hat, found.layers[0].dh)} == {np.dtype(np.float64)}
    np.testing.assert_allclose(found.y_hat, network.predict(params, x, static=static), rtol=1e-4, atol=1e-6)
    assert not found.layers[0].h[0].any()


def test_it_refuses_what_does_not_fit():
    network, params, x, y, state = drawn(SMALL, 2, 0)
    with pytest.raises(ValueError, match="y must have the shape"):
        unroll(network, params, x, y[:, :1])
    with pytest.raises(ValueError, match="x must have the shape"):
        unroll(network, params, x[1:], y)
    with pytest.raises(ValueError, match="is unknown to this network"):
        unroll(network, params, x, y, state={"layer1.h": state["layer0.h"]})
    with pytest.raises(ValueError, match="W_h' must have the shape"):
        unroll(network, params | {"layer0.W_h": np.zeros((2, 2))}, x, y)
