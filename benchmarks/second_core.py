"""What a second core gains: an update on one thread beside the same update on two, with the same bits.

    python benchmarks/second_core.py [--seconds 2]

By turns in one process, for large batches and for ensembles; the machine should be idle. A batch that fits into one tile
has nothing to share out and is left out; where two threads do not gain, training itself takes one (`rnn.core.lanes`).
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import rnn  # first: it settles the number of BLAS threads

import numpy as np

from benchmarks.engines import machine
from rnn.core.lanes import Lanes
from rnn.core.train import Trainer

WINDOW, WINDOWS = 50, 1024
CASES = [
    *({"cell": cell, "hidden": hidden, "batch": 1024} for cell, hidden in
      itertools.product(("elman", "gru", "lstm"), (32, 100, 256))),
    {"cell": "elman", "hidden": 32, "batch": 32, "seeds": 3},
    {"cell": "elman", "hidden": 100, "batch": 128, "seeds": 3},
    {"cell": "lstm", "hidden": 100, "batch": 32, "seeds": 3},
]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=2.0, help="for each case")
    seconds = parser.parse_args().seconds
    print(f"{machine.description(())}\n")
    machine.warn_of_load()
    print(
        "| cell | hidden | batch | networks | one thread, ms | two threads, ms | gain |\n|---|--:|--:|--:|--:|--:|--:|"
    )
    for case in CASES:
        alone, together = times(rnn.Config(window=WINDOW, activation="tanh", **case), seconds)
        print(
            f"| {case['cell']} | {case['hidden']} | {case['batch']} | {case.get('seeds', 1)} | {alone * 1e3:.1f} | "
            f"{together * 1e3:.1f} | {alone / together:.2f} |",
            flush=True,
        )


def times(config: rnn.Config, seconds: float) -> tuple[float, float]:
    """Median seconds of an update on one thread and on two."""
    rows = WINDOWS + WINDOW + 1
    series = rnn.Series.from_values(np.sin(0.3 * np.arange(rows + 60)))
    trainer = Trainer(config.replace(validation=60), series)
    taken: dict[bool, list[float]] = {False: [], True: []}
    end = time.perf_counter() + seconds
    count = 0
    while time.perf_counter() < end or count < 8:
        together = count % 2 == 1
        Lanes._choose = lambda lanes, together=together: together  # type: ignore[method-assign]
        started = time.perf_counter()
        trainer.learner.update(0, 0, 1e-5, count + 1)
        if count >= 4:  # the first ones allocate
            taken[together].append(time.perf_counter() - started)
        count += 1
    return statistics.median(taken[False]), statistics.median(taken[True])


if __name__ == "__main__":
    main()
