"""A worker process in a test's own hand, and what its runs are compared with."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import rnn
from rnn.core.config import Config
from rnn.core.events import Epoch
from rnn.core.series import Series
from rnn.core.train import Trainer
from rnn.runs.records import Run
from rnn.runs.store import Store
from rnn.runs.worker import ONE_THREAD

FOLDER = Path(rnn.__file__).parents[1]
# About 6 ms an epoch, eleven batches in each.
LONG = Config(hidden=24, window=20, batch=16, epochs=100_000, patience=None, seed=5)


class WorkerByHand:
    """A worker as the runner starts it, its pipes in our hand."""

    def __init__(self, url: str, *arguments: str, module: str = "rnn.runs.worker") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=FOLDER, env={**os.environ, **ONE_THREAD, "UNROLL_DATABASE_URL": url},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def wake(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()

    def end(self) -> int:
        """Close its input, and its exit code."""
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        return self.process.wait(20)

    def discard(self) -> str:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        assert self.process.stdin and self.process.stdout and self.process.stderr
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        self.process.stdout.close()
        with self.process.stderr as stderr:
            return stderr.read().decode()


def the(store: Store, run_id: str) -> Run:
    run = store.run(run_id)
    assert run is not None
    return run


def undisturbed(config: Config, series: Series, until: int) -> tuple[list[Epoch], Trainer]:
    """The same run in this process, without a store, up to the end of an epoch."""
    trainer = Trainer(config, series)
    events = trainer.run(lambda: trainer.state.epoch >= until)
    return [event for event in events if isinstance(event, Epoch)], trainer


def timeless(epochs: list[Epoch]) -> list[Epoch]:
    return [dataclasses.replace(epoch, seconds=0.0) for epoch in epochs]


def assert_same_bits(store: Store, run_id: str, trainer: Trainer) -> None:
    saved = store.checkpoint(run_id)
    assert saved is not None
    arrays, meta = trainer.state.to_arrays()
    assert saved.arrays.keys() == arrays.keys()
    for name, array in arrays.items():
        assert saved.arrays[name].tobytes() == array.tobytes(), name
    assert {name: meta[name] for name in ("epoch", "batch", "count", "best_epoch", "best_val")} == {
        name: saved.meta[name] for name in ("epoch", "batch", "count", "best_epoch", "best_val")
    }
