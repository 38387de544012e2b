"""How long a zoom into a long series takes on the Data page: from letting go of the mouse to the finer drawing.

Makes a file of so many rows, starts the real application on a data folder of its own, uploads the file in headless Chromium
(the one of the browser tests) and zooms to different parts. Beside the time stand the seconds that the server computed for it,
which do not depend on what else the machine does. The page waits 80 ms for a second zoom before it asks the server.

    python benchmarks/zoom.py [--rows 1000000] [--zooms 8]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd
from playwright.sync_api import Page

from tests.browser.chromium import chromium
from tests.browser.conftest import start_server

PATIENCE = 120  # seconds: for anything at all to happen on a busy machine
UPDATES = "(window.__unrollUpdates ?? {}).series_chart ?? 0"
SETTLED = 700  # milliseconds: Streamlit's work after an answer is counted to the zoom that it belongs to


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--zooms", type=int, default=8)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.csv"
        _write(path, options.rows)
        server = start_server(Path(folder))
        try:
            with chromium() as browser:
                page = browser.new_page(viewport={"width": 1440, "height": 1000})
                page.goto(f"{server.url}/data?data=nile", timeout=PATIENCE * 1000)
                print(f"upload to drawing: {_upload(page, path, options.rows):.1f} s")
                page.wait_for_timeout(8000)  # until all of the page stands still
                _report(page, server.process.pid, options.zooms)
        finally:
            server.end()


def _write(path: Path, rows: int) -> None:
    rng = np.random.default_rng(0)
    minutes = np.datetime64("2020-01-01T00:00:00") + np.arange(rows) * np.timedelta64(60, "s")
    days = 10 * np.sin(2 * np.pi * np.arange(rows) / 1440)
    values = 0.1 * np.cumsum(rng.standard_normal(rows)) + days + rng.standard_normal(rows)
    pd.DataFrame({"time": minutes, "value": values.round(3)}).to_csv(path, index=False)


def _upload(page: Page, path: Path, rows: int) -> float:
    page.locator("input[type=file]").first.wait_for(state="attached", timeout=PATIENCE * 1000)
    page.wait_for_timeout(3000)
    began = time.monotonic()
    page.locator("input[type=file]").first.set_input_files(path)
    page.locator(f"[aria-label^='Series chart, {rows} records']").wait_for(timeout=PATIENCE * 1000)
    return time.monotonic() - began


def _report(page: Page, server: int, zooms: int) -> None:
    chart = page.locator("[aria-label^='Series chart']")
    chart.scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    took, computed = [], []
    for number in range(zooms):
        before, seen = _computed(server), page.evaluate(UPDATES)
        began = _zoom(page, chart.bounding_box() or {}, 0.1 + 0.05 * (number % 5))
        while page.evaluate(UPDATES) == seen and time.monotonic() - began < PATIENCE:
            page.wait_for_timeout(10)
        took.append(time.monotonic() - began)
        page.wait_for_timeout(SETTLED)
        computed.append(_computed(server) - before)
    print(f"zoom to drawing:   {median(took):.2f} s ({min(took):.2f} – {max(took):.2f})")
    print(f"server's share:    {median(computed):.2f} s of computing a zoom")


def _zoom(page: Page, box: dict[str, float], share: float) -> float:
    """Drag over the middle of the chart but for `share` of it on either side; the moment of letting go."""
    left, right = box["x"] + 60 + share * (box["width"] - 80), box["x"] + 60 + (1 - share) * (box["width"] - 80)
    middle = box["y"] + box["height"] / 2
    page.mouse.move(left, middle)
    page.mouse.down()
    page.mouse.move((left + right) / 2, middle, steps=4)
    page.mouse.move(right, middle, steps=4)
    page.mouse.up()
    return time.monotonic()


def _computed(process: int) -> float:
    """Seconds of processor time that a process has used (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
