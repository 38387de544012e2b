"""One worker process as its server sees it: started, woken, listened to, ended."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from rnn.core.lanes import THREADS
from rnn.runs.store import data_folder
from rnn.runs.worker import ONE_THREAD

LOG_BYTES = 5_000_000  # a longer worker.log starts anew, the old one kept beside it
ROOMY_CORES = 4  # from so many on, a run may use a second core and the pages still answer at once
MODULE = "rnn.runs.worker"
PATIENCE_SECONDS = 2.0  # between asking a process to end and making it


class WorkerProcess:
    """A worker in a session of its own, so that Ctrl-C in the server's terminal does not reach it in mid-write.

    url: of the store. folder: where the package `rnn` lies. on_change: called, from a thread, when the worker becomes busy
    or idle, and when it has ended. beside: how many workers the server may have beside this one.
    """

    def __init__(self, url: str, folder: Path, on_change: Callable[[], None], beside: int = 0) -> None:
        self.name: str | None = None  # as the store knows it; None until it is ready
        self.trouble: str | None = None  # what its store denies it, a sentence
        self.busy = self.closed = False
        self._idle_since = time.monotonic()
        self._on_change = on_change
        path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
        places = {"PYTHONPATH": path, "UNROLL_DATABASE_URL": url, "UNROLL_DATA_DIR": str(data_folder())}
        with _open_log() as log:
            self._popen = subprocess.Popen(
                [sys.executable, "-m", MODULE, *(["--beside", str(beside)] if beside else [])],
                cwd=folder,
                env={THREADS: _threads(), **os.environ, **ONE_THREAD, **places},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=os.name == "posix",
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # Windows has no sessions
            )
        self._listener = threading.Thread(target=self._listen, name=f"worker {self.pid}", daemon=True)
        self._listener.start()

    @property
    def pid(self) -> int:
        number: int = self._popen.pid
        return number

    @property
    def alive(self) -> bool:
        return self._popen.poll() is None

    @property
    def idle(self) -> bool:
        """Whether it is ready and waits."""
        return self.name is not None and not self.busy and not self.closed

    @property
    def idle_seconds(self) -> float:
        return time.monotonic() - self._idle_since if self.idle else 0.0

    def wake(self) -> None:
        """Have it look into the queue."""
        assert self._popen.stdin is not None
        with contextlib.suppress(OSError, ValueError):
            self._popen.stdin.write(b"\n")
            self._popen.stdin.flush()

    def close(self) -> None:
        """Ask it to write down what it has and end."""
        self.closed = True
        self._close_input()

    def end(self, deadline: float) -> None:
        """Wait for its end until `deadline` (monotonic seconds), then make it end."""
        waits = [(max(0.0, deadline - time.monotonic()), self._popen.terminate), (PATIENCE_SECONDS, self._popen.kill)]
        for seconds, force in waits:
            try:
                self._popen.wait(seconds)
                return
            except subprocess.TimeoutExpired:
                force()
        self._popen.wait()

    def discard(self) -> str:
        """Free what the ended process held; returns how it ended, in words."""
        self._close_input()
        self._listener.join()
        assert self._popen.stdout is not None
        self._popen.stdout.close()
        code = self._popen.wait()
        if code < 0:
            with contextlib.suppress(ValueError):
                return f"ended by {signal.Signals(-code).name}"
        return f"exit code {code}"

    def _close_input(self) -> None:
        assert self._popen.stdin is not None
        with contextlib.suppress(OSError):
            self._popen.stdin.close()

    def _listen(self) -> None:
        stdout = self._popen.stdout
        assert stdout is not None
        for line in stdout:
            what, _, name = line.decode(errors="replace").strip().partition(" ")
            if what in ("ready", "busy"):  # a library may print too
                self.busy, self.name, self._idle_since = what == "busy", name, time.monotonic()
                self._on_change()
            elif what == "trouble":
                with contextlib.suppress(ValueError):
                    self.trouble = str(json.loads(name))
            elif what == "well":
                self.trouble = None
        self._popen.wait()
        self._on_change()


def _threads() -> str:
    """What UNROLL_THREADS is for a worker, unless the user has set it."""
    return "2" if (os.cpu_count() or 1) >= ROOMY_CORES else "1"


def _open_log() -> BinaryIO:
    """The file that workers' errors go to; where it cannot be written they are not kept."""
    path = data_folder() / "worker.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > LOG_BYTES:
            path.replace(path.with_suffix(".old.log"))
        return path.open("ab")
    except OSError:
        return open(os.devnull, "wb")
