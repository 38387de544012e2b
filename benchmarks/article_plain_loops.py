"""The article's training with the loops as they were published: the yardstick for `rnn.core.article`.

Nothing here is meant to be fast or good. It keeps what decides the numbers: an input that is zero everywhere but at the
step's own position, matrix-shaped dU, dW and dV, the inner loop that adds the same product once for each step that it
goes back, and the clip inside the loop over time. It also keeps the chain-rule terms, which cost time and reach no
weight; `chain_rule=False` leaves them out, so that nobody need take a speed-up that comes from skipping them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def sigmoid(a: Floats) -> Floats:
    return 1 / (1 + np.exp(-a))


def only_step(x: Floats, t: int) -> Floats:
    """x (T, 1) with every value but the one at t replaced by zero."""
    shown = np.zeros(x.shape)
    shown[t] = x[t]
    return shown


def states_of(U: Floats, W: Floats, x: Floats) -> list[Floats]:
    """h_{-1} = 0 and then h_0 … h_{T−1} for one record x (T, 1); each is (H, 1)."""
    states = [np.zeros((len(W), 1))]
    for t in range(len(x)):
        states.append(sigmoid(np.dot(W, states[-1]) + np.dot(U, only_step(x, t))))
    return states


def loss(U: Floats, W: Floats, V: Floats, X: Floats, Y: Floats) -> float:
    """Σ (y − ŷ)²/2 over the records X (N, T, 1), Y (N, 1)."""
    total = 0.0
    for x, y in zip(X, Y, strict=True):
        output = np.dot(V, states_of(U, W, x)[-1])
        total += ((y - output) ** 2 / 2).item()
    return total


def update(
    U: Floats,
    W: Floats,
    V: Floats,
    x: Floats,
    y: Floats,
    *,
    lr: float = 1e-4,
    truncate: int = 5,
    clip_at: float = 10.0,
    chain_rule: bool = True,
) -> None:
    """One record's update of U (H, T), W (H, H) and V (1, H) in place; x (T, 1), y (1,)."""
    states = states_of(U, W, x)
    error = np.dot(V, states[-1]) - y
    dU, dW, dV = np.zeros(U.shape), np.zeros(W.shape), np.zeros(V.shape)
    dU_running, dW_running = np.zeros(U.shape), np.zeros(W.shape)
    last_a = np.dot(W, states[-2]) + np.dot(U, only_step(x, len(x) - 1))
    for t in range(len(x)):
        steps_back = range(t - 1, max(-1, t - truncate - 1), -1)
        for _ in steps_back:
            dU_running += np.dot(U, only_step(x, t))
            dW_running += np.dot(W, states[t])  # states[t] is h_{t−1}
        if chain_rule:
            chain_rule_terms(U, W, V, last_a, error, len(steps_back))
        dV += np.dot(error, states[t + 1].T)
        dU += dU_running
        dW += dW_running
        for gradient in (dU, dW, dV):
            gradient[gradient > clip_at] = clip_at
            gradient[gradient < -clip_at] = -clip_at
    U -= lr * dU
    W -= lr * dW
    V -= lr * dV


def chain_rule_terms(U: Floats, W: Floats, V: Floats, a: Floats, error: Floats, steps_back: int) -> None:
    """The work that goes into terms which reach no weight, for one step; a (H, 1) is the last step's."""
    to_state = np.dot(V.T, error)
    carried = np.dot(W.T, a * (1 - a) * to_state)
    for _ in range(steps_back):
        to_sum = a * (1 - a) * (to_state + carried)
        carried = np.dot(W.T, to_sum)
        np.dot(U.T, to_sum)


def epoch(
    U: Floats, W: Floats, V: Floats, X: Floats, Y: Floats, train: int, *, chain_rule: bool
) -> tuple[float, float]:
    """Losses on the first `train` records and on the rest, then an update with each of the first: X (N, T, 1), Y (N, 1)."""
    losses = loss(U, W, V, X[:train], Y[:train]), loss(U, W, V, X[train:], Y[train:])
    for x, y in zip(X[:train], Y[:train], strict=True):
        update(U, W, V, x, y, chain_rule=chain_rule)
    return losses
