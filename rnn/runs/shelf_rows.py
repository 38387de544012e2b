"""The rows of the list of runs, and how they are read: no more of a run than the list shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, Select, and_, case, select

from rnn.runs.records import ACTIVE
from rnn.runs.schema import runs
from rnn.runs.shelf_tables import notes, pins, sketches, tags, trash
from rnn.runs.sketches import curve_of

_OF_RUN = (
    "id", "name", "session", "series_hash", "state", "version", "created", "epoch", "best_epoch", "best_rmse", "tested",
    "test_rmse", "cell", "leaks", "has_test",
)  # fmt: skip
_OF_SKETCH = ("seconds", "curve")
_NO_CURVE: NDArray[np.float32] = np.empty(0, dtype=np.float32)


@dataclass(frozen=True, eq=False)
class ShelfRow:
    """A run in the list. cell, leaks, has_test: of its settings; leaks: its scaler saw the records that it is judged on.
    best_rmse: on the validation part, at best_epoch; None before the first epoch. curve (N,), at most 40 validation RMSE from
    first to last, and seconds: of its epochs; empty and None where they are not read yet (`sketched`). test_rmse: once it was
    noted (`tested`), and where there is one. created: UTC."""

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
    """The newest runs that are not deleted, with all that stands beside them. fits: whether their sketch is of today."""
    fits = and_(sketches.c.epoch == runs.c.epoch, sketches.c.best_epoch.is_not_distinct_from(runs.c.best_epoch))
    query = (
        select(
            *(runs.c[name] for name in _OF_RUN),
            case((fits, 1), else_=0).label("fits"),
            *(sketches.c[name] for name in _OF_SKETCH),
            notes.c.note,
            pins.c.run_id.label("pin"),
        )
        .outerjoin(sketches, sketches.c.run_id == runs.c.id)
        .outerjoin(notes, notes.c.run_id == runs.c.id)
        .outerjoin(pins, pins.c.run_id == runs.c.id)
        .where(runs.c.id.not_in(select(trash.c.run_id)))
        .order_by(runs.c.created.desc(), runs.c.id)
        .limit(limit)
    )
    return query if session is None else query.where(runs.c.session == session)


def tags_by_run(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Run id → its tags, in the order of the alphabet."""
    found: dict[str, tuple[str, ...]] = {}
    for row in connection.execute(select(tags.c.run_id, tags.c.tag).order_by(tags.c.run_id, tags.c.tag)):
        found[row.run_id] = (*found.get(row.run_id, ()), row.tag)
    return found


def as_row(row: Row[Any], tagged: tuple[str, ...], made: dict[str, Any] | None) -> ShelfRow:
    """made: the sketch of the run where it was made just now."""
    # By place: by name it takes three times as long, which 10,000 runs make a third of a second.
    (
        run_id, name, session, series_hash, state, version, created, epoch, best_epoch, best_rmse, tested, test_rmse, cell,
        leaks, has_test, fits, seconds, curve, note, pin,
    ) = row  # fmt: skip
    if made is not None:
        seconds, curve = made["seconds"], made["curve"]
    elif not fits:
        seconds, curve = None, b""
    return ShelfRow(
        run_id, name, session, series_hash, state, version, datetime.fromtimestamp(created, UTC), epoch, best_epoch, cell,
        bool(leaks), bool(has_test), seconds is not None or not epoch, best_rmse, seconds,
        curve_of(curve) if curve else _NO_CURVE, bool(tested), test_rmse, note or "", tagged, pin is not None,
    )  # fmt: skip
