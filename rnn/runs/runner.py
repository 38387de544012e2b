"""The runner: keeps this server's workers, one of them warm and waiting, never more than the machine can bear.

It starts processes, wakes them, and notices when they end; what a worker takes is the store's decision, and what
became of it is read there. Workers cannot outlive the server: they end with their standard input, however it went.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import threading
import time
from pathlib import Path

import rnn
from rnn.runs.process import WorkerProcess
from rnn.runs.stand_in import store_or_stand_in
from rnn.runs.store import Store
from rnn.runs.store_trouble import STORE_ERRORS, place_of, sentence_of

WATCH_SECONDS = 2.0  # between looks at the queue for what came from elsewhere, and for lost workers
IDLE_SECONDS = 60.0  # an idle worker beyond the spare is let go after this
STOP_SECONDS = 12.0  # for workers to write down what they have; a little longer than they give themselves
RESTART_SECONDS = 30.0  # longest wait before another try, where workers end before they are ready

log = logging.getLogger(__name__)


class Runner:
    """The workers of one server. All methods are safe to call from any thread.

    workers: how many may exist at once; without it one less than there are processors, at least one.
    """

    def __init__(self, store: Store, workers: int | None = None) -> None:
        if workers is not None and workers < 1:
            raise ValueError(f"workers must be at least 1, got {workers}.")
        self.store = store
        self.workers = workers or max(1, available_processors() - 1)
        self._processes: list[WorkerProcess] = []
        self._lock = threading.Lock()
        self._attention, self._stopping = threading.Event(), threading.Event()
        self._failures, self._retry_at, self._look_at = 0, 0.0, 0.0
        self._watcher: threading.Thread | None = None
        self._ended: list[tuple[str, str]] = []  # workers whose end the store does not know yet, and how they ended
        self._trouble: str | None = None  # of this process with the store
        self._last_words: str | None = None  # of a worker that ended before it was ready

    def start(self) -> Runner:
        """Warm a worker and begin to watch; runs that wait in the queue are taken up. Does nothing when started."""
        with self._lock:
            if self._watcher is None:
                self._stopping.clear()
                self._keep_spare()
                self._watcher = threading.Thread(target=self._watch, name="runner", daemon=True)
                self._watcher.start()
        return self

    def submit(self, waiting: str) -> int:
        """A run or study has joined the queue: wake a worker. Returns its place there, 0 when it is at work already."""
        self.nudge()
        return self.store.queue_place(waiting)

    def nudge(self) -> None:
        """Have workers look into the queue as soon as they can."""
        self.start()
        self._wake_all()
        self._attention.set()

    @property
    def problem(self) -> str | None:
        """A sentence when workers cannot be started, else None."""
        if self._failures < 3:
            return None
        if self._last_words:
            return f"Training cannot start. {self._last_words}"
        return f"Training cannot start: {self._failures} workers ended at once; worker.log in the data folder says why."

    @property
    def trouble(self) -> str | None:
        """Sentences on what is wrong with the store and what becomes of the training meanwhile; None while all is well."""
        with self._lock:
            told = [process.trouble for process in self._processes if process.trouble and process.alive]
        return told[0] if told else self._trouble

    def process_ids(self) -> list[int]:
        """The workers that live, by process number."""
        with self._lock:
            return [process.pid for process in self._processes if process.alive]

    def stop(self) -> None:
        """End all workers: first by their standard input, so that they checkpoint; then by force. Returns when all have."""
        self._stopping.set()
        self._attention.set()
        if self._watcher is not None:
            self._watcher.join()
        with self._lock:
            self._watcher = None
            for process in self._processes:
                process.close()
            deadline = time.monotonic() + STOP_SECONDS
            for process in self._processes:
                process.end(deadline)
        self._reap()
        with contextlib.suppress(*STORE_ERRORS):  # who starts next finds that they are gone
            self._tell_of_ended()

    def _watch(self) -> None:
        while not self._stopping.is_set():
            try:
                self._tend()
                self._trouble = None
            except STORE_ERRORS as error:
                if self._trouble is None:
                    log.exception("The runner could not reach the store; it tries again.")
                self._trouble = sentence_of(error, place_of(self.store.url))
            self._attention.wait(WATCH_SECONDS)
            self._attention.clear()

    def _tend(self) -> None:
        self._reap()
        with self._lock:
            self._keep_spare()
            self._let_idle_go()
            own = {process.name for process in self._processes}
        self._tell_of_ended()
        if time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + WATCH_SECONDS
            self.store.interrupt_lost(sparing=own)
            if self.store.queue_length():
                self._wake_all()

    def _wake_all(self) -> None:
        # The busy ones too: one may have looked into the queue just before a run joined it.
        with self._lock:
            for process in self._processes:
                process.wake()

    def _reap(self) -> None:
        """Take note of workers that have ended: what they had at work is interrupted at once."""
        with self._lock:
            ended = [process for process in self._processes if not process.alive]
            self._processes = [process for process in self._processes if process not in ended]
        for process in ended:
            how = process.discard()
            if process.name is not None:
                self._ended.append((process.name, how))
            elif not process.closed:
                self._failures, self._last_words = self._failures + 1, process.trouble
                self._retry_at = time.monotonic() + min(RESTART_SECONDS, 0.5 * 2**self._failures)
                log.error("A worker ended before it was ready (%s).", how)

    def _tell_of_ended(self) -> None:
        """Where the store fails this is tried again with the next look."""
        while self._ended:
            worker, how = self._ended[0]
            self.store.interrupt(worker, f"Its worker ended ({how}). Resume goes on from the last checkpoint.")
            del self._ended[0]

    def _keep_spare(self) -> None:
        """One worker waits, as long as there may be another."""
        if any(process.name is not None for process in self._processes):
            self._failures = 0
        spare = any(not process.busy for process in self._processes)
        if spare or len(self._processes) >= self.workers or time.monotonic() < self._retry_at:
            return
        folder = Path(rnn.__file__).parents[1]
        self._processes.append(WorkerProcess(self.store.url, folder, self._attention.set, self.workers - 1))

    def _let_idle_go(self) -> None:
        idle = [process for process in self._processes if process.idle]
        for process in idle[1:]:
            if process.idle_seconds > IDLE_SECONDS:
                process.close()


def available_processors() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_runner: Runner | None = None
_runner_lock = threading.Lock()


def runner() -> Runner:
    """The runner of this process, made and started at first use; it ends with the process. Where the store cannot be opened it
    has a temporary one (`rnn.runs.stand_in`)."""
    global _runner
    with _runner_lock:
        if _runner is None:
            _runner = Runner(store_or_stand_in()).start()
            atexit.register(stop_runner)
        return _runner


def change_runner(store: Store) -> Runner:
    """Give this process another runner, on another store; the one before is left to the caller to end."""
    global _runner
    with _runner_lock:
        _runner = Runner(store).start()
        atexit.unregister(stop_runner)
        atexit.register(stop_runner)
        return _runner


def stop_runner() -> None:
    """End the runner of this process and close its store; the next `runner()` makes another."""
    global _runner
    with _runner_lock:
        if _runner is not None:
            _runner.stop()
            _runner.store.close()
            _runner = None
            atexit.unregister(stop_runner)
