"""What a run came to, short enough for an address: its errors, a digest of every epoch, and what it was trained with.

Whoever trains the same settings on the same series can so be told whether the numbers are the same to the last bit. In the
address it is `result=run_epochs_best_rmse_rows_settings_series` and `made=unroll_numpy_python_blas`.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import math
import platform
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

import rnn
from rnn.core.config import Config
from rnn.core.events import Epoch
from rnn.core.series import Series
from rnn.runs.packing import pack_series, series_hash
from rnn.runs.records import Run
from rnn.runs.store import Store
from rnn.ui.relevance import settled

RESULT, MADE = "result", "made"
_FORM = re.compile(
    r"([0-9A-Za-z]{1,32})_(\d{1,7})_(\d{1,7})_([0-9.e+-]{1,30}|nan|inf)_([0-9a-f]{16})_([0-9a-f]{8})_([0-9a-f]{8})"
)
_LONGEST_VERSION = 40
_COMPARED = [field.name for field in dataclasses.fields(Epoch) if field.name != "seconds"]


@dataclass(frozen=True)
class Result:
    """run: its id where it was trained. epochs: how many it had. best, rmse: its best epoch, and its error on the validation
    part there. rows: digest of all that was measured at every epoch, wall time aside. settings, series: digests of what it was
    trained with and on."""

    run: str
    epochs: int
    best: int
    rmse: float
    rows: str
    settings: str
    series: str

    @property
    def text(self) -> str:
        return "_".join(
            (self.run, str(self.epochs), str(self.best), repr(self.rmse), self.rows, self.settings, self.series)
        )


def read(text: str) -> Result | None:
    """What `Result.text` wrote; None for anything else."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    run, epochs, best, rmse, rows, settings, series = found.groups()
    try:
        return Result(run, int(epochs), int(best), float(rmse), rows, settings, series)
    except ValueError:
        return None


def result_of(run: Run, epochs: Sequence[Epoch], series: Series) -> Result:
    """epochs: all of the run's so far, at least one."""
    best = run.best_epoch or 0
    rmse = next((float(epoch.val_rmse) for epoch in epochs if epoch.epoch == best), math.nan)
    return Result(
        run.id, len(epochs), best, rmse, rows_digest(epochs), settings_digest(run.config), series_digest(series)
    )


def rows_digest(epochs: Sequence[Epoch]) -> str:
    """Of every number that does not depend on the clock, bit for bit."""
    rows = np.array([[getattr(epoch, name) for name in _COMPARED] for epoch in epochs], dtype="<f8")
    rows[np.isnan(rows)] = np.nan  # one NaN for all
    return hashlib.blake2b(rows.tobytes(), digest_size=8).hexdigest()


def settings_digest(config: Config) -> str:
    """Equal for settings that mean the same."""
    text = json.dumps(settled(dataclasses.asdict(config)), sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()


def series_digest(series: Series) -> str:
    """Of numbers, times and columns; the same file under another name is the same series."""
    meta, arrays = pack_series(series)
    return series_hash({key: value for key, value in meta.items() if key != "name"}, arrays)[:8]


def why_not_again(store: Store, run: Run) -> str:
    """Why training the run's settings anew does not come to its numbers; empty where it does."""
    if (branch := store.parent(run.id)) is not None:
        return f"It went on from epoch {branch.epoch:,} of another run"
    for change in store.changes(run.id):
        if change.field == "lr":
            return "Its learning rate was changed in mid-run"
        if run.config.schedule != "constant" or run.config.refit:
            return "Its number of epochs was changed in mid-run"
    return ""


@functools.cache
def blas() -> str:
    """The library that NumPy computes matrix products with here."""
    found = np.show_config("dicts").get("Build Dependencies", {}).get("blas", {})  # type: ignore[union-attr]
    return f"{found.get('name', 'BLAS')}-{found.get('version', '')}".strip("-").replace(" ", "-")


def versions_here() -> dict[str, str]:
    return {"Unroll": rnn.__version__, "NumPy": np.__version__, "Python": platform.python_version(), "BLAS": blas()}


def made_with(trained: Mapping[str, str]) -> str:
    """The versions for an address. trained: those that the store knows of the run; the others are this server's."""
    found = versions_here() | {
        name: trained[name.lower()] for name in ("Unroll", "NumPy", "Python") if name.lower() in trained
    }
    return "_".join(part.replace("_", "-")[:_LONGEST_VERSION] for part in found.values())


def other_versions(made: str) -> str:
    """Where the versions of an address are others than here: "NumPy 2.1.0 there and 2.3.1 here"; empty where they are not."""
    here = {name: version.replace("_", "-") for name, version in versions_here().items()}
    there = dict(zip(here, made.split("_"), strict=False))
    return ", ".join(
        f"{name} {there[name][:_LONGEST_VERSION]} there and {here[name]} here"
        for name in here
        if there.get(name) and there[name] != here[name][:_LONGEST_VERSION]
    )
