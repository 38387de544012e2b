"""One run at work in a worker: from its claim to the moment it is let go, finished or not.

An attempt trains in turns, so that several may share a worker (`rnn.runs.race_attempt`); a run by itself has one turn.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rnn.core.events import Epoch, Event, Finished, Preview
from rnn.core.series import Series
from rnn.core.state import TrainingState
from rnn.core.train import Trainer
from rnn.runs.attempt_words import meanwhile, why_failed
from rnn.runs.entries import Ending, RunLost
from rnn.runs.journal import Journal
from rnn.runs.orders import Orders, carry_out
from rnn.runs.patience import LAST_TRIES_SECONDS, REST_SECONDS, Patience
from rnn.runs.pulse import Pulse
from rnn.runs.records import Run
from rnn.runs.store import Store
from rnn.runs.store_trouble import STORE_ERRORS
from rnn.runs.troubles import Troubles

LONGEST_TURN = 5  # times as long as it was meant to be, on a machine that is busy with other work

log = logging.getLogger(__name__)


class Attempt:
    """Trains a claimed run, on from its checkpoint where there is one, and obeys its orders.

    series_of: gives the series of a hash. leaving: asked between batches; once True the run is checkpointed and reads
    "interrupted". troubles: told when the store fails. A context manager: within it there are heartbeats.

    A store that fails does not end it: training goes on in memory (`rnn.runs.journal`), and once it is over, the end is held
    until it can be written, or for LAST_TRIES_SECONDS after it has been told to leave.
    """

    def __init__(
        self,
        store: Store,
        run: Run,
        worker: str,
        series_of: Callable[[str], Series],
        leaving: Callable[[], bool] = lambda: False,
        troubles: Troubles | None = None,
    ) -> None:
        self.store, self.run, self.worker, self.series_of, self.leaving = store, run, worker, series_of, leaving
        self.troubles = troubles or Troubles()
        self._trainer: Trainer | None = None
        self._journal: Journal | None = None
        self._failure: str | None = None  # to be written, of a run whose training could not begin
        self._reading = Patience()
        self._left_at: float | None = None
        self._ending: Ending | None = None
        self._step_at: float | None = None
        self._orders = Orders(store, run.id)
        self._turn_ends: tuple[float, float] | None = None  # by the processor's clock, and by the wall's
        self._pulse = Pulse(lambda: store.heartbeat(run.id, worker))

    def __enter__(self) -> Self:
        self._pulse.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pulse.__exit__(kind, error, trace)
        self.troubles.over(self.run.id)

    def work(self) -> None:
        """Train until something ends it. A run that is no longer this worker's is dropped without a word."""
        with self:
            while self.turn():
                time.sleep(min(self.wait, REST_SECONDS))

    def turn(self, seconds: float | None = None, sharing: int = 1) -> bool:
        """Train for about so many seconds of the processor, one batch at least; without a number until something ends it.
        sharing: how many runs take turns. Returns whether more is to be done."""
        # The first question of a turn is never its last: however slow the store is, each turn gets something done.
        self._fresh, self._sharing = True, sharing
        if seconds is not None:
            self._turn_ends = time.thread_time() + seconds, time.monotonic() + LONGEST_TURN * seconds
        try:
            if self._pulse.lost:
                raise RunLost(self.run.id)
            more = not self._gives_up() and self._train()
        except RunLost:
            log.info("Run %s is no longer this worker's.", self.run.id)
            return False
        self._tell()
        return more

    @property
    def wait(self) -> float:
        """Seconds until another turn does anything: more than 0 where nothing is left but to write, and the store fails."""
        if self._journal is None:
            return self._reading.wait
        return self._journal.patience.wait if self._journal.ending is not None else 0.0

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
        """Whether more is to be done, be it only to write how it ended."""
        journal = self._journal
        if journal is None:
            return self._begin()
        if journal.ending is not None:
            journal.write_ending()
            return journal.ending is not None
        journal.sharing = self._sharing
        try:
            for event in self._trainer.run(self._stop):
                if isinstance(event, Finished) and event.reason == "stopped" and self._ending is None:
                    return True  # its turn is over
                self._take(event)
        except RunLost:
            raise
        except Exception as error:
            log.exception("Run %s failed.", self.run.id)
            journal.close(Ending("failed", why_failed(error, prepared=True)))
        return journal.ending is not None

    def _begin(self) -> bool:
        """Read what training goes on from, and go on; where it cannot be read, another turn tries again."""
        began = time.monotonic()
        if self._reading.wait:
            return True
        try:
            if self._failure is None:
                self._prepare()
            if self._failure is not None:
                self.store.fail(self.run.id, self.worker, self._failure)
        except STORE_ERRORS as error:
            self._reading.failed(error, began)
            return True
        self._reading.well()
        return self._failure is None and self._train()

    def _prepare(self) -> None:
        try:
            self._trainer = self._trainer or self._make_trainer()
            journal = Journal(self.store, self.run.id, self.worker, self._trainer)
            orders = self.store.orders(self.run.id)
            self._journal = journal
            self._obey(orders)
        except (RunLost, *STORE_ERRORS):
            raise
        except Exception as error:
            log.exception("Run %s failed.", self.run.id)
            self._journal, self._failure = None, why_failed(error, prepared=False)

    def _gives_up(self) -> bool:
        """Whether it has to go and has tried for long enough to write what it has; says what is lost."""
        if not self.leaving():
            return False
        if self._journal is None:
            return self._reading.error is not None
        self._hurry()
        if time.monotonic() - self._left_at < LAST_TRIES_SECONDS:
            return False
        log.error(
            "Run %s: the worker leaves and could not write to the store. Lost: %s.",
            self.run.id,
            self._journal.unwritten,
        )
        return True

    def _hurry(self) -> None:
        if self._left_at is None:
            self._left_at = time.monotonic()
            self._journal.patience.hurry()

    def _tell(self) -> None:
        """Of the store, where it fails."""
        journal = self._journal
        asked = (self._reading, self._orders.patience, *([journal.patience] if journal else ()))
        self.troubles.look(self.run.id, asked, lambda: meanwhile(journal and journal.trainer.state, self.wait > 0))

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
            self._hurry()
            self._ending = Ending("interrupted", "The server or the worker was shut down.")
            return True
        if self._orders.due:
            self._tell()
            if (orders := self._orders.news()) is not None:
                self._obey(orders)
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

    def _obey(self, orders: dict[str, float | None]) -> None:
        self._step_at = orders.get("step")
        changes = tuple(
            carry_out(self._trainer, field, ordered)
            for field in ("lr", "epochs")
            if (ordered := orders.get(field)) is not None and not self._journal.has_made(field, ordered)
        )
        if changes:
            self._journal.add_changes(changes)
        if "stop" in orders:
            self._ending = Ending("stopped")
        elif "pause" in orders:
            self._ending = Ending("paused")
