"""Initial weights. Drawn in float64 and then cast, so that both precisions start from the same numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
    if not name.endswith("W_h"):
        return _glorot(rng, name, shape)
    q, r = np.linalg.qr(rng.standard_normal(shape))
    return q * np.sign(np.diag(r))  # without the signs the draw is not uniform over rotations


INITIALISATIONS: dict[str, Callable[[np.random.Generator, str, Shape], Floats]] = {
    "uniform01": _uniform01,
    "glorot": _glorot,
    "orthogonal": _orthogonal,
}


def initial_weights(shapes: dict[str, Shape], init: str, rng: np.random.Generator, dtype: str) -> dict[str, Floats]:
    """One array for each shape, drawn in the order of `shapes`; biases (names ending in ".b") start at zero."""
    draw = INITIALISATIONS[init]
    return {
        name: (np.zeros(shape) if name.endswith(".b") else draw(rng, name, shape)).astype(dtype)
        for name, shape in shapes.items()
    }
