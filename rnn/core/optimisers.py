"""Optimisers as pairs of functions on flat vectors; they hold no weights.

`init(size, dtype)` gives the state (what a checkpoint keeps); `step(params, gradient, state, lr, count)` changes params
and state in place, count being the number of this update from 1 on.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
State = dict[str, Floats]


@dataclass(frozen=True)
class Optimiser:
    init: Callable[[int, Any], State]
    step: Callable[[Floats, Floats, State, float, int], None]


def _sgd_init(size: int, dtype: Any) -> State:
    return {}


def _sgd(params: Floats, gradient: Floats, state: State, lr: float, count: int) -> None:
    """θ ← θ − lr · g"""
    params -= params.dtype.type(lr) * gradient


BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


def _adam_init(size: int, dtype: Any) -> State:
    return {"m": np.zeros(size, dtype), "v": np.zeros(size, dtype)}


def _adam(params: Floats, gradient: Floats, state: State, lr: float, count: int) -> None:
    """Adam (Kingma and Ba 2015, algorithm 1): m̂, v̂ bias-corrected, ε added outside the root, as PyTorch does.

    m ← β₁ m + (1 − β₁) g;  v ← β₂ v + (1 − β₂) g²;  θ ← θ − lr · m̂ / (√v̂ + ε)
    """
    m, v = state["m"], state["v"]
    # m += (1 − β₁)(g − m): one temporary fewer than the textbook form, equal up to rounding.
    work = gradient - m
    work *= 1 - BETA1
    m += work
    np.multiply(gradient, gradient, out=work)
    work -= v
    work *= 1 - BETA2
    v += work
    np.sqrt(v, out=work)
    work *= 1 / math.sqrt(1 - BETA2**count)
    work += EPSILON
    np.divide(m, work, out=work)
    work *= lr / (1 - BETA1**count)
    params -= work


OPTIMISERS: dict[str, Optimiser] = {"sgd": Optimiser(_sgd_init, _sgd), "adam": Optimiser(_adam_init, _adam)}
