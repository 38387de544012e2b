"""The process that tells runs to MLflow, as its server sees it: started where the environment asks for it, ended with it."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

import rnn
from rnn.export.tracking.target import installed, target
from rnn.runs.database import data_folder

MODULE = "rnn.export.tracking"
STOP_SECONDS = 9.0
FIRST_WAIT, LONGEST_WAIT = 2.0, 300.0  # before it is started anew
log = logging.getLogger(__name__)


class Companion:
    """url: of the store. Started anew, after a while, where it ends by itself."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._stopping = threading.Event()
        self._popen: subprocess.Popen[bytes] | None = None
        self._watcher: threading.Thread | None = None

    @property
    def pid(self) -> int | None:
        """The number of its process; None where there is none."""
        return None if self._popen is None or self._popen.poll() is not None else self._popen.pid

    def start(self) -> Companion:
        """Start it where MLFLOW_TRACKING_URI is set and MLflow's client is there; else there is nothing to do."""
        if target() is not None and installed():
            self._popen = self._launch()
            self._watcher = threading.Thread(target=self._watch, name="mlflow", daemon=True)
            self._watcher.start()
        return self

    def stop(self) -> None:
        """Let it tell what is left, for a few seconds; then it has ended."""
        self._stopping.set()
        if self._popen is None or self._watcher is None:
            return
        self._close_input()
        for force in (self._popen.terminate, self._popen.kill):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._popen.wait(STOP_SECONDS)
                break
            force()
        self._watcher.join()

    def _launch(self) -> subprocess.Popen[bytes]:
        folder = Path(rnn.__file__).parents[1]
        path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
        places = {"PYTHONPATH": path, "UNROLL_DATABASE_URL": self._url, "UNROLL_DATA_DIR": str(data_folder())}
        return subprocess.Popen(
            [sys.executable, "-m", MODULE],
            cwd=folder,
            env={**os.environ, **places},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=os.name == "posix",  # as for the workers: Ctrl-C is for the server
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )

    def _watch(self) -> None:
        wait = FIRST_WAIT
        assert self._popen is not None
        while True:
            code = self._popen.wait()
            self._close_input()
            if self._stopping.wait(wait):
                return
            log.warning("What tells runs to MLflow ended (exit code %s) and is started anew.", code)
            wait = min(LONGEST_WAIT, 2 * wait)
            self._popen = self._launch()
            if self._stopping.is_set():
                self._popen.kill()
                self._popen.wait()
                self._close_input()
                return

    def _close_input(self) -> None:
        assert self._popen is not None and self._popen.stdin is not None
        with contextlib.suppress(OSError):
            self._popen.stdin.close()
