"""What a worker writes to the store, as values."""

from __future__ import annotations

from dataclasses import dataclass

from rnn.core.config import Config
from rnn.core.events import Epoch, Finished, Preview
from rnn.core.state import TrainingState
from rnn.runs.flow_record import FlowChange
from rnn.runs.kept_rows import KeptEntry


class RunLost(Exception):
    """The run is not this worker's any more: deleted, or declared interrupted."""


@dataclass(frozen=True)
class AppliedChange:
    """A change that has taken effect; `ordered` is the value as it was asked for."""

    epoch: int
    batch: int
    field: str
    old: float
    new: float
    ordered: float


@dataclass(frozen=True)
class Ending:
    """How a worker leaves a run: paused, interrupted, failed, queued again, or in the state that `finished` names."""

    state: str
    message: str = ""
    finished: Finished | None = None


@dataclass(frozen=True, eq=False)
class Entry:
    """What one transaction of a worker adds to a run. epoch, batch, batches, best_epoch: as in `Run`."""

    epoch: int
    batch: int
    batches: int
    best_epoch: int
    seconds_per_epoch: float | None
    epochs: tuple[Epoch, ...] = ()
    preview: Preview | None = None
    checkpoint: TrainingState | None = None
    config: Config | None = None
    changes: tuple[AppliedChange, ...] = ()
    flow: FlowChange | None = None
    ending: Ending | None = None
    kept: KeptEntry | None = None
