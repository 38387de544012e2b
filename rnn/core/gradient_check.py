"""Is the gradient right? Backpropagation against central differences of the naive network, entry by entry.

The yardstick, `rnn.core.naive`, shares no code with the network that is checked. Everything here is float64; dropout is
off. Where to look, away from the kinks of relu and of some losses, is drawn in `rnn.core.gradient_points`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rnn.core.config import Config
from rnn.core.gradient_points import draw, draw_state
from rnn.core.naive import LOSS_FORMULAS, naive_readout, naive_state
from rnn.core.naive import naive_outputs as naive_outputs
from rnn.core.network import Network, beside

Floats = NDArray[np.floating[Any]]
Array64 = NDArray[np.float64]
Arrays = dict[str, Array64]
Indices = NDArray[np.intp]

TOLERANCE = 1e-6
# Measured over 10,000 tensors (every cell, 1 to 3 layers): at worst 3e-7 off, half of them at most 5e-11. Half the step loses
# more to rounding (6e-7), twice the step is too coarse (3e-6).
STEP = 1e-3
# An entry far smaller than the rest of its tensor is measured against this share of the tensor's largest.
SMALL_ENTRY = 1e-3
# The loss is rounded to 2e-16 of itself, so differences over STEP say nothing about derivatives below this share of it.
RESOLVED = 1e-6
# Multiplications in all forward passes of a check: about a second. Where it would take more, tensors are compared in part.
MOST_WORK = 2e9
FEWEST_ENTRIES = 2


class LossAndGradients(Protocol):
    """As `Network.loss_and_gradients`; among the gradients may be "x" and states such as "layer0.h"."""

    def __call__(
        self, params: Mapping[str, Floats], x: Floats, y: Floats, /, *, state: Mapping[str, Floats]
    ) -> tuple[float, Mapping[str, Floats]]: ...


@dataclass(frozen=True)
class GradientCheck:
    """How well the gradient of one tensor agrees with differences, at the entry where it agrees least.

    parameter: a name of `Network.shapes`, or "x" for the inputs (T, B, C). analytic, numeric: both derivatives at
    `worst_index`. relative_error: |analytic − numeric| divided by the largest of |analytic|, |numeric|, `SMALL_ENTRY` times
    the largest numeric derivative in this tensor and `RESOLVED` times the loss; infinite where a number is not finite.
    compared of the tensor's `entries`: all, or where that would take long as many as were drawn at random.
    """

    parameter: str
    analytic: float
    numeric: float
    relative_error: float
    worst_index: tuple[int, ...]
    compared: int
    entries: int

    @property
    def agrees(self) -> bool:
        return self.relative_error <= TOLERANCE


def check_gradients(
    config: Config,
    n_inputs: int,
    n_targets: int,
    *,
    n_static: int = 0,
    n_known: int = 0,
    seed: int = 0,
    batch: int = 3,
    loss_and_gradients: LossAndGradients | None = None,
) -> list[GradientCheck]:
    """Check the gradients of a network: one result a parameter, in the network's order, and one for its inputs, "x".

    n_inputs: those known ahead included; n_known: how many these are, each with `horizon` further values beside the window.
    config: architecture, loss and `truncate` are read; dtype becomes float64, dropout 0. Weights, the `batch` windows, the
    state that they start from (not zero) and the targets are drawn for the check (`draw`), since a saturated network
    would have no gradient to compare. With `truncate` = n the differences hold the states before the last n steps fixed.
    Large networks are compared in part (`MOST_WORK`).

    loss_and_gradients(params, x, y, state=…): what to check; the network's own is the default. "x" and states are checked
    where it gives them. Raises ValueError where it lacks a parameter or gives another shape.
    """
    config = config.replace(dtype="float64", dropout=0.0)
    network = Network(config, n_inputs, n_targets, beside(config, n_static, n_known))
    rng = np.random.default_rng(seed)
    state = draw_state(network, rng, batch)
    params, x, y = draw(network, rng, batch, state)
    if loss_and_gradients is None:
        _, gradients = network.loss_and_gradients(params, x, y, state=state)
        analytic = {**gradients, "x": network.input_gradients(params, x, y, state=state)}
    else:
        _, given = loss_and_gradients(params, x, y, state=state)
        analytic = dict(given)
    differences = Differences(config, params, x, y, state)
    _refuse_other_shapes(network, differences, analytic)
    resolved = RESOLVED * float(differences.loss("x", x))
    checks = []
    for name in (*network.shapes, *(name for name in ("x", *state) if name in analytic)):
        entries = differences.choose(name, rng)
        numeric = differences.derivatives(name, entries)
        checks.append(_compare(name, np.asarray(analytic[name]), entries, numeric, resolved))
    return checks


def numeric_gradients(
    config: Config, params: Mapping[str, Array64], x: Array64, y: Array64, state: Mapping[str, Array64]
) -> Arrays:
    """∂loss/∂entry for every entry of every parameter, of "x" and of the state that the windows start from ("layer0.h" …).

    x: (T, B, C), y: (B, horizon · K), state: (B, H) each; float64.
    """
    differences = Differences(config, params, x, y, state)
    return {
        name: differences.derivatives(name, np.arange(array.size)).reshape(array.shape)
        for name, array in differences.tensors.items()
    }


class Differences:
    """Derivatives of the naive network's loss at one point, by fourth-order central differences.

    With `config.truncate` = n the states after step T − n are found once with everything as it is, and only the n steps
    that follow, the readout and the skip see the change.
    """

    def __init__(
        self, config: Config, params: Mapping[str, Array64], x: Array64, y: Array64, state: Mapping[str, Array64]
    ) -> None:
        self.config, self.y = config, y
        self.tensors: Arrays = {**params, "x": x, **state}
        self.first = 0 if config.truncate is None else x.shape[0] - config.truncate
        self.before = naive_state(config, params, x, state, 0, self.first)

    def loss(self, name: str, array: Array64) -> Array64:
        """(…): the loss with this array (…, *shape) in place of the tensor `name`."""
        tensors = self.tensors | {name: array}
        states = self.before if self.first else {own: tensors[own] for own in self.before}
        x = tensors["x"]
        after = naive_state(self.config, tensors, x, states, self.first, x.shape[-3])
        return LOSS_FORMULAS[self.config.loss](naive_readout(self.config, tensors, x, after), self.y, self.config)

    def derivatives(self, name: str, entries: Indices) -> Array64:
        """(8 (L(+s) − L(−s)) − (L(+2s) − L(−2s))) / 12 s for the entries with these flat numbers."""
        moves = STEP * np.array([-2, -1, 1, 2])
        array, found = self.tensors[name], np.empty(len(entries))
        for part in self._parts(array, len(entries)):
            own = entries[part]
            moved = np.tile(array.ravel(), (len(own), 4, 1))
            moved[np.arange(len(own)), :, own] += moves
            losses = self.loss(name, moved.reshape(-1, *array.shape))
            at = np.broadcast_to(losses, (len(own) * 4,)).reshape(-1, 4)
            found[part] = (8 * (at[:, 2] - at[:, 1]) - (at[:, 3] - at[:, 0])) / (12 * STEP)
        return found

    def choose(self, name: str, rng: np.random.Generator) -> Indices:
        """Flat numbers of the entries of a tensor to compare: all, or where they are many some at random."""
        size, (T, B, _) = self.tensors[name].size, self.tensors["x"].shape
        recurrent = [array for own, array in self.tensors.items() if own.endswith((".W_h", ".W_x"))]
        a_pass = B * sum(array.size if array.ndim == 3 else T * array.size for array in recurrent)
        most = max(FEWEST_ENTRIES, int(MOST_WORK / (4 * a_pass * (len(self.tensors) - len(self.before)))))
        return np.arange(size) if size <= most else np.sort(rng.choice(size, most, replace=False))

    def _parts(self, array: Array64, count: int) -> Iterator[slice]:
        """As many entries at once as keep copies of the tensor, and of a step's numbers, in the cache."""
        widest = 4 * self.config.hidden * self.y.shape[0]
        step = max(1, 2**15 // max(array.size, widest))
        for start in range(0, count, step):
            yield slice(start, min(start + step, count))


def _refuse_other_shapes(network: Network, differences: Differences, gradients: Mapping[str, Floats]) -> None:
    for name in network.shapes:
        if name not in gradients:
            raise ValueError(f"loss_and_gradients gave no gradient for {name}.")
    for name, tensor in differences.tensors.items():
        if name in gradients and np.shape(gradients[name]) != tensor.shape:
            raise ValueError(
                f"The gradient of {name} must have the shape {tensor.shape}, got {np.shape(gradients[name])}."
            )


def _compare(name: str, gradient: Floats, entries: Indices, numeric: Array64, resolved: float) -> GradientCheck:
    analytic = gradient.ravel()[entries]
    least = max(SMALL_ENTRY * float(np.abs(numeric).max()), resolved)
    scale = np.maximum(np.maximum(np.abs(analytic), np.abs(numeric)), least)
    # Where all of it is zero nothing depends on the entry, and both say so.
    errors = np.abs(analytic - numeric) / np.where(scale == 0, 1, scale)
    errors = np.where(np.isfinite(errors), errors, np.inf)
    worst = int(np.argmax(errors))
    index = tuple(int(k) for k in np.unravel_index(entries[worst], gradient.shape))
    return GradientCheck(
        name, float(analytic[worst]), float(numeric[worst]), float(errors[worst]), index, len(entries), gradient.size
    )
