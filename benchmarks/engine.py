"""One training step and one epoch of our engine beside PyTorch, JAX and the limit of its own matrix products.

    python benchmarks/engine.py [--quick] [--cells elman,gru,lstm] [--batch 1,32,128,1024] [--hidden 32,100,256]
                                [--window 50,200] [--windows 1000,10000] [--seconds 1.5] [--keep results.jsonl]
                                [--processor]

The contenders take turns in one process, one thread each. All start from the same weights and must agree in their first
gradient, or the benchmark fails. PyTorch and JAX are optional (benchmarks/requirements.txt): without them only our own
times and the limit are measured. What counts as the limit stands in benchmarks/engines/limit.py, the goals in report.py.

An epoch is the shuffling, the gathering of windows and the updates, without the evaluation after it. Where it would take
longer than --seconds, so many of its batches are timed and scaled; these times are marked with ~. --keep writes each
result to a file as it comes and takes from it what stands there already, so that a long run can be continued.
--processor takes processor time in place of the clock's: for a machine that others use at the same time.
"""

from __future__ import annotations

import os

for _threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_threads] = "1"
os.environ["UNROLL_THREADS"] = "1"  # the second core has its own benchmark, second_core.py

import argparse
import gc
import itertools
import json
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks.engines import machine, report
from benchmarks.engines.limit import Limit
from benchmarks.engines.report import Result
from benchmarks.engines.rounds import Timing, in_turn
from benchmarks.engines.task import Contender, Task
from benchmarks.engines.unroll import Unroll, first_step_reached

QUICK = [Task(cell, batch, 100, 50) for cell in ("elman", "gru", "lstm") for batch in (1, 32, 128)]
QUICK_WINDOWS = (1000,)
TOLERANCE = 2e-3  # of the largest entry of the gradient, in float32 over up to 200 steps


def main() -> None:
    options = arguments()
    print(f"{machine.description(('torch', 'jax', 'jaxlib'))}\n", flush=True)
    machine.warn_of_load()
    peers = list(found_peers(options.without))
    kept = read(options.keep)
    tasks = QUICK if options.quick else [Task(*one) for one in itertools.product(*grid(options))]
    windows = QUICK_WINDOWS if options.quick else options.windows
    results, began = [], time.perf_counter()
    for number, task in enumerate(tasks, 1):
        own = [result for result in kept if result.task == task]
        if not own:
            own = measure(task, peers, windows, options.seconds, options.processor)
            write(options.keep, own)
            gc.collect()
        results += own
        for result in own:
            print(f"[{number}/{len(tasks)}, {time.perf_counter() - began:.0f} s] {report.line(result)}", flush=True)
    print(f"\n{report.markdown(results)}\n\n### Settings found fastest\n\n{report.settings(results)}\n")
    if options.processor:
        print("Times are processor time.")
    print(f"Processor seconds a second, at most: {report.busiest(results)}. Load average at the end: {machine.load()}.")


def measure(
    task: Task, peers: list[type[Contender]], windows: tuple[int, ...], seconds: float, processor: bool
) -> list[Result]:
    """The step and the epochs of one task. Exits where two contenders do not compute the same."""
    if first_step_reached(task) > 0:
        sys.exit(f"{task}: the error vanishes before the first step, so the whole step would not be measured.")
    contenders: list[Contender] = [Unroll(task), *(peer(task) for peer in peers)]
    check(task, contenders)
    settings = {contender.name: contender.settings for contender in contenders}
    limit = Limit(task)
    steps = {one.name: (one, one.step) for one in (*contenders, limit)}
    timings = in_turn(steps, seconds, processor=processor)
    results = [Result(task, None, timings, settings | {limit.name: limit.settings})]
    for count in windows:
        results.append(Result(task, count, epochs(contenders, count, timings, seconds, processor), settings))
    return results


def epochs(
    contenders: list[Contender], windows: int, steps: dict[str, Timing], seconds: float, processor: bool
) -> dict[str, Timing]:
    """An epoch of each, or as many of its batches as fit into `seconds` (judged by the time of a step), scaled."""
    works, scales, numbers = {}, {}, itertools.count()
    for contender in contenders:
        epoch = contender.epochs(windows)
        last = min(epoch.batches, max(1, int(seconds / steps[contender.name].median)))
        for batch in {0, last - 1}:  # the last may be smaller, and both are to be compiled and to have their buffers
            epoch.run(0, batch, batch + 1)
        works[contender.name] = (contender, lambda epoch=epoch, last=last: epoch.run(next(numbers), 0, last))
        scales[contender.name] = 1.0 if last == epoch.batches else windows / (last * contender.task.batch)
    timings = in_turn(works, seconds, processor=processor)
    return {name: timing.times(scales[name]) for name, timing in timings.items()}


def check(task: Task, contenders: list[Contender]) -> None:
    ours = contenders[0].gradient
    for contender in contenders[1:]:
        off = float(np.abs(contender.gradient - ours).max() / np.abs(ours).max())
        if not off < TOLERANCE:
            sys.exit(f"{task}: the first gradients of {contender.name} and {contenders[0].name} differ by {off:.1e}.")


def found_peers(without: tuple[str, ...]) -> Iterator[type[Contender]]:
    for name, module, package in (("PyTorch", "pytorch", "torch"), ("JAX", "jax_scan", "jax")):
        if name.lower() in without:
            continue
        try:
            yield getattr(import_module(f"benchmarks.engines.{module}"), "PyTorch" if name == "PyTorch" else "Jax")
        except ModuleNotFoundError as error:
            if error.name != package:
                raise
            print(f"{name} is not installed (pip install -r benchmarks/requirements.txt), so it is left out.\n")


def read(path: Path | None) -> list[Result]:
    if path is None or not path.exists():
        return []
    return [Result.from_json(json.loads(line)) for line in path.read_text().splitlines()]


def write(path: Path | None, results: list[Result]) -> None:
    if path is not None:
        with path.open("a") as file:
            file.writelines(json.dumps(result.to_json()) + "\n" for result in results)


def grid(options: argparse.Namespace) -> tuple[tuple[str, ...] | tuple[int, ...], ...]:
    return options.cells, options.batch, options.hidden, options.window


def arguments() -> argparse.Namespace:
    def numbers(text: str) -> tuple[int, ...]:
        return tuple(int(part) for part in text.split(",") if part)

    def names(text: str) -> tuple[str, ...]:
        return tuple(part.strip().lower() for part in text.split(",") if part)

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="hidden 100, window 50, batch 1, 32 and 128 only")
    parser.add_argument("--cells", type=names, default=("elman", "gru", "lstm"))
    parser.add_argument("--batch", type=numbers, default=(1, 32, 128, 1024))
    parser.add_argument("--hidden", type=numbers, default=(32, 100, 256))
    parser.add_argument("--window", type=numbers, default=(50, 200))
    parser.add_argument("--windows", type=numbers, default=(1000, 10_000), help="sizes of the epochs; '' for none")
    parser.add_argument("--seconds", type=float, default=1.5, help="for each contender, for each measurement")
    parser.add_argument("--without", type=names, default=(), help="peers to leave out: pytorch, jax")
    parser.add_argument("--processor", action="store_true", help="processor time, not the clock's")
    parser.add_argument("--keep", type=Path, help="file of results, continued where it stands")
    return parser.parse_args()


if __name__ == "__main__":
    main()
