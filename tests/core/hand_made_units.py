"""Networks whose units do something known, by weights set by hand."""

from __future__ import annotations

import numpy as np

from rnn.core.config import Config
from rnn.core.framing import Framing
from rnn.core.model import Model
from rnn.core.network import Network
from rnn.core.series import Series
from rnn.core.unit_courses import Units


def two_noises(rows: int = 400) -> Series:
    """Two columns of independent noise, and a static one."""
    rng = np.random.default_rng(8)
    values = np.column_stack([rng.normal(10, 2, rows), rng.normal(-3, 5, rows), np.full(rows, 7.0)])
    return Series(np.arange(rows), values, ("a", "b", "fixed"), ("a",), static=("fixed",))


def delay_line(series: Series, **settings) -> Units:
    """Unit 0 is a, unit 1 is a one step late, unit 2 two steps late, unit 3 minus b, unit 4 the change of b, unit 5 is dead,
    unit 6 counts the steps and unit 7 is half a and half b: almost linear, as the weights are small."""
    config = Config(cell="elman", activation="tanh", hidden=8, window=16, bias=True, dtype="float64", **settings)
    framing = Framing.fit(config, series, 300)
    network = Network(config, 2, 1, 1)
    params = {name: np.zeros(shape) for name, shape in network.shapes.items()}
    W_x, W_h, b, small = params["layer0.W_x"], params["layer0.W_h"], params["layer0.b"], 0.01
    W_x[0, 0] = small
    W_h[0, 1] = W_h[1, 2] = 1
    W_x[1, 3] = -small
    W_x[1, 4], W_h[3, 4] = small, 1
    b[6], W_h[6, 6] = small, 1
    W_x[0, 7] = W_x[1, 7] = small
    return Units(Model(config, params, framing), params, series, 0)
