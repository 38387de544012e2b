"""Initial weights. Drawn in float64 and then cast, so that both precisions start from the same numbers.

The matrices of a recurrent layer hold G gates side by side, (…, G · H). Each gate is drawn on its own, as what it is:
a matrix with H columns.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from rnn.core.config import Config

Floats = NDArray[np.floating[Any]]
Shape = tuple[int, ...]


def _uniform01(rng: np.random.Generator, name: str, shape: Shape) -> Floats:
    """Uniform on [0, 1), as the article does: all positive, so sigmoid units saturate."""
    return rng.uniform(0.0, 1.0, shape)


def _glorot(rng: np.random.Generator, name: str, shape: Shape) -> Floats:
    """Uniform on ±√(6 / (rows + columns)) (Glorot and Bengio 2010)."""
    limit = math.sqrt(6 / (shape[-2] + shape[-1]))
    return rng.uniform(-limit, limit, shape)


def _orthogonal(rng: np.random.Generator, name: str, shape: Shape) -> Floats:
    """W_h orthogonal (Saxe, McClelland and Ganguli 2014), so that the state keeps its length; all others Glorot."""
    if not name.endswith(".W_h"):
        return _glorot(rng, name, shape)
    q, r = np.linalg.qr(rng.standard_normal(shape))
    return q * np.sign(np.diag(r))  # without the signs the draw is not uniform over rotations


# name → draw(rng, parameter name, shape of one gate).
INITIALISATIONS: dict[str, Callable[[np.random.Generator, str, Shape], Floats]] = {
    "uniform01": _uniform01,
    "glorot": _glorot,
    "orthogonal": _orthogonal,
}


def initial_weights(shapes: Mapping[str, Shape], config: Config, rng: np.random.Generator) -> dict[str, Floats]:
    """One contiguous array in config.dtype for each shape, drawn in the order of `shapes` by config.init.

    Biases start at zero, but an LSTM's forget gates at config.forget_bias, so that it remembers from the start
    (Jozefowicz, Zaremba and Sutskever 2015). The linear skip starts at zero whatever `init`: it takes no part at first.
    """
    return {name: _initial(name, shape, config, rng).astype(config.dtype) for name, shape in shapes.items()}


def _initial(name: str, shape: Shape, config: Config, rng: np.random.Generator) -> Floats:
    hidden, recurrent = config.hidden, name.startswith("layer")
    if name == "skip.W" or len(shape) == 1:
        start = np.zeros(shape)
        if config.cell == "lstm" and recurrent:
            start[hidden : 2 * hidden] = config.forget_bias  # gates i, f, g, o
        return start
    draw = INITIALISATIONS[config.init]
    if not recurrent:
        return draw(rng, name, shape)
    gates = shape[-1] // hidden
    return np.concatenate([draw(rng, name, (*shape[:-1], hidden)) for _ in range(gates)], axis=-1)
