"""When to ask the store again after it has failed, so that training hardly waits for a store that does not answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from rnn.runs.store_trouble import STORE_ERRORS

Answer = TypeVar("Answer")

FIRST_GAP, LONGEST_GAP = 0.25, 3.0  # seconds between tries: each gap is twice the one before
LAST_GAP = 0.25  # the same once the worker has been told to leave
STALL_SHARE = 0.1  # of the time, at most, goes into tries that fail
REST_SECONDS = 0.05  # between looks at whether to go, where nothing is left but to try again
LAST_TRIES_SECONDS = 6.0  # for what is not written yet, once the worker has been told to leave


class Patience:
    """Counts the failures of one thing that is asked of the store. error: the last one, None while all is well."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self._since = self._due = 0.0
        self._gap, self._longest, self._share = FIRST_GAP, LONGEST_GAP, STALL_SHARE

    def get(self, ask: Callable[[], Answer]) -> Answer | None:
        """The store's answer; None where it fails."""
        began = time.monotonic()
        try:
            answer = ask()
        except STORE_ERRORS as error:
            self.failed(error, began)
            return None
        self.well()
        return answer

    def failed(self, error: Exception, began: float) -> None:
        """A try that began then (monotonic seconds) has failed."""
        now = time.monotonic()
        if self.error is None:
            self._since, self._gap = began, FIRST_GAP
        self.error = error
        self._due = now + max(self._gap, (now - began) / self._share)
        self._gap = min(2 * self._gap, self._longest)

    def well(self) -> None:
        """It has been done."""
        self.error = None

    def hurry(self) -> None:
        """Little time is left: try at short gaps from now on."""
        self._gap, self._longest, self._share = LAST_GAP, LAST_GAP, 1.0
        self._due = min(self._due, time.monotonic() + LAST_GAP)

    @property
    def wait(self) -> float:
        """Seconds until the next try is due; 0 while all is well."""
        return 0.0 if self.error is None else max(0.0, self._due - time.monotonic())

    @property
    def seconds(self) -> float:
        """For how long it has failed."""
        return 0.0 if self.error is None else time.monotonic() - self._since
