"""The small curves of the list of runs: made from the epochs once, and kept beside the run."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from rnn.runs.database import Database
from rnn.runs.schema import epochs, runs
from rnn.runs.shelf_tables import sketches

CURVE_POINTS = 40
SECONDS = 0.4  # that one call may spend on curves that are not made yet; the next one goes on
_AT_ONCE, _ROWS_AT_ONCE = 50, 10_000  # runs that are read together, and about how many of their epochs

Sketch = dict[str, Any]


class Wanted(NamedTuple):
    """A run whose sketch is to be made. active: at work, so that the next one is due soon."""

    run_id: str
    epoch: int
    best_epoch: int | None
    active: bool


def fill(database: Database, wanted: Sequence[Wanted], seconds: float = SECONDS) -> dict[str, Sketch]:
    """The sketches of these runs, as far as the time goes, by run id; those of runs that rest are kept in the store."""
    made: dict[str, Sketch] = {}
    deadline = time.monotonic() + seconds
    for part in _parts(wanted):
        if made and time.monotonic() > deadline:
            break
        with database.read() as connection:
            made |= _made(connection, part)
    active = {one.run_id for one in wanted if one.active}
    rows = [row for row in made.values() if row["run_id"] not in active]
    if rows:
        # A store that cannot be written to just now still lists its runs; and another server may keep the same ones.
        with suppress(OperationalError, IntegrityError):
            _keep(database, rows)
    return made


def _parts(wanted: Sequence[Wanted]) -> Iterator[list[Wanted]]:
    part: list[Wanted] = []
    rows = 0
    for one in wanted:
        part.append(one)
        rows += one.epoch
        if len(part) >= _AT_ONCE or rows >= _ROWS_AT_ONCE:
            yield part
            part, rows = [], 0
    if part:
        yield part


def curve_of(content: bytes) -> NDArray[np.float32]:
    """The curve (N,) of a sketch."""
    return np.frombuffer(content, dtype="<f4")


def _made(connection: Connection, part: Sequence[Wanted]) -> dict[str, Sketch]:
    query = select(epochs.c.run_id, epochs.c.epoch, epochs.c.val_rmse, epochs.c.seconds)
    query = query.where(epochs.c.run_id.in_([one.run_id for one in part])).order_by(epochs.c.run_id, epochs.c.epoch)
    found = dict(_by_run(connection.execute(query).all()))
    nothing = np.empty((0, 3))
    return {one.run_id: _sketch(one, found.get(one.run_id, nothing)) for one in part}


def _by_run(rows: Sequence[Any]) -> Iterator[tuple[str, NDArray[np.float64]]]:
    for run_id, own in groupby(rows, key=lambda row: row[0]):
        yield run_id, np.array([[math.nan if v is None else v for v in row[1:]] for row in own], dtype=np.float64)


def _sketch(one: Wanted, rows: NDArray[np.float64]) -> Sketch:
    """rows: (N, 3), an epoch's number, validation RMSE and seconds each."""
    known = rows[np.isfinite(rows[:, 1]), 1]
    if len(known) > CURVE_POINTS:
        known = known[np.linspace(0, len(known) - 1, CURVE_POINTS).astype(int)]
    return {
        "run_id": one.run_id,
        "epoch": one.epoch,
        "best_epoch": one.best_epoch,
        "seconds": float(np.nansum(rows[:, 2])),
        # Beyond float32 there is nothing to draw.
        "curve": np.clip(known, 0, 3e38).astype("<f4").tobytes(),
    }


def _keep(database: Database, rows: list[Sketch]) -> None:
    ids = [row["run_id"] for row in rows]
    with database.write() as connection:
        there = set()
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            there |= set(connection.execute(select(runs.c.id).where(runs.c.id.in_(some))).scalars())
            connection.execute(delete(sketches).where(sketches.c.run_id.in_(some)))
        kept = [row for row in rows if row["run_id"] in there]
        if kept:
            connection.execute(insert(sketches), kept)
