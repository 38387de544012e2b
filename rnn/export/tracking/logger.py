"""Looks into the store for what is new, has it told, and waits longer and longer where that fails."""

from __future__ import annotations

import contextlib
import logging
import math
import secrets
import threading
import time

from sqlalchemy.exc import SQLAlchemyError

from rnn.export.tracking import words
from rnn.export.tracking.target import Target
from rnn.export.tracking.teller import Teller
from rnn.runs.ledger import worker_name
from rnn.runs.store import Store

POLL_SECONDS = 2.0  # between looks for something new, and so between calls about one run
BEAT_SECONDS = 5.0
LAST_SECONDS = 5.0  # for what is left, once the server has gone
FIRST_WAIT, LONGEST_WAIT = 2.0, 120.0  # before another try
_SERVER = ""  # its place among the waits

log = logging.getLogger(__name__)


class Logger:
    """Tells a target whatever is new in the store, as long as no other process does."""

    def __init__(self, store: Store, target: Target, poll: float = POLL_SECONDS) -> None:
        self.store, self.target, self.poll = store, target, poll
        self.name = worker_name(secrets.token_hex(4))
        self._leaving, self._deadline = threading.Event(), math.inf
        self._teller: Teller | None = None
        self._waits: dict[str, tuple[float, float]] = {}  # by run: the moment of the next try, and the wait before it
        self._problem: str | None = None

    def serve(self) -> None:
        """Work until `leave`, and then tell what became of the runs."""
        threading.Thread(target=self._beat, name="beat", daemon=True).start()
        while not self._leaving.wait(self.poll):
            with contextlib.suppress(SQLAlchemyError):  # a store that is busy or away is asked again
                self.round()
        self._waits.clear()
        with contextlib.suppress(SQLAlchemyError):
            self.round()
            self.store.leave_logbook(self.target.book, self.name)

    def leave(self) -> None:
        """End within LAST_SECONDS."""
        self._deadline = time.monotonic() + LAST_SECONDS
        self._leaving.set()

    def round(self) -> bool:
        """Tell all that is new and due. Returns whether nothing is left."""
        if not self.store.hold_logbook(self.target.book, self.name):
            return False
        waiting = [
            run_id for run_id in self.store.to_log(self.target.book) if not self._late() and not self._tell(run_id)
        ]
        if not waiting:
            self._note("")
        return not waiting and not self._late()

    def _tell(self, run_id: str) -> bool:
        """Returns whether it was told, or need not be."""
        if any(time.monotonic() < self._waits.get(name, (0.0, 0.0))[0] for name in (_SERVER, run_id)):
            return False
        try:
            if self._teller is None:
                self._teller = Teller(self.store, self.target, self._late)
            self._teller.tell(run_id)
        except SQLAlchemyError:
            raise
        except Exception as error:  # MLflow's client raises whatever its many back ends raise
            log.exception("Run %s could not be told to %s.", run_id, self.target.shown)
            name = _SERVER if words.is_silent(error) else run_id
            wait = min(LONGEST_WAIT, max(FIRST_WAIT, 2 * self._waits.get(name, (0.0, 0.0))[1]))
            self._waits[name] = (time.monotonic() + wait, wait)
            self._note(words.of_error(self.target, error))
            return False
        for name in (_SERVER, run_id):
            self._waits.pop(name, None)
        return True

    def _late(self) -> bool:
        return time.monotonic() > self._deadline

    def _note(self, sentence: str) -> None:
        if sentence != self._problem:
            self.store.note_logbook_problem(self.target.book, sentence)
            self._problem = sentence

    def _beat(self) -> None:
        # In a thread of its own: a server that is slow to answer keeps the other one busy for longer than a sign of life lasts.
        while not self._leaving.wait(BEAT_SECONDS):
            with contextlib.suppress(SQLAlchemyError):
                self.store.hold_logbook(self.target.book, self.name)
