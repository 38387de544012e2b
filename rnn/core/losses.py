"""Losses, each with its derivative: what training makes small, in scaled units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Loss:
    """value(y_hat, y): the sum of the entries' losses, as a float64 accumulation. derivative(y_hat, y): ∂mean/∂ŷ.

    y_hat, y: (B, O). The reported loss is the mean over all B · O entries, so that sets of different sizes compare.
    """

    total: Callable[[Floats, Floats], float]
    derivative: Callable[[Floats, Floats], Floats]
    label: str


def _squared_total(y_hat: Floats, y: Floats) -> float:
    error = np.subtract(y_hat, y).ravel()
    return float(np.sum(np.square(error, dtype=np.float64)))


def _squared_derivative(y_hat: Floats, y: Floats) -> Floats:
    error: Floats = np.subtract(y_hat, y)
    error *= 2 / error.size
    return error


LOSSES: dict[str, Loss] = {"mse": Loss(_squared_total, _squared_derivative, "mean squared error")}
