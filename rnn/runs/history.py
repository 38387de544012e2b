"""The part of the store that tells of runs: what stands in it, for pages to read, and a run's name and removal."""

from __future__ import annotations

import dataclasses
import json
import math
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, Select, delete, select, update

from rnn.core.config import Config
from rnn.core.events import Epoch, Finished
from rnn.core.fit import Fit, fit_of
from rnn.core.state import TrainingState
from rnn.core.train import Trainer
from rnn.runs import packing
from rnn.runs.library import Library, clean_text
from rnn.runs.records import Change, Checkpoint, FlowRow, Run, StoredPreview
from rnn.runs.schema import changes, commands, epochs, flow, runs, snapshots
from rnn.runs.shelf_tables import trash

_EPOCH_FIELDS = [field.name for field in dataclasses.fields(Epoch)]


class History(Library):
    """Runs and what they have written."""

    def run(self, run_id: str) -> Run | None:
        """A run as it stands, or None where there is none of this id."""
        with self.read() as connection:
            return find_run(connection, run_id)

    def runs(self, limit: int = 100, session: str | None = None) -> list[Run]:
        """The newest runs, newest first, without those that wait to be gone for good; of one session where it is given."""
        query = select(runs).where(runs.c.id.not_in(select(trash.c.run_id)))
        query = query.order_by(runs.c.created.desc(), runs.c.id).limit(limit)
        if session is not None:
            query = query.where(runs.c.session == session)
        with self.read() as connection:
            return find_runs(connection, query)

    def version(self, run_id: str) -> int | None:
        """The run's version, the cheapest way to ask whether there is anything new; None where there is no such run."""
        with self.read() as connection:
            found: int | None = connection.execute(select(runs.c.version).where(runs.c.id == run_id)).scalar()
        return found

    def epochs(self, run_id: str, after: int = 0) -> list[Epoch]:
        """The epochs after epoch number `after`, in order."""
        with self.read() as connection:
            return find_epochs(connection, run_id, after)

    def flow(self, run_id: str, after: int = 0) -> list[FlowRow]:
        """How the error travelled back through time, at those epochs after epoch number `after` at which it was measured and
        kept (see `rnn.runs.flow_record`), in order."""
        query = (
            select(flow.c.epoch, flow.c.arrays)
            .where(flow.c.run_id == run_id, flow.c.epoch > after)
            .order_by(flow.c.epoch)
        )
        with self.read() as connection:
            rows = connection.execute(query).all()
        return [FlowRow(row.epoch, **packing.unpack_arrays(row.arrays)) for row in rows]

    def flow_epochs(self, run_id: str) -> list[int]:
        """The epochs of `flow`: some that were there a while ago may have been thinned out since."""
        with self.read() as connection:
            found = connection.execute(select(flow.c.epoch).where(flow.c.run_id == run_id).order_by(flow.c.epoch))
            return list(found.scalars())

    def changes(self, run_id: str) -> list[Change]:
        """The changes of lr and epochs that took effect, in order."""
        with self.read() as connection:
            rows = connection.execute(
                select(changes).where(changes.c.run_id == run_id).order_by(changes.c.number)
            ).all()
        return [_as_change(row) for row in rows]

    def preview(self, run_id: str, newer_than: int | None = None) -> StoredPreview | None:
        """The latest predictions, or None where there are none newer than the preview of version `newer_than`."""
        query = select(snapshots).where(snapshots.c.run_id == run_id, snapshots.c.kind == "preview")
        if newer_than is not None:
            query = query.where(snapshots.c.version > newer_than)
        with self.read() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        arrays = packing.unpack_arrays(row.arrays)
        return StoredPreview(row.epoch, row.version, arrays["train"], arrays["validation"], arrays.get("test"))

    def checkpoint(self, run_id: str) -> Checkpoint | None:
        """What the run goes on from, or None where it has not got that far."""
        with self.read() as connection:
            return find_checkpoint(connection, run_id)

    def best(self, run_id: str) -> dict[str, NDArray[np.floating[Any]]] | None:
        """The best weights so far, parameter name → array, or None where there is no checkpoint yet."""
        saved = self.checkpoint(run_id)
        if saved is None:
            return None
        return {name.removeprefix("best/"): array for name, array in saved.arrays.items() if name.startswith("best/")}

    def fit(self, run_id: str) -> Fit | None:
        """The run as `rnn.fit` would have returned it, with its best weights; None where there is no checkpoint yet.

        Raises LookupError for an unknown run.
        """
        run, saved = self.run(run_id), self.checkpoint(run_id)
        if run is None:
            raise no_such_run(run_id)
        if saved is None:
            return None
        trainer = Trainer(run.config, self.series(run.series_hash), TrainingState.from_arrays(saved.arrays, saved.meta))
        end = Finished(
            run.reason or "stopped",
            trainer.state.best_epoch,
            run.last_finite_epoch,
            run.parameter,
            run.step,
            run.message,
        )
        return fit_of(trainer, end)

    def rename(self, run_id: str, name: str) -> None:
        """Give a run another name. Raises LookupError for an unknown run."""
        change = update(runs).where(runs.c.id == run_id)
        with self.write() as connection:
            if not connection.execute(change.values(name=clean_text(name), version=runs.c.version + 1)).rowcount:
                raise no_such_run(run_id)

    def delete(self, run_id: str) -> None:
        """Remove a run and all it has written, at once; a worker that has it at work drops it within a second.

        Its series stays. Removing what is not there does nothing.
        """
        with self.write() as connection:
            connection.execute(delete(runs).where(runs.c.id == run_id))


