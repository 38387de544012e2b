"""The true gradient of the article's network, one record at a time, and how its published update compares with it.

The network is that of `rnn.core.article`: h_t = σ(a_t), a_t = U[:, t] x_t + W h_{t−1}, ŷ = V h_{T−1}, loss e²/2 with
e = ŷ − y. Written to be read beside the formulas; the same network as `rnn.core.network.Network` with per-step input weights,
without biases and with half its loss.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnn.core.article import Weights, step_terms

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pass:
    """a: (T, H), what each step adds up. h: (T + 1, H), h[0] = 0 before the first step, h[t + 1] the state after step t.
    y_hat: V h after the last step."""

    a: Floats
    h: Floats
    y_hat: float


def forward_pass(weights: Weights, x_record: Floats) -> Pass:
    """One record x_record (T,) through the network, with everything that it computes on the way."""
    hidden, steps = weights.U.shape
    a, h = np.empty((steps, hidden)), np.zeros((steps + 1, hidden))
    for t in range(steps):
        a[t] = weights.U[:, t] * x_record[t] + weights.W @ h[t]
        h[t + 1] = sigmoid(a[t])
    return Pass(a, h, float(weights.V[0] @ h[-1]))


@np.errstate(over="ignore")  # exp(−a) = ∞ gives the right 0
def sigmoid(a: Floats) -> Floats:
    h: Floats = 1 / (1 + np.exp(-a))
    return h


def slope(a: Floats) -> Floats:
    """σ′(a) = σ(a) (1 − σ(a)), from the side of zero on which 1 − σ keeps its digits: at a = 50 it is 2e-22 and not 0."""
    small = np.exp(-np.abs(a))
    steepness: Floats = small / (1 + small) ** 2
    return steepness


def errors_back(weights: Weights, kept: Pass, error: float, truncate: int | None = None) -> Floats:
    """∂loss/∂a_t for every step, (T, H), of a loss whose derivative by the output is `error`.

    It enters at the last step through V and travels back through Wᵀ and the slope of the sigmoid; with `truncate` = n over
    the last n steps only, and is zero before them.
    """
    steps = len(kept.a)
    first = 0 if truncate is None else max(0, steps - truncate)
    slopes, errors = slope(kept.a), np.zeros_like(kept.a)
    arriving = error * weights.V[0]
    for t in range(steps - 1, first - 1, -1):
        errors[t] = slopes[t] * arriving
        arriving = weights.W.T @ errors[t]
    return errors


def true_gradient(weights: Weights, x_record: Floats, y_record: float, truncate: int | None = None) -> Weights:
    """dU (H, T), dW (H, H) and dV (1, H) of (ŷ − y)²/2 for one record, by backpropagation through time."""
    kept = forward_pass(weights, x_record)
    error = kept.y_hat - y_record
    errors = errors_back(weights, kept, error, truncate)
    return Weights(U=(errors * x_record[:, None]).T, W=errors.T @ kept.h[:-1], V=error * kept.h[-1:])


def published_direction(weights: Weights, x_record: Floats, y_record: float, truncate: int = 5) -> Weights:
    """What the article takes for that gradient, before its clip: dU (H, T) and dW (H, H), whose columns are all alike, and
    dV (1, H)."""
    d_u, d_w, d_v = step_terms(weights, x_record, y_record, truncate).sum(axis=0)
    columns = np.ones((1, len(x_record))), np.ones((1, len(d_w)))
    return Weights(U=d_u[:, None] * columns[0], W=d_w[:, None] * columns[1], V=d_v[None])


def cosine(one: Floats, other: Floats) -> float:
    """The cosine of the angle between two arrays as vectors: 1 the same direction, 0 at right angles, −1 opposite; NaN where
    one has no length."""
    lengths = _length(one) * _length(other)
    return float(np.sum(one * other) / lengths) if lengths > 0 else math.nan


def _length(array: Floats) -> float:
    return math.sqrt(float(np.sum(array * array)))


@dataclass(frozen=True)
class Comparison:
    """For U, W and V, means over records: cosine of the published direction with the true gradient, and both lengths."""

    cosines: dict[str, float]
    published: dict[str, float]
    true: dict[str, float]


def compare(weights: Weights, x: Floats, y: Floats) -> Comparison:
    """The published direction beside the gradient, record by record: x (N, T), y (N,). Where a gradient has no length in 64
    bits its cosine is left out of the mean; where none has any, the mean is NaN."""
    pairs = [
        (published_direction(weights, record, float(target)), true_gradient(weights, record, float(target)))
        for record, target in zip(x, y, strict=True)
    ]
    return Comparison(
        cosines={
            name: _mean([cosine(getattr(ours, name), getattr(true, name)) for ours, true in pairs]) for name in "UWV"
        },
        published={name: _mean([_length(getattr(ours, name)) for ours, _ in pairs]) for name in "UWV"},
        true={name: _mean([_length(getattr(true, name)) for _, true in pairs]) for name in "UWV"},
    )


def _mean(values: list[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return sum(known) / len(known) if known else math.nan
