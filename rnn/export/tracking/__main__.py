"""The process that tells runs to MLflow: `python -m rnn.export.tracking`, which the server starts beside its workers.

It reads the store, so it holds up no training, tells the runs of every server and worker on that store, and after a fall
goes on where it stopped. The end of standard input means that the server has gone: what is left is told within a few seconds.
With `--once` it tells all that there is and ends, for a store that has no server.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable

from rnn.export.tracking.target import INSTALL, URI, Target, installed, target
from rnn.runs.store import Store, StoreError, data_folder

NICENESS = 15
LOG = "mlflow.log"
PATIENCE_SECONDS = 7.0  # with a last call that is not answered
# What MLflow's client does by itself: it reports its use to its makers, which nothing here may, and asks a server that does not
# answer for four minutes. What the user has set stands, but for the first.
QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
PATIENT = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "GIT_PYTHON_REFRESH": "quiet",
}


def main(arguments: list[str] | None = None) -> int:
    """Run the process to its end; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m rnn.export.tracking", description="Tells runs to MLflow.")
    parser.add_argument("--once", action="store_true", help="tell all that is new, and end")
    options = parser.parse_args(arguments)
    wanted = target()
    if wanted is None or not installed():
        print(f"{URI} is not set." if wanted is None else f"MLflow is not installed: {INSTALL}.", file=sys.stderr)
        return 2
    os.environ.update({**PATIENT, **os.environ, **QUIET})
    if hasattr(os, "nice") and not options.once:
        os.nice(NICENESS)
    try:
        store = Store()
    except StoreError as error:
        print(error, file=sys.stderr)
        return 2
    with store:
        _log_to_file()
        return _serve(store, wanted, options.once)


def _serve(store: Store, wanted: Target, once: bool) -> int:
    from rnn.export.tracking.logger import Logger  # here: MLflow takes seconds to import

    logger = Logger(store, wanted)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: logger.leave())
    if once:
        told = logger.round()
        store.leave_logbook(wanted.book, logger.name)
        if not told:
            print(store.logbook_problem(wanted.book) or "Another process is at it.", file=sys.stderr)
        return 0 if told else 1
    threading.Thread(target=_listen, args=(logger.leave,), name="stdin", daemon=True).start()
    logger.serve()
    return 0


def _listen(leave: Callable[[], None]) -> None:
    while os.read(0, 4096):
        pass
    leave()
    # The main thread ends the process before this, unless a call is not answered.
    time.sleep(PATIENCE_SECONDS)
    os._exit(1)


def _log_to_file() -> None:
    try:
        handler: logging.Handler = logging.FileHandler(data_folder() / LOG, encoding="utf-8", delay=True)
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])


if __name__ == "__main__":
    sys.exit(main())
