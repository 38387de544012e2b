"""One network a series, over the competition's development series."""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

import numpy as np

from .competition import HORIZON, SEASON, Task, errors, naive2, owa, tasks
from .press import Forecast, press

MISSING = (
    "The development series of the M4 competition are not beside this checkout (../shared/data); nothing is measured."
)


def run(options: argparse.Namespace) -> int:
    season, horizon = SEASON[options.kind], HORIZON[options.kind]
    found = tasks(options.kind)[: options.series]
    if not found:
        print(MISSING)
        return 0
    print("| origin | series | sMAPE | MASE | OWA | worst OWA of one | s a series | most s | in 80 % | in 95 % |")
    print("|---|---:|---:|---:|---:|---|---:|---:|---:|---:|")
    for origin in range(options.origins):
        moved = [
            one.earlier(origin * horizon) for one in found if not origin or len(one.known) > (origin + 3) * horizon
        ]
        with ProcessPoolExecutor(options.processes) as pool:
            made = list(pool.map(partial(_made, fixed=options.fixed), moved))
        print(_line(f"−{origin * horizon}" if origin else "last", moved, made, season), flush=True)
        if options.details:
            _print_details(moved, made, season)
    return 0


def _made(task: Task, fixed: dict[str, Any]) -> Forecast:
    return press(task.known, task.actual, fixed)


def _scores(found: list[Task], made: list[Forecast], season: int) -> tuple[np.ndarray, np.ndarray]:
    ours = np.array([errors(task, one.mean, season) for task, one in zip(found, made, strict=True)])
    naive = np.array([errors(task, naive2(task.known, len(task.actual), season), season) for task in found])
    return ours, naive


def _line(label: str, found: list[Task], made: list[Forecast], season: int) -> str:
    ours, naive = _scores(found, made, season)
    single = (ours / naive).mean(axis=1)
    worst = int(np.argmax(single))
    seconds = [one.seconds for one in made]
    covered = np.nanmean([one.covered for one in made], axis=0)
    smape, mase = ours.mean(axis=0)
    said = f"| {label} | {len(found)} | {smape:.3f} | {mase:.3f} | {owa(ours, naive):.3f} |"
    said += f" {single[worst]:.2f} ({found[worst].name}) | {np.mean(seconds):.2f} | {max(seconds):.2f} |"
    return f"{said} {covered[0]:.0%} | {covered[1]:.0%} |"


def _print_details(found: list[Task], made: list[Forecast], season: int) -> None:
    ours, naive = _scores(found, made, season)
    for task, one, own, other in zip(found, made, ours, naive, strict=True):
        config = one.config
        print(
            f"  {task.name:6} {len(task.known):5} sMAPE {own[0]:7.2f} ({other[0]:7.2f}) MASE {own[1]:6.2f} ({other[1]:6.2f}) "
            f"season {config.season} window {config.window} residual {config.residual} {one.seconds:.2f} s"
        )
