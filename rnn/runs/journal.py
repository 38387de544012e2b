"""From a trainer's events to transactions: what is written when, so that pages see all in time and training hardly waits."""

from __future__ import annotations

import math
import time
from collections import deque

from rnn.core.events import Epoch, Preview
from rnn.core.train import Trainer
from rnn.runs.entries import AppliedChange, Ending, Entry
from rnn.runs.flow_record import FlowRecord
from rnn.runs.keeper import Keeper
from rnn.runs.patience import Patience
from rnn.runs.store import Store

# Seconds between transactions: together at most 20 a second.
EPOCH_GAP = 1 / 15
PROGRESS_GAP = 0.25
PREVIEW_GAP = 0.25
PREVIEW_BYTES_PER_SECOND = 4e6
CHECKPOINT_GAP = 1.0
CHECKPOINT_SHARE = 0.1  # of the time, at most, goes into checkpoints


class Journal:
    """Collects what one run does and writes it down; every method may raise RunLost.

    What cannot be written stays here, and is tried again at growing gaps together with all that has come since, as one
    transaction: every epoch and change, the newest predictions, and of the kept epochs and the flow of the error those that the
    rules of `Keeper` and `FlowRecord` would leave in the store, so that memory is bounded as the store is.

    sharing: how many runs share the worker's time. Each then writes that many times less often, so that all of them together
    cost as much as one, and lose no more of their own training when the worker is killed.
    """

    def __init__(self, store: Store, run_id: str, worker: str, trainer: Trainer) -> None:
        self.store, self.run_id, self.worker, self.trainer = store, run_id, worker, trainer
        self.sharing = 1
        self.patience = Patience()  # with the store
        self.ending: Ending | None = None  # as long as it is not written
        self._changes: list[AppliedChange] = []
        self._epochs: list[Epoch] = []
        self._flow = FlowRecord(trainer, store.flow_epochs(run_id))
        self._preview: Preview | None = None
        now = time.monotonic()
        self._epoch_due = self._preview_due = -math.inf
        self._progress_due = now + PROGRESS_GAP
        self._checkpoint_due = now + CHECKPOINT_GAP
        self._began, self._batch_at_start = now, trainer.state.batch
        self._ends: deque[float] = deque(maxlen=6)
        self._seconds_per_epoch: float | None = None
        self._keeper = Keeper(*store.kept_rows(run_id), trainer)

    def add_epoch(self, epoch: Epoch) -> None:
        """An epoch is complete; the first is written at once."""
        self._keeper.see(self.trainer.state)
        now = time.monotonic()
        self._ends.append(now)
        spans = len(self._ends) - 1
        self._seconds_per_epoch = (now - self._ends[0]) / spans if spans else epoch.seconds
        self._epochs.append(epoch)
        self._flow.measure(sharing=self.sharing)
        if now >= self._epoch_due:
            self._write(now)

    def add_preview(self, preview: Preview) -> None:
        """New predictions; they replace older ones that are not written yet."""
        self._preview = preview
        now = time.monotonic()
        if now >= self._preview_due:
            self._write(now)

    def tick(self) -> None:
        """Between two batches: write what has become due."""
        now = time.monotonic()
        epochs_due = self._epochs and now >= self._epoch_due
        preview_due = self._preview is not None and now >= self._preview_due
        if epochs_due or preview_due or now >= self._progress_due or now >= self._checkpoint_due:
            self._write(now)

    def add_changes(self, changes: tuple[AppliedChange, ...]) -> None:
        """Changes were just made: written at once with a checkpoint, so that a resumed run never makes them twice."""
        self._changes += changes
        if changes:
            self._keeper.change_course(self.trainer.state.epoch)
        self._write(time.monotonic(), checkpoint=True)

    def has_made(self, field: str, ordered: float) -> bool:
        """Whether this order was the last of its field to be carried out, and still stands because that is not written."""
        made = [change.ordered for change in self._changes if change.field == field]
        return made[-1:] == [ordered]

    def close(self, ending: Ending, preview: Preview | None = None) -> None:
        """Write all that is left, a checkpoint, and how it ended. preview: in place of the one that was waiting. `ending` stays
        as long as that could not be done; then ask `write_ending` again."""
        self._preview = preview or self._preview
        self.ending = ending
        if ending.state not in ("interrupted", "failed"):  # the worker has to be gone soon; the weights may be anything
            self._flow.measure(last=True)
        self.write_ending()

    def write_ending(self) -> None:
        """Try to, where it is due."""
        if self.ending is not None:
            self._write(time.monotonic(), checkpoint=True)

    @property
    def unwritten(self) -> str:
        """What would be lost now, in words."""
        waiting = [epoch.epoch for epoch in self._epochs]
        return f"epochs {waiting[0]} to {waiting[-1]}" if waiting else "how it ended"

    def _write(self, now: float, *, checkpoint: bool = False) -> None:
        if self.patience.wait:
            return
        entry = self._entry(now, checkpoint=checkpoint or self.patience.error is not None)
        others = self.patience.get(lambda: self.store.record(self.run_id, self.worker, entry))
        if others is None:
            return
        self._keeper.written(entry.kept, others)
        self._plan(entry, now)

    def _entry(self, now: float, *, checkpoint: bool) -> Entry:
        """All that is not written and due."""
        ending = self.ending
        failed = ending is not None and ending.state == "failed"
        checkpoint = (checkpoint or now >= self._checkpoint_due) and not failed
        preview = self._preview if ending is not None or now >= self._preview_due else None
        state = self.trainer.state
        batch, batches = self._batches()
        # In mid-batch, where an error of the program has ended it, a state is no state to go on from.
        changes = () if failed else tuple(self._changes)
        kept = None
        if not failed:
            kept = self._keeper.entry(state, checkpoint=checkpoint, ending=ending and ending.state)
        return Entry(
            epoch=state.epoch,
            batch=batch,
            batches=batches,
            best_epoch=state.best_epoch,
            seconds_per_epoch=self._seconds_per_epoch or self._estimate(now),
            epochs=tuple(self._epochs),
            preview=preview,
            checkpoint=state if checkpoint else None,
            config=self.trainer.config if changes else None,
            changes=changes,
            flow=self._flow.waiting(due=checkpoint),
            ending=ending,
            kept=kept,
        )

    def _plan(self, entry: Entry, now: float) -> None:
        """When to write next. Gaps count from the end of a write, so that a slow disk slows itself, not the training."""
        done = time.monotonic()
        self._progress_due = done + PROGRESS_GAP * self.sharing
        self.ending = None
        del self._changes[: len(entry.changes)]
        if entry.flow is not None:
            self._flow.written()
        if entry.epochs:
            self._epochs.clear()
            self._epoch_due = done + EPOCH_GAP * self.sharing
        if entry.preview is not None:
            size = entry.preview.train.nbytes + entry.preview.validation.nbytes
            self._preview = None
            self._preview_due = done + max(PREVIEW_GAP, size / PREVIEW_BYTES_PER_SECOND) * self.sharing
        if entry.checkpoint is not None:
            self._checkpoint_due = done + max(CHECKPOINT_GAP, (done - now) / CHECKPOINT_SHARE) * self.sharing

    def _batches(self) -> tuple[int, int]:
        """How many are done, of how many: in the epoch in progress, or after the last in the second training."""
        trainer, final = self.trainer, self.trainer.state.final
        if final is not None and trainer.state.epoch >= trainer.config.epochs:
            return final.count, final.best_epoch * trainer.batches_of_all
        return trainer.state.batch, trainer.batches

    def _estimate(self, now: float) -> float | None:
        """Seconds of an epoch, from the part of the first one that is done."""
        done = self.trainer.state.batch - self._batch_at_start
        return (now - self._began) / done * self.trainer.batches if done > 0 else None
