"""Heartbeats of a worker while it is busy."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType

from sqlalchemy.exc import SQLAlchemyError

HEARTBEAT_SECONDS = 1.0
GRACE_SECONDS = 5.0

log = logging.getLogger(__name__)


class Pulse:
    """Heartbeats from a thread of its own, so that a long batch is no silence.

    beat: writes one; False once what the worker has at work is not its own any more. lost: whether it has said so.
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
        while not self._over.wait(HEARTBEAT_SECONDS) and not self.lost:
            try:
                self.lost = not self._beat()
            except SQLAlchemyError as error:
                # The next write of the work itself meets the same trouble and decides.
                log.warning("No heartbeat: %s", error)
        if self.lost and not self._over.wait(GRACE_SECONDS):
            self._overdue()
