"""A run in MLflow's terms: parameters, tags, metrics by epoch, status. Plain values, nothing of MLflow."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from rnn.core.events import Epoch
from rnn.core.fit import Fit
from rnn.runs.records import Change, Run
from rnn.runs.store import Store

LONGEST_PARAM = 500  # letters, which MLflow's oldest stores take
LONGEST_TAG = 4000
OWN_ID = "unroll.run_id"  # the tag that a run is found again by
# MLflow knows these words. One that waits is scheduled; one that was ended before its end is killed.
STATUS = {
    "queued": "SCHEDULED", "running": "RUNNING", "paused": "SCHEDULED", "interrupted": "KILLED", "stopped": "KILLED",
    "done": "FINISHED", "early-stop": "FINISHED", "diverged": "FAILED", "failed": "FAILED",
}  # fmt: skip
MEASURED = [field.name for field in dataclasses.fields(Epoch) if field.name != "epoch"]


class Number(NamedTuple):
    """A metric: its value at a step, with its moment in milliseconds since 1970."""

    key: str
    value: float
    timestamp: int
    step: int


def params_of(run: Run, changes: Sequence[Change]) -> dict[str, str]:
    """Every setting as the run began with it: MLflow takes a parameter once, and what was changed later stands in a tag."""
    first = {change.field: change.old for change in reversed(changes)}
    values: dict[str, Any] = run.config.to_dict()
    for name, old in first.items():
        values[name] = type(values[name])(old)
    return {name: shortened(str(value), LONGEST_PARAM) for name, value in values.items()}


def first_tags(store: Store, run: Run) -> dict[str, str]:
    """What a run is, from its beginning to its end."""
    series, parent = store.series(run.series_hash), store.parent(run.id)
    found = {
        "mlflow.source.name": "Unroll",
        OWN_ID: run.id,
        "unroll.series": series.name,
        "unroll.targets": ", ".join(series.targets),
        "unroll.series_hash": run.series_hash,
        "unroll.race": store.race_of_run(run.id) or "",
        "unroll.branch_of": "" if parent is None else f"{parent.parent}, epoch {parent.epoch}",
        **{f"unroll.version.{name}": said for name, said in store.versions_of(run.id).items()},
    }
    return {name: shortened(said, LONGEST_TAG) for name, said in found.items() if said}


def later_tags(store: Store, run: Run, changes: Sequence[Change]) -> dict[str, str]:
    """What becomes of a run, and what its users say of it."""
    found = {
        "mlflow.note.content": store.note(run.id),
        "unroll.state": run.state,
        "unroll.message": run.message,
        "unroll.tags": ", ".join(store.tags_of(run.id)),
        "unroll.changes": "; ".join(f"epoch {one.epoch}: {one.field} {one.old:g} to {one.new:g}" for one in changes),
    }
    return {name: shortened(said, LONGEST_TAG) for name, said in found.items()}


def metrics_of(epochs: Sequence[Epoch], begun: float, seconds: float) -> Iterator[list[Number]]:
    """The numbers of each epoch, at the moment that it ended had the run never waited. begun: UTC seconds; seconds: at work
    before the first of them."""
    for epoch in epochs:
        seconds += epoch.seconds
        moment = round(1000 * (begun + seconds))
        yield [Number(name, getattr(epoch, name), moment, epoch.epoch) for name in MEASURED]


def final_metrics(fit: Fit, run: Run) -> list[Number]:
    """The errors of the best weights, `best_val_rmse` and the like, and which epoch they are of."""
    moment = round(1000 * (run.finished or run.created).timestamp())
    values = {f"best_{name.removeprefix('best_')}": value for name, value in fit.metrics.items()}
    return [Number(name, float(value), moment, run.epoch) for name, value in values.items()]


def shortened(text: str, longest: int) -> str:
    """The text, its end left out where it is longer than may be."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
