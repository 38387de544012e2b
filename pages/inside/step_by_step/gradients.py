"""What each step adds to the gradient of the layer's parameters, and how the sum grows on the way back.

For one window what a step adds to a matrix is the outer product of what it reads and its error, h_{t−1} ⊗ ∂L/∂a_t. So the
lengths of all partial sums come out of products of steps with steps, (T, T), and no matrix is ever built:
⟨h_s ⊗ d_s, h_t ⊗ d_t⟩ = (h_s · h_t)(d_s · d_t).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pages.inside.step_by_step.forward import column
from pages.inside.step_by_step.passes import Passes

Array64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Growth:
    """Of one parameter, by the step (T,). adds: the length of what that step adds. so_far: the length of the sum of this step
    and all after it. share: how much of the whole gradient that sum holds, along the whole one's direction; it ends at 1, and
    may pass it on the way. whole: the length of the whole gradient."""

    adds: Array64
    so_far: Array64
    share: Array64
    whole: float


@dataclass(frozen=True)
class Followed:
    """One weight on its way: from unit `source` of the step before into the unit's gate. By the step (T,): adds and so_far."""

    source: int
    letter: str
    value: float
    adds: Array64
    so_far: Array64


def growths(passes: Passes) -> dict[str, Growth]:
    """Bare parameter name → its growth; steps that training does not reach add nothing."""
    own, config = passes.layer, passes.part.network.config
    d_x, d_h = _errors(passes)
    errors_x, errors_h = d_x @ d_x.T, d_h @ d_h.T
    reads, states = own.x[:, 0], own.h[:-1, 0]
    inputs = reads @ reads.T
    if passes.weights["W_x"].ndim == 3:  # each step has its own
        inputs = np.diag(np.diag(inputs))
    found = {"W_x": _growth(inputs * errors_x), "W_h": _growth((states @ states.T) * errors_h)}
    if config.bias:
        found["b"] = _growth(errors_x)
        if config.cell == "gru":
            inside = d_h[:, 2 * config.hidden :]
            found["b_hn"] = _growth(inside @ inside.T)
    return found


def followed(passes: Passes, unit: int, letter: str) -> Followed:
    """The recurrent weight into this gate of the unit whose gradient is largest."""
    at = column(passes, letter, unit)
    each = passes.layer.h[:-1, 0] * _errors(passes)[1][:, at : at + 1]  # (T, H), a column for each source
    source = int(np.abs(each.sum(axis=0)).argmax())
    adds = each[:, source]
    return Followed(source, letter, float(passes.weights["W_h"][source, at]), adds, _from_the_end(adds))


def _errors(passes: Passes) -> tuple[Array64, Array64]:
    """(T, G · H): ∂L/∂a as W_x and b meet it, and as W_h does, which for the GRU's candidate is behind the reset gate."""
    own = passes.layer
    errors = {letter: array[:, 0].copy() for letter, array in own.dbefore.items()}
    for array in errors.values():
        array[: passes.walk.end] = 0
    d_x = np.concatenate(list(errors.values()), axis=1)
    if "n" not in errors:
        return d_x, d_x
    return d_x, np.concatenate([errors["r"], errors["z"], errors["n"] * own.gates["r"][:, 0]], axis=1)


def _growth(products: Array64) -> Growth:
    """products (T, T): of what each step adds with what each other one does."""
    partial = _from_the_end(_from_the_end(products).T)
    squared = float(products.sum())
    along = _from_the_end(products.sum(axis=1))
    share = along / squared if squared > 0 else np.zeros(len(products))
    adds, so_far = (np.sqrt(np.maximum(np.diag(one), 0)) for one in (products, partial))
    return Growth(adds, so_far, share, float(np.sqrt(max(squared, 0))))


def _from_the_end(array: Array64) -> Array64:
    """Sums over this entry and all after it, along the first axis."""
    return np.cumsum(array[::-1], axis=0)[::-1]
