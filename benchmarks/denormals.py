"""What the vanishing guard saves, and what it changes: one float32 training step over a long window whose error vanishes.

    python benchmarks/denormals.py [--cells elman,gru,lstm] [--contraction 0.5,0.6,0.7,0.9] [--window 200] [--seconds 1]

W_h is an orthogonal matrix times the contraction, and the gates of GRU and LSTM stand at one half. On its way back the
error then becomes denormal (below 1e-38), where each operation may take many times as long. How much longer depends on
the processor: it is measured first, on a matrix product alone. Where denormals cost nothing, the guard saves no more
than the steps that it skips.

In turn: our step with the guard of `rnn.core.cells.vanishing`, without it, and PyTorch's (optional) with denormals kept,
as it starts up, and flushed to zero. The gradients with and without the guard are compared too: largest difference of
any parameter's entries, relative to the largest entry of that parameter's gradient.
"""

from __future__ import annotations

import os

for _threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_threads] = "1"

import argparse
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks.engines import machine
from benchmarks.engines.rounds import Work, in_turn, quickest
from benchmarks.engines.task import Task
from benchmarks.engines.unroll import Unroll, first_step_reached
from rnn.core.cells.vanishing import Vanishing

try:
    from benchmarks.engines.pytorch import PyTorch
except ModuleNotFoundError:
    PyTorch = None

TITLES = (
    "cell", "contraction", "error ends at step", "with the guard (ms)", "without", "ratio", "PyTorch, denormals kept",
    "ratio", "PyTorch, flushed", "ratio", "difference of the gradients",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", default="elman,gru,lstm")
    parser.add_argument("--contraction", default="0.5,0.6,0.7,0.9")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--hidden", type=int, default=100)
    parser.add_argument("--window", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=1.0, help="for each of the programs, in each line")
    options = parser.parse_args()
    print(f"{machine.description(('torch',))}\n")
    machine.warn_of_load()
    if PyTorch is None:
        print("PyTorch is not installed (pip install -r benchmarks/requirements.txt), so it is left out.\n")
    cost = denormal_cost(options.batch, options.hidden)
    print(
        f"A product ({options.batch}, {options.hidden})·({options.hidden}, {options.hidden}) of denormal numbers takes"
    )
    print(f"{cost:.1f} times as long as one of ordinary numbers on this processor.\n")
    print(f"One training step, batch {options.batch}, hidden {options.hidden}, window {options.window}, float32.\n")
    print(_row(TITLES), _row(["---"] + ["---:"] * (len(TITLES) - 1)), sep="\n")
    for cell in options.cells.split(","):
        for contraction in map(float, options.contraction.split(",")):
            task = Task(cell, options.batch, options.hidden, options.window, contraction)
            print(_row(measure(task, options.seconds)), flush=True)


def measure(task: Task, seconds: float) -> list[str]:
    """The cells of one line."""
    guarded = Unroll(task)
    with no_guard():
        full = Unroll(task)
    works: dict[str, Work] = {
        "guard": (nullcontext(), guarded.step),
        "without": (_Again(), full.step),
    }
    if PyTorch is not None:
        kept, flushed = PyTorch(task), PyTorch(task)
        kept.flush, flushed.flush = False, True
        works |= {"kept": (kept, kept.step), "flushed": (flushed, flushed.step)}
    times = {name: timing.median for name, timing in in_turn(works, seconds).items()}
    cells = [task.cell, f"{task.contraction:g}", str(first_step_reached(task)), f"{times['guard'] * 1e3:.2f}"]
    for name in ("without", "kept", "flushed"):
        known = name in times
        cells += [f"{times[name] * 1e3:.2f}", f"{times[name] / times['guard']:.1f}"] if known else ["–", "–"]
    return [*cells, f"{difference(guarded.gradients, full.gradients):.1e}"]


def denormal_cost(batch: int, hidden: int) -> float:
    """Seconds of the product of one backward step with denormal errors, relative to errors around 1."""
    rng = np.random.default_rng(4)
    W, ordinary = (rng.normal(size=shape).astype(np.float32) for shape in ((hidden, hidden), (batch, hidden)))
    out, denormal = np.empty_like(ordinary), (ordinary * 1e-41).astype(np.float32)
    slow, fast = (quickest(lambda dh=dh: np.dot(dh, W, out=out), 0.2) for dh in (denormal, ordinary))
    return slow / fast


@contextmanager
def no_guard() -> Iterator[None]:
    """The error travels back over every step, whatever is left of it."""
    with patch.object(Vanishing, "gone", lambda self, size, entering=None: False):
        yield


class _Again(AbstractContextManager[object]):
    """`no_guard`, to be entered once a round."""

    def __enter__(self) -> object:
        self._held = no_guard()
        return self._held.__enter__()

    def __exit__(self, *error: Any) -> None:
        self._held.__exit__(*error)


def difference(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> float:
    return max(float(np.abs(one[name] - other[name]).max() / np.abs(other[name]).max()) for name in one)


def _row(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
