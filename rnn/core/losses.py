"""Losses, each with its derivative: what training makes small, in scaled units.

B windows, O target entries (horizon · K), Q quantile levels. y: (B, O). y_hat: (B, O); for "quantile" (B, O · Q), the
levels of one entry side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from rnn.core.config import Config

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Loss:
    """total(y_hat, y, at): the sum of the losses of y's entries, accumulated in float64; an entry's quantile loss is the
    mean over its levels. derivative(y_hat, y, at, out): ∂(total / y.size)/∂ŷ into out, shaped as
    y_hat, without allocation. at: see `parameter`.

    Divide a total by y.size: a mean over entries, so that sets of different sizes compare.
    """

    total: Callable[[Floats, Floats, Any], float]
    derivative: Callable[[Floats, Floats, Any, Floats], None]
    label: str


def _squared_total(y_hat: Floats, y: Floats, at: None) -> float:
    """e², e = ŷ − y"""
    error = np.subtract(y_hat, y).ravel()
    # Squared in float64: the square of 1e20 does not fit into float32.
    return float(np.add.reduce(np.square(error, dtype=np.float64)))


def _squared_derivative(y_hat: Floats, y: Floats, at: None, out: Floats) -> None:
    np.subtract(y_hat, y, out=out)
    out *= 2 / y.size


def _absolute_total(y_hat: Floats, y: Floats, at: None) -> float:
    """|e|"""
    return float(np.abs(np.subtract(y_hat, y)).sum(dtype=np.float64))


# The sign of an error is taken as clip(e, ±KINK) / KINK, which differs from it only below 1e-30: in place np.sign is not
# vectorised and took 20 times as long. A power of two, so that dividing by it rounds nothing.
KINK = 2.0**-100


def _absolute_derivative(y_hat: Floats, y: Floats, at: None, out: Floats) -> None:
    """sign(e) / n, and 0 where the error is 0."""
    np.subtract(y_hat, y, out=out)
    np.clip(out, -KINK, KINK, out=out)
    out *= 1 / (KINK * y.size)


def _huber_total(y_hat: Floats, y: Floats, at: float) -> float:
    """Huber (1964), scaled as PyTorch's HuberLoss: e²/2 where |e| ≤ δ, beyond it δ (|e| − δ/2)."""
    size = np.abs(np.subtract(y_hat, y)).ravel()
    inside = np.minimum(size, at)
    # With c = min(|e|, δ) both branches are c (|e| − c/2).
    size -= inside / 2
    return float(np.add.reduce(np.multiply(inside, size, dtype=np.float64)))


def _huber_derivative(y_hat: Floats, y: Floats, at: float, out: Floats) -> None:
    np.subtract(y_hat, y, out=out)
    np.clip(out, -at, at, out=out)
    out *= 1 / y.size


def _pinball_total(y_hat: Floats, y: Floats, at: Floats) -> float:
    """Pinball (Koenker and Bassett 1978): τ (y − q̂) where y lies above the quantile q̂, (1 − τ)(q̂ − y) below."""
    total = 0.0
    # Level by level: all at once NumPy's inner loop would be the few levels, and ten times slower.
    for index, level in enumerate(at.tolist()):
        distance = np.subtract(y, y_hat[:, index :: at.size])
        above = float(np.maximum(distance, 0).sum(dtype=np.float64))
        below = float(np.minimum(distance, 0).sum(dtype=np.float64))
        total += level * above - (1 - level) * below
    return total / at.size


def _pinball_derivative(y_hat: Floats, y: Floats, at: Floats, out: Floats) -> None:
    """−τ where y lies above q̂, 1 − τ below, and 0 where they are equal; divided by n Q."""
    for index in range(at.size):
        np.subtract(y_hat[:, index :: at.size], y, out=out[:, index :: at.size])
    row = np.tile(at, y.shape[1])
    # np.clip is slower than these two where the bounds are arrays.
    np.maximum(out, -KINK * row, out=out)
    np.minimum(out, KINK * (1 - row), out=out)
    out *= 1 / (KINK * out.size)


LOSSES: dict[str, Loss] = {
    "mse": Loss(_squared_total, _squared_derivative, "mean squared error"),
    "mae": Loss(_absolute_total, _absolute_derivative, "mean absolute error"),
    "huber": Loss(_huber_total, _huber_derivative, "mean Huber loss"),
    "quantile": Loss(_pinball_total, _pinball_derivative, "mean pinball loss"),
}


def parameter(config: Config) -> Any:
    """What config.loss is taken at: Huber's δ (float), the quantile levels (Q,) in config.dtype, otherwise None."""
    if config.loss == "huber":
        return config.huber_delta
    if config.loss == "quantile":
        return np.array(config.quantiles, config.dtype)
    return None


def point(levels: Sequence[float] | Floats) -> int:
    """The index of the level that serves as the point forecast: 0.5, else the nearest to it, of two the lower."""
    # Rounded, since 0.5 − 0.3 and 0.7 − 0.5 differ in the last bit.
    return min(range(len(levels)), key=lambda index: round(abs(float(levels[index]) - 0.5), 6))


def level_count(config: Config) -> int:
    """How many levels the config's network gives for each entry: those of a quantile loss, else one."""
    return len(config.quantiles) if config.loss == "quantile" else 1


def middle_level(config: Config) -> int:
    """Which of them is the point forecast."""
    return point(config.quantiles) if config.loss == "quantile" else 0
