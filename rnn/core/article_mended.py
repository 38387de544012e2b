"""The article's training with some of its faults mended, to see what each of them does.

`rnn.core.article` is the algorithm as published, bit for bit and quick; this is the same loop written plainly, with a choice
at each place where it goes wrong. With nothing mended it gives the published run, to rounding; with everything mended it is
gradient descent on the article's own network (a column of U for each position, sigmoid, no biases). What each mend
does is written in `MENDS`; each is defined by itself, so that any of them can be left out.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rnn.core import article
from rnn.core.article import EPOCHS, SEED, TRAIN_RECORDS, Weights
from rnn.core.article_gradient import Pass, forward_pass, slope
from rnn.core.optimisers import OPTIMISERS, Settings, State

Floats = NDArray[np.float64]

LR, TRUNCATE, CLIP_AT = 1e-4, 5, 10.0
ADAM_LR = 5e-3

MENDS: dict[str, str] = {
    "chain_rule": "U and W move along ∂e²/∂a_s · x_s and ∂e²/∂a_s · h_{s−1}, not along the forward products.",
    "slope": "The slope of the sigmoid is h (1 − h), not a (1 − a). It matters only where the chain rule reaches a weight.",
    "last_step": "The error enters at the last step alone, not at every step of the loop.",
    "sums": "What a step adds counts once, not again at every later step.",
    "truncate": "The error travels back over the whole window, not over 5 steps.",
    "clip": "The whole gradient is shortened to a length of 10, once a record; not each entry cut to ±10 at every step.",
    "start": "The weights start between ±√(6 / (rows + columns)) (Glorot and Bengio 2010), not between 0 and 1.",
    "steps": "Adam with a rate of 0.005 on records in random order, not 0.0001 times the gradient on records in order.",
}
"""Mend → what it does, in one sentence."""


@dataclass(frozen=True)
class MendedEpoch:
    """epoch: 0 before the first update. val_rmse: of the 50 validation records, by the forward pass that is trained.
    val_rmse_prediction_step: by the article's prediction step."""

    epoch: int
    val_rmse: float
    val_rmse_prediction_step: float


@dataclass
class _Memory:
    """What Adam remembers of U, W and V from one record to the next."""

    count: int = 0
    states: dict[str, State] = field(default_factory=dict)


def run(mended: Collection[str], epochs: int = EPOCHS, seed: int = SEED) -> Iterator[MendedEpoch]:
    """Train with these faults mended and report after every epoch; ends early once a weight is no longer finite (its last
    report then has errors that are not finite either).

    Raises ValueError, when the first report is asked for, for a name that is not in `MENDS` or for fewer than one epoch.
    """
    _check(mended, epochs)
    x, y = article.windows(article.article_series().values[:, 0])
    weights = glorot_weights(seed) if "start" in mended else article.initial_weights(seed)
    order, memory = np.random.default_rng(seed), _Memory()
    yield _report(0, weights, x, y)
    for epoch in range(1, epochs + 1):
        records = order.permutation(TRAIN_RECORDS) if "steps" in mended else range(TRAIN_RECORDS)
        for record in records:
            direction = record_direction(weights, x[record], float(y[record]), mended)
            _move(weights, direction, memory if "steps" in mended else None)
        report = _report(epoch, weights, x, y)
        yield report
        if not math.isfinite(report.val_rmse):
            return


def _check(mended: Collection[str], epochs: int) -> None:
    unknown = sorted(set(mended) - set(MENDS))
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no mend; the mends are {', '.join(MENDS)}.")
    if epochs < 1:
        raise ValueError(f"epochs={epochs} must be at least 1.")


def _report(epoch: int, weights: Weights, x: Floats, y: Floats) -> MendedEpoch:
    x, y = x[TRAIN_RECORDS:], y[TRAIN_RECORDS:]
    with np.errstate(all="ignore"):  # weights that have overflowed are reported as they are
        errors = [float(np.sqrt(np.mean((f(weights, x) - y) ** 2))) for f in (article.forward, article.prediction_step)]
    return MendedEpoch(epoch, *errors)


def glorot_weights(seed: int, hidden: int = 100, window: int = 50) -> Weights:
    """Uniform on ±√(6 / (rows + columns)), drawn in the order U, W, V by the article's own generator; a column of U is a
    matrix of one column by itself, as each step uses one."""
    generator = np.random.RandomState(seed)

    def draw(rows: int, columns: int, times: int = 1) -> Floats:
        limit = math.sqrt(6 / (rows + columns))
        return generator.uniform(-limit, limit, (rows, columns * times))

    return Weights(U=draw(hidden, 1, window), W=draw(hidden, hidden), V=draw(1, hidden))


def record_direction(weights: Weights, x_record: Floats, y_record: float, mended: Collection[str]) -> Weights:
    """What one record takes for the gradient, clipped: dU, dW and dV. dU and dW may have one column that stands for all.

    x_record: (T,). With "chain_rule", "slope", "last_step" and "truncate" mended it is the gradient of (ŷ − y)²/2, clipped.
    """
    if "clip" not in mended:
        return summed_direction(weights, x_record, y_record, mended, CLIP_AT)
    return _by_norm(weights, summed_direction(weights, x_record, y_record, mended))


