"""Where to compare a gradient with differences: weights, windows, states and targets at which every parameter matters and
no small change crosses a kink, where a derivative jumps and a difference would be right about nothing.

T steps, B windows, C inputs a step, H hidden. Everything is float64.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from rnn.core.config import Config
from rnn.core.naive import ACTIVATION_FORMULAS, STATE_NAMES, naive_outputs, zero_state
from rnn.core.network import Network

Array64 = NDArray[np.float64]
Arrays = dict[str, Array64]

# How far from a kink: far more than differences over 1e-3 move anything.
LOSS_MARGIN = 0.1
# Bias and recurrence change what its inputs add to a relu unit's pre-activation by this share of it at most.
MOST_CHANGE = 0.6


def draw_state(network: Network, rng: np.random.Generator, batch: int) -> Arrays:
    """A state to start from, "layer0.h" and so on → (B, H): not zero, and of a size that the cell can reach."""
    config = network.config
    low, high = {"tanh": (-0.8, 0.8), "sigmoid": (0.2, 0.8), "relu": (0.2, 0.8)}[config.activation]
    if config.cell != "elman":
        low, high = -0.8, 0.8
    shape = (batch, config.hidden)
    return {
        f"layer{layer}.{name}": rng.uniform(low, high, shape) if name == "h" else 0.7 * rng.standard_normal(shape)
        for layer in range(config.layers)
        for name in STATE_NAMES[config.cell]
    }


def draw(
    network: Network, rng: np.random.Generator, batch: int, state: Mapping[str, Array64] | None = None
) -> tuple[Arrays, Array64, Array64]:
    """Weights, inputs x (T, B, C) and targets y (B, horizon · K), for windows that start from `state` (None: zero).

    Relu units are kept from their kink at zero on both sides of it: they switch on and off from step to step, yet no
    small change of a weight switches one. Errors are kept from the kinks of the loss, on every side of them.
    """
    config = network.config
    state = state or zero_state(config, batch)
    x = rng.standard_normal((config.steps, batch, network.channels))
    params = {name: _weights(config, rng, name, shape) for name, shape in network.shapes.items()}
    if config.cell == "elman" and config.activation == "relu":
        x = _relu_point(network, rng, params, state, batch)
    return params, x, _targets(config, rng, naive_outputs(config, params, x, state))


def _weights(config: Config, rng: np.random.Generator, name: str, shape: tuple[int, ...]) -> Array64:
    kind = name.partition(".")[2]
    if kind.startswith("b"):
        return 0.1 * rng.standard_normal(shape)
    gain = 1.0
    if config.cell == "elman" and config.activation == "sigmoid" and kind != "W":
        gain = 3.0  # it passes on a quarter of an error at most, and the first step is to be felt at the last
    if kind == "W_h":
        # Turns, gate by gate: errors neither vanish nor explode, and the network is not so bent that differences err.
        turns = [np.linalg.qr(rng.standard_normal((shape[0], shape[0])))[0] for _ in range(shape[1] // shape[0])]
        return np.asarray(gain * np.hstack(turns))
    return np.asarray(gain * rng.standard_normal(shape) / np.sqrt(shape[-2]))


def _relu_point(
    network: Network, rng: np.random.Generator, params: Arrays, state: Mapping[str, Array64], batch: int
) -> Array64:
    """Inputs x (T, B, C), and layer weights in `params`, for which no pre-activation is near zero.

    Each window has one sign a step and each unit one sign of its own; where they are the same the unit is on. A unit above
    the first layer takes the units below it with the product of their signs, so that it, too, is driven one way by all
    that are on. What bias and recurrence add is made smaller until it never outweighs that drive.
    """
    config = network.config
    H, T = config.hidden, config.steps
    units = np.where(np.arange(H) % 2, -1.0, 1.0)
    # A single unit that is off would leave the one above it without any drive.
    signs = np.where(rng.random((T, batch, 1)) < (0.6 if H > 1 else 1.0), 1.0, -1.0)
    x = below = signs * rng.uniform(0.7, 1.0, (T, batch, network.channels))
    sources = np.ones((network.channels, 1))
    for layer in range(config.layers):
        W_x = sources * units * rng.uniform(0.7, 1.0, network.shapes[f"layer{layer}.W_x"])
        W_x /= np.abs(below @ W_x).mean()
        params[f"layer{layer}.W_x"] = W_x
        below = _tame(params, f"layer{layer}.", below @ W_x, state[f"layer{layer}.h"])
        sources = units[:, None]
    return x


def _tame(params: Arrays, prefix: str, drive: Array64, start: Array64) -> Array64:
    """Shrink recurrent weights and bias until every unit is on or off as its `drive` (T, B, H) says, with a share of it to
    spare; returns the states (T, B, H)."""
    W_h, b = params[f"{prefix}W_h"], params.get(f"{prefix}b", np.zeros(1))
    while True:
        h, states, change = start, np.empty_like(drive), 0.0
        for t, driven in enumerate(drive):
            a = driven + h @ W_h + b
            states[t] = h = ACTIVATION_FORMULAS["relu"](a)
            change = max(change, float(np.abs(a / driven - 1).max()))
        if change <= MOST_CHANGE:
            return states
        W_h *= 0.9
        b *= 0.9


def _targets(config: Config, rng: np.random.Generator, y_hat: Array64) -> Array64:
    """y (B, horizon · K) around the forecasts ŷ, drawn again where an error lies near a kink of the loss."""
    scale = 1.5 * config.huber_delta if config.loss == "huber" else 1.5
    levels = len(config.quantiles) if config.loss == "quantile" else 1
    forecasts = y_hat.reshape(len(y_hat), -1, levels)
    centre = forecasts.mean(axis=2)
    y = centre + scale * rng.standard_normal(centre.shape)
    while (near := DISTANCES[config.loss](y[..., None] - forecasts, config).min(axis=2) < LOSS_MARGIN * scale).any():
        y[near] = centre[near] + scale * rng.standard_normal(int(near.sum()))
    return np.asarray(y)


def _from_zero(error: Array64, config: Config) -> Array64:
    return np.abs(error)


def _from_delta(error: Array64, config: Config) -> Array64:
    return np.abs(np.abs(error) - config.huber_delta)


def _anywhere(error: Array64, config: Config) -> Array64:
    return np.full(error.shape, np.inf)


# How far an error is from a kink of the loss.
DISTANCES: dict[str, Callable[[Array64, Config], Array64]] = {
    "mse": _anywhere,
    "mae": _from_zero,
    "huber": _from_delta,
    "quantile": _from_zero,
}
