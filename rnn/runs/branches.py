"""The part of the store that makes a run go on from a kept epoch of another one, and knows where it came from."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, Table, insert, literal, select, update

from rnn.core.state import TrainingState
from rnn.runs import packing
from rnn.runs.entry_rows import best_rmse
from rnn.runs.fair_queue import insert_run, is_there
from rnn.runs.history import find_run, no_such_run
from rnn.runs.kept import KeptEpochs, find_moment
from rnn.runs.records import Branch
from rnn.runs.schema import branches, changes, epochs, flow, kept, kept_arrays, runs, snapshots

# What a branch has of its parent: everything up to its epoch.
_SHARED = (epochs, changes, kept, kept_arrays, flow)


class Branches(KeptEpochs):
    """Runs that began from an epoch of another run."""

    def branch(
        self, run_id: str, epoch: int, *, session: str, name: str | None = None, press: str | None = None
    ) -> str:
        """A new run that stands where `run_id` stood at the end of `epoch`, paused; returns its id.

        It has all that was recorded of the old run up to there, and the learning rate and number of epochs that held then;
        resumed it goes on with the bits that the old run went on with, unless lr or epochs are changed first. It needs the
        old run no more. press: as in `add_run`. Raises LookupError for an unknown run, and for an epoch of which not
        everything is kept.
        """
        with self.write() as connection:
            if press is not None and is_there(connection, press):
                return press
            run = find_run(connection, run_id)
            if run is None:
                raise no_such_run(run_id)
            moment = find_moment(connection, run, epoch)
            if moment is None or not moment.whole:
                what = "nothing of it is" if moment is None else "its weights alone are"
                raise LookupError(
                    f"Training cannot go on from epoch {epoch:,}, for {what} kept; choose another epoch of the run."
                )
            state = moment.state
            config = run.config.replace(lr=state.lr, epochs=state.epochs)
            title = f"{run.name or run.id}, from epoch {epoch:,}" if name is None else name
            new = insert_run(connection, config, run.series_hash, session=session, name=title, run_id=press)
            values: dict[str, Any] = {
                "state": "paused", "epoch": epoch, "best_epoch": state.best_epoch,
                "best_rmse": best_rmse(run_id, state.best_epoch), "seconds_per_epoch": run.seconds_per_epoch,
            }  # fmt: skip
            connection.execute(update(runs).where(runs.c.id == new).values(values))
            connection.execute(insert(branches), {"run_id": new, "parent": run_id, "epoch": epoch})
            for table in _SHARED:
                _copy(connection, table, run_id, new, epoch)
            _write_checkpoint(connection, new, state)
        return new

    def parent(self, run_id: str) -> Branch | None:
        """Where a run began; None where it began by itself."""
        with self.read() as connection:
            row = connection.execute(select(branches).where(branches.c.run_id == run_id)).first()
        return None if row is None else Branch(row.parent, row.epoch)


def _copy(connection: Connection, table: Table, run_id: str, new: str, until: int) -> None:
    """A run's rows up to an epoch, once more for another run."""
    columns = [literal(new) if column.name == "run_id" else column for column in table.c]
    rows = select(*columns).where(table.c.run_id == run_id, table.c.epoch <= until)
    connection.execute(insert(table).from_select([column.name for column in table.c], rows))


def _write_checkpoint(connection: Connection, run_id: str, state: TrainingState) -> None:
    arrays, meta = state.to_arrays()
    row = {"kind": "checkpoint", "epoch": state.epoch, "version": 1, "meta": json.dumps(meta)}
    connection.execute(insert(snapshots), row | {"run_id": run_id, "arrays": packing.pack_arrays(arrays)})
