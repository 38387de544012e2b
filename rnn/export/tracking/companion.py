"""The process that tells runs to MLflow, as its server sees it: started where the environment asks for it, ended with it."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import rnn
from rnn.export.tracking.target import installed, target
from rnn.runs.database import data_folder

MODULE = "rnn.export.tracking"
STOP_SECONDS = 9.0
LOOK_SECONDS = 5.0  # between looks at which store the server has
FIRST_WAIT, LONGEST_WAIT = 2.0, 300.0  # before it is started anew
log = logging.getLogger(__name__)


class Companion:
    """url: asked for the address of the store, which may change. Started anew, after a while, where it ends by itself."""

    def __init__(self, url: Callable[[], str]) -> None:
        self._url, self._told = url, ""
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
        self._told = self._url()
        folder = Path(rnn.__file__).parents[1]
        path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
        places = {"PYTHONPATH": path, "UNROLL_DATABASE_URL": self._told, "UNROLL_DATA_DIR": str(data_folder())}
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
            moved = self._until_it_ends()
            self._close_input()
            if self._stopping.wait(0.0 if moved else wait):
                return
            if not moved:
                log.warning(
                    "What tells runs to MLflow ended (exit code %s) and is started anew.", self._popen.returncode
                )
                wait = min(LONGEST_WAIT, 2 * wait)
            self._popen = self._launch()
            if self._stopping.is_set():
                self._popen.kill()
                self._popen.wait()
                self._close_input()
                return

    def _until_it_ends(self) -> bool:
        """Returns whether it was ended here, because the server has another store now."""
        assert self._popen is not None
        moved = False
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._popen.wait(LOOK_SECONDS)
                return moved
            if not moved and not self._stopping.is_set() and self._url() != self._told:
                moved = True
                self._popen.terminate()

    def _close_input(self) -> None:
        assert self._popen is not None and self._popen.stdin is not None
        with contextlib.suppress(OSError):
            self._popen.stdin.close()
