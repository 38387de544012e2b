"""The part of the store that goes back to a run's kept epochs: which there are, their weights, and each as a fit.

Runs of older versions, and networks whose training state alone passes `rnn.runs.places.KEPT_BYTES`, have what their checkpoint
has: the best weights, and where it was written at the end of an epoch the newest. What keeps epochs: `rnn.runs.keeper`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from rnn.core.beside_line import line_in, mean_with
from rnn.core.config import Config
from rnn.core.fit import Fit
from rnn.core.fit_at import fit_at
from rnn.core.start import first_optimiser_state, line_beside
from rnn.core.state import TrainingState
from rnn.runs import packing
from rnn.runs.history import find_checkpoint, find_epochs, find_run, no_such_run
from rnn.runs.kept_rows import KeptRow, Part, best_part, find_parts, find_row, find_rows, parts_of
from rnn.runs.records import Kept, Run
from rnn.runs.schema import kept_arrays
from rnn.runs.sequels import Sequels

Arrays = dict[str, NDArray[np.floating[Any]]]


@dataclass(frozen=True, eq=False)
class Moment:
    """A run at the end of an epoch. weights: those to look at; None where a line has to be solved first (skip="mean")."""

    run: Run
    state: TrainingState
    weights: Arrays | None
    whole: bool = True


class KeptEpochs(Sequels):
    """Going back to the epochs that runs have kept."""

    def kept(self, run_id: str) -> list[Kept]:
        """The epochs that can be gone back to, rising: 0 (the initial weights), the best and the newest among them wherever
        they can be had; [] for an unknown run and for one that has not begun."""
        with self.read() as connection:
            found = {row.epoch: Kept(row.epoch, row.size) for row in find_rows(connection, run_id)}
            run = find_run(connection, run_id)
            if run is not None and not (
                found and (run.state == "running" or {run.best_epoch, run.epoch} <= set(found))
            ):
                for moment in _of_checkpoint(connection, run):
                    found.setdefault(moment.state.epoch, Kept(moment.state.epoch, 0, moment.whole))
        return [found[epoch] for epoch in sorted(found)]

    def kept_size(self, run_id: str) -> int:
        """Bytes that the kept epochs of a run take together, at most `rnn.runs.places.KEPT_BYTES`."""
        query = select(func.coalesce(func.sum(kept_arrays.c.size), 0)).where(kept_arrays.c.run_id == run_id)
        with self.read() as connection:
            return int(connection.execute(query).scalar_one())

    def kept_rows(self, run_id: str) -> tuple[list[KeptRow], set[Part]]:
        """What a worker that takes the run up finds there."""
        with self.read() as connection:
            return find_rows(connection, run_id), find_parts(connection, run_id)

    def fit_at(self, run_id: str, epoch: int) -> Fit | None:
        """The run as at the end of an epoch, with the weights of that epoch; None where it is not kept.

        With skip="mean" they are the mean with the line, as the run itself forecasts. `metrics` are those of these weights,
        partly computed when they are asked for; `state` is what training goes on from. Of a second training on all records
        there is nothing: `final` is None. Raises LookupError for an unknown run.
        """
        with self.read() as connection:
            run = find_run(connection, run_id)
            if run is None:
                raise no_such_run(run_id)
            moment = find_moment(connection, run, epoch)
        if moment is None:
            return None
        series = self.series(run.series_hash)
        return fit_at(run.config, series, moment.state, self._weights(moment))

    def params_at(self, run_id: str, epoch: int) -> Arrays | None:
        """The weights alone, as `fit_at(…).model.params`, without reading the rest; None where they are not kept."""
        with self.read() as connection:
            run = find_run(connection, run_id)
            row = None if run is None else find_row(connection, run_id, epoch)
            if run is not None and row is not None:
                found = _weights_of(connection, run.config, run_id, row)
                if found is not None:
                    return found
            moment = None if run is None else find_moment(connection, run, epoch)
        return None if moment is None else self._weights(moment)

    def _weights(self, moment: Moment) -> Arrays:
        if moment.weights is not None:
            return moment.weights
        line = line_beside(moment.run.config, self.series(moment.run.series_hash))
        return mean_with(line, moment.state.params)


def find_moment(connection: Connection, run: Run, epoch: int) -> Moment | None:
    """The run at the end of an epoch, within a transaction; None where it is not kept."""
    row = find_row(connection, run.id, epoch)
    if row is None:
        return next((moment for moment in _of_checkpoint(connection, run) if moment.state.epoch == epoch), None)
    parts = _read(connection, run.id, parts_of(run.config, row))
    params, best = parts[epoch, "params"], parts[row.best_epoch, best_part(run.config)]
    optimiser = parts.get((epoch, "optimiser"), None)
    if optimiser is None:
        optimiser = first_optimiser_state(run.config, params)
    values = row.meta | {"best_val": np.inf if row.meta["best_val"] is None else row.meta["best_val"]}
    state = TrainingState(
        params, best, optimiser, **values, epoch=epoch, best_epoch=row.best_epoch,
        history=find_epochs(connection, run.id, until=epoch),
    )  # fmt: skip
    return Moment(run, state, _weights_of(connection, run.config, run.id, row, parts))


def _of_checkpoint(connection: Connection, run: Run) -> list[Moment]:
    """The newest epoch, if the checkpoint was written at its end, and the best one, of which there are the weights alone."""
    saved = find_checkpoint(connection, run.id)
    if saved is None:
        return []
    state = TrainingState.from_arrays(saved.arrays, saved.meta)
    found = []
    if state.batch == 0:
        state.final = None
        weights = state.best if state.best_epoch == state.epoch else None
        if weights is None and run.config.skip != "mean":
            weights = state.params
        found.append(Moment(run, state, weights))
    history = [epoch for epoch in state.history if epoch.epoch <= state.best_epoch]
    best = TrainingState(
        state.best, state.best, {}, state.lr, state.epochs, state.pace, state.best_epoch,
        best_epoch=state.best_epoch, best_val=state.best_val, history=history,
    )  # fmt: skip
    return [*found, Moment(run, best, state.best, whole=False)]


def _weights_of(
    connection: Connection, config: Config, run_id: str, row: KeptRow, parts: dict[Part, Arrays] | None = None
) -> Arrays | None:
    """The weights to look at; None where the line that they are to be averaged with is not there."""
    parts = dict(parts or {})
    own = (row.epoch, best_part(config) if row.epoch == row.best_epoch else "params")
    beside = {(0, "best")} if config.skip == "mean" and own[1] == "params" else set()
    parts |= _read(connection, run_id, ({own} | beside) - set(parts))
    if not beside:
        return parts[own]
    return mean_with(line_in(parts[0, "best"]), parts[own]) if (0, "best") in parts else None


def _read(connection: Connection, run_id: str, parts: set[Part]) -> dict[Part, Arrays]:
    """Those of these parts that are there."""
    found = {}
    for epoch, part in parts:
        query = select(kept_arrays.c.arrays).where(
            kept_arrays.c.run_id == run_id, kept_arrays.c.epoch == epoch, kept_arrays.c.part == part
        )
        content = connection.execute(query).scalar()
        if content is not None:
            found[epoch, part] = packing.unpack_arrays(content)
    return found
