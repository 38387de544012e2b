"""Is the gradient right? Every entry of every parameter against central differences of an independent forward pass.

The yardstick, `naive_outputs`, is written from the equations and shares no code with `rnn.core.cells`; it is slow, and
that is its merit. Everything here is float64.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.config import Config
from rnn.core.network import Network

Floats = NDArray[np.floating[Any]]
Array64 = NDArray[np.float64]
Arrays = dict[str, Array64]
LossAndGradients = Callable[[Mapping[str, Floats], Floats, Floats], tuple[float, Mapping[str, Floats]]]

TOLERANCE = 1e-6
# Measured over the architectures of the tests: the worst entry is 1e-8 off. Steps five times smaller lose to rounding what
# they gain (5e-8), four times larger ones are too coarse (2e-7).
STEP = 5e-4
# An entry far smaller than the rest of its tensor is measured against this share of the tensor's largest.
SMALL_ENTRY = 1e-3


@dataclass(frozen=True)
class GradientCheck:
    """How well one parameter's gradient agrees with differences, at the entry where it agrees least.

    analytic, numeric: both derivatives at `worst_index`. relative_error: |analytic − numeric| divided by the largest of
    |analytic|, |numeric| and `SMALL_ENTRY` times the largest numeric derivative in this parameter; infinite where a
    number is not finite.
    """

    parameter: str
    analytic: float
    numeric: float
    relative_error: float
    worst_index: tuple[int, ...]

    @property
    def agrees(self) -> bool:
        return self.relative_error <= TOLERANCE


def check_gradients(
    config: Config,
    n_inputs: int,
    n_targets: int,
    *,
    seed: int = 0,
    batch: int = 3,
    loss_and_gradients: LossAndGradients | None = None,
) -> list[GradientCheck]:
    """Check the gradient of every parameter of a network, one result a parameter, in the network's order.

    config: architecture, loss and `truncate` are read; dtype becomes float64. The weights and the `batch` windows are
    drawn for the check (`draw`), since a saturated network would have no gradient to compare. With `truncate` = n the
    differences hold the state before the last n steps fixed. loss_and_gradients(params, x, y): what to check, as
    `Network.loss_and_gradients`, which is the default. Raises ValueError where it gives other parameters or shapes.
    """
    config = config.replace(dtype="float64")
    network = Network(config, n_inputs, n_targets)
    params, x, y = draw(network, np.random.default_rng(seed), batch)
    _, analytic = (loss_and_gradients or network.loss_and_gradients)(params, x, y)
    _refuse_other_shapes(network, analytic)
    numeric = numeric_gradients(config, params, x, y)
    return [_compare(name, np.asarray(analytic[name]), numeric[name]) for name in network.shapes]


def naive_state(config: Config, params: Mapping[str, Array64], x: Array64, h: Array64, first: int, end: int) -> Array64:
    """The state (B, H) after steps first … end − 1, from the state h before them: h_t = f(x_t W_x + h_{t−1} W_h + b)."""
    W_x, W_h, b = params["layer0.W_x"], params["layer0.W_h"], params.get("layer0.b", 0.0)
    for t in range(first, end):
        W_now = W_x[t] if config.input_weights == "per_step" else W_x
        h = ACTIVATION_FORMULAS[config.activation](x[t] @ W_now + h @ W_h + b)
    return h


def naive_outputs(config: Config, params: Mapping[str, Floats], x: Floats) -> Array64:
    """ŷ (B, O) for x (T, B, D), by the equations, in float64 whatever the precision of the weights."""
    weights = {name: np.asarray(array, np.float64) for name, array in params.items()}
    h = np.zeros((x.shape[1], config.hidden))
    return _readout(weights, naive_state(config, weights, np.asarray(x, np.float64), h, 0, config.window))


def numeric_gradients(config: Config, params: Mapping[str, Array64], x: Array64, y: Array64) -> Arrays:
    """∂loss/∂entry for every entry of every parameter, by fourth-order central differences.

    x: (T, B, D), y: (B, O), float64. With `config.truncate` = n, h_{T−n} is found once with the weights as they are, and
    only the n steps after it see the changed weight.
    """
    T = config.window
    first = 0 if config.truncate is None else T - config.truncate
    changed = {name: array.copy() for name, array in params.items()}
    before = naive_state(config, changed, x, np.zeros((x.shape[1], config.hidden)), 0, first)

    def loss() -> float:
        y_hat = _readout(changed, naive_state(config, changed, x, before, first, T))
        return float(LOSS_FORMULAS[config.loss](y_hat, y))

    gradients = {name: np.zeros_like(array) for name, array in changed.items()}
    for name, array in changed.items():
        for index in np.ndindex(array.shape):
            gradients[name][index] = _derivative(loss, array, index)
    return gradients


def draw(network: Network, rng: np.random.Generator, batch: int) -> tuple[Arrays, Array64, Array64]:
    """Weights, inputs x (T, B, D) and targets y (B, O) at which every parameter has a gradient worth comparing.

    For relu they also keep every pre-activation away from the kink at zero, on both sides of it, where a difference
    would be right about nothing: each unit's input weights have one sign, each window has one sign a step, and what the
    recurrence and the bias add is smaller than what the input does. So units switch on and off from step to step, yet no
    small change of a weight switches one.
    """
    config = network.config
    shapes, H, D = network.shapes, config.hidden, network.n_inputs
    x = rng.standard_normal((config.window, batch, D))
    y = rng.standard_normal((batch, network.outputs))
    params = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
    params["layer0.W_x"] *= 0.7 / np.sqrt(D)
    params["layer0.W_h"] *= 1.2 / np.sqrt(H)
    params["readout.W"] *= 1 / np.sqrt(H)
    for name in shapes:
        if name.endswith(".b"):
            params[name] *= 0.1
    if config.activation == "relu":
        signs = np.where(rng.random((config.window, batch, 1)) < 0.7, 1.0, -1.0)
        x = signs * rng.uniform(0.7, 1.0, x.shape)
        units = np.where(np.arange(H) % 2, -1.0, 1.0)
        # |x_t W_x| is 0.56 … 1. States stay below 1.1 / (1 − 0.28), so recurrence and bias add less than 0.43 + 0.1.
        params["layer0.W_x"] = units * rng.uniform(0.8, 1.0, shapes["layer0.W_x"]) / D
        params["layer0.W_h"] = rng.uniform(-0.28, 0.28, shapes["layer0.W_h"]) / H
        if config.bias:
            params["layer0.b"] = rng.uniform(-0.1, 0.1, H)
    return params, x, y


def _sigmoid(a: Array64) -> Array64:
    return np.asarray(1 / (1 + np.exp(-a)))


def _relu(a: Array64) -> Array64:
    return np.asarray(np.where(a > 0, a, 0.0))


def _mean_squared(y_hat: Array64, y: Array64) -> float:
    return float(np.mean((y_hat - y) ** 2))


ACTIVATION_FORMULAS: dict[str, Callable[[Array64], Array64]] = {"tanh": np.tanh, "sigmoid": _sigmoid, "relu": _relu}
LOSS_FORMULAS: dict[str, Callable[[Array64, Array64], float]] = {"mse": _mean_squared}


def _readout(params: Mapping[str, Array64], h: Array64) -> Array64:
    return np.asarray(h @ params["readout.W"] + params.get("readout.b", 0.0))


def _derivative(loss: Callable[[], float], array: Array64, index: tuple[int, ...]) -> float:
    """d loss / d array[index] ≈ (8 (L(+s) − L(−s)) − (L(+2s) − L(−2s))) / 12 s; leaves the array as it was."""
    value = array[index]
    at = {}
    for steps in (-2, -1, 1, 2):
        array[index] = value + steps * STEP
        at[steps] = loss()
    array[index] = value
    return (8 * (at[1] - at[-1]) - (at[2] - at[-2])) / (12 * STEP)


def _refuse_other_shapes(network: Network, gradients: Mapping[str, Floats]) -> None:
    for name, shape in network.shapes.items():
        if name not in gradients:
            raise ValueError(f"loss_and_gradients gave no gradient for {name}.")
        if np.shape(gradients[name]) != shape:
            raise ValueError(f"The gradient of {name} must have the shape {shape}, got {np.shape(gradients[name])}.")


def _compare(name: str, analytic: Floats, numeric: Array64) -> GradientCheck:
    largest = SMALL_ENTRY * float(np.abs(numeric).max())
    scale = np.maximum(np.maximum(np.abs(analytic), np.abs(numeric)), largest)
    # Where all three are zero both say that nothing depends on the entry, and they agree.
    errors = np.abs(analytic - numeric) / np.where(scale == 0, 1, scale)
    errors = np.where(np.isfinite(errors), errors, np.inf)
    worst = tuple(int(k) for k in np.unravel_index(int(np.argmax(errors)), errors.shape))
    return GradientCheck(name, float(analytic[worst]), float(numeric[worst]), float(errors[worst]), worst)
