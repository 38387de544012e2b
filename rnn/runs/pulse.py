"""Heartbeats of a worker while it is busy."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType

from rnn.runs.store_trouble import STORE_ERRORS

HEARTBEAT_SECONDS = 1.0
GRACE_SECONDS = 5.0

log = logging.getLogger(__name__)


class Pulse:
    """Heartbeats from a thread of its own, so that a long batch is no silence.

    beat: writes one; False once what the worker has at work is not its own any more. lost: whether it has said so: a store that
    fails has said nothing.
    overdue: called when the work goes on for GRACE_SECONDS after that.
    """

    def __init__(self, beat: Callable[[], bool], overdue: Callable[[], None] = lambda: None) -> None:
        self.lost = False
        self._beat, self._overdue, self._over = beat, overdue, threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="heartbeat", daemon=True)

    def __enter__(self) -> Pulse:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _go_on(self) -> None:
        fails = False
        while not self._over.wait(HEARTBEAT_SECONDS) and not self.lost:
            try:
                self.lost, fails = not self._beat(), False
            except STORE_ERRORS as error:
                if not fails:
                    log.warning("No heartbeat: %s", error)
                fails = True
        if self.lost and not self._over.wait(GRACE_SECONDS):
            self._overdue()
