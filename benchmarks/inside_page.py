"""How quick Inside is on runs of a thousand epochs, and Race and Learn; and how large such a run is on disk.

Makes the runs (`benchmarks/long_runs.py`), starts the real application on their store, and opens each section in headless
Chromium (the one of the browser tests). Beside the seconds by the clock stand those that the server and the page's own thread
computed, which depend little on what else the machine does, and the ratio to the same page without a run, opened in the same
minute. Then the epoch steps back and forth: what that costs, and how long each chart takes to be drawn anew (the quickest of
some redrawings, since a busy machine only ever adds).

    python -m benchmarks.inside_page [--only elman256] [--data FOLDER] [--epochs 1000] [--sizes]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import rnn  # first: it settles the number of BLAS threads before NumPy loads

from playwright.sync_api import Browser, CDPSession, Page
from sqlalchemy import create_engine, text

from benchmarks import long_runs
from rnn.runs.schema import metadata
from rnn.runs.store import Store
from tests.browser.chromium import chromium
from tests.browser.conftest import Server, start_server

RUNS = {
    "elman256": {"cell": "elman", "hidden": 256, "window": 50},
    "lstm256": {"cell": "lstm", "hidden": 256, "window": 50},
    "lstm64": {"cell": "lstm", "hidden": 64, "window": 50},
}  # fmt: skip
LANES = [
    {"cell": cell, "hidden": 24, "window": 24, "optimiser": optimiser}
    for cell in ("elman", "lstm") for optimiser in ("adam", "rmsprop", "momentum")
]  # fmt: skip
# Section → the chart that stands first in it.
SECTIONS = {
    "Fit": "inside_fit", "States": "hidden_chart", "Attention": "attention_chart", "Gradient": "gradient_through_time",
    "Weights": "weights_", "Step by step": "inside_scrubber", "By hand": "inside_scrubber",
}  # fmt: skip
STEPS, PATIENCE, STILL = 4, 120, 0.7
RUNNING = "document.querySelector('[data-testid=stApp]')?.dataset.testScriptState !== 'notRunning'"
EPOCH = "document.body.innerText.match(/Epoch [0-9,]+ of|Before training/)?.[0]"
DRAWN = "document.querySelector('.unroll-chart') && !document.querySelector('.unroll-chart[aria-busy]')"
# Times every drawing by Plotly, under the key of its chart; and the moment at which each was drawn first.
WATCH = r"""() => {
    window.drawn = {}; window.first = {};
    let plotly;
    Object.defineProperty(window, "Plotly", {configurable: true, get: () => plotly, set(given) {
        if (plotly) return;
        const react = given.react;
        const timed = (plot, ...rest) => {
            const place = plot.closest('[class*="st-key-"]');
            const key = place ? [...place.classList].find(name => name.startsWith("st-key-")).slice(7) : "?";
            const began = performance.now();
            const done = react(plot, ...rest);
            const took = performance.now() - began;
            (window.drawn[key] ??= []).push(took);
            requestAnimationFrame(() => { window.first[key] ??= performance.now(); });
            return done;
        };
        plotly = Object.create(given, {react: {value: timed}});
    }});
}"""


@dataclass
class Cost:
    """clock: seconds to the first chart of the section, or to rest where it has none. rest: until nothing runs any more.
    server, browser: seconds of the processor. drawn: chart → milliseconds of each of its drawings."""

    clock: float
    rest: float
    server: float
    browser: float
    drawn: dict[str, list[float]] = field(default_factory=dict)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=[*RUNS, "race", "learn"], default=[*RUNS, "race", "learn"])
    parser.add_argument("--data", type=Path, help="a folder to keep the runs in, for another time")
    parser.add_argument("--epochs", type=int, default=1000)
    parser.add_argument("--sizes", action="store_true", help="the bytes of the runs alone")
    options = parser.parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    with _folder(options.data) as folder:
        ids = _made(folder, options.epochs)
        _tell_sizes(folder, ids)
        if options.sizes:
            return
        server = start_server(folder)
        try:
            with chromium() as browser:
                measure(server, browser, {name: ids.get(name, "") for name in options.only})
        finally:
            server.end()


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def _made(folder: Path, epochs: int) -> dict[str, str]:
    """Name → id of each run, and of the race; those of a folder that has them already are taken."""
    told = folder / "runs.json"
    if told.exists():
        return dict(json.loads(told.read_text()))
    with Store(f"sqlite:///{folder}/unroll.sqlite") as store:
        ids = {name: long_runs.add(store, epochs, **settings) for name, settings in RUNS.items()}
        ids["race"] = long_runs.add_race(store, epochs, LANES)
    told.write_text(json.dumps(ids))
    return ids


def _tell_sizes(folder: Path, ids: dict[str, str]) -> None:
    """Bytes of the cells of each table that hold a run, numbers as eight."""
    engine = create_engine(f"sqlite:///{folder}/unroll.sqlite")
    print("| run, MB | " + " | ".join(_tables()) + " | all |\n|---|" + "--:|" * (len(_tables()) + 1))
    with engine.connect() as connection:
        for name in RUNS:
            sizes = []
            for table in _tables():
                columns = [column.name for column in metadata.tables[table].columns]
                cells = " + ".join(
                    f"CASE typeof({c}) WHEN 'blob' THEN length({c}) WHEN 'text' THEN length({c}) ELSE 8 END" for c in columns
                )  # fmt: skip
                query = text(f"SELECT COALESCE(SUM({cells}), 0) FROM {table} WHERE run_id = :run")
                sizes.append(connection.execute(query, {"run": ids[name]}).scalar_one() / 1e6)
            print(f"| {name} | " + " | ".join(f"{size:.2f}" for size in [*sizes, sum(sizes)]) + " |")
    engine.dispose()
    print()


def _tables() -> list[str]:
    return [table.name for table in metadata.sorted_tables if "run_id" in table.columns and table.name in _LARGE]


_LARGE = ("epochs", "flow", "snapshots", "kept", "kept_arrays")


def measure(server: Server, browser: Browser, asked: dict[str, str]) -> None:
    print("| page | to the chart, s | to rest | server, s | browser, s | × the empty page | a step: server | browser |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    bench = Bench(server, browser)
    bench.open("inside", "")  # imports
    empty = bench.open("inside", "")
    bench.tell("Inside, without a run", empty, empty)
    for name in asked:
        if name in RUNS:
            for section, chart in SECTIONS.items():
                bench.section(f"{name}, {section}", f"inside?run={asked[name]}&look={quote(section)}", chart, empty)
    if "race" in asked:
        bench.tell("Race, 6 lanes", bench.open(f"race?race={asked['race']}", "race_chart"), empty)
    if "learn" in asked:
        bench.tell("Learn, first", bench.open("learn", ""), empty)
        bench.tell("Learn, again", bench.open("learn", ""), empty)
    print("\n| chart | first drawing, ms | redrawing, ms |\n|---|--:|--:|")
    for (page, key), times in sorted(bench.drawn.items(), key=lambda item: -min(item[1][1:] or item[1])):
        print(
            f"| {page}: {key} | {times[0]:.0f} | {min(times[1:]):.0f} |"
            if times[1:]
            else f"| {page}: {key} | {times[0]:.0f} | |"
        )


class Bench:
    """The server, the browser, and what was measured so far: (page, chart) → milliseconds of its drawings."""

    def __init__(self, server: Server, browser: Browser) -> None:
        self.server, self.drawn = server, {}
        self.page: Page = browser.new_page(viewport={"width": 1440, "height": 1000})
        self.page.add_init_script(f"({WATCH})()")
        self.page.on("websocket", lambda socket: socket.on("framereceived", self._heard))
        self.devtools: CDPSession = self.page.context.new_cdp_session(self.page)
        self.devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
        self.last = 0.0

    def _heard(self, _: object) -> None:
        self.last = time.monotonic()

    def open(self, address: str, chart: str) -> Cost:
        """To a page by its address, as one who was given the link."""
        self.page.goto("about:blank")
        server, browser, began = _computed(self.server), self._browser(), time.monotonic()
        self.page.goto(f"{self.server.url}/{address}", timeout=PATIENCE * 1000)
        rest = self._still() - began
        if chart:  # a busy browser draws after the last message
            self.page.wait_for_function(DRAWN, timeout=PATIENCE * 1000)
            rest = max(rest, self._still() - began - STILL)
        first = dict(self.page.evaluate("() => window.first"))
        seen = [moment / 1000 for key, moment in first.items() if chart and key.startswith(chart)]
        drawn = dict(self.page.evaluate("() => window.drawn"))
        return Cost(min(seen, default=rest), rest, _computed(self.server) - server, self._browser() - browser, drawn)

    def section(self, title: str, address: str, chart: str, empty: Cost) -> None:
        cost = self.open(address, chart)
        self.page.evaluate("() => { window.drawn = {}; }")
        server, browser = _computed(self.server), self._browser()
        for step in range(STEPS):
            at = self.page.evaluate(EPOCH)
            way = "back" if step < STEPS / 2 else "forward"
            self.page.locator(f".st-key-epoch_{way} button").first.click(timeout=PATIENCE * 1000)
            deadline = time.monotonic() + PATIENCE / 4
            while self.page.evaluate(EPOCH) == at and time.monotonic() < deadline:
                self.page.wait_for_timeout(25)
            self._still()
        steps = (_computed(self.server) - server) / STEPS, (self._browser() - browser) / STEPS
        again = dict(self.page.evaluate("() => window.drawn"))
        for key, times in cost.drawn.items():
            self.drawn[title, key] = times[:1] + times[1:] + again.get(key, [])
        self.tell(title, cost, empty, steps)

    def tell(self, title: str, cost: Cost, empty: Cost, steps: tuple[float, float] | None = None) -> None:
        ratio = (cost.server + cost.browser) / (empty.server + empty.browser)
        for key, times in cost.drawn.items():
            self.drawn.setdefault((title, key), times)
        more = f"{steps[0]:.2f} | {steps[1]:.2f}" if steps else " | "
        print(
            f"| {title} | {cost.clock:.2f} | {cost.rest:.2f} | {cost.server:.2f} | {cost.browser:.2f} | {ratio:.2f} | {more} |",
            flush=True,
        )

    def _still(self) -> float:
        """Wait until the page stands still; the moment at which it did."""
        deadline, stood = time.monotonic() + PATIENCE, time.monotonic()
        while time.monotonic() < deadline:
            self.page.wait_for_timeout(25)
            if self.page.evaluate(RUNNING):
                stood = time.monotonic()
            if time.monotonic() - max(stood, self.last) > STILL:
                return max(stood, self.last)
        raise TimeoutError("The page did not come to rest.")

    def _browser(self) -> float:
        told = {one["name"]: one["value"] for one in self.devtools.send("Performance.getMetrics")["metrics"]}
        return float(told["TaskDuration"])


def _computed(server: Server) -> float:
    """Seconds of processor time that the server has used (Linux)."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
