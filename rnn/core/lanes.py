"""Two pieces of work on two cores, where that is quicker; the numbers are the same either way.

BLAS itself stays at one thread (see `rnn/__init__.py`): it would share out each small product, and wait for both halves at
every step. Here whole passes over tiles of a batch go side by side and meet once an update. NumPy lets go of Python's lock
during a product or an activation, so threads suffice: nothing is copied to another process. Whether two lanes gain depends
on the sizes and on what else the machine does, so it is measured now and then and the quicker way is taken.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

THREADS = "UNROLL_THREADS"

# Calls at the start, by turns in one lane and in two; the first of each, which allocates, is not counted.
TRIED = 8
# After so many calls the other way is tried once more: the machine may have become busier, or idle.
TRIED_AGAIN = 128


def threads_allowed() -> int:
    """How many threads a run may take: the environment variable UNROLL_THREADS, else 2 where this process may use as many
    cores. Raises ValueError where the variable is not a whole number from 1 on."""
    asked = os.environ.get(THREADS)
    if asked is None:
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return min(2, cores)
    if not asked.isdecimal() or int(asked) < 1:
        raise ValueError(f"{THREADS}={asked!r} is not allowed; allowed: a whole number from 1 on.")
    return int(asked)


class Lanes:
    """Runs pairs of independent calls, one after the other or side by side."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._calls = 0
        self._seconds = {False: math.inf, True: math.inf}
        self._pool: ThreadPoolExecutor | None = None

    def run(self, one: Callable[[], object], other: Callable[[], object], amount: int) -> None:
        """Both, once each. They must not touch the same arrays. amount: how much work they are together, in any unit that is
        the same for all calls."""
        together = self._choose()
        started = time.perf_counter()
        if together:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(1, thread_name_prefix="rnn-lane")
            # With the caller's context, in which NumPy keeps what to do about overflows.
            future = self._pool.submit(copy_context().run, other)
            try:
                one()
            finally:
                future.result()
        else:
            one()
            other()
        self._note(together, (time.perf_counter() - started) / amount)

    def _choose(self) -> bool:
        if self.threads < 2:
            return False
        if self._calls < TRIED:
            return self._calls % 2 == 1
        quicker = self._seconds[True] < self._seconds[False]
        return quicker != (self._calls % TRIED_AGAIN == 0)

    def _note(self, together: bool, seconds: float) -> None:
        self._calls += 1
        if self._calls <= 2:
            return
        before = self._seconds[together]
        self._seconds[together] = seconds if math.isinf(before) else (before + seconds) / 2
