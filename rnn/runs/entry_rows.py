"""The parts of an entry as rows of the store; what it changes in the run itself is in `rnn.runs.ledger`."""

from __future__ import annotations

import dataclasses
import json
import math
import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, and_, delete, func, insert, select

from rnn.core.events import Epoch
from rnn.runs import packing
from rnn.runs.entries import AppliedChange, Entry
from rnn.runs.flow_record import FlowChange
from rnn.runs.schema import changes, commands, epochs, flow


def best_rmse(run_id: str, best_epoch: int | Column[int | None], found: Sequence[Epoch] = ()) -> Any:
    """What `runs.best_rmse` is to be: from these epochs, which are about to be written, or else from those that are there."""
    for epoch in found:
        if epoch.epoch == best_epoch:
            return epoch.val_rmse if math.isfinite(epoch.val_rmse) else None
    row = select(epochs.c.val_rmse).where(epochs.c.run_id == run_id, epochs.c.epoch == best_epoch)
    return row.scalar_subquery()


def snapshot_rows(entry: Entry) -> list[dict[str, Any]]:
    """The snapshots of an entry as rows, made before the transaction so that it holds its lock no longer than needed."""
    rows = []
    if entry.preview is not None:
        arrays = {"train": entry.preview.train, "validation": entry.preview.validation}
        if entry.preview.test is not None:
            arrays["test"] = entry.preview.test
        rows.append(
            {"kind": "preview", "epoch": entry.preview.epoch, "meta": "{}", "arrays": packing.pack_arrays(arrays)}
        )
    if entry.checkpoint is not None:
        state_arrays, meta = entry.checkpoint.to_arrays()
        packed = packing.pack_arrays(state_arrays)
        rows.append({"kind": "checkpoint", "epoch": entry.checkpoint.epoch, "meta": json.dumps(meta), "arrays": packed})
    return rows


def write_epochs(connection: Connection, run_id: str, found: tuple[Epoch, ...]) -> None:
    """Write epochs within a transaction."""
    if not found:
        return
    # A resumed run walks again what came after its checkpoint: those rows are replaced, by equal ones.
    numbers = [epoch.epoch for epoch in found]
    connection.execute(
        delete(epochs).where(epochs.c.run_id == run_id, epochs.c.epoch.between(min(numbers), max(numbers)))
    )
    rows = [
        {name: None if math.isnan(value) else value for name, value in dataclasses.asdict(epoch).items()}
        for epoch in found
    ]
    connection.execute(insert(epochs), [row | {"run_id": run_id} for row in rows])


def write_changes(connection: Connection, run_id: str, made: tuple[AppliedChange, ...]) -> None:
    """Write changes within a transaction, and take the orders back that they carry out."""
    for change in made:
        mine = changes.c.run_id == run_id
        last = connection.execute(select(func.coalesce(func.max(changes.c.number), 0)).where(mine)).scalar_one()
        row = dataclasses.asdict(change)
        ordered = row.pop("ordered")
        # It is there already where the database went away in the moment that it committed, so that nobody was told.
        again = and_(mine, *(changes.c[name] == value for name, value in row.items()), changes.c.number == last)
        if connection.execute(select(changes.c.number).where(again)).first() is None:
            connection.execute(insert(changes), row | {"run_id": run_id, "number": last + 1, "made": time.time()})
        # An order that came after this one stands.
        done = and_(commands.c.run_id == run_id, commands.c.kind == change.field, commands.c.value == ordered)
        connection.execute(delete(commands).where(done))


def write_flow(connection: Connection, run_id: str, change: FlowChange | None) -> None:
    """Carry this out within a transaction."""
    if change is None:
        return
    replaced = [row.epoch for row in change.rows]
    gone = flow.c.epoch.in_([*change.dropped, *replaced])
    connection.execute(delete(flow).where(flow.c.run_id == run_id, gone))
    if change.rows:
        packed = [(row.epoch, packing.pack_arrays({"norms": row.norms, "steps": row.steps})) for row in change.rows]
        rows = [{"run_id": run_id, "epoch": epoch, "arrays": arrays} for epoch, arrays in packed]
        connection.execute(insert(flow), rows)
