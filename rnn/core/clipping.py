"""Gradient clipping on the flat gradient vector, in place and without allocation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


def _none(gradient: Floats, norm: float, limit: float) -> bool:
    return False


def _by_value(gradient: Floats, norm: float, limit: float) -> bool:
    # The norm bounds every entry, so most batches need no pass over the entries.
    if norm <= limit or max(float(gradient.max()), -float(gradient.min())) <= limit:
        return False
    np.clip(gradient, -limit, limit, out=gradient)
    return True


def _by_norm(gradient: Floats, norm: float, limit: float) -> bool:
    if norm <= limit:
        return False
    scale = limit / norm
    if scale < np.finfo(gradient.dtype).tiny:
        # In float32 a limit of 1e-6 on a norm of 1e36 is a factor with few digits left; its root has them all.
        root = scale**0.5
        gradient *= root
        gradient *= root
    else:
        gradient *= scale
    return True


# name → clip(gradient, its global L2 norm (finite), limit), in place; returns whether it bit.
# "norm" is clipping by global norm (Pascanu, Mikolov and Bengio 2013): direction kept, length bounded.
CLIPPINGS: dict[str, Callable[[Floats, float, float], bool]] = {"none": _none, "value": _by_value, "norm": _by_norm}
