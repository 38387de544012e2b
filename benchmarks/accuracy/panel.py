"""One network across 414 hourly series, the competition's size: the 60 that are here, over and over, scaled and shifted."""

from __future__ import annotations

import argparse
import time

import numpy as np

import rnn

from .competition import HORIZON, SEASON, Task, errors, naive2, owa, tasks
from .series import MISSING

COUNT = 414


def run(options: argparse.Namespace) -> int:
    found = tasks("hourly")
    if not found:
        print(MISSING)
        return 0
    count = options.series or COUNT
    many = [_copy(found[n % len(found)], n // len(found)) for n in range(count)]
    started = time.process_time()
    parts = [rnn.Series.from_values(one.known) for one in many]
    series = rnn.Series.joined(parts, [f"{n} {one.name}" for n, one in enumerate(many)])
    config = rnn.recommended(series, horizon=HORIZON["hourly"], **options.fixed)
    decided = time.process_time()
    fit = rnn.fit(config, series)
    trained = time.process_time()
    frame = rnn.forecast(fit, steps=HORIZON["hourly"])
    ended = time.process_time()
    means = frame["mean"].to_numpy().reshape(-1, HORIZON["hourly"])
    ours = np.array([errors(task, mean, SEASON["hourly"]) for task, mean in zip(many, means, strict=True)])
    naive = np.array([errors(one, naive2(one.known, len(one.actual), 24), 24) for one in many])
    print(
        f"{count} series, {len(series):,} records: settings {decided - started:.1f} s, training {trained - decided:.1f} s,"
    )
    print(f"forecast {ended - trained:.1f} s of one core; OWA {owa(ours, naive):.3f}.")
    return 0


def _copy(task: Task, number: int) -> Task:
    """The same series, later copies with their newest records left out and in another unit."""
    if not number:
        return task
    moved = task.earlier(5 * number)
    return Task(task.name, moved.known * (1 + number), moved.actual * (1 + number))
