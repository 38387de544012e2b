"""Which epochs of a run at work have the way of their error through time measured, and which of those stay in the store."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from rnn.core.flow_probe import FlowProbe
from rnn.core.train import Trainer
from rnn.runs.records import FlowRow

# Of a run's computing time, at most, so that a busy machine measures as often as an idle one; so many seconds may go in any
# case, which are that share of a run of five, and let a shorter one be measured more than once or twice.
SHARE, ALLOWANCE_SECONDS = 0.012, 0.06
WRITING_GAP = 0.4  # seconds between writes, at least: of a quick network they cost more than the measuring
MOST_EPOCHS, MOST_STEPS = 300, 500
# Epochs are thinned as if drawn on a scale that is straight up to about this one and logarithmic beyond.
DENSE = 50


@dataclass(frozen=True, eq=False)
class FlowChange:
    """What a transaction does to a run's rows: dropped are the epochs whose rows go."""

    rows: tuple[FlowRow, ...]
    dropped: tuple[int, ...]


class FlowRecord:
    """stored: the epochs that the store has rows of. Those after the trainer's checkpoint are walked again, so they go."""

    def __init__(self, trainer: Trainer, stored: Iterable[int] = ()) -> None:
        self._state = trainer.state
        self._probe = None if trainer.config.gradient == "published" else FlowProbe(trainer)
        stored = sorted(stored)
        self.epochs = [epoch for epoch in stored if epoch <= self._state.epoch]
        self._dropped = set(stored) - set(self.epochs)
        self._rows: dict[int, FlowRow] = {}
        self._began = time.process_time()
        self._spent = self._last = self._due = 0.0

    def measure(self, *, last: bool = False, sharing: int = 1) -> None:
        """An epoch is complete and its weights stand: measure them if that keeps within a share of the run's time, which is one
        part in `sharing` of the process's, or in any case where it is the last one."""
        epoch = self._state.epoch
        if self._probe is None or epoch < 1 or self._state.batch > 0 or epoch in self.epochs[-1:]:
            return
        if not last and not worth_measuring(self.epochs, epoch):
            return
        allowed = max(ALLOWANCE_SECONDS, SHARE * (time.process_time() - self._began) / sharing)
        if self._spent + self._last > allowed and not last:
            return
        began = time.thread_time()
        norms = self._probe.norms()
        T = norms.shape[1]
        steps = np.linspace(0, T - 1, min(T, MOST_STEPS)).round().astype(np.int32)
        with np.errstate(over="ignore"):
            self._rows[epoch] = FlowRow(epoch, norms[:, steps].astype(np.float32), steps)
        self.epochs.append(epoch)
        if len(self.epochs) > MOST_EPOCHS:
            gone = self.epochs.pop(superfluous(self.epochs))
            if self._rows.pop(gone, None) is None:
                self._dropped.add(gone)
        self._last = time.thread_time() - began
        self._spent += self._last

    def waiting(self, *, due: bool = True) -> FlowChange | None:
        """What is not written yet; None where there is nothing. due: whether to tell it whenever it was last written."""
        if not (self._rows or self._dropped) or not (due or time.monotonic() >= self._due):
            return None
        return FlowChange(tuple(self._rows.values()), tuple(sorted(self._dropped)))

    def written(self) -> None:
        """What was waiting is in the store now."""
        self._rows.clear()
        self._dropped.clear()
        self._due = time.monotonic() + WRITING_GAP


def worth_measuring(epochs: Sequence[int], epoch: int) -> bool:
    """Whether the newest epoch, after these that are kept, is one to measure: where they are as many as there may be, only one
    that stands an even share of the whole from the last, on the scale of `superfluous`; nearer ones would soon be spared."""
    if len(epochs) < MOST_EPOCHS:
        return True
    last, whole = np.log1p(epochs[-1] / DENSE), np.log1p(epoch / DENSE)
    return bool(whole - last >= whole / MOST_EPOCHS)


def superfluous(epochs: Sequence[int]) -> int:
    """The place, in rising epochs, of the one that can best be spared: where its neighbours lie closest together on a scale
    that grows coarser with the epochs. Never the first nor the last."""
    at = np.log1p(np.asarray(epochs, np.float64) / DENSE)
    return 1 + int(np.argmin(at[2:] - at[:-2]))
