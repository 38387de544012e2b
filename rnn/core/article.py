"""The article's network and its training exactly as published, so that its printed table can be reproduced.

Source: F. Shaikh, "Build a Recurrent Neural Network from Scratch in Python", Analytics Vidhya, 2019. The network has H
sigmoid states, one linear output and no biases, and U keeps a column for each of the window's T positions:
h_t = σ(a_t), a_t = U[:, t] x_t + W h_{t−1}, h_{−1} = 0, ŷ = V h_{T−1}. True gradients are `rnn.core.bptt`'s work.

Why its update is not a gradient. The error e = ŷ − y is carried back through V, Wᵀ and a(1 − a) (where σ' is h(1 − h)),
but the outcome is dropped: what enters dU and dW are the forward products U[:, t] x_t and W h_{t−1} themselves. They do
not contain e, so U and W move the same way whether the output is too high or too low; they are H-vectors, so every
column of a matrix gets the same numbers; and their running sums are never reset, so early steps count again at every
later one. dV adds e h_t at every step although only the last state reaches the output, which at least points downhill.
The clip lets each element of V fall by no more than 10 lr a record: the loss shrinks because V slides evenly to zero.

Why this is fast and yet equal to the plain double loop bit for bit. Equal columns need to be summed and clipped once
only, in the order of the loop, and then subtracted from every column: the same roundings at a fraction of the work.
Nothing else may be rearranged: n additions of a product are not one addition of n times it, and one matrix product for
many records rounds otherwise than their matrix–vector products, which is what `np.matmul` does with a stack of vectors.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from rnn.core.series import Series

Floats = NDArray[np.float64]

TRAIN_RECORDS = 100  # of the 150 windows; the last 50 validate
SEED = 42  # the article names none; this one gives its table
EPOCHS = 25

PRINTED: dict[int, tuple[float, float]] = {
    1: (101185.61756671, 50591.0340148),
    2: (61205.46869629, 30601.34535365),
    3: (31225.3198258, 15611.65669247),
    4: (11245.17049551, 5621.96780111),
    5: (1264.5157739, 632.02563908),
    6: (20.15654115, 10.05477285),
    10: (17.31275313, 8.64199652),
    15: (16.96420184, 8.46794248),
    20: (17.00844599, 8.48682234),
    25: (16.76856238, 8.37295808),
}
"""Epoch → (loss, validation loss) as the article printed them: sums over records, before the epoch's updates."""
PRINTED_RMSE = 0.127191931509431
"""Validation RMSE that the article printed after 25 epochs, with its own prediction step."""


@dataclass
class Weights:
    """U (H, T), W (H, H) and V (1, H), float64. Updates change them in place."""

    U: Floats
    W: Floats
    V: Floats


@dataclass(frozen=True)
class UpdateReport:
    """clipped: whether the clip changed any element of dU, dW or dV at any step.
    grad_norm: L2 norm of (dU, dW, dV) together, as they would have been without the clip.
    """

    clipped: bool
    grad_norm: float


@dataclass(frozen=True)
class ArticleEpoch:
    """epoch counts from 1; loss (100 records) and val_loss (50) are Σ (y − ŷ)²/2 before the epoch's updates."""

    epoch: int
    loss: float
    val_loss: float


def article_series() -> Series:
    """sin(k) for k = 0 … 199, k in radians."""
    # np.sin may round its last digit otherwise from one processor to the next.
    return Series.from_values([math.sin(k) for k in range(200)], name="article-sine")


def windows(values: Floats, window: int = 50) -> tuple[Floats, Floats]:
    """Every window of `values` (M,) that has a next value: x (M − window, window), a read-only view, and y (M − window,).

    Raises ValueError where there is no such window.
    """
    if not 1 <= window < len(values):
        raise ValueError(
            f"window={window} must be at least 1 and shorter than the series, which has {len(values)} values."
        )
    return sliding_window_view(values[:-1], window), values[window:]


