"""The worker: a process that waits, warm, and takes one run or study of the queue after another.

`python -m rnn.runs.worker` is started by the runner, which wakes it by a line on standard input; end of input means that
the server has gone, and with it goes the worker, its run checkpointed. Standard output tells the runner "ready NAME" when
it waits, "busy NAME" when it has claimed something, and of a store that fails (`rnn.runs.troubles`), which it outlives.
`python -m rnn.runs.worker --poll 1.0` works without a runner, on any host that reaches the store (UNROLL_DATABASE_URL): it
looks into the queue that often. With `--beside 2` it knows of two more workers, and leaves them their share of the lanes of
a race.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import secrets
import signal
import sys
import threading
from pathlib import Path

from rnn.core.series import Series
from rnn.runs.attempt import Attempt
from rnn.runs.ledger import worker_name
from rnn.runs.patience import Patience
from rnn.runs.race_attempt import RaceAttempt
from rnn.runs.records import Run, Study
from rnn.runs.store import Store, StoreError, data_folder
from rnn.runs.store_trouble import STORE_ERRORS, place_of
from rnn.runs.study_attempt import StudyAttempt
from rnn.runs.troubles import Troubles, say

ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
NICENESS = 10
WAIT_SECONDS = 0.1  # for another's write, in mid-training: what could not be written then is written a little later
LAST_WORDS_SECONDS = 10.0  # for a batch in progress to end and be written, once the server has gone

WAITS = "What waits is begun as soon as that is over."

log = logging.getLogger(__name__)


class Worker:
    """Claims runs and studies and works on them until told to leave. poll: seconds between looks into the queue; None: only
    when woken. beside: workers that there may be beside it."""

    def __init__(self, store: Store, poll: float | None = None, beside: int = 0) -> None:
        self.store, self.poll, self.beside = store, poll, beside
        self.name = worker_name(secrets.token_hex(4))
        self._awake, self._leaving = threading.Event(), threading.Event()
        self._series: tuple[str, Series] | None = None
        self._troubles = Troubles(place_of(store.url), say)
        self._patience = Patience()  # with the queue

    def serve(self) -> None:
        """Work until `leave`."""
        while not self._leaving.is_set():
            self._awake.clear()
            claimed = self._patience.get(self._claim)
            self._troubles.look("the queue", [self._patience], lambda: (WAITS, ""))
            if self._patience.error is not None:
                self._leaving.wait(self._patience.wait)
                continue
            if claimed is not None:
                say(f"busy {self.name}")
                self._work_on(claimed)
                continue
            say(f"ready {self.name}")
            self._awake.wait(self.poll)

    def _claim(self) -> Run | Study | None:
        if self._patience.error is not None:
            # The store may have gone away just after it had given something out, which nobody then knows of.
            self.store.return_studies(self.name)
            self.store.interrupt(self.name, "The store did not answer when the run was to begin. Resume begins it.")
        return self.store.claim_next(self.name)

    def _work_on(self, claimed: Run | Study) -> None:
        how = (self.store, claimed, self.name, self._series_of, self._leaving.is_set)
        if isinstance(claimed, Study):
            StudyAttempt(*how, troubles=self._troubles).work()
            return
        # A lane whose race cannot be read is trained by itself: the numbers are the same.
        race_id = Patience().get(lambda: self.store.race_of_run(claimed.id))
        if race_id is not None:
            RaceAttempt(*how, race_id=race_id, beside=self.beside, troubles=self._troubles).work()
        else:
            Attempt(*how, troubles=self._troubles).work()

    def wake(self) -> None:
        """Look into the queue now."""
        self._awake.set()

    def leave(self) -> None:
        """End as soon as the run at work is written down."""
        self._leaving.set()
        self._awake.set()

    def abandon(self, message: str, *, blameless: bool = False) -> None:
        """Let go of the run at work without another checkpoint: its last one has to do. blameless: a study at work is to be
        taken up again, however often it happens."""
        with contextlib.suppress(*STORE_ERRORS):
            if blameless:
                self.store.return_studies(self.name)
            self.store.interrupt(self.name, message)

    def _series_of(self, series_hash: str) -> Series:
        # Kept for the next claim: stepping through a run claims it once an epoch.
        if self._series is None or self._series[0] != series_hash:
            self._series = (series_hash, self.store.series(series_hash))
        return self._series[1]


def main(arguments: list[str] | None = None) -> int:
    """Run a worker process to its end; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m rnn.runs.worker", description="Works through the queue of runs and studies."
    )
    parser.add_argument(
        "--poll", type=float, metavar="SECONDS", help="look into the queue this often, without a runner"
    )
    parser.add_argument(
        "--beside", type=int, default=0, metavar="N", help="so many other workers may take lanes of a race too (0)"
    )
    options = parser.parse_args(arguments)
    if options.poll is not None and not options.poll > 0:
        parser.error(f"--poll must be a number of seconds above 0, got {options.poll:g}.")
    _one_blas_thread()
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    try:
        store = Store()
    except StoreError as error:
        Troubles(tell=say).add("the start", error, 0.0)
        print(error, file=sys.stderr)
        return 2
    with store:
        _log_to_file()
        store.wait_at_most(WAIT_SECONDS)
        worker = Worker(store, options.poll, max(0, options.beside))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: worker.leave())
        if options.poll is None:
            threading.Thread(target=_listen, args=(worker,), name="stdin", daemon=True).start()
        try:
            worker.serve()
        except STORE_ERRORS as error:
            log.exception("The worker ends: the store failed where nobody expected it.")
            worker.abandon(f"The store could not be written to ({type(error).__name__}); worker.log has the details.")
            return 1
    return 0


def _one_blas_thread() -> None:
    # NumPy reads these when it is loaded, and it is loaded by now: where they were not set, start again with them.
    if any(os.environ.get(name) != value for name, value in ONE_THREAD.items()):
        os.execve(
            sys.executable, [sys.executable, "-m", "rnn.runs.worker", *sys.argv[1:]], {**os.environ, **ONE_THREAD}
        )


def _listen(worker: Worker) -> None:
    """Wake the worker at each line of standard input, and end it with the input."""
    while os.read(0, 4096):
        worker.wake()
    worker.leave()
    # The main thread ends the process long before this unless it is stuck in a batch.
    threading.Event().wait(LAST_WORDS_SECONDS)
    worker.abandon("The server was shut down while a long batch was computed.", blameless=True)
    os._exit(1)


def _log_to_file() -> None:
    folder: Path = data_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.FileHandler(folder / "worker.log", encoding="utf-8", delay=True)
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(message)s"))
    logging.raiseExceptions = False  # a full disk takes no log either
    logging.basicConfig(level=logging.INFO, handlers=[handler])


if __name__ == "__main__":
    sys.exit(main())
