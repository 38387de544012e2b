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
    """apply(a, out): h = f(a). backward(dh, h, out): dh · f′(a), where f′ is written in h. All of one shape."""

    apply: Callable[[Floats, Floats], None]
    backward: Callable[[Floats, Floats, Floats], None]


def _tanh(a: Floats, out: Floats) -> None:
    np.tanh(a, out=out)


def _tanh_backward(dh: Floats, h: Floats, out: Floats) -> None:
    np.multiply(h, h, out=out)  # f′ = 1 − h²
    np.subtract(1, out, out=out)
    np.multiply(out, dh, out=out)


def _sigmoid(a: Floats, out: Floats) -> None:
    # σ(a) = ½ tanh(a/2) + ½: one vectorised call, and no overflow for large negative a.
    np.multiply(a, 0.5, out=out)
    np.tanh(out, out=out)
    np.multiply(out, 0.5, out=out)
    np.add(out, 0.5, out=out)


def _sigmoid_backward(dh: Floats, h: Floats, out: Floats) -> None:
    np.subtract(1, h, out=out)  # f′ = h (1 − h)
    np.multiply(out, h, out=out)
    np.multiply(out, dh, out=out)


def _relu(a: Floats, out: Floats) -> None:
    np.maximum(a, 0, out=out)


def _relu_backward(dh: Floats, h: Floats, out: Floats) -> None:
    np.multiply(dh, h > 0, out=out)  # f′(0) is taken as 0


ACTIVATIONS: dict[str, Activation] = {
    "tanh": Activation(_tanh, _tanh_backward),
    "sigmoid": Activation(_sigmoid, _sigmoid_backward),
    "relu": Activation(_relu, _relu_backward),
}
