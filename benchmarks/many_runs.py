"""How long a list of many runs takes: to read from the store, beside the mere reading of the same rows, and on the page Runs.

    python -m benchmarks.many_runs [--runs 10000] [--database postgresql://…] [--page]

The runs are written as rows, 100 epochs each, for none of this asks how they came about. Reading is told in seconds of the
processor and by the clock, the best of five, and as a multiple of the floor: the same columns fetched without anything made of
them. With --page a real server and Chromium show the list: from the click on Runs to the table, by the clock, so only of use on
a machine with nothing else to do.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import rnn

import numpy as np
from sqlalchemy import insert

from benchmarks.engines import machine
from benchmarks.long_runs import READING, sunspots
from rnn.core.config import Config
from rnn.runs import schema
from rnn.runs.shelf_rows import shelf_query
from rnn.runs.store import Store

EPOCHS, AT_ONCE, BEST_OF, ROUNDS = 100, 500, 5, 3
CELLS = ("elman", "gru", "lstm")


def main() -> None:
    options = _parser().parse_args()
    print(machine.description())
    with tempfile.TemporaryDirectory() as name:
        url = options.database or f"sqlite:///{Path(name) / 'unroll.sqlite'}"
        with Store(url) as store:
            fill(store, options.runs)
            began = time.perf_counter()
            looks = draw_curves(store)
            print(f"the small curves, once for all: {time.perf_counter() - began:.1f} s in {looks} looks")
            tell(store)
        if options.page:
            tell_page(Path(name), options.database)


def fill(store: Store, count: int) -> None:
    """Write the runs, unless there are that many already."""
    there = len(store.runs(count))
    key = store.add_series(sunspots(), reading=READING)
    chance = np.random.default_rng(0)
    for start in range(there, count, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, count))
        with store.write() as connection:
            connection.execute(insert(schema.runs), [_run(number, key, chance) for number in numbers])
            rows = [row for number in numbers for row in _epochs(number, chance)]
            connection.execute(insert(schema.epochs), rows)


def _run(number: int, series: str, chance: np.random.Generator) -> dict[str, Any]:
    config = Config(hidden=int(chance.integers(1, 200)), cell=CELLS[number % len(CELLS)], seed=number)
    return {
        "id": f"many{number:06d}", "name": f"run {number} · sunspots", "session": "benchmark", "config": config.to_json(),
        "series_hash": series, "state": "done", "reason": "done", "created": 1.7e9 + number, "queued": 1.7e9 + number,
        "epoch": EPOCHS, "best_epoch": EPOCHS, "best_rmse": 15.0 + float(chance.random()), "cell": config.cell,
    }  # fmt: skip


def _epochs(number: int, chance: np.random.Generator) -> Iterator[dict[str, Any]]:
    errors = np.exp(-np.arange(EPOCHS) / 30) * 20 + 15 + chance.random(EPOCHS)
    rest = {"train_loss": 0.1, "val_loss": 0.1, "lr": 0.001, "grad_norm": 1.0, "clipped": 0.0, "seconds": 0.1}
    for epoch, error in enumerate(errors.tolist(), start=1):
        yield {"run_id": f"many{number:06d}", "epoch": epoch, "train_rmse": error, "val_rmse": error, **rest}


def draw_curves(store: Store) -> int:
    """Look until every run has its small curve; returns how often that was."""
    looks = 1
    while any(not row.sketched for row in store.shelf()):
        looks += 1
    return looks


def tell(store: Store) -> None:
    def fetch() -> None:
        with store.read() as connection:
            connection.execute(shelf_query(10_000, None)).all()

    floor = _best(fetch)
    for what, ask in (
        ("the rows alone", fetch),
        ("the list", store.shelf),
        ("whether it has changed", store.shelf_stamp),
    ):
        processor, clock = _best(ask)
        print(
            f"{what}: {processor:.3f} s of the processor, {clock:.3f} s by the clock, {processor / floor[0]:.2f} of the floor"
        )


def _best(ask: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the processor, and by the clock."""
    found = []
    for _ in range(BEST_OF):
        clock, processor = time.perf_counter(), time.process_time()
        ask()
        found.append((time.process_time() - processor, time.perf_counter() - clock))
    return min(one[0] for one in found), min(one[1] for one in found)


def tell_page(folder: Path, database: str | None) -> None:
    from tests.browser.chromium import chromium
    from tests.browser.conftest import start_server

    server = start_server(folder, database=database)
    try:
        with chromium() as browser:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(server.url)
            page.wait_for_selector(".unroll-chart .main-svg", timeout=60_000)
            for attempt in range(1, ROUNDS + 1):
                page.wait_for_timeout(4000)
                began = time.monotonic()
                page.get_by_role("link", name="Runs").first.click()
                page.wait_for_selector("[data-testid=stDataFrame] canvas", timeout=60_000)
                print(f"Runs, time {attempt}: {time.monotonic() - began:.2f} s from the click to the table", flush=True)
                page.get_by_role("link", name="Train").first.click()
    finally:
        server.end()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="How long a list of many runs takes.")
    parser.add_argument("--runs", type=int, default=10_000, metavar="N")
    parser.add_argument("--database", metavar="URL", help="an empty database, instead of a SQLite file")
    parser.add_argument("--page", action="store_true", help="on the page too, in a real browser")
    return parser


if __name__ == "__main__":
    main()
