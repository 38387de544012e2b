"""The network against the equations in plain Python loops, one number at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnn.core.activations import ACTIVATIONS
from rnn.core.config import Config
from rnn.core.gradient_check import draw, naive_outputs
from rnn.core.initialisation import INITIALISATIONS
from rnn.core.network import Network
from rnn.core.series import Series
from rnn.core.train import Trainer

FORMULAS = {"tanh": math.tanh, "sigmoid": lambda a: 1 / (1 + math.exp(-a)), "relu": lambda a: max(a, 0.0)}


def predict_one(config: Config, params, window) -> list[float]:
    """ŷ of one window (T, D), entry by entry."""
    W_x, W_h, b = params["layer0.W_x"], params["layer0.W_h"], params.get("layer0.b")
    h = [0.0] * config.hidden
    for t, x in enumerate(window):
        W_now = W_x[t] if config.input_weights == "per_step" else W_x
        a = []
        for j in range(config.hidden):
            total = 0.0 if b is None else float(b[j])
            for d in range(len(x)):
                total += float(x[d]) * float(W_now[d][j])
            for i in range(config.hidden):
                total += h[i] * float(W_h[i][j])
            a.append(total)
        h = [FORMULAS[config.activation](value) for value in a]
    W, c = params["readout.W"], params.get("readout.b")
    return [
        (0.0 if c is None else float(c[o])) + sum(h[i] * float(W[i][o]) for i in range(config.hidden))
        for o in range(W.shape[1])
    ]


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 1, 4), (2, 2, 3)], ids=str)
@pytest.mark.parametrize("bias", [True, False], ids=["bias", "no-bias"])
@pytest.mark.parametrize("input_weights", ["shared", "per_step"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_predict_is_the_equations(activation, input_weights, bias, shape, rng):
    D, K, horizon = shape
    config = Config(
        activation=activation, input_weights=input_weights, bias=bias, horizon=horizon, hidden=4, window=5,
        dtype="float64",
    )  # fmt: skip
    network = Network(config, D, K)
    params, x, y = draw(network, rng, 7)
    expected = [predict_one(config, params, x[:, k]) for k in range(7)]
    assert network.predict(params, x) == pytest.approx(np.array(expected), rel=1e-12, abs=1e-14)
    assert naive_outputs(config, params, x) == pytest.approx(np.array(expected), rel=1e-12, abs=1e-14)
    loss, _ = network.loss_and_gradients(params, x, y)
    squares = [
        (a - b) ** 2 for row, actual in zip(expected, y.tolist(), strict=True) for a, b in zip(row, actual, strict=True)
    ]
    assert loss == pytest.approx(sum(squares) / (7 * horizon * K), rel=1e-12)
    single = Network(config.replace(dtype="float32"), D, K)
    assert single.predict(params, x) == pytest.approx(np.array(expected), rel=1e-4, abs=1e-5)
    assert single.predict(params, x).dtype == np.float32


@pytest.mark.parametrize("input_weights", ["shared", "per_step"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_windows_together_or_one_by_one(input_weights, dtype, rng):
    network = Network(Config(hidden=9, window=7, horizon=2, input_weights=input_weights, dtype=dtype), 2, 1)
    params, x, _ = draw(network, rng, 40)
    together = network.predict(params, x)
    for size in (1, 3, 39):
        apart = [network.predict(params, x[:, first : first + size]) for first in range(0, 40, size)]
        assert np.concatenate(apart) == pytest.approx(together, rel=1e-12 if dtype == "float64" else 1e-5, abs=1e-6)


def test_evaluation_in_tiles_is_the_same_prediction(rng):
    """More windows than one tile takes, and not a multiple of it."""
    config = Config(hidden=6, window=4, horizon=2, validation=10, dtype="float64")
    tile = Network(config, 2, 1).tile
    series = Series.from_values(rng.standard_normal((5 * tile + 61, 2)), targets=("value1",))
    trainer = Trainer(config, series)
    assert trainer.split.train > 5 * tile
    starts = np.arange(trainer.split.train)
    predicted = trainer.learner.predict(starts)
    values = (series.values - trainer.framing.scaler.centre) / trainer.framing.scaler.scale
    x = np.array([values[starts + t] for t in range(4)])
    assert predicted == pytest.approx(naive_outputs(config, trainer.learner.params, x), rel=1e-11, abs=1e-12)


def test_nothing_given_is_changed_and_nothing_is_remembered(rng):
    network = Network(Config(hidden=5, window=6, dtype="float64"), 2, 1)
    params, x, y = draw(network, rng, 3)
    copies = {name: array.copy() for name, array in params.items()}, x.copy(), y.copy()
    first = network.loss_and_gradients(params, x, y)
    kept = {name: array.copy() for name, array in first[1].items()}
    network.predict(params, 2 * x[:, :2])
    network.loss_and_gradients(params, -x[:, :2], y[:2])
    again = network.loss_and_gradients(params, x, y)
    assert first[0] == again[0]
    for name in params:
        assert first[1][name].tobytes() == again[1][name].tobytes() == kept[name].tobytes()
        assert params[name].tobytes() == copies[0][name].tobytes()
    assert x.tobytes() == copies[1].tobytes()
    assert y.tobytes() == copies[2].tobytes()


def test_a_long_window_in_float32_has_the_float64_gradient(rng):
    """The error underflows long before the start of the window; cutting it off there must not show."""
    config = Config(hidden=12, window=400, activation="sigmoid", input_weights="per_step", dtype="float64")
    network = Network(config, 1, 1)
    params, x, y = draw(network, rng, 4)
    _, exact = network.loss_and_gradients(params, x, y)
    _, single = Network(config.replace(dtype="float32"), 1, 1).loss_and_gradients(params, x, y)
    for name, gradient in exact.items():
        assert single[name] == pytest.approx(gradient, rel=1e-3, abs=1e-5 * np.abs(gradient).max()), name
    assert not single["layer0.W_x"][:200].any()


def test_saturated_units_do_not_overflow(rng):
    for activation in ACTIVATIONS:
        network = Network(Config(hidden=3, window=2, activation=activation, dtype="float64"), 1, 1)
        params, x, y = draw(network, rng, 2)
        params["layer0.W_x"] *= 1e4
        loss, gradients = network.loss_and_gradients(params, x, y)
        assert math.isfinite(loss)
        assert all(np.isfinite(array).all() for array in gradients.values())


def test_shapes_are_those_of_the_contract():
    shapes = Network(Config(hidden=3, window=5, horizon=2), 4, 2).shapes
    assert shapes == {
        "layer0.W_h": (3, 3), "layer0.W_x": (4, 3), "layer0.b": (3,), "readout.W": (3, 4), "readout.b": (4,),
    }  # fmt: skip
    per_step = Network(Config(hidden=3, window=5, horizon=2, input_weights="per_step", bias=False), 4, 2).shapes
    assert per_step == {"layer0.W_h": (3, 3), "layer0.W_x": (5, 4, 3), "readout.W": (3, 4)}


def test_what_does_not_fit_is_refused(rng):
    network = Network(Config(hidden=3, window=5, horizon=2), 4, 1)
    params, x, y = draw(network, rng, 2)
    with pytest.raises(ValueError, match=r"x must have the shape \(T=5, B, D=4\), got \(4, 2, 4\)"):
        network.predict(params, x[:4])
    with pytest.raises(ValueError, match=r"y must have the shape \(2, 2\), got \(2, 1\)"):
        network.loss_and_gradients(params, x, y[:, :1])
    with pytest.raises(ValueError, match=r"'readout.b' must have the shape \(2,\), got None"):
        network.predict({name: array for name, array in params.items() if name != "readout.b"}, x)
    with pytest.raises(ValueError, match=r"'skip.W' must have the shape None, got \(2,\)"):
        network.predict(params | {"skip.W": np.zeros(2)}, x)
    with pytest.raises(ValueError, match=r"'layer0.W_h' must have the shape \(3, 3\), got \(9,\)"):
        network.predict(params | {"layer0.W_h": np.zeros(9)}, x)
    with pytest.raises(ValueError, match=r"n_inputs must be at least 1, got 0"):
        Network(Config(), 0, 1)


@pytest.mark.parametrize("init", INITIALISATIONS)
def test_initial_weights(init):
    config = Config(hidden=40, window=5, init=init)
    network = Network(config, 3, 1)
    params = network.init(np.random.default_rng(5))
    again = network.init(np.random.default_rng(5))
    other = network.init(np.random.default_rng(6))
    for name, array in params.items():
        assert array.dtype == np.float32
        assert array.shape == network.shapes[name]
        assert array.tobytes() == again[name].tobytes()
        assert (array.tobytes() == other[name].tobytes()) == name.endswith(".b")
        if name.endswith(".b"):
            assert not array.any()
    exact = Network(config.replace(dtype="float64"), 3, 1).init(np.random.default_rng(5))
    assert all(np.array_equal(params[name], array.astype(np.float32)) for name, array in exact.items())
    W_h, W_x = exact["layer0.W_h"], exact["layer0.W_x"]
    if init == "orthogonal":
        assert W_h @ W_h.T == pytest.approx(np.eye(40), abs=1e-12)
    if init == "uniform01":
        assert 0 <= W_h.min() < 0.01 < 0.99 < W_h.max() < 1
    else:
        assert 0.9 * math.sqrt(6 / 43) < np.abs(W_x).max() <= math.sqrt(6 / 43)
