"""What keeping epochs and measuring the flow of the error cost: their shares of a run's time, the bytes that the epochs take,
and how long going back to one takes.

    python benchmarks/kept_epochs.py [--only 5ms] [--share 1.0]

Three runs as a worker trains them, each in a store of its own: an LSTM of 64 units, an Elman network of 256, and one whose
epochs take about 5 ms. Time is that of the processor in the thread that trains, so that other work on the machine counts
little: copies, packing, and the SQL of the kept rows. Going back is measured in seconds by the clock, as the best of three.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import rnn  # first: it settles the number of BLAS threads

import numpy as np

from benchmarks.engines import machine
from rnn.runs import ledger
from rnn.runs.attempt import Attempt
from rnn.runs.flow_record import FlowRecord
from rnn.runs.keeper import Keeper
from rnn.runs.places import KEPT_BYTES, MOST
from rnn.runs.records import Run
from rnn.runs.store import Store

# name → records of the series, settings
RUNS: dict[str, tuple[int, dict[str, Any]]] = {
    "lstm64": (2100, {"cell": "lstm", "hidden": 64, "window": 50, "batch": 32, "epochs": 40}),
    "elman256": (2100, {"cell": "elman", "hidden": 256, "window": 100, "batch": 64, "epochs": 40}),
    "5ms": (200, {"cell": "elman", "hidden": 24, "window": 20, "batch": 16, "epochs": 4000}),
}  # fmt: skip


class Stopwatch:
    """Adds up the processor time that some functions take while it is in place."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def around(self, owner: Any, name: str) -> None:
        measured: Callable[..., Any] = getattr(owner, name)

        def timed(*given: Any, **named: Any) -> Any:
            began = time.thread_time()
            try:
                return measured(*given, **named)
            finally:
                self.seconds += time.thread_time() - began

        setattr(owner, name, timed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=RUNS, help="one of the runs")
    parser.add_argument("--share", type=float, default=1.0, help="of the epochs of each run")
    options = parser.parse_args()
    print(f"{machine.description(())}\n")
    machine.warn_of_load()
    keeping, flow = Stopwatch(), Stopwatch()
    for name in ("__init__", "see", "entry"):
        keeping.around(Keeper, name)
    for name in ("__init__", "measure", "waiting"):
        flow.around(FlowRecord, name)
    keeping.around(ledger, "write_kept")
    flow.around(ledger, "_write_flow")
    print(f"At most {KEPT_BYTES / 1e6:g} MB and {MOST} epochs a run.\n")
    print(
        "| run | epochs | ms an epoch | share of keeping | of the flow | kept | flow rows | MB | MB each | fit_at, ms | "
        "params_at, ms | branch, ms |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for name in [options.only] if options.only else RUNS:
        print(line(name, options.share, keeping, flow), flush=True)


def line(name: str, share: float, keeping: Stopwatch, flow: Stopwatch) -> str:
    """One run, trained and gone back to, as a row of the table."""
    rows, settings = RUNS[name]
    config = rnn.Config(patience=None, **settings)
    config = config.replace(epochs=max(1, round(share * config.epochs)))
    series = rnn.Series.from_values(np.sin(0.3 * np.arange(rows)) + 0.1 * np.random.default_rng(1).normal(size=rows))
    with tempfile.TemporaryDirectory() as folder, Store(f"sqlite:///{folder}/store.sqlite") as store:
        run_id = store.add_run(config, store.add_series(series), session="benchmark")
        run = store.claim_next("worker")
        assert isinstance(run, Run)
        keeping.seconds = flow.seconds = 0.0
        began = time.thread_time()
        Attempt(store, run, "worker", store.series).work()
        total = time.thread_time() - began
        kept = store.kept(run_id)
        epoch = kept[len(kept) // 2].epoch
        size, measured = store.kept_size(run_id), len(store.flow_epochs(run_id))
        back = [best_of_three(call) for call in (
            lambda: store.fit_at(run_id, epoch), lambda: store.params_at(run_id, epoch),
            lambda: store.branch(run_id, epoch, session="benchmark"),
        )]  # fmt: skip
    return (
        f"| {name} | {config.epochs:,} | {total / config.epochs * 1e3:.1f} | {keeping.seconds / total:.1%} | "
        f"{flow.seconds / total:.1%} | {len(kept)} | {measured} | "
        f"{size / 1e6:.2f} | {size / len(kept) / 1e6:.3f} | "
        + " | ".join(f"{1e3 * seconds:.0f}" for seconds in back)
        + " |"
    )


def best_of_three(call: Callable[[], object]) -> float:
    found = []
    for _ in range(3):
        began = time.perf_counter()
        call()
        found.append(time.perf_counter() - began)
    return min(found)


if __name__ == "__main__":
    main()
