"""What a worker writes about kept epochs, as values and as rows; which epochs it keeps is decided in `rnn.runs.keeper`."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from rnn.core.config import Config
from rnn.core.optimisers import OPTIMISERS
from rnn.core.state import TrainingState
from rnn.runs.schema import kept, kept_arrays

Part = tuple[int, str]  # of which epoch, and what: "params", "optimiser", "best"

# What a training state is made of at the end of an epoch, beside its arrays, its epochs and what `KeptRow` says.
PLAIN = ("lr", "epochs", "pace", "count")


@dataclass(frozen=True)
class KeptRow:
    """One kept epoch; its arrays are parts. best_epoch: the best by then. place: see `rnn.runs.schema`."""

    epoch: int
    best_epoch: int
    place: bool
    size: int = 0
    meta: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class KeptEntry:
    """What one transaction changes. rows, parts: written, in place of older ones of the same name. displaced: epochs that have
    lost their place and stay for now. dropped, dropped_parts: what goes."""

    rows: tuple[KeptRow, ...] = ()
    parts: dict[Part, bytes] = field(default_factory=dict)
    displaced: tuple[int, ...] = ()
    dropped: tuple[int, ...] = ()
    dropped_parts: tuple[Part, ...] = ()

    @property
    def size(self) -> int:
        """Bytes to be written."""
        return sum(len(content) for content in self.parts.values())


def best_part(config: Config) -> str:
    """Which part of an epoch is the weights that a run keeps as its best, should the epoch be the best."""
    return "best" if config.skip == "mean" else "params"


def parts_of(config: Config, row: KeptRow) -> set[Part]:
    """All that the row's training state is made of. Before the first update the optimiser has nothing to remember."""
    parts = {(row.epoch, "params"), (row.best_epoch, best_part(config))}
    remembers = config.gradient != "published" and bool(OPTIMISERS[config.optimiser].state_names)
    return parts | ({(row.epoch, "optimiser")} if row.epoch > 0 and remembers else set())


def plain_values(state: TrainingState) -> dict[str, Any]:
    """The JSON-able rest of a state at the end of an epoch."""
    values = {name: getattr(state, name) for name in PLAIN}
    # Infinity, which JSON does not have, is what it is before anything was measured.
    return values | {"best_val": None if math.isinf(state.best_val) else state.best_val}


def find_rows(connection: Connection, run_id: str) -> list[KeptRow]:
    """The kept epochs of a run, rising."""
    query = select(kept).where(kept.c.run_id == run_id).order_by(kept.c.epoch)
    return [_as_row(row) for row in connection.execute(query)]


def find_row(connection: Connection, run_id: str, epoch: int) -> KeptRow | None:
    """One of them; None where it is not kept."""
    row = connection.execute(select(kept).where(kept.c.run_id == run_id, kept.c.epoch == epoch)).first()
    return None if row is None else _as_row(row)


def _as_row(row: Any) -> KeptRow:
    return KeptRow(row.epoch, row.best_epoch, bool(row.place), row.size, json.loads(row.meta))


def find_parts(connection: Connection, run_id: str) -> set[Part]:
    """The parts that are there."""
    query = select(kept_arrays.c.epoch, kept_arrays.c.part).where(kept_arrays.c.run_id == run_id)
    return {(row.epoch, row.part) for row in connection.execute(query)}


def write_kept(connection: Connection, run_id: str, entry: KeptEntry | None) -> None:
    """Carry the entry out within a worker's transaction."""
    if entry is None:
        return
    gone = [*entry.dropped, *(row.epoch for row in entry.rows)]
    if gone:
        connection.execute(delete(kept).where(kept.c.run_id == run_id, kept.c.epoch.in_(gone)))
    for name in {part for _, part in (*entry.dropped_parts, *entry.parts)}:
        numbers = [epoch for epoch, part in (*entry.dropped_parts, *entry.parts) if part == name]
        mine = (kept_arrays.c.run_id == run_id, kept_arrays.c.part == name, kept_arrays.c.epoch.in_(numbers))
        connection.execute(delete(kept_arrays).where(*mine))
    if entry.displaced:
        lost = (kept.c.run_id == run_id, kept.c.epoch.in_(entry.displaced))
        connection.execute(update(kept).where(*lost).values(place=0))
    if entry.rows:
        connection.execute(
            insert(kept),
            [
                {
                    "run_id": run_id, "epoch": row.epoch, "best_epoch": row.best_epoch, "place": int(row.place),
                    "size": row.size, "meta": json.dumps(row.meta),
                }
                for row in entry.rows
            ],
        )  # fmt: skip
    if entry.parts:
        connection.execute(
            insert(kept_arrays),
            [
                {"run_id": run_id, "epoch": epoch, "part": part, "size": len(content), "arrays": content}
                for (epoch, part), content in entry.parts.items()
            ],
        )
