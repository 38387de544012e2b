"""The worker: a process that waits, warm, and takes one run or study of the queue after another.

`python -m rnn.runs.worker` is started by the runner, which wakes it by a line on standard input; end of input means that
the server has gone, and with it goes the worker, its run checkpointed. Standard output tells the runner "ready NAME" when
it waits and "busy NAME" when it has claimed something. `python -m rnn.runs.worker --poll 1.0` works without a runner,
on any host that reaches the store (UNROLL_DATABASE_URL): it looks into the queue that often. With `--beside 2` it knows of
two more workers, and leaves them their share of the lanes of a race.
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

from sqlalchemy.exc import SQLAlchemyError

from rnn.core.series import Series
from rnn.runs.attempt import Attempt
from rnn.runs.ledger import worker_name
from rnn.runs.race_attempt import RaceAttempt
from rnn.runs.records import Run, Study
from rnn.runs.store import Store, StoreError, data_folder
from rnn.runs.study_attempt import StudyAttempt

ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
NICENESS = 10
LAST_WORDS_SECONDS = 10.0  # for a batch in progress to end and be written, once the server has gone

log = logging.getLogger(__name__)


class Worker:
    """Claims runs and studies and works on them until told to leave. poll: seconds between looks into the queue; None: only
    when woken. beside: workers that there may be beside it."""

    def __init__(self, store: Store, poll: float | None = None, beside: int = 0) -> None:
        self.store, self.poll, self.beside = store, poll, beside
        self.name = worker_name(secrets.token_hex(4))
        self._awake, self._leaving = threading.Event(), threading.Event()
        self._series: tuple[str, Series] | None = None

    def serve(self) -> None:
        """Work until `leave`."""
        while not self._leaving.is_set():
            self._awake.clear()
            claimed = self.store.claim_next(self.name)
            if claimed is not None:
                _say(f"busy {self.name}")
                self._work_on(claimed)
                continue
            _say(f"ready {self.name}")
            self._awake.wait(self.poll)

    def _work_on(self, claimed: Run | Study) -> None:
        how = (self.store, claimed, self.name, self._series_of, self._leaving.is_set)
        if isinstance(claimed, Study):
            StudyAttempt(*how).work()
        elif (race_id := self.store.race_of_run(claimed.id)) is not None:
            RaceAttempt(*how, race_id=race_id, beside=self.beside).work()
        else:
            Attempt(*how).work()

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
        with contextlib.suppress(SQLAlchemyError):
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
        print(error, file=sys.stderr)
        return 2
    with store:
        _log_to_file()
        worker = Worker(store, options.poll, max(0, options.beside))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: worker.leave())
        if options.poll is None:
            threading.Thread(target=_listen, args=(worker,), name="stdin", daemon=True).start()
        try:
            worker.serve()
        except SQLAlchemyError as error:
            log.exception("The worker ends: the store does not answer.")
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


def _say(line: str) -> None:
    with contextlib.suppress(OSError):  # a server that has gone reads nothing
        os.write(1, f"{line}\n".encode())


def _log_to_file() -> None:
    folder: Path = data_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.FileHandler(folder / "worker.log", encoding="utf-8", delay=True)
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])


if __name__ == "__main__":
    sys.exit(main())
