"""What it costs that windows come from many series.

    python benchmarks/many_series.py [--series 414] [--rows 700]

An update and an evaluation on 414 series of 700 records, each with a scaler of its own, beside the same network on one
series with as many windows. They take turns; the median of the ratios counts.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import rnn  # first: it settles the number of BLAS threads

import numpy as np

from rnn.core.train import Trainer

SETTINGS: dict[str, dict[str, str]] = {"standard": {}, "by window": {"scaling": "window", "residual": "last"}}


def wave(rows: int, size: float, rng: np.random.Generator) -> rnn.Series:
    return rnn.Series.from_values(size * (10 + np.sin(np.arange(rows) / 4) + 0.3 * rng.standard_normal(rows)))


def seconds(call: Callable[[], object]) -> float:
    """Of this thread's work: what else the machine does is no part of it."""
    started = time.thread_time()
    call()
    return time.thread_time() - started


def updates(trainer: Trainer, first: int) -> None:
    for batch in range(first, first + 10):
        trainer.learner.update(0, batch, 1e-3, batch + 1)


def evaluation(trainer: Trainer, _: int) -> None:
    starts = trainer.split.validation_starts
    trainer._evaluator.evaluate(starts, trainer.learner.predict(starts))


def median_ratio(work: Callable[[Trainer, int], None], panel: Trainer, single: Trainer, turns: int) -> float:
    """How many times as long `work` takes on the panel; the two take turns in who goes first."""
    ratios = []
    for turn in range(turns):
        first = 10 * turn % (panel.batches - 10)
        order = (panel, single) if turn % 2 else (single, panel)
        took = {id(trainer): seconds(lambda trainer=trainer, first=first: work(trainer, first)) for trainer in order}
        ratios.append(took[id(panel)] / took[id(single)])
    return float(np.median(ratios))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--series", type=int, default=414)
    options.add_argument("--rows", type=int, default=700)
    asked = options.parse_args()
    rng = np.random.default_rng(0)
    ids = [f"s{number}" for number in range(asked.series)]
    many = rnn.Series.joined([wave(asked.rows, 10 ** rng.uniform(0, 5), rng) for _ in ids], ids)
    for name, settings in SETTINGS.items():
        config = rnn.Config(window=24, batch=256, **settings)
        started = time.perf_counter()
        panel = Trainer(config, many)
        setup = time.perf_counter() - started
        windows = panel.split.train + panel.split.validation
        single = Trainer(config.replace(validation=panel.split.validation), wave(windows + 24, 1.0, rng))
        assert single.split.train == panel.split.train
        for trainer in (panel, single):
            updates(trainer, 0)
        update, evaluated = median_ratio(updates, panel, single, 60), median_ratio(evaluation, panel, single, 9)
        print(
            f"{name}: {windows:,} windows, set up in {setup:.2f} s; many series beside one: {update:.3f} times as long an "
            f"update, {evaluated:.3f} an evaluation"
        )


if __name__ == "__main__":
    main()
