"""The gradient check itself: against planted faults, at the points that it draws, and in what it says of large networks."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest

from rnn.core.activations import ACTIVATIONS
from rnn.core.config import PRESETS, Config
from rnn.core.gradient_check import STEP, TOLERANCE, check_gradients
from rnn.core.gradient_points import DISTANCES, LOSS_MARGIN, draw, draw_state
from rnn.core.losses import LOSSES
from rnn.core.naive import naive_outputs, naive_steps
from rnn.core.network import Network
from tests.core.plain_bptt import plain_bptt

T, H = 6, 4
SHAPES = [(1, 1, 1), (3, 1, 2), (2, 2, 3)]  # inputs D, targets K, horizon
SMALL = Config(hidden=H, window=T, horizon=2, truncate=3, dtype="float64")


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
    assert [check.parameter for check in checks] == [*Network(config, D, K).shapes, "x"]
    assert max(check.relative_error for check in checks) <= 1e-6


def test_float32_and_other_update_rules_are_checked_in_float64():
    for config in (Config(hidden=3, window=4, dtype="float32"), PRESETS["article"].replace(hidden=3, window=6)):
        assert all(check.agrees for check in check_gradients(config, 1, 1))


@pytest.mark.parametrize("sizes", [(4, 6, 1), (9, 20, 1), (3, 6, 3), (8, 12, 4), (8, 12, 8)], ids=str)
@pytest.mark.parametrize("seed", range(5))
def test_relu_is_drawn_away_from_its_kink_and_switches(seed, sizes):
    hidden, window, layers = sizes
    config = SMALL.replace(activation="relu", hidden=hidden, window=window, layers=layers)
    network, rng = Network(config, 3, 1), np.random.default_rng(seed)
    state = draw_state(network, rng, 4)
    params, x, _ = draw(network, rng, 4, state)
    below, states = x, [states for states, _ in naive_steps(config, params, x, state, 0, window)]
    for layer in range(layers):
        h = np.array([state[f"layer{layer}.h"], *(at[f"layer{layer}.h"] for at in states)])
        W_x, W_h, b = (params[f"layer{layer}.{name}"] for name in ("W_x", "W_h", "b"))
        a = below @ W_x + h[:-1] @ W_h + b
        # Twice the step in every entry of the weights at once does not reach the kink.
        reach = 2 * STEP * (np.abs(below).sum(axis=2) + np.abs(h[:-1]).sum(axis=2) + 1)
        assert (np.abs(a) > reach[:, :, None]).all()
        assert ((a > 0).any(axis=0) & (a < 0).any(axis=0)).mean() > 0.8
        below = h[1:]


def test_a_single_relu_unit_in_a_deep_network_is_checked():
    config = SMALL.replace(activation="relu", hidden=1, layers=3)
    assert all(check.agrees for check in check_gradients(config, 1, 1))


@pytest.mark.parametrize("loss", [loss for loss in LOSSES if loss != "mse"])
@pytest.mark.parametrize("delta", [0.2, 1.0, 30.0])
def test_errors_are_drawn_on_every_side_of_the_kinks_of_a_loss_and_away_from_them(loss, delta, rng):
    config = SMALL.replace(loss=loss, huber_delta=delta, quantiles=(0.1, 0.5, 0.9))
    network = Network(config, 2, 2)
    state = draw_state(network, rng, 20)
    params, x, y = draw(network, rng, 20, state)
    levels = naive_outputs(config, params, x, state).reshape(*y.shape, -1)
    error = y[:, :, None] - levels
    assert DISTANCES[loss](error, config).min() >= LOSS_MARGIN * min(delta, 1)
    sides = (np.abs(error) < delta) if loss == "huber" else (error > 0)
    assert 0.1 < sides.mean() < 0.9
    assert all(check.agrees for check in check_gradients(config, 2, 2))


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
RECURRENT = {"layer0.W_h", "layer0.W_x", "layer0.b", "x"}
FAULTS = {
    "none": set(),
    "derivative has the wrong sign": RECURRENT,
    "all derivatives of the activations missing": RECURRENT,
    "truncated a step too early": RECURRENT,
    "truncated a step too late": RECURRENT,
    "W_h not transposed": RECURRENT,
    "bias gradient missing": {"layer0.b"},
    "state after the step in place of the one before": {"layer0.W_h"},
    "last step forgotten": RECURRENT,
    "sum in place of mean": RECURRENT | {"readout.W", "readout.b"},
    "not a number": {"layer0.W_x"},
    "input gradient missing": {"x"},
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_planted_faults_are_caught(activation, fault):
    config = SMALL.replace(activation=activation)

    def faulty(params, x, y, *, state):
        loss, gradients = plain_bptt(config, fault, params, x, y, state=state)
        return loss, {name: array for name, array in gradients.items() if name not in state}

    checks = check_gradients(config, 2, 2, batch=4, loss_and_gradients=faulty)
    assert {check.parameter for check in checks if not check.agrees} == FAULTS[fault]


@pytest.mark.parametrize("name", ["layer0.W_h", "layer0.W_x", "layer0.b", "layer0.b_hn", "readout.W", "readout.b", "x"])
def test_one_entry_wrong_by_a_hundred_thousandth_is_caught_and_named(name):
    config = SMALL.replace(cell="gru")
    network = Network(config, 2, 1)

    def slightly_wrong(params, x, y, *, state):
        loss, gradients = network.loss_and_gradients(params, x, y, state=state)
        gradients = {**gradients, "x": network.input_gradients(params, x, y, state=state)}
        exact = gradients[name]
        large = np.argwhere(np.abs(exact) >= 0.1 * np.abs(exact).max())
        index.append(tuple(int(k) for k in large[len(large) // 2]))
        exact[index[-1]] *= 1 + 1e-5
        return loss, gradients

    for seed in range(5):
        index: list[tuple[int, ...]] = []
        checks = check_gradients(config, 2, 1, seed=seed, loss_and_gradients=slightly_wrong)
        (wrong,) = (check for check in checks if not check.agrees)
        assert (wrong.parameter, wrong.worst_index) == (name, index[0])
        assert wrong.relative_error == pytest.approx(1e-5, rel=0.02)


def test_what_is_no_gradient_of_this_network_is_refused():
    def without_bias(params, x, y, *, state):
        return 0.0, {name: array for name, array in params.items() if name != "layer0.b"}

    def flat(params, x, y, *, state):
        return 0.0, {name: array.ravel() for name, array in params.items()}

    def flat_inputs(params, x, y, *, state):
        return 0.0, {**params, "x": x.ravel()}

    with pytest.raises(ValueError, match=r"no gradient for layer0\.b"):
        check_gradients(SMALL, 1, 1, loss_and_gradients=without_bias)
    with pytest.raises(ValueError, match=r"layer0\.W_h must have the shape \(4, 4\), got \(16,\)"):
        check_gradients(SMALL, 1, 1, loss_and_gradients=flat)
    with pytest.raises(ValueError, match=r"x must have the shape \(6, 3, 1\), got \(18,\)"):
        check_gradients(SMALL, 1, 1, loss_and_gradients=flat_inputs)


def test_dropout_is_left_out_of_the_check():
    config = SMALL.replace(layers=2, dropout=0.5)
    assert check_gradients(config, 1, 1) == check_gradients(config.replace(dropout=0), 1, 1)


@pytest.mark.parametrize(
    "config",
    [
        Config(cell="lstm", hidden=256, window=48, horizon=12),
        Config(cell="gru", hidden=256, window=168, loss="quantile", truncate=24),
        Config(hidden=256, window=200, input_weights="per_step", skip="linear"),
        Config(cell="lstm", activation="tanh", hidden=8, layers=8, window=12, horizon=4, loss="quantile"),
    ],
    ids=["lstm", "gru", "elman", "deep"],
)
def test_a_large_network_is_checked_in_part_and_in_seconds(config):
    start = time.thread_time()
    checks = check_gradients(config, 4, 4)
    assert time.thread_time() - start < 10, "about a second is meant"
    assert all(check.agrees for check in checks), checks
    sizes = {name: math.prod(shape) for name, shape in Network(config, 4, 4).shapes.items()}
    assert {check.parameter: check.entries for check in checks if check.parameter != "x"} == sizes
    for check in checks:
        assert min(2, check.entries) <= check.compared <= check.entries
        assert check.compared >= 50 or check.compared == check.entries or config.hidden == 256


def test_what_is_compared_in_part_is_drawn_anew_with_each_seed():
    config = Config(cell="lstm", hidden=128, window=10)
    network = Network(config.replace(dtype="float64"), 1, 1)

    def wrong_everywhere(params, x, y, *, state):
        loss, gradients = network.loss_and_gradients(params, x, y, state=state)
        gradients["layer0.W_h"] *= 1.01
        return loss, gradients

    found = [
        {
            check.parameter: check
            for check in check_gradients(config, 1, 1, seed=seed, loss_and_gradients=wrong_everywhere)
        }
        for seed in (0, 0, 1)
    ]
    worst = [checks["layer0.W_h"] for checks in found]
    assert all(not check.agrees and check.compared < check.entries == 128 * 512 for check in worst)
    assert worst[0] == worst[1] != worst[2]


def test_the_tolerance_is_the_one_promised():
    assert TOLERANCE == 1e-6