def initial_weights(seed: int = SEED, hidden: int = 100, window: int = 50) -> Weights:
    """Uniform (0, 1), drawn in the order U, W, V by NumPy's legacy generator, whose stream never changes."""
    generator = np.random.RandomState(seed)
    return Weights(
        U=generator.uniform(0, 1, (hidden, window)),
        W=generator.uniform(0, 1, (hidden, hidden)),
        V=generator.uniform(0, 1, (1, hidden)),
    )


@np.errstate(over="ignore")
def forward(weights: Weights, x: Floats) -> Floats:
    """ŷ (N,) for the windows x (N, T) by the forward pass that is trained: step t sees x_t alone."""
    per_step = (x_t[:, None] * u_t for x_t, u_t in zip(x.T, np.ascontiguousarray(weights.U.T), strict=True))
    return _outputs(weights, per_step, len(x))


@np.errstate(over="ignore")
def prediction_step(weights: Weights, x: Floats) -> Floats:
    """ŷ (N,) for the windows x (N, T) by the article's prediction step: every step sees the whole window, U x.

    A different network from the one that was trained, yet the one whose errors the article reports at the end.
    """
    whole = np.matmul(weights.U, x[:, :, None])[:, :, 0]
    return _outputs(weights, itertools.repeat(whole, x.shape[1]), len(x))


def _outputs(weights: Weights, inputs: Iterable[Floats], records: int) -> Floats:
    """V h after one step for each of the T inputs (N, H), which are what U contributes at that step."""
    h = np.zeros((records, len(weights.W)))
    minus_w, minus_w_h = -weights.W, np.empty((*h.shape, 1))
    for step in inputs:
        np.matmul(minus_w, h[:, :, None], out=minus_w_h)
        np.subtract(minus_w_h[:, :, 0], step, out=h)
        np.exp(h, out=h)
        h += 1.0
        np.reciprocal(h, out=h)
    return np.asarray(np.matmul(weights.V, h[:, :, None])[:, 0, 0])


def reported_loss(weights: Weights, x: Floats, y: Floats) -> float:
    """Σ (y − ŷ)²/2 over the records x (N, T), y (N,), added one after another. A sum, although called a mean."""
    halves = (y - forward(weights, x)) ** 2 / 2
    return float(np.add.accumulate(halves)[-1])


def update(
    weights: Weights, x_record: Floats, y_record: float, *, lr: float = 1e-4, truncate: int = 5, clip_at: float = 10.0
) -> UpdateReport:
    """One record's update as published, in place: x_record (T,), y_record its next value.

    truncate: how often a step's product is added again, at most (the published loop goes that many steps back but adds
    the same product each time). clip_at: bound on every element of dU, dW and dV, applied after every step.
    """
    terms = step_terms(weights, x_record, y_record, truncate)
    steps, _, hidden = terms.shape
    d_u, d_w, d_v = terms.sum(axis=0)
    grad_norm = math.sqrt(steps * float(d_u @ d_u) + hidden * float(d_w @ d_w) + float(d_v @ d_v))

    rows = terms.reshape(steps, 3 * hidden)
    total, low, high = np.zeros(3 * hidden), np.full(3 * hidden, -clip_at), np.full(3 * hidden, clip_at)
    add, minimum, maximum = np.add, np.minimum, np.maximum
    for row in rows:
        add(total, row, row)  # kept in the row, so that one look afterwards tells whether the clip bit
        minimum(row, high, out=total)
        maximum(total, low, out=total)
    clipped = max(float(rows.max()), -float(rows.min())) > clip_at

    d_u, d_w, d_v = (lr * total).reshape(3, hidden)
    weights.U -= d_u[:, None]
    weights.W -= d_w[:, None]
    weights.V -= d_v
    return UpdateReport(clipped, grad_norm)


