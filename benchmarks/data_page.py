"""How long large files take on the Data page: from choosing the file to its chart, to the whole page, and what a rerun takes.

Makes each file, starts the real application on a data folder of its own for it, uploads it in headless Chromium (the one of
the browser tests) and then opens a tab, moves the line of the split by a key and opens the look at the series. Beside the
seconds by the clock stand those that the server and the page's own thread computed, which depend little on what else the
machine does, the most memory that the server held, and what came to the browser. The bare `rnn.read_csv` of the same file is
timed in a process of its own.

    python -m benchmarks.data_page [--only iso german short long wide largest]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from playwright.sync_api import CDPSession, Page

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.browser.chromium import chromium
from tests.browser.conftest import Server, start_server

PATIENCE = 180  # seconds: for anything at all to happen on a busy machine
STILL = 1.0  # seconds without a message after which the page stands still
KEY_REST = 0.4  # seconds that the line of the split waits for another press of the key
RUNNING = "document.querySelector('[data-testid=stApp]')?.dataset.testScriptState !== 'notRunning'"
READ = """
import sys, time
from rnn.data import read_csv
read_csv(b"time,v\\n2020-01-01,1\\n2020-01-02,3\\n")
began, worked = time.monotonic(), time.process_time()
read_csv(sys.argv[1]).series()
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]
print(time.monotonic() - began, time.process_time() - worked, int(peak) / 1024)
"""


def _minutes(rows: int) -> pd.DataFrame:
    chance = np.random.default_rng(0)
    days = 10 * np.sin(2 * np.pi * np.arange(rows) / 1440)
    times = pd.date_range("2019-01-01", periods=rows, freq="min")
    return pd.DataFrame({"time": times, "load": (20 + days + chance.normal(size=rows)).round(3)})


def write_iso(path: Path, rows: int = 1_000_000) -> int:
    _minutes(rows).to_csv(path, index=False)
    return rows


def write_german(path: Path) -> int:
    _minutes(1_000_000).to_csv(path, index=False, sep=";", decimal=",", date_format="%d.%m.%Y %H:%M")
    return 1_000_000


def write_long(path: Path) -> int:
    """1,000 series of 1,000 hours, one below another."""
    frame = _minutes(1_000_000)
    frame["time"] = np.tile(pd.date_range("2024-01-01", periods=1000, freq="h"), 1000)
    frame.insert(0, "meter", np.repeat([f"MT_{k:04d}" for k in range(1000)], 1000))
    frame.to_csv(path, index=False)
    return 1000


def write_wide(path: Path) -> int:
    """300 days of 9,999 columns."""
    walks = np.random.default_rng(0).normal(size=(300, 9_999)).cumsum(axis=0).round(2)
    frame = pd.DataFrame(walks, columns=[f"sensor {k}" for k in range(9_999)])
    frame.insert(0, "day", pd.date_range("2024-01-01", periods=300).strftime("%Y-%m-%d"))
    frame.to_csv(path, index=False)
    return 300


def write_largest(path: Path) -> int:
    """A file of just below 200 MB: a moment and three numbers a row."""
    rows = 4_150_000
    chance = np.random.default_rng(7)
    frame = _minutes(rows)
    frame["walk"], frame["count"] = chance.normal(size=rows).cumsum(), chance.integers(0, 1000, rows)
    frame.to_csv(path, index=False)
    return rows


FILES: dict[str, Callable[[Path], int]] = {
    "iso": write_iso, "german": write_german, "short": lambda path: write_iso(path, 200_000),
    "long": write_long, "wide": write_wide, "largest": write_largest,
}  # fmt: skip


@dataclass
class Watch:
    """The messages that came to the page: when the last one did, and how many bytes they were. uploaded: when a file was."""

    last: float = 0.0
    bytes: int = 0
    uploaded: float = field(default=float("nan"))

    def follow(self, page: Page) -> None:
        page.on("websocket", lambda socket: socket.on("framereceived", self._count))
        page.on("requestfinished", lambda request: self._note(request.url))

    def _count(self, frame: bytes | str) -> None:
        self.last, self.bytes = time.monotonic(), self.bytes + len(frame)

    def _note(self, url: str) -> None:
        if "upload_file" in url:
            self.uploaded = time.monotonic()


@dataclass
class Clocks:
    """What an action takes, from `start` on: by the clock, of the server's processor and of the page's, and in bytes."""

    server: Server
    browser: CDPSession
    watch: Watch
    began: float = 0.0
    before: tuple[float, float, int] = (0.0, 0.0, 0)

    def start(self) -> None:
        self.before = self._now()
        self.began = time.monotonic()

    def tell(self, title: str, ended: float) -> None:
        server, browser, came = (now - before for now, before in zip(self._now(), self.before, strict=True))
        print(
            f"  {title:<34}{ended - self.began:8.2f} s{server:9.2f} s{browser:9.2f} s{_peak(self.server):9,.0f} MB"
            f"{came / 1024:9,.0f} kB",
            flush=True,
        )

    def _now(self) -> tuple[float, float, int]:
        told = {one["name"]: one["value"] for one in self.browser.send("Performance.getMetrics")["metrics"]}
        return _computed(self.server), told["TaskDuration"], self.watch.bytes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=FILES, default=list(FILES))
    options = parser.parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with chromium() as browser:
        for name in options.only:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / f"{name}.csv"
                records = FILES[name](path)
                _read_alone(name, path)
                server = start_server(Path(folder))
                try:
                    page = browser.new_page(viewport={"width": 1440, "height": 1000})
                    _measure(page, server, path, records)
                    page.close()
                finally:
                    server.end()


def _read_alone(name: str, path: Path) -> None:
    told = subprocess.check_output([sys.executable, "-c", READ, str(path)], cwd=Path(__file__).parents[1], text=True)
    seconds, computed, peak = map(float, told.split())
    size = path.stat().st_size / 1024**2
    print(f"\n{name}, {size:.0f} MB")
    print(f"  {'':<34}{'clock':>10}{'server':>11}{'browser':>11}{'peak':>12}{'sent':>12}")
    print(f"  {'read_csv and series alone':<34}{seconds:8.2f} s{computed:9.2f} s{'':11}{peak:9,.0f} MB")


def _measure(page: Page, server: Server, path: Path, records: int) -> None:
    watch = Watch()
    watch.follow(page)
    page.goto(f"{server.url}/data?data=nile", timeout=PATIENCE * 1000)
    page.locator("[aria-label^='Series chart, 100 records']").wait_for(timeout=PATIENCE * 1000)
    _still(page, watch)
    browser = page.context.new_cdp_session(page)
    browser.send("Performance.enable", {"timeDomain": "threadTicks"})
    clocks = Clocks(server, browser, watch)
    clocks.start()
    page.locator("input[type=file]").first.set_input_files(path)
    page.locator(f"[aria-label^='Series chart, {records} records']").wait_for(timeout=PATIENCE * 1000)
    clocks.tell("file chosen to chart", time.monotonic())
    clocks.tell("file chosen to whole page", _still(page, watch))
    print(f"  (of these, to upload it: {watch.uploaded - clocks.began:.2f} s)")
    for title, action in _reruns(page, records).items():
        clocks.start()
        waits = action()
        clocks.tell(title, _still(page, watch) - waits)


def _reruns(page: Page, records: int) -> dict[str, Callable[[], float]]:
    """What is done to the page, each a function that returns the seconds that the page waits by design."""
    steps = {
        "another tab (split)": lambda: _tab(page, "Split and scaling"),
        "the split moved": lambda: _move(page),
        "the split moved again": lambda: _move(page),
        "a closer look, first time": lambda: _tab(page, "A closer look"),
        "back to the findings": lambda: _tab(page, "Findings and repairs"),
    }
    many = {
        "all series in one network": lambda: _all(page),
        "another tab (split) with all": lambda: _tab(page, "Split and scaling"),
    }
    return steps | many if records == 1000 else steps


def _tab(page: Page, name: str) -> float:
    page.get_by_role("tab", name=name).click()
    return 0.0


def _move(page: Page) -> float:
    page.locator("[data-handle=validation]").focus()
    page.keyboard.press("ArrowLeft")
    return KEY_REST


def _all(page: Page) -> float:
    page.get_by_test_id("stSelectbox").filter(has_text="Series in this file").locator("input").click()
    page.get_by_role("option", name="All 1,000 in one network").click()
    return 0.0


def _still(page: Page, watch: Watch) -> float:
    """Wait until the page stands still; the moment at which it did."""
    deadline, stood = time.monotonic() + PATIENCE, time.monotonic()
    while time.monotonic() < deadline:
        page.wait_for_timeout(20)
        if page.evaluate(RUNNING):
            stood = time.monotonic()
        if time.monotonic() - max(stood, watch.last) > STILL:
            return max(stood, watch.last)
    raise TimeoutError("The page did not come to rest.")


def _computed(server: Server) -> float:
    """Seconds of processor time that the server has used (Linux), those of processes that it waited for among them."""
    return sum(
        map(int, Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()[11:15])
    ) / os.sysconf("SC_CLK_TCK")


def _peak(server: Server) -> float:
    """The most memory that the server has held, in MB (Linux)."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main()
