"""The whole app as a process, to be killed."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

from tests.runs.killing import eventually, lives
from tests.runs.worker_by_hand import FOLDER


class App:
    """`streamlit run app.py` on a port of this machine."""

    def __init__(self, url: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        options = ["--server.port", str(self._port), "--server.address", "127.0.0.1", "--server.headless", "true"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", *options], cwd=FOLDER,
            env={**os.environ, "UNROLL_DATABASE_URL": url}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        eventually(lambda: self.healthy, 60)

    @property
    def healthy(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self._port}/health", timeout=5) as answer:
                return json.load(answer)["status"] == "ok"
        except OSError:
            return False

    def kill(self, victim: str) -> None:
        """kill -9; those of its workers that are left must go by themselves."""
        workers = _children(self._process.pid)
        if victim in ("worker", "both"):
            for pid in workers:
                os.kill(pid, signal.SIGKILL)
        if victim in ("server", "both"):
            self._process.kill()
            self._process.wait()
            eventually(lambda: not any(map(lives, workers)))

    def end(self) -> None:
        workers = _children(self._process.pid)
        self._process.terminate()
        self._process.wait(20)
        eventually(lambda: not any(map(lives, workers)))


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(child) for child in task.read_text().split()]
    return found
