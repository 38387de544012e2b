"""Activations of the Elman cell, each with its derivative written in terms of its own output h."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Activation:
    """h = f(a), in place and without temporaries where the array is contiguous.

    fold: a power of two to be multiplied into the weights beforehand (exact), so that a loop over steps is spared it.
    apply(values, values): fold · a becomes h. slope(values): h becomes f′(a).
    """

    fold: float
    apply: Callable[[Floats, Floats], Any]
    slope: Callable[[Floats], Any]


def _tanh_slope(values: Floats) -> None:
    np.square(values, values)  # f′ = 1 − h²
    np.subtract(1, values, values)


def _sigmoid(values: Floats, out: Floats) -> None:
    # σ(a) = ½ tanh(a/2) + ½: one vectorised call, and no overflow for large negative a.
    np.tanh(values, out)
    np.multiply(out, 0.5, out)
    np.add(out, 0.5, out)


def _sigmoid_slope(values: Floats) -> None:
    np.subtract(values, 0.5, values)  # f′ = h (1 − h) = ¼ − (h − ½)², which needs no second array
    np.square(values, values)
    np.subtract(0.25, values, values)


def _relu(values: Floats, out: Floats) -> None:
    np.maximum(values, 0, out=out)


def _relu_slope(values: Floats) -> None:
    np.minimum(values, 1, out=values)  # h > 0 becomes 1, and f′(0) is taken as 0; np.sign is ten times slower
    np.ceil(values, values)


ACTIVATIONS: dict[str, Activation] = {
    "tanh": Activation(1.0, np.tanh, _tanh_slope),
    "sigmoid": Activation(0.5, _sigmoid, _sigmoid_slope),
    "relu": Activation(1.0, _relu, _relu_slope),
}