@np.errstate(all="ignore")  # a mend alone may let numbers overflow: that is what there is to see
def summed_direction(
    weights: Weights, x_record: Floats, y_record: float, mended: Collection[str], clip_at: float = math.inf
) -> Weights:
    """What the loop over the steps adds up to; each entry is cut to ±clip_at after every step."""
    kept = forward_pass(weights, x_record)
    error = kept.y_hat - y_record
    hidden, steps = weights.U.shape
    if "chain_rule" in mended:
        rows, columns = _chain_rule_rows(weights, kept, x_record, error, mended), (steps, hidden)
    else:
        rows, columns = iter(_product_rows(weights, kept, x_record, error, mended)), (1, 1)
    if "sums" not in mended:
        rows = _counted_again(rows, hidden)
    total = np.zeros(hidden * (sum(columns) + 1))
    for row in rows:
        total += row
        np.minimum(total, clip_at, out=total)
        np.maximum(total, -clip_at, out=total)
    d_u, d_w, d_v = np.split(total, np.cumsum(columns) * hidden)
    return Weights(d_u.reshape(hidden, -1), d_w.reshape(hidden, -1), d_v[None])


def _steps_of_loop(steps: int, mended: Collection[str]) -> range:
    """The steps at which the error enters."""
    return range(steps - 1 if "last_step" in mended else 0, steps)


def _product_rows(weights: Weights, kept: Pass, x_record: Floats, error: float, mended: Collection[str]) -> Floats:
    """For each step of the loop what it adds to a column of dU, to one of dW, and to dV: (steps of the loop, 3 H).

    The first two are the forward products of that step, once for each step that the loop goes back.
    """
    t = np.array(_steps_of_loop(len(x_record), mended))
    times = t if "truncate" in mended else np.minimum(t, TRUNCATE)
    inputs, recurrent = weights.U.T[t] * x_record[t, None], kept.h[t] @ weights.W.T
    return np.hstack([times[:, None] * inputs, times[:, None] * recurrent, error * kept.h[t + 1]])


def _chain_rule_rows(
    weights: Weights, kept: Pass, x_record: Floats, error: float, mended: Collection[str]
) -> Iterator[Floats]:
    """For each step of the loop what it adds to dU, dW and dV, flat in this order: the gradient of a loss whose error enters
    through V h at that step. One array, written anew for every step."""
    hidden, steps = weights.U.shape
    loop = _steps_of_loop(steps, mended)
    slopes = slope(kept.a) if "slope" in mended else kept.a * (1 - kept.a)
    carried = errors_from(weights, slopes, error, loop, steps if "truncate" in mended else TRUNCATE)
    row = np.zeros(hidden * (steps + hidden + 1))
    d_u, d_w = row[: hidden * steps].reshape(hidden, steps), row[hidden * steps : -hidden].reshape(hidden, hidden)
    for t, back in zip(loop, carried, strict=True):
        reached = np.arange(t, max(-1, t - len(back)), -1)
        errors = back[: len(reached)].T
        d_u[:] = 0
        d_u[:, reached] = errors * x_record[reached]
        np.matmul(errors, kept.h[reached], out=d_w)
        np.multiply(error, kept.h[t + 1], out=row[-hidden:])
        yield row


def _counted_again(rows: Iterator[Floats], hidden: int) -> Iterator[Floats]:
    """The rows with what came before them added to dU and dW again; dV (the last H entries) counts once."""
    running: Floats = np.zeros(1)
    for row in rows:
        running = running + row
        running[-hidden:] = row[-hidden:]
        yield running


def errors_from(weights: Weights, slopes: Floats, error: float, loop: range, reach: int) -> Floats:
    """∂loss/∂a of the `reach` steps up to each step of `loop`, nearest first, where the error enters through V h at that
    step: (len(loop), reach, H). slopes: (T, H), what the sigmoid's slope is taken to be. Zero before the window begins."""
    starts, hidden = np.array(loop), len(weights.W)
    carried = np.zeros((len(starts), reach, hidden))
    arriving = np.broadcast_to(error * weights.V[0], (len(starts), hidden))
    for back in range(reach):
        inside = starts >= back
        starts, arriving = starts[inside], arriving[inside]
        if len(starts) == 0:
            break
        # The starts rise, so those that have left the window are always the first ones.
        at = carried[len(carried) - len(starts) :, back]
        np.multiply(slopes[starts - back], arriving, out=at)
        arriving = at @ weights.W
    return carried


@np.errstate(all="ignore")
def _by_norm(weights: Weights, found: Weights) -> Weights:
    """All three shortened together to a length of at most 10; a column that stands for all counts as often."""
    squares = 0.0
    for name in "UWV":
        one = getattr(found, name)
        squares += getattr(weights, name).size // one.size * float(np.sum(one * one))
    if squares <= CLIP_AT**2:
        return found
    scale = CLIP_AT / math.sqrt(squares)
    return Weights(found.U * scale, found.W * scale, found.V * scale)


@np.errstate(all="ignore")
def _move(weights: Weights, direction: Weights, memory: _Memory | None) -> None:
    """One step downhill in place: 0.0001 times the direction, or one of Adam's."""
    if memory is None:
        for name in "UWV":
            setattr(weights, name, getattr(weights, name) - LR * getattr(direction, name))
        return
    memory.count += 1
    adam = OPTIMISERS["adam"]
    for name in "UWV":
        flat = getattr(weights, name).reshape(-1)
        gradient = np.array(np.broadcast_to(getattr(direction, name), getattr(weights, name).shape)).reshape(-1)
        state = memory.states.setdefault(name, adam.init(flat.size, np.float64))
        adam.step(flat, gradient, state, Settings(lr=ADAM_LR, count=memory.count), np.empty_like(flat))