@np.errstate(over="ignore")  # exp(−a) = ∞ gives the right h = 0
def step_terms(weights: Weights, x_record: Floats, y_record: float, truncate: int = 5) -> Floats:
    """What each step adds to dU, dW (to each of their columns) and dV before any clip: (T, 3, H).

    Their sum over the steps is the direction that the article takes for the gradient of one record's loss.
    """
    products, states = _products_and_states(weights, x_record)
    steps, hidden = states.shape
    error = np.dot(weights.V[0], states[-1]) - y_record
    terms = np.zeros((steps, 3, hidden))
    sums = terms.reshape(steps, 3 * hidden)[:, : 2 * hidden]
    add, running = np.add, sums[0]
    for t, (product, running_sum) in enumerate(zip(products, sums, strict=True)):
        for _ in range(min(t, truncate)):
            running = add(running, product, running_sum)
    np.multiply(states, error, out=terms[:, 2])
    return terms


def _products_and_states(weights: Weights, x_record: Floats) -> tuple[Floats, Floats]:
    """U[:, t] x_t beside W h_{t−1} for every step, (T, 2H), and the states h_t, (T, H)."""
    hidden, steps = weights.U.shape
    products, states = np.empty((steps, 2 * hidden)), np.empty((steps, hidden))
    np.multiply(weights.U.T, x_record[:, None], out=products[:, :hidden])
    minus_inputs = -products[:, :hidden]
    # One record at a time, a call costs as much as its arithmetic: hence names bound once and results in place.
    w_times, subtract, exp, add, reciprocal = weights.W.dot, np.subtract, np.exp, np.add, np.reciprocal
    one, h = np.ones(hidden), np.zeros(hidden)
    for minus_input, recurrent, state in zip(minus_inputs, products[:, hidden:], states, strict=True):
        subtract(minus_input, w_times(h, recurrent), state)
        exp(state, state)
        add(state, one, state)
        h = reciprocal(state, state)
    return products, states


def train(weights: Weights, epochs: int = EPOCHS) -> Iterator[ArticleEpoch]:
    """Trains `weights` in place on the article's records, in order; each epoch is yielded once its updates are done.

    Raises ValueError, when the first epoch is asked for, if there is to be none.
    """
    if epochs < 1:
        raise ValueError(f"epochs={epochs} must be at least 1.")
    x, y = windows(article_series().values[:, 0], weights.U.shape[1])
    x_train, y_train, x_val, y_val = x[:TRAIN_RECORDS], y[:TRAIN_RECORDS], x[TRAIN_RECORDS:], y[TRAIN_RECORDS:]
    for epoch in range(1, epochs + 1):
        loss, val_loss = reported_loss(weights, x_train, y_train), reported_loss(weights, x_val, y_val)
        for x_record, y_record in zip(x_train, y_train, strict=True):
            update(weights, x_record, float(y_record))
        yield ArticleEpoch(epoch, loss, val_loss)


def run(epochs: int = EPOCHS, seed: int = SEED) -> Iterator[ArticleEpoch]:
    """The article's whole run, epoch by epoch, from the weights that `seed` draws. Raises ValueError as `train`."""
    return train(initial_weights(seed), epochs)


def table_rows(epochs: int = EPOCHS) -> Iterator[dict[str, float | None]]:
    """The run beside the printed table: one row an epoch, None where the article printed nothing.

    The last row has, beside the others' five columns, the RMSE of the trained weights on either set by either forward
    pass, and the validation RMSE that the article printed for its own (None unless all of its epochs were run).
    """
    weights = initial_weights()
    for done in train(weights, epochs):
        loss, val_loss = PRINTED.get(done.epoch, (None, None))
        row: dict[str, float | None] = asdict(done) | {"printed_loss": loss, "printed_val_loss": val_loss}
        if done.epoch == epochs:
            row |= final_errors(weights) | {"printed_val_rmse": PRINTED_RMSE if epochs == EPOCHS else None}
        yield row


def final_errors(weights: Weights) -> dict[str, float]:
    """RMSE on the article's training and validation records, by its prediction step and by the pass it trained with."""
    x, y = windows(article_series().values[:, 0])
    errors = {}
    for predict in (prediction_step, forward):
        squares = (y - predict(weights, x)) ** 2
        errors[f"{predict.__name__}_train_rmse"] = math.sqrt(squares[:TRAIN_RECORDS].mean())
        errors[f"{predict.__name__}_val_rmse"] = math.sqrt(squares[TRAIN_RECORDS:].mean())
    return errors
