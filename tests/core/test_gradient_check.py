"""Gradients against central differences, for every architecture; and the check itself against planted faults."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest

from rnn.core.activations import ACTIVATIONS
from rnn.core.config import PRESETS, Config
from rnn.core.gradient_check import (
    ACTIVATION_FORMULAS,
    LOSS_FORMULAS,
    STEP,
    TOLERANCE,
    check_gradients,
    draw,
    numeric_gradients,
)
from rnn.core.losses import LOSSES
from rnn.core.network import Network

T, H = 6, 4
SHAPES = [(1, 1, 1), (3, 1, 2), (2, 2, 3)]  # inputs D, targets K, horizon
SMALL = Config(hidden=H, window=T, horizon=2, truncate=3, dtype="float64")
DERIVATIVES = {"tanh": lambda h: 1 - h * h, "sigmoid": lambda h: h * (1 - h), "relu": lambda h: (h > 0) * 1.0}


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("truncate", [None, 1, 3, T])
@pytest.mark.parametrize("bias", [True, False], ids=["bias", "no-bias"])
@pytest.mark.parametrize("input_weights", ["shared", "per_step"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_entry_agrees(activation, input_weights, bias, truncate, shape):
    D, K, horizon = shape
    config = SMALL.replace(
        activation=activation, input_weights=input_weights, bias=bias, truncate=truncate, horizon=horizon
    )
    checks = check_gradients(config, D, K)
    assert [check.parameter for check in checks] == list(Network(config, D, K).shapes)
    assert max(check.relative_error for check in checks) <= 1e-6


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("seed", range(5))
def test_no_tensor_passes_because_nothing_depends_on_it(activation, seed):
    network = Network(SMALL.replace(activation=activation), 2, 2)
    gradients = numeric_gradients(network.config, *draw(network, np.random.default_rng(seed), 3))
    for name, gradient in gradients.items():
        assert np.abs(gradient).max() > 1e-4, name


def test_float32_and_other_update_rules_are_checked_in_float64():
    for config in (Config(hidden=3, window=4, dtype="float32"), PRESETS["article"].replace(hidden=3, window=6)):
        assert all(check.agrees for check in check_gradients(config, 1, 1))


@pytest.mark.parametrize("seed", range(20))
def test_relu_is_drawn_away_from_its_kink_and_switches(seed):
    network = Network(SMALL.replace(activation="relu", hidden=9, window=20), 3, 1)
    params, x, _ = draw(network, np.random.default_rng(seed), 4)
    h, before = np.zeros((4, 9)), []
    for step in x:
        before.append(step @ params["layer0.W_x"] + h @ params["layer0.W_h"] + params["layer0.b"])
        h = np.maximum(before[-1], 0)
    a = np.array(before)
    assert np.abs(a).min() > 20 * STEP
    switches = ((a > 0).any(axis=0) & (a < 0).any(axis=0)).mean()
    assert switches > 0.9


def test_truncation_by_hand():
    """One unit, one input, three steps: the chain rule written out."""
    w, u, v, x, y = 0.7, 0.9, 1.3, (0.5, -0.4, 0.8), 0.25
    h = [0.0]
    for value in x:
        h.append(math.tanh(u * value + w * h[-1]))
    error = 2 * (v * h[3] - y) * v
    d3 = error * (1 - h[3] ** 2)
    d2 = d3 * w * (1 - h[2] ** 2)
    d1 = d2 * w * (1 - h[1] ** 2)
    expected = {1: (d3 * h[2], d3 * x[2]), 2: (d3 * h[2] + d2 * h[1], d3 * x[2] + d2 * x[1])}
    expected[3] = expected[None] = (d3 * h[2] + d2 * h[1], d3 * x[2] + d2 * x[1] + d1 * x[0])
    params = {"layer0.W_h": np.array([[w]]), "layer0.W_x": np.array([[u]]), "readout.W": np.array([[v]])}
    for truncate, (d_w, d_u) in expected.items():
        config = Config(activation="tanh", hidden=1, window=3, bias=False, truncate=truncate, dtype="float64")
        _, found = Network(config, 1, 1).loss_and_gradients(params, np.reshape(x, (3, 1, 1)), np.array([[y]]))
        assert found["layer0.W_h"].item() == pytest.approx(d_w, rel=1e-14)
        assert found["layer0.W_x"].item() == pytest.approx(d_u, rel=1e-14)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("input_weights", ["shared", "per_step"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_truncation_at_the_whole_window_is_full_bptt(activation, input_weights, dtype):
    full = SMALL.replace(activation=activation, input_weights=input_weights, truncate=None, dtype=dtype)
    params, x, y = draw(Network(full, 2, 1), np.random.default_rng(1), 3)
    _, whole = Network(full, 2, 1).loss_and_gradients(params, x, y)
    _, at_window = Network(full.replace(truncate=T), 2, 1).loss_and_gradients(params, x, y)
    for name, gradient in whole.items():
        assert gradient.tobytes() == at_window[name].tobytes(), name
    for truncate in range(1, T):
        _, cut = Network(full.replace(truncate=truncate), 2, 1).loss_and_gradients(params, x, y)
        # The step before which the state is still zero adds nothing to W_h.
        for name in ("layer0.W_x", "layer0.b", *(["layer0.W_h"] if truncate < T - 1 else [])):
            assert not np.array_equal(cut[name], whole[name]), (truncate, name)
        for name in ("readout.W", "readout.b"):
            assert cut[name].tobytes() == whole[name].tobytes()


# What goes wrong in hand-written BPTT; each fault with the parameters whose gradients it must show in.
RECURRENT = {"layer0.W_h", "layer0.W_x", "layer0.b"}
FAULTS = {
    "none": set(),
    "derivative has the wrong sign": RECURRENT,
    "derivative missing": RECURRENT,
    "truncated a step too early": RECURRENT,
    "truncated a step too late": RECURRENT,
    "W_h not transposed": RECURRENT,
    "bias gradient missing": {"layer0.b"},
    "state after the step in place of the one before": {"layer0.W_h"},
    "last step forgotten": RECURRENT,
    "sum in place of mean": RECURRENT | {"readout.W", "readout.b"},
    "not a number": {"layer0.W_x"},
}


def bptt(config: Config, fault: str, params, x, y):
    """Truncated BPTT of the Elman network by plain loops, with a fault planted in it."""
    f, derivative = ACTIVATION_FORMULAS[config.activation], DERIVATIVES[config.activation]
    h = [np.zeros((x.shape[1], config.hidden))]
    for step in x:
        h.append(f(step @ params["layer0.W_x"] + h[-1] @ params["layer0.W_h"] + params["layer0.b"]))
    error = h[-1] @ params["readout.W"] + params["readout.b"] - y
    dy = 2 * error / (1 if fault == "sum in place of mean" else y.size)
    grads = {name: np.zeros_like(array) for name, array in params.items()}
    grads["readout.W"], grads["readout.b"] = h[-1].T @ dy, dy.sum(axis=0)
    last = len(x) - (2 if fault == "last step forgotten" else 1)
    first = len(x) - config.truncate
    first += {"truncated a step too early": 1, "truncated a step too late": -1}.get(fault, 0)
    back = params["layer0.W_h"] if fault == "W_h not transposed" else params["layer0.W_h"].T
    dh = dy @ params["readout.W"].T
    for t in range(last, first - 1, -1):
        da = dh if fault == "derivative missing" else dh * derivative(h[t + 1])
        if fault == "derivative has the wrong sign":
            da = -da
        grads["layer0.W_x"] += x[t].T @ da
        grads["layer0.W_h"] += h[t + 1 if fault.startswith("state after") else t].T @ da
        if fault != "bias gradient missing":
            grads["layer0.b"] += da.sum(axis=0)
        dh = da @ back
    if fault == "not a number":
        grads["layer0.W_x"][0, 1] = np.nan
    return float(np.mean(error**2)), grads


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_planted_faults_are_caught(activation, fault):
    config = SMALL.replace(activation=activation)
    checks = check_gradients(config, 2, 2, batch=4, loss_and_gradients=partial(bptt, config, fault))
    assert {check.parameter for check in checks if not check.agrees} == FAULTS[fault]


@pytest.mark.parametrize("name", ["layer0.W_h", "layer0.W_x", "layer0.b", "readout.W", "readout.b"])
def test_one_entry_wrong_by_a_hundred_thousandth_is_caught_and_named(name):
    network = Network(SMALL, 2, 1)

    def slightly_wrong(params, x, y):
        loss, gradients = network.loss_and_gradients(params, x, y)
        gradients[name][index] *= 1 + 1e-5
        return loss, gradients

    _, exact = network.loss_and_gradients(*draw(network, np.random.default_rng(0), 3))
    for index in np.ndindex(network.shapes[name]):
        if abs(exact[name][index]) < 0.1 * np.abs(exact[name]).max():
            continue
        by_name = {check.parameter: check for check in check_gradients(SMALL, 2, 1, loss_and_gradients=slightly_wrong)}
        assert by_name[name].worst_index == index
        assert by_name[name].relative_error == pytest.approx(1e-5, rel=0.01)
        assert [check.parameter for check in by_name.values() if not check.agrees] == [name]


def test_what_is_no_gradient_of_this_network_is_refused():
    def without_bias(params, x, y):
        return 0.0, {name: array for name, array in params.items() if name != "layer0.b"}

    def flat(params, x, y):
        return 0.0, {name: array.ravel() for name, array in params.items()}

    with pytest.raises(ValueError, match=r"no gradient for layer0\.b"):
        check_gradients(SMALL, 1, 1, loss_and_gradients=without_bias)
    with pytest.raises(ValueError, match=r"layer0\.W_h must have the shape \(4, 4\), got \(16,\)"):
        check_gradients(SMALL, 1, 1, loss_and_gradients=flat)


def test_the_yardstick_knows_every_activation_and_loss():
    assert set(ACTIVATION_FORMULAS) == set(ACTIVATIONS)
    assert set(LOSS_FORMULAS) == set(LOSSES)
    assert TOLERANCE == 1e-6
