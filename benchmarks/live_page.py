"""How the Train page feels: from click to first epoch, updates while it learns, and what other widgets wait meanwhile.

Starts the real application on a data folder of its own, drives it in headless Chromium (the one of the browser tests), and
prints a table: medians, their spread, and beside each the ratio to its goal or to the same page at rest. Times are taken
inside the browser, from the event of the click or key to the frame in which the answer stands on the page.

    python benchmarks/live_page.py [--clicks 5] [--seconds 8]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import chromium
from tests.browser.conftest import Server, start_server, wait_until
from tests.browser.test_main_job import button, state

SESSIONS = 4
PATIENCE = 120  # seconds: for anything at all to happen on a busy machine
SHORT = "epochs=10&patience="
LONG = "epochs=100000&patience="  # epochs of a few milliseconds, more of them than the measurement takes
# Moves the slider Hidden up and down again, over values that were all looked at before: their pre-flight is known.
KEYS = ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowLeft")

# Stamps the moment of a click or key, and the first frame in which what was waited for is there.
WATCH = r"""() => {
    const points = () => document.querySelector('.st-key-loss_chart .js-plotly-plot')
        ?.data?.find(trace => trace.name === 'training')?.y?.length ?? 0;
    const epochs = () => +(document.querySelector('[data-testid=stProgress]')?.innerText
        .match(/epoch ([\d,]+) of/)?.[1].replaceAll(',', '') ?? 0);
    const weights = () => document.querySelector('[data-testid=stSidebar]')?.innerText.match(/([\d,]+) weights/)?.[1];
    const seen = {first: () => points() > 0 || epochs() > 0, weights: () => weights() !== window.bench.before};
    window.bench = {expect(what) { Object.assign(this, {what, start: null, took: null, before: weights()}); }};
    const begin = () => { window.bench.start ??= performance.now(); };
    addEventListener('click', begin, true);
    addEventListener('keydown', begin, true);
    const look = () => {
        const bench = window.bench;
        if (bench.what && bench.start !== null && bench.took === null && seen[bench.what]())
            bench.took = performance.now() - bench.start;
        requestAnimationFrame(look);
    };
    look();
}"""


@dataclass
class Row:
    """One line of the table. values: what was measured. unit: of them. goal: in words. against: what the median's ratio
    is taken to, and what that is."""

    what: str
    values: list[float]
    unit: str
    goal: str = ""
    against: tuple[float, str] | None = None

    def __str__(self) -> str:
        middle = median(self.values)
        spread = f"{_short(min(self.values))} – {_short(max(self.values))}" if len(self.values) > 1 else ""
        ratio = f"{middle / self.against[0]:.2f} × {self.against[1]}" if self.against and self.against[0] else ""
        return f"{self.what:<46}{_short(middle):>9} {self.unit:<8}{spread:>19}   {ratio:<22}{self.goal}"


@dataclass
class Traffic:
    """What the websockets of a page have carried, before compression. received: bytes to the browser."""

    received: int = 0

    def listen(self, page: Page) -> None:
        page.on("websocket", lambda socket: socket.on("framereceived", self._count))

    def _count(self, payload: str | bytes) -> None:
        self.received += len(payload)


@dataclass
class Bench:
    """The server, the browser and the rows found so far."""

    server: Server
    browser: Browser
    rows: list[Row] = field(default_factory=list)

    @contextmanager
    def page(self, query: str, traffic: Traffic | None = None) -> Iterator[Page]:
        """The Train page in a profile of its own, ready for a click."""
        context = self.browser.new_context(viewport={"width": 1440, "height": 900})
        context.set_default_timeout(PATIENCE * 1000)
        page = context.new_page()
        if traffic is not None:
            traffic.listen(page)
        page.goto(f"{self.server.url}/?{query}")
        wait_until(lambda: _can_train(page), PATIENCE, "the page")
        page.evaluate(WATCH)
        yield page
        context.close()

    def add(self, what: str, values: list[float], unit: str, goal: str = "", against: tuple | None = None) -> None:
        self.rows.append(Row(what, values, unit, goal, against))
        print(self.rows[-1], flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clicks", type=int, default=5, help="warm clicks on Train to take the median of")
    parser.add_argument("--seconds", type=float, default=8, help="how long to watch a run")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        server = start_server(Path(folder))
        try:
            print(f"{'':<46}{'median':>9} {'':<8}{'spread':>19}   {'ratio':<22}goal")
            measure(Bench(server, browser), options.clicks, options.seconds)
        finally:
            server.end()


def measure(bench: Bench, clicks: int, seconds: float) -> None:
    at_rest = _resident_megabytes(bench.server)
    click_to_first_epoch(bench, clicks)
    idle = while_training(bench, seconds)
    with_four_sessions(bench, idle)
    if at_rest is not None:
        bench.add("server's memory, before the first page", [at_rest], "MB")
        bench.add("server's memory, after all of this", [_resident_megabytes(bench.server) or 0.0], "MB")


def click_to_first_epoch(bench: Bench, clicks: int) -> None:
    with bench.page(SHORT) as page:
        cold = _click_train(page)
        warm = []
        for _ in range(clicks):
            wait_until(lambda: "Done" in state(page), PATIENCE, "the end of the run")
            button(page, "Reset").click()
            wait_until(lambda: "Press" in state(page), PATIENCE, "the reset")
            warm.append(_click_train(page))
        bench.add("click to first epoch, first click after start", [cold], "ms", "", (500, "goal"))
        bench.add(f"click to first epoch, warm, of {clicks}", warm, "ms", "≤ 500 ms", (500, "goal"))
        wait_until(lambda: "Done" in state(page), PATIENCE, "the end of the run")


def while_training(bench: Bench, seconds: float) -> float:
    """A run watched by one session. Returns the milliseconds that another widget takes at rest."""
    traffic = Traffic()
    with bench.page(LONG, traffic) as page:
        _move_slider(page)  # the first look at each value measures its training time; after that it is known
        idle = _move_slider(page) + _move_slider(page)
        _click_train(page)
        updates, bytes_a_second = _watch(page, traffic, seconds)
        busy = _move_slider(page) + _move_slider(page)
        button(page, "Stop").click()
        wait_until(lambda: "Stopped" in state(page), PATIENCE, "the stop")
        mounts = page.evaluate("() => window.__unrollMounts")
    rest = median(idle)
    bench.add("prediction chart redrawn", updates, "a second", "≥ 2 a second", (2, "goal"))
    bench.add("charts mounted again in that run", [float(sum(mounts.values()) - len(mounts))], "times", "0")
    bench.add("websocket while training", [value / 1000 for value in bytes_a_second], "kB/s")
    bench.add("another widget answers, at rest", idle, "ms")
    bench.add("another widget answers, while training", busy, "ms", "≤ 1.5 × at rest", (rest, "at rest"))
    return rest


def with_four_sessions(bench: Bench, idle: float) -> None:
    pages: list[Page] = []
    contexts = [bench.page(LONG) for _ in range(SESSIONS)]
    try:
        pages = [context.__enter__() for context in contexts]
        for page in pages:
            button(page, "Train").click()
        for page in pages:
            wait_until(lambda page=page: _word(page) in ("Training", "Waiting"), PATIENCE, "the runs")
        answers = [value for page in pages for value in _move_slider(page)]
        words = [_word(page) for page in pages]
        at_work = f"{words.count('Training')} training, {words.count('Waiting')} waiting"
        bench.add(f"… with {SESSIONS} sessions, {at_work}", answers, "ms", "≤ 1.5 × at rest", (idle, "at rest"))
        for page in pages:
            button(page, "Stop").click()
    finally:
        for context in contexts[: len(pages)]:
            context.__exit__(None, None, None)


def _word(page: Page) -> str:
    """The state of the run in one word; before it stands the name of its icon."""
    return state(page).split()[-1]


def _click_train(page: Page) -> float:
    return _timed(page, "first", lambda: button(page, "Train").click())


def _move_slider(page: Page) -> list[float]:
    """Milliseconds from each key on the slider Hidden to the new number of weights in the pre-flight."""
    slider = page.get_by_test_id("stSidebar").get_by_role("slider", name="Hidden units")
    return [_timed(page, "weights", lambda key=key: slider.press(key)) for key in KEYS]


def _timed(page: Page, what: str, act: Callable[[], None]) -> float:
    page.evaluate("what => window.bench.expect(what)", what)
    act()
    page.wait_for_function("() => window.bench.took !== null", timeout=PATIENCE * 1000)
    return float(page.evaluate("() => window.bench.took"))


def _watch(page: Page, traffic: Traffic, seconds: float) -> tuple[list[float], list[float]]:
    """Redrawings of the prediction chart and bytes received, a second, over each quarter of the time."""
    redrawn, carried = [], []
    for _ in range(4):
        before, began, received = _updates(page), time.perf_counter(), traffic.received
        page.wait_for_timeout(seconds / 4 * 1000)
        took = time.perf_counter() - began
        redrawn.append((_updates(page) - before) / took)
        carried.append((traffic.received - received) / took)
    return redrawn, carried


def _updates(page: Page) -> int:
    return int(page.evaluate("() => window.__unrollUpdates?.prediction_chart ?? 0"))


def _can_train(page: Page) -> bool:
    train = button(page, "Train")
    return train.count() == 1 and train.is_enabled() and bool(page.evaluate("() => window.__unrollMounts?.loss_chart"))


def _resident_megabytes(server: Server) -> float | None:
    """Memory of the server process itself, its workers not counted; None where the system does not tell."""
    try:
        lines = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    except OSError:
        return None
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.1f}"


if __name__ == "__main__":
    main()
