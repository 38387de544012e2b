"""What a backtest came to, and its way to bytes and back: a zip of JSON and Parquet, nothing that is ever unpickled."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rnn.core.config import Config
from rnn.forecast.archive import Archive
from rnn.forecast.backtest.plan import Cutoff, Plan

if TYPE_CHECKING:
    import pandas as pd

VERSION = 1
FAN_COLUMNS = ("method", "seed", "fold", "mae")


@dataclass(frozen=True, eq=False)
class Backtest:
    """plan and cutoffs: what was asked, and the folds that came of it. networks: the settings of each by its name.

    frame: one row for each method (networks by their names, the others by their keys), id, target, fold and step: columns
    method, id, target, fold, cutoff (time of the first record predicted), step, time, actual, predicted, scale (the MASE's
    denominator, of that fold's history), then lo80, hi80, … (NaN where there is none). Every method has the same rows; one
    that has no forecast there has NaN. fan: columns method, seed, fold, mae: the networks one by one from other seeds, each
    a single network whatever `seeds` its config has; empty where it was not asked for. seconds: by method, over all folds.
    notes: what the reader should know, in sentences.
    """

    plan: Plan
    cutoffs: tuple[Cutoff, ...]
    networks: Mapping[str, Config]
    frame: pd.DataFrame
    fan: pd.DataFrame
    seconds: Mapping[str, float]
    notes: tuple[str, ...] = ()

    def to_bytes(self) -> bytes:
        """To be stored; `from_bytes` gives it back as it was."""
        import pandas as pd

        tables = {"frame": self.frame, "fan": self.fan, "cutoffs": pd.DataFrame(map(dataclasses.asdict, self.cutoffs))}
        meta = {
            "version": VERSION,
            "times": np.asarray(self.frame["time"]).dtype.newbyteorder("<").str,
            "plan": self.plan.to_dict(),
            "networks": {name: config.to_dict() for name, config in self.networks.items()},
            "seconds": dict(self.seconds),
            "notes": list(self.notes),
        }
        return Archive(meta, tables, {}).to_bytes("backtest")

    @classmethod
    def from_bytes(cls, data: bytes) -> Backtest:
        """What `to_bytes` wrote, by this version or an earlier one; parts that an older one lacks are empty. Raises ValueError
        for bytes that are no backtest, or one of a later version."""
        found = Archive.from_bytes(data, "backtest", VERSION, "backtest", ["frame", "fan", "cutoffs"])
        meta, tables = found.meta, found.tables
        kind = np.dtype(meta["times"])
        for table in tables.values():
            for name in {"time", "last_time", "cutoff", "train_from", "train_to"} & set(table.columns):
                table[name] = table[name].astype(kind)
        networks = {name: Config.from_dict(values) for name, values in meta["networks"].items()}
        return cls(
            Plan.from_dict(meta["plan"]), _cutoffs(tables["cutoffs"], kind), networks, tables["frame"], tables["fan"],
            meta.get("seconds", {}), tuple(meta.get("notes", ())),
        )  # fmt: skip


def _cutoffs(table: pd.DataFrame, kind: np.dtype[Any]) -> tuple[Cutoff, ...]:
    columns = {}
    for field in dataclasses.fields(Cutoff):
        values = table[field.name].to_numpy()
        columns[field.name] = values.astype(kind) if kind.kind == "M" and values.dtype.kind == "M" else values.tolist()
    return tuple(Cutoff(**dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True))
