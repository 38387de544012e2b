"""What training reports while it goes on: the events that `rnn.train` yields."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

REASONS = ("done", "early-stop", "stopped", "diverged")


@dataclass(frozen=True)
class Epoch:
    """One pass over the training windows, measured with the weights as they stand at its end.

    train_loss, val_loss: the config's loss over the whole set, in scaled units (the article's run: as the article reports).
    train_rmse, val_rmse: root mean squared error in original units, over all horizons and targets; of many series in one,
    with each error divided by its own series' usual step (`rnn.core.layout.usual_steps`).
    grad_norm: mean over the batches of the gradient's global L2 norm before clipping. clipped: share of batches clipped.
    seconds: wall time of the epoch, evaluation included.
    """

    epoch: int
    train_loss: float
    val_loss: float
    train_rmse: float
    val_rmse: float
    lr: float
    grad_norm: float
    clipped: float
    seconds: float


@dataclass(frozen=True, eq=False)
class Preview:
    """Predictions for every window at the end of an epoch, in original units.

    train: (training windows, horizon, K); validation: (validation windows, horizon, K), both float64.
    Step `ahead` of the training windows predicts the records `split.train_rows(ahead)`; see `rnn.core.windows.Split`.
    test: (test windows, horizon, K), only for the best weights and where the run has a test part: while it trains nobody
    looks at it.
    """

    epoch: int
    train: NDArray[np.float64]
    validation: NDArray[np.float64]
    test: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Finished:
    """The last event of a run.

    reason: "done" (all epochs), "early-stop" (no better validation loss for `patience` epochs), "stopped" (asked to)
    or "diverged" (a number overflowed). best_epoch: the epoch whose weights are kept (0: the initial weights).
    Only for "diverged": last_finite_epoch; parameter, the first whose gradient stopped being finite; step, the update
    (batches counted from 1 over the whole run) at which it did; message, the same in one sentence.
    """

    reason: str
    best_epoch: int
    last_finite_epoch: int | None = None
    parameter: str | None = None
    step: int | None = None
    message: str = ""


Event = Epoch | Preview | Finished
