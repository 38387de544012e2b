"""The rows of the list of runs, and how they are read: no more of a run than the list shows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, Select, select

from rnn.runs.records import ACTIVE
from rnn.runs.schema import runs
from rnn.runs.shelf_tables import notes, pins, sketches, tags, trash
from rnn.runs.sketches import curve_of

_NO_CURVE: NDArray[np.float32] = np.empty(0, dtype=np.float32)


@dataclass(frozen=True, eq=False)
class ShelfRow:
    """A run in the list. cell, leaks, has_test: of its settings; leaks: its scaler saw the records that it is judged on.
    best_rmse, curve (N,), at most 40 validation RMSE from first to last, and seconds: of its epochs; None and empty where they
    are not read yet (`sketched`). test_rmse: once it was noted (`tested`), and where there is one. created: UTC."""

    id: str
    name: str
    session: str
    series_hash: str
    state: str
    version: int
    created: datetime
    epoch: int
    best_epoch: int | None
    cell: str
    leaks: bool
    has_test: bool
    sketched: bool
    best_rmse: float | None
    seconds: float | None
    curve: NDArray[np.float32]
    tested: bool
    test_rmse: float | None
    note: str
    tags: tuple[str, ...]
    pinned: bool

    @property
    def active(self) -> bool:
        """Whether the run is in the queue or at work."""
        return self.state in ACTIVE


def shelf_query(limit: int, session: str | None) -> Select[Any]:
    """The newest runs that are not deleted, with all that stands beside them."""
    of_run = ("id", "name", "session", "config", "series_hash", "state", "version", "created", "epoch", "best_epoch")
    query = (
        select(
            *(runs.c[name] for name in of_run),
            sketches.c.epoch.label("sketch_epoch"), sketches.c.best_epoch.label("sketch_best"), sketches.c.best_rmse,
            sketches.c.seconds, sketches.c.curve, sketches.c.tested, sketches.c.test_rmse, notes.c.note,
            pins.c.run_id.label("pin"),
        )
        .outerjoin(sketches, sketches.c.run_id == runs.c.id)
        .outerjoin(notes, notes.c.run_id == runs.c.id)
        .outerjoin(pins, pins.c.run_id == runs.c.id)
        .where(runs.c.id.not_in(select(trash.c.run_id)))
        .order_by(runs.c.created.desc(), runs.c.id)
        .limit(limit)
    )  # fmt: skip
    return query if session is None else query.where(runs.c.session == session)


def tags_by_run(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Run id → its tags, in the order of the alphabet."""
    found: dict[str, tuple[str, ...]] = {}
    for row in connection.execute(select(tags.c.run_id, tags.c.tag).order_by(tags.c.run_id, tags.c.tag)):
        found[row.run_id] = (*found.get(row.run_id, ()), row.tag)
    return found


def as_row(row: Row[Any], tagged: tuple[str, ...], made: dict[str, Any] | None) -> ShelfRow:
    """made: the sketch of the run where it was made just now."""
    settings = json.loads(row.config)
    fresh = (row.epoch, row.best_epoch) == (row.sketch_epoch, row.sketch_best)
    own: Mapping[str, Any] = made or (row._mapping if fresh else {})
    return ShelfRow(
        row.id, row.name, row.session, row.series_hash, row.state, row.version,
        datetime.fromtimestamp(row.created, UTC), row.epoch, row.best_epoch,
        cell=settings.get("cell", ""),
        leaks=settings.get("scaler_rows") == "all" and settings.get("scaling") != "none",
        has_test=bool(settings.get("test")),
        sketched=bool(own) or not row.epoch,
        best_rmse=own.get("best_rmse"),
        seconds=own.get("seconds"),
        curve=curve_of(own["curve"]) if own else _NO_CURVE,
        tested=bool(own.get("tested")),
        test_rmse=own.get("test_rmse"),
        note=row.note or "",
        tags=tagged,
        pinned=row.pin is not None,
    )  # fmt: skip
