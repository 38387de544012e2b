"""A real server on a free port of 127.0.0.1 with a data folder of its own, and a real Chromium."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from rnn.runs.store import Store

ROOT = Path(__file__).resolve().parents[2]
expect.set_options(timeout=15_000)
SLOW = 60  # seconds: what takes one on an idle machine may take this long on a busy one


@dataclass
class Server:
    """A running Unroll. url: its address. folder: its data folder. process: to end it with."""

    url: str
    folder: Path
    process: subprocess.Popen[bytes]

    def end(self, how: int = signal.SIGTERM) -> None:
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait(timeout=30)


def start_server(folder: Path, port: int | None = None, database: str | None = None, status: int = 200) -> Server:
    """Start the app on a free port and wait until it answers with this status. database: a store's address, instead of a file
    in the folder."""
    if port is None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    environment = {**os.environ, "UNROLL_DATA_DIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("UNROLL_DATABASE_URL", None)
    if database is not None:
        environment["UNROLL_DATABASE_URL"] = database
    command = [
        sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.port", str(port),
        "--server.headless", "true", "--server.fileWatcherType", "none",
    ]  # fmt: skip
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True)
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if health(url)[0] == status:
            return Server(url, folder, process)
        time.sleep(0.1)
        if process.poll() is not None:
            break
    process.kill()
    process.wait()
    raise RuntimeError(f"The server did not start:\n{(folder / 'server.log').read_text()[-4000:]}")


def health(url: str) -> tuple[int, str]:
    """What the server says of itself: status and text; (0, "") where it does not answer."""
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = start_server(tmp_path_factory.mktemp("unroll"))
    yield running
    running.end()


def end_all_runs(server: Server) -> None:
    """Stop what is queued or at work, so that the next test's run need not wait for it."""
    with Store(f"sqlite:///{server.folder / 'unroll.sqlite'}") as store:
        for run in store.runs():
            if run.active:
                store.command(run.id, "stop")
        wait_until(lambda: not any(run.active for run in store.runs()), SLOW, "the end of all runs")


@pytest.fixture
def quiet_server(server: Server) -> Iterator[Server]:
    """The shared server, with no run at work before or after the test."""
    yield server
    end_all_runs(server)


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """open_page(url, width=…, …): a page in a browser profile of its own, whose console must stay free of errors."""
    contexts = []

    def _open(url: str, **options: object) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.problems = []  # type: ignore[attr-defined]
        page.on("pageerror", lambda error: page.problems.append(str(error)))  # type: ignore[attr-defined]
        page.goto(url)
        return page

    yield _open
    for context in contexts:
        context.close()


def epochs_done(page: Page) -> int:
    """The number of epochs that the progress line says are done; 0 before it says so."""
    text = page.get_by_test_id("stProgress").first.inner_text()
    found = re.search(r"epoch ([\d,]+) of", text)
    return int(found[1].replace(",", "")) if found else 0


def wait_until(condition: Callable[[], bool], seconds: float = 20, what: str = "it") -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {seconds} s")
        time.sleep(0.05)
