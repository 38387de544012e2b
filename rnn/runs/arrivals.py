"""The part of the store that takes in runs which were trained elsewhere: from a fit, as a file of one holds it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, insert, update

from rnn.core.fit import Fit
from rnn.core.state import TrainingState
from rnn.core.train import Trainer
from rnn.runs.branches import Branches
from rnn.runs.entries import AppliedChange, Entry
from rnn.runs.entry_rows import best_rmse, snapshot_rows, write_changes, write_epochs
from rnn.runs.fair_queue import insert_run
from rnn.runs.records import FINISHED
from rnn.runs.schema import runs, snapshots

MadeChange = tuple[int, int, str, float, float]
"""A change in mid-run: epoch (counted from 1), batches done in it, field, old value, new value."""


class Arrivals(Branches):
    """Runs that come as fits."""

    def add_fit(
        self,
        fit: Fit,
        *,
        session: str,
        name: str,
        reading: Mapping[str, Any] | None = None,
        file_hash: str | None = None,
        changes: Sequence[MadeChange] = (),
    ) -> str:
        """Keep a fit as a run that stands as if it had been trained here; returns its id.

        It has the fit's series, epochs, weights, predictions and end, and its checkpoint: resumed it goes on with the bits
        that the fit would have gone on with. Of its epochs the best and the newest can be gone back to. reading, file_hash:
        where the series came from, as in `add_series`. changes: those made in mid-run. Raises ValueError for a fit that ended
        in no way a run can, LookupError for an unknown file.
        """
        end = fit.finished
        if end.reason not in FINISHED:
            raise ValueError(f"A run ends as {', '.join(FINISHED)}; this one says that it ended as {end.reason!r}.")
        trainer, entry = _entry_of(fit, changes)
        series_hash = self.add_series(fit.series, file_hash=file_hash, reading=reading)
        saved = snapshot_rows(entry)
        with self.write() as connection:
            run_id = insert_run(connection, trainer.config, series_hash, session=session, name=name)
            connection.execute(update(runs).where(runs.c.id == run_id).values(_values(run_id, fit, entry)))
            write_epochs(connection, run_id, entry.epochs)
            write_changes(connection, run_id, entry.changes)
            _write_snapshots(connection, run_id, saved)
        return run_id


def _entry_of(fit: Fit, changes: Sequence[MadeChange]) -> tuple[Trainer, Entry]:
    """All that the run has written, as one entry; and what it goes on with."""
    # A copy: a trainer would take the fit's own arrays on.
    trainer = Trainer(fit.config, fit.series, TrainingState.from_arrays(*fit.state.to_arrays()))
    state = trainer.state
    seconds = [epoch.seconds for epoch in state.history[-5:]]
    entry = Entry(
        epoch=state.epoch,
        batch=state.batch,
        batches=trainer.batches,
        best_epoch=state.best_epoch,
        seconds_per_epoch=float(np.mean(seconds)) if seconds else None,
        epochs=tuple(state.history),
        preview=trainer.preview_best(),
        checkpoint=fit.state,
        changes=tuple(AppliedChange(*change, ordered=change[-1]) for change in changes),
    )
    return trainer, entry


def _values(run_id: str, fit: Fit, entry: Entry) -> dict[str, Any]:
    now, end = time.time(), fit.finished
    return {
        "state": end.reason, "reason": end.reason, "started": now, "finished": now, "epoch": entry.epoch, "batch": entry.batch,
        "batches": entry.batches, "seconds_per_epoch": entry.seconds_per_epoch, "best_epoch": entry.best_epoch,
        "best_rmse": best_rmse(run_id, entry.best_epoch, entry.epochs),
        "last_finite_epoch": end.last_finite_epoch, "parameter": end.parameter, "step": end.step, "message": end.message,
    }  # fmt: skip


def _write_snapshots(connection: Connection, run_id: str, saved: list[dict[str, Any]]) -> None:
    for row in saved:
        connection.execute(insert(snapshots), row | {"run_id": run_id, "version": 1})
