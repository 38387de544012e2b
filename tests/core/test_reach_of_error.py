"""How far the error travels, against a plain loop over the steps."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.core.cells.vanishing import FAR
from rnn.core.config import Config
from rnn.core.network import Network
from rnn.core.reach_of_error import error_reach

STEPS = 200


def elman(radius, **more):
    config = Config(activation="tanh", hidden=4, window=STEPS, **more)
    network = Network(config, 1, 1)
    params = {name: np.full(shape, 0.01) for name, shape in network.shapes.items()}
    params["layer0.W_h"] = radius * np.eye(4)
    rng = np.random.default_rng(0)
    return network, params, 0.1 * rng.standard_normal((STEPS, 2, 1)), rng.standard_normal((2, 1))


def plain_errors(params, x, y):
    """max|∂loss/∂h_t| for every step, by the formulas alone, float64; (T,)."""
    W_x, W_h, b = (params[f"layer0.{name}"] for name in ("W_x", "W_h", "b"))
    h, states = np.zeros((x.shape[1], 4)), []
    for x_t in x:
        h = np.tanh(x_t @ W_x + h @ W_h + b)
        states.append(h)
    error = 2 * (h @ params["readout.W"] + params["readout.b"] - y) / y.size @ params["readout.W"].T
    sizes = []
    for h in reversed(states):
        sizes.append(np.abs(error).max())
        error = error * (1 - h**2) @ W_h.T
    return np.array(sizes[::-1])


@pytest.mark.parametrize("radius", [0.3, 0.6, 0.8])
def test_it_ends_where_a_plain_loop_finds_nothing_left(radius):
    network, params, x, y = elman(radius)
    (reach,) = error_reach(network, params, x, y)
    left = plain_errors(params, x, y)
    share = left / left[-1]
    assert share[STEPS - reach] < 1.2e-9
    assert share[min(STEPS - reach + 2 * FAR, STEPS - 1)] > 1.2e-9, "it does not go on for long after that"


def test_an_error_that_lasts_goes_all_the_way_or_as_far_as_it_may():
    assert error_reach(*elman(0.999)) == [STEPS]
    assert error_reach(*elman(0.999, truncate=7)) == [7]
    assert error_reach(*elman(0.3, dtype="float64"))[0] > error_reach(*elman(0.3))[0]


@pytest.mark.parametrize("cell", ["elman", "gru", "lstm"])
def test_each_layer_has_its_own(cell):
    network = Network(Config(cell=cell, layers=3, hidden=5, window=9, horizon=2), 2, 2)
    rng = np.random.default_rng(1)
    reach = error_reach(network, network.init(rng), rng.standard_normal((9, 3, 2)), rng.standard_normal((3, 4)))
    assert reach == [9, 9, 9]


def test_other_shapes_are_refused():
    network, params, x, y = elman(0.5)
    with pytest.raises(ValueError, match="x must have the shape"):
        error_reach(network, params, x[1:], y)
    with pytest.raises(ValueError, match="y must have the shape"):
        error_reach(network, params, x, y[:1])