def find_run(connection: Connection, run_id: str, *, lock: bool = False) -> Run | None:
    """The run within a transaction. lock: keep others from changing it until the transaction ends."""
    query = select(runs).where(runs.c.id == run_id)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return None if row is None else _as_run(row, _orders(connection, [run_id]).get(run_id, {}))


def find_runs(connection: Connection, query: Select[Any]) -> list[Run]:
    """The runs that the query selects, within a transaction."""
    rows = connection.execute(query).all()
    orders = _orders(connection, [row.id for row in rows])
    return [_as_run(row, orders.get(row.id, {})) for row in rows]


def find_epochs(connection: Connection, run_id: str, after: int = 0, until: float = math.inf) -> list[Epoch]:
    """The epochs after one and up to another, within a transaction."""
    query = select(*(epochs.c[name] for name in _EPOCH_FIELDS)).where(epochs.c.run_id == run_id, epochs.c.epoch > after)
    if until < math.inf:
        query = query.where(epochs.c.epoch <= until)
    rows = connection.execute(query.order_by(epochs.c.epoch)).all()
    return [Epoch(row[0], *(math.nan if value is None else value for value in row[1:])) for row in rows]


def find_checkpoint(connection: Connection, run_id: str) -> Checkpoint | None:
    """The run's checkpoint within a transaction."""
    query = select(snapshots).where(snapshots.c.run_id == run_id, snapshots.c.kind == "checkpoint")
    row = connection.execute(query).first()
    return None if row is None else Checkpoint(row.epoch, packing.unpack_arrays(row.arrays), json.loads(row.meta))


def no_such_run(run_id: str) -> LookupError:
    """The error for a run that is not there."""
    return LookupError(f"There is no run {run_id!r}; it may have been deleted, or the link is damaged.")


def _orders(connection: Connection, run_ids: list[str]) -> dict[str, dict[str, float | None]]:
    found: dict[str, dict[str, float | None]] = {}
    for row in connection.execute(select(commands).where(commands.c.run_id.in_(run_ids))):
        found.setdefault(row.run_id, {})[row.kind] = row.value
    return found


def _as_run(row: Row[Any], orders: dict[str, float | None]) -> Run:
    values = dict(row._mapping)
    for name in ("created", "started", "finished"):
        values[name] = _moment(values[name])
    values["config"] = Config.from_json(values["config"])
    kept = {field.name for field in dataclasses.fields(Run)}
    return Run(**{name: value for name, value in values.items() if name in kept}, orders=orders)


def _as_change(row: Row[Any]) -> Change:
    return Change(row.epoch, row.batch, row.field, row.old, row.new, datetime.fromtimestamp(row.made, UTC))


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
