"""What a worker cannot get of its store, told to the runner that started it: the store is the channel for all else, but it is
what fails here. Told is a line on standard output, "trouble SENTENCE" in JSON, and "well" once it is over."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterable

from rnn.runs.patience import Patience
from rnn.runs.store_trouble import cause_and_advice, kind_of

TELL_GAP = 1.0  # seconds between lines
LOCK_SECONDS = 2.0  # a lock that lasts no longer is everyday life

log = logging.getLogger(__name__)


def say(line: str) -> None:
    """A line for the runner; a server that has gone reads nothing."""
    with contextlib.suppress(OSError):
        os.write(1, f"{line}\n".encode())


class Troubles:
    """Of all that one worker has at work. place: of the store, for people. Safe to share between threads."""

    def __init__(self, place: str = "", tell: Callable[[str], None] = lambda line: None) -> None:
        self._place, self._tell = place, tell
        self._cause = "", ""
        self._waiting: dict[str, tuple[str, str]] = {}
        self._kinds: dict[str, str] = {}
        self._told, self._due = "", 0.0
        self._lock = threading.Lock()

    def look(self, who: str, asked: Iterable[Patience], meanwhile: Callable[[], tuple[str, str]]) -> None:
        """Whether one of these things that `who`, a run's id or the like, asks of the store fails now. meanwhile: what becomes
        of it, a sentence, and how far it is, a few words."""
        failing = [patience for patience in asked if patience.error is not None]
        if failing:
            self.add(who, failing[-1].error, failing[-1].seconds, *meanwhile())
        else:
            self.over(who)

    def add(self, who: str, error: Exception, seconds: float, meanwhile: str = "", so_far: str = "") -> None:
        """The store has failed it for so many seconds."""
        kind = kind_of(error, self._place)
        with self._lock:
            if self._kinds.get(who) != kind:
                self._kinds[who] = kind
                log.warning("The store fails %s: %s", who, error)
            if kind == "locked" and seconds < LOCK_SECONDS:
                return
            self._cause = cause_and_advice(error, self._place)
            self._waiting[who] = meanwhile, so_far
            self._say()

    def over(self, who: str) -> None:
        """It is well again, or gone."""
        if who not in self._kinds:  # as between nearly all batches
            return
        with self._lock:
            if self._kinds.pop(who, None) is not None:
                log.info("The store no longer fails %s.", who)
            if self._waiting.pop(who, None) is not None:
                self._say()

    @property
    def any(self) -> bool:
        """Whether anything is amiss at the moment."""
        return bool(self._kinds)

    def _say(self) -> None:
        sentence = self._sentence()
        now = time.monotonic()
        if sentence == self._told or (sentence and self._told and now < self._due):
            return
        self._told, self._due = sentence, now + TELL_GAP
        self._tell(f"trouble {json.dumps(sentence)}" if sentence else "well")

    def _sentence(self) -> str:
        """Cause, consequence, advice; empty where all is well."""
        if not self._waiting:
            return ""
        meanwhile = next(iter(self._waiting.values()))[0]
        if len(self._waiting) > 1:
            each = "; ".join(so_far for _, so_far in self._waiting.values())
            meanwhile = (
                f"{len(self._waiting)} runs go on in memory ({each}); what they do is written once that can be done."
            )
        cause, advice = self._cause
        return " ".join(part for part in (cause, meanwhile, advice) if part)
