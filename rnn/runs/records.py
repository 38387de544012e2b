"""What the store hands out: frozen values, none of them tied to the database any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.config import Config

# A run in one of these is in the queue or at work; in one of FINISHED it has said its last word.
ACTIVE = ("queued", "running")
FINISHED = ("done", "early-stop", "stopped", "diverged", "failed")
STATES = (*ACTIVE, "paused", "interrupted", *FINISHED)


@dataclass(frozen=True)
class Run:
    """One run as it stood when it was read.

    config: with the changes of lr and epochs that have taken effect. state: one of STATES; reason: why it ended, as in
    `rnn.core.events.Finished`, or "failed". version: grows with each write that a reader could care about.
    epoch: epochs completed. batch, batches: of the epoch in progress, or of the second training (`learning_again`). orders:
    what was asked of the run and is not done yet, such as {"pause": None, "lr": 0.001}. seconds_per_epoch: recent; before the
    first epoch's end an estimate.
    best_epoch, last_finite_epoch, parameter, step, message: as in Finished; message says for "failed" and "interrupted"
    what happened. best_rmse: validation RMSE at best_epoch; None before the first epoch. test_rmse: of the same weights on the
    test part, once somebody has asked for it. Moments are UTC.
    """

    id: str
    name: str
    session: str
    config: Config
    series_hash: str
    state: str
    reason: str
    version: int
    created: datetime
    started: datetime | None
    finished: datetime | None
    epoch: int
    batch: int
    batches: int
    seconds_per_epoch: float | None
    best_epoch: int | None
    last_finite_epoch: int | None
    parameter: str | None
    step: int | None
    message: str
    orders: Mapping[str, float | None] = field(default_factory=dict)
    best_rmse: float | None = None
    test_rmse: float | None = None

    @property
    def active(self) -> bool:
        """Whether the run is in the queue or at work, so that a page should keep looking."""
        return self.state in ACTIVE

    @property
    def learning_again(self) -> bool:
        """Whether all epochs are done and the second training, on all records, goes on."""
        return self.active and self.config.refit and self.epoch >= self.config.epochs

    @property
    def epochs_left(self) -> float:
        """Epochs that are left if all are needed, those of the second training among them, which take about as long."""
        share = self.batch / self.batches if self.batches else 0.0
        if self.learning_again:
            return self.config.epochs * (1 - share)
        again = self.config.epochs if self.config.refit else 0
        return max(0.0, self.config.epochs - self.epoch - share) + again

    @property
    def eta_seconds(self) -> float | None:
        """Seconds of training that are left if all epochs are needed; None while nothing has been measured."""
        if self.seconds_per_epoch is None:
            return None
        return 0.0 if self.state in FINISHED else self.epochs_left * self.seconds_per_epoch


@dataclass(frozen=True)
class Study:
    """A long computation that is no training, as it stood when it was read: a backtest, an automatic choice.

    kind: one of `rnn.runs.study_kinds.KINDS`; request: what it was asked, JSON-able. state: queued, running, done, failed or
    stopped. done: pieces of work finished, of `total` (0 while unknown); note: what was just done. error: why it failed, a
    sentence. result: bytes that its kind knows how to read; None before the end. Moments are UTC.
    """

    id: str
    kind: str
    request: Mapping[str, Any]
    session: str
    state: str
    created: datetime
    started: datetime | None
    finished: datetime | None
    done: int = 0
    total: int = 0
    note: str = ""
    error: str = ""
    result: bytes | None = field(default=None, repr=False)

    @property
    def active(self) -> bool:
        """Whether it is in the queue or at work, so that a page should keep looking."""
        return self.state in ACTIVE


@dataclass(frozen=True)
class StoredFile:
    """A file as it was uploaded: its name and its bytes."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, eq=False)
class StoredPreview:
    """The latest predictions of a run, as `rnn.core.events.Preview`; version tells one preview from the next."""

    epoch: int
    version: int
    train: NDArray[np.float64]
    validation: NDArray[np.float64]
    test: NDArray[np.float64] | None = None


@dataclass(frozen=True, eq=False)
class FlowRow:
    """How the error travelled back through time with the weights at the end of an epoch, on a few training windows.

    norms: (L, T'), lowest layer first: `rnn.core.through_time.error_norms`, float32. steps: (T',), the steps of the window
    that they stand for, from 0 on: all of them, or of many steps 500, evenly spread, the first and the last among them.
    """

    epoch: int
    norms: NDArray[np.float32]
    steps: NDArray[np.int32]


@dataclass(frozen=True)
class Change:
    """A choice changed in mid-run: from the batch after `batch` of epoch `epoch` (counted from 1) `new` holds."""

    epoch: int
    batch: int
    field: str
    old: float
    new: float
    made: datetime


@dataclass(frozen=True)
class Kept:
    """An epoch that can be gone back to (0: the initial weights). size: bytes that it takes beside what the run has anyway.
    whole: whether training can go on from it; else there are its weights alone."""

    epoch: int
    size: int
    whole: bool = True


@dataclass(frozen=True)
class Branch:
    """Where a run began: after `epoch` epochs of the run `parent`, which may have been deleted since."""

    parent: str
    epoch: int


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """What `rnn.core.train.TrainingState.from_arrays` takes, and the number of epochs completed by then."""

    epoch: int
    arrays: dict[str, NDArray[Any]]
    meta: dict[str, Any]
