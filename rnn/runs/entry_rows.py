"""Changes, and how the error flows back through time, as rows of the store; the rest of an entry is in `rnn.runs.ledger`."""

from __future__ import annotations

import dataclasses
import time

from sqlalchemy import Connection, and_, delete, func, insert, select

from rnn.runs import packing
from rnn.runs.entries import AppliedChange
from rnn.runs.flow_record import FlowChange
from rnn.runs.schema import changes, commands, flow


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
