"""Everything that a run has learned so far: what a checkpoint holds, as arrays and plain values."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.events import Epoch

Floats = NDArray[np.floating[Any]]


@dataclass
class TrainingState:
    """The one mutable value of a run, consistent between any two batches.

    params, best: parameter name → array; `best` are the weights after `best_epoch` (0: the initial ones).
    optimiser: the optimiser's state arrays. epoch: complete epochs; batch: batches done in the next one; count: updates
    in all. norm_sum, clipped_sum, seconds: of the epoch in progress. start_losses: train and validation loss at the start
    of that epoch, for the article's way of reporting. lr, epochs: as last changed. pace: see `rnn.core.start.Start`. final:
    the state of the training on all records that follows, see `rnn.core.refit`. Random numbers need no state: each epoch's
    order and each batch's dropout are drawn from (seed, epoch, …).
    """

    params: dict[str, Floats]
    best: dict[str, Floats]
    optimiser: dict[str, Floats]
    lr: float
    epochs: int
    pace: float = 1.0
    epoch: int = 0
    batch: int = 0
    count: int = 0
    best_epoch: int = 0
    best_val: float = math.inf
    norm_sum: float = 0.0
    clipped_sum: float = 0.0
    seconds: float = 0.0
    start_losses: tuple[float, float] | None = None
    history: list[Epoch] = field(default_factory=list)
    final: TrainingState | None = None

    def to_arrays(self) -> tuple[dict[str, Floats], dict[str, Any]]:
        """Copies of all arrays under prefixed names, and the rest as values that JSON takes exactly."""
        arrays: dict[str, Floats] = {}
        for group in _GROUPS:
            for name, array in getattr(self, group).items():
                arrays[f"{group}/{name}"] = np.array(array, order="C")
        meta = {name: getattr(self, name) for name in (*_VALUES, "pace")}
        meta["best_val"] = None if math.isinf(self.best_val) else self.best_val
        meta["start_losses"] = list(self.start_losses) if self.start_losses else None
        meta["history"] = [dataclasses.astuple(epoch) for epoch in self.history]
        if self.final is not None:
            final, meta["final"] = self.final.to_arrays()
            arrays |= {f"final/{name}": array for name, array in final.items()}
        return arrays, meta

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Floats], meta: Mapping[str, Any]) -> TrainingState:
        """The state that `to_arrays` gave."""
        groups: dict[str, dict[str, Floats]] = {group: {} for group in (*_GROUPS, "final")}
        for key, array in arrays.items():
            group, _, name = key.partition("/")
            groups[group][name] = np.array(array)
        values = {name: meta[name] for name in _VALUES} | {"pace": meta.get("pace", 1.0)}  # older runs had none
        values["best_val"] = math.inf if meta["best_val"] is None else meta["best_val"]
        values["start_losses"] = tuple(meta["start_losses"]) if meta["start_losses"] else None
        values["history"] = [Epoch(*row) for row in meta["history"]]
        if "final" in meta:
            values["final"] = cls.from_arrays(groups["final"], meta["final"])
        return cls(params=groups["params"], best=groups["best"], optimiser=groups["optimiser"], **values)


_GROUPS = ("params", "best", "optimiser")
_VALUES = (
    "lr", "epochs", "epoch", "batch", "count", "best_epoch", "best_val", "norm_sum", "clipped_sum", "seconds",
    "start_losses",
)  # fmt: skip
