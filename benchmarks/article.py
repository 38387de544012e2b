"""How much faster `rnn.core.article` runs the article's epochs than the plain loops, with the same numbers.

    python benchmarks/article.py [--epochs N]

One epoch is the two losses and an update with each of the 100 records. The three programs take turns, epoch by epoch,
in one process on one thread; the ratios are those of the median times. The weights must stay equal bit for bit, or
the benchmark fails.
"""

from __future__ import annotations

import os

for _threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_threads] = "1"

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks import article_plain_loops as plain
from rnn.core import article

X, Y = article.windows(article.article_series().values[:, 0])
FAST = "rnn.core.article"
LOOPS = "loops as published"
LEAN_LOOPS = "loops without the chain-rule terms"


def fast_epoch(weights: article.Weights) -> tuple[float, float]:
    n = article.TRAIN_RECORDS
    losses = article.reported_loss(weights, X[:n], Y[:n]), article.reported_loss(weights, X[n:], Y[n:])
    for x, y in zip(X[:n], Y[:n], strict=True):
        article.update(weights, x, float(y))
    return losses


def loops_epoch(weights: article.Weights, *, chain_rule: bool) -> tuple[float, float]:
    records = np.ascontiguousarray(X)[:, :, None], Y[:, None]
    return plain.epoch(weights.U, weights.W, weights.V, *records, article.TRAIN_RECORDS, chain_rule=chain_rule)


PROGRAMS: dict[str, Callable[[article.Weights], tuple[float, float]]] = {
    FAST: fast_epoch,
    LOOPS: lambda weights: loops_epoch(weights, chain_rule=True),
    LEAN_LOOPS: lambda weights: loops_epoch(weights, chain_rule=False),
}


def measure(epochs: int) -> dict[str, list[float]]:
    """Seconds for every epoch of every program. Exits where a loss or a weight differs in any bit."""
    weights = {name: article.initial_weights() for name in PROGRAMS}
    seconds: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for epoch in range(1, epochs + 1):
        losses = {}
        for name, program in PROGRAMS.items():
            start = time.perf_counter()
            losses[name] = program(weights[name])
            seconds[name].append(time.perf_counter() - start)
        for name, other in weights.items():
            same = all(np.array_equal(getattr(weights[FAST], key), getattr(other, key)) for key in "UWV")
            if not same or losses[name] != losses[FAST]:
                sys.exit(f"Epoch {epoch}: {name} and {FAST} differ.")
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=7)
    seconds = measure(parser.parse_args().epochs)
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    for name, median in medians.items():
        print(f"{name:36} {median * 1e3:8.1f} ms an epoch   {median / medians[FAST]:6.1f} times {FAST}")
    print(f"Losses and weights were equal bit for bit in all {len(seconds[FAST])} epochs.")


if __name__ == "__main__":
    main()
