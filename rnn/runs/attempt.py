"""One run at work in a worker: from its claim to the moment it is let go, finished or not.

An attempt trains in turns, so that several may share a worker (`rnn.runs.race_attempt`); a run by itself has one turn.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from sqlalchemy.exc import SQLAlchemyError

from rnn.core.events import Epoch, Event, Finished, Preview
from rnn.core.series import Series
from rnn.core.state import TrainingState
from rnn.core.train import Trainer
from rnn.runs.entries import AppliedChange, Ending, RunLost
from rnn.runs.journal import Journal
from rnn.runs.pulse import Pulse
from rnn.runs.records import Run
from rnn.runs.store import Store

ORDERS_GAP = 0.025
LONGEST_TURN = 5  # times as long as it was meant to be, on a machine that is busy with other work

log = logging.getLogger(__name__)


class Attempt:
    """Trains a claimed run, on from its checkpoint where there is one, and obeys its orders.

    series_of: gives the series of a hash. leaving: asked between batches; once True the run is checkpointed and reads
    "interrupted". A context manager: within it there are heartbeats.
    """

    def __init__(
        self,
        store: Store,
        run: Run,
        worker: str,
        series_of: Callable[[str], Series],
        leaving: Callable[[], bool] = lambda: False,
    ) -> None:
        self.store, self.run, self.worker, self.series_of, self.leaving = store, run, worker, series_of, leaving
        self._trainer: Trainer | None = None
        self._ending: Ending | None = None
        self._step_at: float | None = None
        self._orders_due = 0.0
        self._turn_ends: tuple[float, float] | None = None  # by the processor's clock, and by the wall's
        self._pulse = Pulse(lambda: store.heartbeat(run.id, worker))

    def __enter__(self) -> Self:
        self._pulse.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pulse.__exit__(kind, error, trace)

    def work(self) -> None:
        """Train until something ends it. A run that is no longer this worker's is dropped without a word."""
        with self:
            self.turn()

    def turn(self, seconds: float | None = None, sharing: int = 1) -> bool:
        """Train for about so many seconds of the processor, one batch at least; without a number until something ends it.
        sharing: how many runs take turns. Returns whether more is to be done."""
        # The first question of a turn is never its last: however slow the store is, each turn gets something done.
        self._fresh, self._sharing = True, sharing
        if seconds is not None:
            self._turn_ends = time.thread_time() + seconds, time.monotonic() + LONGEST_TURN * seconds
        try:
            return self._train()
        except RunLost:
            log.info("Run %s is no longer this worker's.", self.run.id)
        return False

    def give_back(self) -> None:
        """Before another turn: have it write down what it has and put the run back into the queue, for others to go first."""
        self._ending = self._ending or Ending("queued")

    @property
    def epochs_done(self) -> int:
        return 0 if self._trainer is None else self._trainer.state.epoch

    @property
    def learning_again(self) -> bool:
        """Whether its epochs are done and the second training, on all records, goes on."""
        trainer = self._trainer
        return trainer is not None and trainer.state.final is not None

    def _train(self) -> bool:
        prepared = self._trainer is not None
        try:
            if not prepared:
                self._trainer = self._make_trainer()
                self._journal = Journal(self.store, self.run.id, self.worker, self._trainer)
                prepared = True
                self._obey()
            self._journal.sharing = self._sharing
            for event in self._trainer.run(self._stop):
                if isinstance(event, Finished) and event.reason == "stopped" and self._ending is None:
                    return True  # its turn is over
                self._take(event)
        except (RunLost, SQLAlchemyError):
            raise
        except Exception as error:
            log.exception("Run %s failed.", self.run.id)
            self.store.fail(self.run.id, self.worker, _explain(error, prepared))
        return False

    def _make_trainer(self) -> Trainer:
        saved = self.store.checkpoint(self.run.id)
        state = TrainingState.from_arrays(saved.arrays, saved.meta) if saved else None
        return Trainer(self.run.config, self.series_of(self.run.series_hash), state)

    def _take(self, event: Event) -> None:
        if isinstance(event, Epoch):
            self._journal.add_epoch(event)
        elif isinstance(event, Preview):
            self._journal.add_preview(event)
        elif event.reason == "stopped" and self._ending is not None and self._ending.state != "stopped":
            self._journal.close(self._ending)
        else:
            # What stays on the chart are the predictions of the weights that are kept.
            self._journal.close(Ending(event.reason, finished=event), self._trainer.preview_best())

    def _stop(self) -> bool:
        """Asked by the trainer between batches: everything but the arithmetic happens here."""
        if self._pulse.lost:
            raise RunLost(self.run.id)
        if self.leaving():
            self._ending = Ending("interrupted", "The server or the worker was shut down.")
            return True
        if time.monotonic() >= self._orders_due:
            self._obey()
        state = self._trainer.state
        if self._ending is None and self._step_at is not None and state.batch == 0 and state.epoch >= self._step_at:
            self._ending = Ending("paused")
        if self._ending is None:
            self._journal.tick()
        over, self._fresh = not self._fresh and self._turn_is_over(), False
        return over or self._ending is not None

    def _turn_is_over(self) -> bool:
        if self._turn_ends is None:
            return False
        return time.thread_time() >= self._turn_ends[0] or time.monotonic() >= self._turn_ends[1]

    def _obey(self) -> None:
        orders = self.store.orders(self.run.id)
        self._orders_due = time.monotonic() + ORDERS_GAP
        self._step_at = orders.get("step")
        changes = tuple(
            change for field in ("lr", "epochs") if (change := self._change(field, orders.get(field))) is not None
        )
        if changes:
            self._journal.add_changes(changes)
        if "stop" in orders:
            self._ending = Ending("stopped")
        elif "pause" in orders:
            self._ending = Ending("paused")

    def _change(self, field: str, ordered: float | None) -> AppliedChange | None:
        if ordered is None:
            return None
        state, old = self._trainer.state, getattr(self._trainer.config, field)
        if field == "lr":
            self._trainer.change(lr=ordered)
        else:
            # Fewer than are done or begun: the epoch in progress is the last.
            self._trainer.change(epochs=max(int(ordered), state.epoch + (state.batch > 0), 1))
        new = getattr(self._trainer.config, field)
        return AppliedChange(state.epoch + 1, state.batch, field, old, new, ordered)


def _explain(error: Exception, prepared: bool) -> str:
    """A sentence for the user. Before training, a ValueError is one already: the series is too short, and the like."""
    if isinstance(error, ValueError) and not prepared:
        return str(error)
    if isinstance(error, MemoryError):
        return "There is not enough memory; make hidden, batch or window smaller, or take a shorter series."
    return f"Training stopped on an error in the program ({type(error).__name__}: {error}); worker.log has the details."
