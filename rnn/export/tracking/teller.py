"""One run after another told to MLflow, each from where it was left: what is sent twice after a fall is sent the same."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException

from rnn.export.takeaway import Takeaway
from rnn.export.tracking.record import (
    LONGEST_TAG,
    MEASURED,
    OWN_ID,
    STATUS,
    Number,
    final_metrics,
    first_tags,
    later_tags,
    metrics_of,
    params_of,
    shortened,
)
from rnn.export.tracking.target import Target
from rnn.runs.logbook import Logged
from rnn.runs.records import FINISHED, Change, Run
from rnn.runs.store import Store

MOST_NUMBERS, MOST_PARAMS = 1000, 100  # that MLflow takes in one call
FILES: dict[str, Callable[[Takeaway], bytes]] = {
    "config.toml": Takeaway.settings,
    "weights.safetensors": Takeaway.weights,
    "script.py": Takeaway.script,
    "model.onnx": Takeaway.onnx,
}

log = logging.getLogger(__name__)


class Teller:
    """Tells runs of the store to the target. leaving: asked between calls; True leaves the rest for later."""

    def __init__(self, store: Store, target: Target, leaving: Callable[[], bool] = lambda: False) -> None:
        self.store, self.target, self._leaving = store, target, leaving
        self._client = MlflowClient(tracking_uri=target.uri)
        self._experiment: str | None = None
        self._said: dict[str, tuple[object, ...]] = {}  # what need not be said again, by run

    def tell(self, run_id: str) -> None:
        """Bring what MLflow knows of a run up to date. Raises what MLflow's client raises."""
        run = self.store.run(run_id)
        if run is None:
            return
        changes = self.store.changes(run_id)
        told = self.store.logged(self.target.book, run_id) or self._begin(run, changes)
        try:
            told = self._tell_epochs(run, self._gone_back(run, told, changes))
            if not self._leaving():
                self._tell_state(run, changes, told)
                told = self._tell_end(run, told)
        except MlflowException as error:
            if not self._is_gone(told, error):
                raise
            log.info("Run %s was deleted in MLflow and is let be.", run_id)
        if not self._leaving():
            self._note(run, replace(told, version=run.version))

    def _begin(self, run: Run, changes: Sequence[Change]) -> Logged:
        """The run there: found by its tag where an earlier try was cut short, else made."""
        experiment = self._experiment_id()
        found = self._client.search_runs([experiment], f"tags.`{OWN_ID}` = '{run.id}'", max_results=1)
        if found:
            there = found[0].info.run_id
        else:
            moment = round(1000 * run.created.timestamp())
            tags = first_tags(self.store, run)
            there = self._client.create_run(experiment, moment, tags, run.name or run.id).info.run_id
        params = iter(params_of(run, changes).items())
        while some := list(islice(params, MOST_PARAMS)):
            self._client.log_batch(there, params=[Param(name, value) for name, value in some])
        told = Logged(f"{experiment}/{there}")
        self._note(run, told)
        return told

    def _experiment_id(self) -> str:
        if self._experiment is None:
            name = self.target.experiment
            found = self._client.get_experiment_by_name(name)
            if found is not None and found.lifecycle_stage != "active":
                raise MlflowException(f"the experiment “{name}” was deleted there; restore it, or name another")
            self._experiment = self._client.create_experiment(name) if found is None else found.experiment_id
        return self._experiment

    def _gone_back(self, run: Run, told: Logged, changes: Sequence[Change]) -> Logged:
        """Epochs that were trained again with a new choice are told again; those that came out as before are not."""
        new = changes[told.changes :]
        epoch = min([told.epoch, *(change.epoch - 1 for change in new)])
        if epoch < told.epoch:
            before = [one.seconds for one in self.store.epochs(run.id) if one.epoch <= epoch]
            told = replace(told, epoch=epoch, seconds=sum(before))
        return replace(told, changes=len(changes))

    def _tell_epochs(self, run: Run, told: Logged) -> Logged:
        epochs = self.store.epochs(run.id, told.epoch)
        at_once = MOST_NUMBERS // len(MEASURED)
        for start in range(0, len(epochs), at_once):
            if self._leaving():
                break
            some = epochs[start : start + at_once]
            numbers = [one for row in metrics_of(some, run.created.timestamp(), told.seconds) for one in row]
            self._send(told, numbers)
            told = replace(told, epoch=some[-1].epoch, seconds=told.seconds + sum(one.seconds for one in some))
            self._note(run, told)
        return told

    def _tell_state(self, run: Run, changes: Sequence[Change], told: Logged) -> None:
        """Name, status and tags, where they are not what was said last."""
        tags, status = later_tags(self.store, run, changes), STATUS[run.state]
        said = (run.name, status, tuple(tags.items()))
        if self._said.get(run.id) == said:
            return
        there = _id_of(told)
        self._client.log_batch(there, tags=[RunTag(name, value) for name, value in tags.items()])
        self._client.update_run(there, status, run.name or run.id)
        if run.state in FINISHED and run.finished is not None:
            self._client.set_terminated(there, status, round(1000 * run.finished.timestamp()))
        self._said[run.id] = said

    def _tell_end(self, run: Run, told: Logged) -> Logged:
        """The errors of the best weights and the files, once a run has ended and whenever it has ended anew."""
        taken = f"{run.state} {run.epoch} {told.changes}"
        if run.state not in FINISHED or told.taken == taken or not run.epoch:
            return told
        away = Takeaway(self.store, run.id)
        left_out = [*self._send_final(away, told), *self._send_files(away, told)]
        if left_out:
            self._client.set_tag(_id_of(told), "unroll.left_out", shortened(" ".join(left_out), LONGEST_TAG))
        told = replace(told, taken=taken)
        self._note(run, told)
        return told

    def _send_final(self, away: Takeaway, told: Logged) -> list[str]:
        """Returns what could not be made of the run, and why."""
        try:
            self._send(told, final_metrics(away.fit, away.run))
        except ValueError as error:
            return [str(error)]
        return []

    def _send_files(self, away: Takeaway, told: Logged) -> list[str]:
        """Returns what could not be made of the run, and why."""
        left_out = []
        with tempfile.TemporaryDirectory(prefix="unroll-mlflow-") as folder:
            for name, make in FILES.items():
                path = Path(folder, name)
                try:
                    path.write_bytes(make(away))
                except ValueError as error:
                    left_out.append(f"{name}: {error}")
                    continue
                self._client.log_artifact(_id_of(told), str(path))
        return left_out

    def _send(self, told: Logged, numbers: Sequence[Number]) -> None:
        self._client.log_batch(_id_of(told), metrics=[Metric(*number) for number in numbers])

    def _is_gone(self, told: Logged, error: MlflowException) -> bool:
        if error.error_code == "RESOURCE_DOES_NOT_EXIST":
            return True
        if error.error_code != "INVALID_PARAMETER_VALUE":
            return False
        return self._client.get_run(_id_of(told)).info.lifecycle_stage == "deleted"

    def _note(self, run: Run, told: Logged) -> None:
        self.store.note_logged(self.target.book, run.id, told)


def _id_of(told: Logged) -> str:
    return told.there.partition("/")[2]
