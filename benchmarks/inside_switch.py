"""How long a section of Inside takes to show its first chart once the page is open, and what Plotly takes to redraw each chart.

`python -m benchmarks.inside_switch`: runs of 1,000 epochs with 256 units, one Chromium, clicks from section to section, then
steps back over the epochs. Seconds by the clock, so only of use on a machine with nothing else to do.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import rnn
from playwright.sync_api import Page

from benchmarks import long_runs
from pages.inside.sections import SECTIONS
from rnn.runs.store import Store
from tests.browser.chromium import chromium
from tests.browser.conftest import start_server

EPOCHS, ROUNDS, STEPS = 1000, 2, 3
SETTLED_MS = 2500
OLD = "document.querySelectorAll('.unroll-chart').forEach(chart => chart.dataset.old = '1')"
NEW = """() => [...document.querySelectorAll('.unroll-chart:not([data-old])')].some(
    chart => chart.querySelector('.main-svg') && !chart.hasAttribute('aria-busy'))"""
# Every redraw of every chart, by the key of its place on the page.
WATCH = """() => {
    const own = window.Plotly.react;
    window.redraws = {};
    window.Plotly.react = (node, ...rest) => {
        const began = performance.now();
        const done = own.call(window.Plotly, node, ...rest);
        const key = node.closest('[class*=st-key]')?.className.match(/st-key-(\\S+)/)?.[1] ?? '?';
        (window.redraws[key] ??= []).push(performance.now() - began);
        return done;
    };
}"""


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Store(f"sqlite:///{folder / 'unroll.sqlite'}") as store:
            ids = {cell: long_runs.add(store, EPOCHS, cell=cell, hidden=256, window=50) for cell in ("elman", "lstm")}
        server = start_server(folder)
        try:
            with chromium() as browser:
                for cell, run_id in ids.items():
                    page = browser.new_page(viewport={"width": 1440, "height": 900})
                    page.goto(f"{server.url}/inside?run={run_id}")
                    page.wait_for_selector(".unroll-chart .main-svg", timeout=60_000)
                    page.wait_for_timeout(SETTLED_MS)
                    tell_openings(page, cell)
                    tell_redraws(page, cell)
                    page.close()
        finally:
            server.end()


def tell_openings(page: Page, cell: str) -> None:
    names = [*list(SECTIONS)[1:], next(iter(SECTIONS))]  # the first is open
    for attempt in range(1, ROUNDS + 1):
        for name in names:
            page.evaluate(OLD)
            began = time.monotonic()
            open_section(page, name)
            page.wait_for_function(NEW, timeout=60_000, polling=20)
            print(f"{cell}, {name}, time {attempt}: {time.monotonic() - began:.2f} s", flush=True)
            page.wait_for_timeout(SETTLED_MS)


def tell_redraws(page: Page, cell: str) -> None:
    page.evaluate(WATCH)
    for name in SECTIONS:
        open_section(page, name)
        page.wait_for_timeout(SETTLED_MS)
        page.evaluate("window.redraws = {}")
        for _ in range(STEPS):
            page.keyboard.press("j")
            page.wait_for_timeout(SETTLED_MS / 2)
        for chart, times in page.evaluate("window.redraws").items():
            print(f"{cell}, {name}, {chart}: {', '.join(f'{ms:.0f}' for ms in times)} ms", flush=True)


def open_section(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).click(force=True)


if __name__ == "__main__":
    main()
