"""What is set right in runs that came out of a damaged store: what one part has lost and another still tells."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, delete, insert, select, update

from rnn.core.config import Config
from rnn.core.events import Epoch
from rnn.runs.entry_rows import best_rmse
from rnn.runs.kept_rows import find_parts, find_rows, parts_of
from rnn.runs.migrations.to_2 import renew_adam
from rnn.runs.migrations.to_3 import write_facts
from rnn.runs.schema import epochs, kept, runs, snapshots


def fill_epochs(connection: Connection, lost: Mapping[str, set[int]]) -> set[str]:
    """Write the rows of lost epochs (run → their numbers) anew, from the history that the run's checkpoint holds; returns the
    runs that still lack some."""
    lacking = set()
    for run_id, numbers in lost.items():
        mine = (snapshots.c.run_id == run_id, snapshots.c.kind == "checkpoint")
        meta = connection.execute(select(snapshots.c.meta).where(*mine)).scalar()
        history = [Epoch(*row) for row in json.loads(meta)["history"]] if meta else []
        rows = [_row(run_id, epoch) for epoch in history if epoch.epoch in numbers]
        if rows:
            connection.execute(insert(epochs), rows)
        if len(rows) < len(numbers):
            lacking.add(run_id)
    return lacking


def drop_torn_epochs(connection: Connection, run_ids: Iterable[str]) -> set[str]:
    """Let kept epochs go of which not all arrays are there; returns the runs that had some."""
    torn = set()
    for run_id in run_ids:
        config = Config.from_json(connection.execute(select(runs.c.config).where(runs.c.id == run_id)).scalar_one())
        there = find_parts(connection, run_id)
        gone = [row.epoch for row in find_rows(connection, run_id) if not parts_of(config, row) <= there]
        if gone:
            torn.add(run_id)
            connection.execute(delete(kept).where(kept.c.run_id == run_id, kept.c.epoch.in_(gone)))
    return torn


def bring_up_to_date(connection: Connection, run_ids: Iterable[str], version: int) -> None:
    """Make of runs out of a store of an older schema what its migrations would have made, as far as it can be told that it is
    one; their error on the test part is measured again when it is wanted."""
    if version < 2:
        for run_id in run_ids:
            _write_best(connection, run_id)
    write_facts(connection, run_ids)


def _write_best(connection: Connection, run_id: str) -> None:
    best = best_rmse(run_id, runs.c.best_epoch)
    connection.execute(update(runs).where(runs.c.id == run_id).values(best_rmse=best))
    mine = (snapshots.c.run_id == run_id, snapshots.c.kind == "checkpoint")
    if connection.execute(select(snapshots.c.epoch).where(*mine)).first() is not None:
        renew_adam(connection, run_id)


def _row(run_id: str, epoch: Epoch) -> dict[str, object]:
    # SQLite keeps no NaN.
    values = {name: None if math.isnan(value) else value for name, value in dataclasses.asdict(epoch).items()}
    return values | {"run_id": run_id}
