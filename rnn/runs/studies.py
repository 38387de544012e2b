"""The part of the store that long computations are asked for and read in. What computes them: `rnn.runs.study_kinds`.

A study's id is the hash of what was asked, so whoever asks the same finds the same: a page after a reload, a second tab,
a colleague. The results of the last KEPT are kept, as far as they have KEPT_BYTES together; beyond that the oldest go, and are
computed again when they are asked for.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

import rnn
from rnn.runs.commands import Commands
from rnn.runs.records import ACTIVE, Study
from rnn.runs.schema import studies

KEPT = 100
KEPT_BYTES = 500_000_000
_ALL_BUT_THE_RESULT = [column for column in studies.c if column.name != "result"]
# What a study that starts afresh forgets of its last try.
_AFRESH: dict[str, Any] = {
    "state": "queued", "started": None, "finished": None, "worker": None, "heartbeat": None, "losses": 0, "done": 0,
    "total": 0, "note": "", "error": "", "result": None,
}  # fmt: skip


class Studies(Commands):
    """Asking for studies, reading them, stopping them."""

    def ask(self, kind: str, request: Mapping[str, Any], session: str) -> str:
        """Put a study in the queue, unless the same one waits, is at work or is done; returns its id.

        One that failed or was stopped starts afresh. request: JSON-able, in the same order when the same is meant; a
        `series_hash` in it must be in the store, else LookupError. Submit the id to the runner afterwards.
        """
        text = json.dumps(dict(request), separators=(",", ":"), allow_nan=False)
        if "series_hash" in request:
            self.series_file(request["series_hash"])
        study_id, now = study_hash(kind, text), time.time()
        row = {
            "id": study_id,
            "kind": kind,
            "request": text,
            "session": session,
            "created": now,
            "queued": now,
            **_AFRESH,
        }
        again = update(studies).where(studies.c.id == study_id, studies.c.state.not_in((*ACTIVE, "done")))
        try:
            with self.write() as connection:
                known = connection.execute(select(studies.c.id).where(studies.c.id == study_id)).first()
                connection.execute(again.values(row) if known else insert(studies).values(row))
        except IntegrityError:
            # Another page has asked the same since we looked: then it waits already.
            if self.study(study_id) is None:
                raise
        return study_id

    def study(self, study_id: str, *, with_result: bool = True) -> Study | None:
        """A study as it stands, or None where there is none of this id (any more). with_result: False leaves out the
        result, which may be megabytes."""
        with self.read() as connection:
            return find_study(connection, study_id, with_result=with_result)

    def stop_study(self, study_id: str) -> Study | None:
        """End a study that waits or is at work, at once; its worker drops it at its next look. Returns it after that."""
        stop = update(studies).where(studies.c.id == study_id, studies.c.state.in_(ACTIVE))
        with self.write() as connection:
            connection.execute(stop.values(state="stopped", finished=time.time(), worker=None, heartbeat=None))
            return find_study(connection, study_id)


def study_hash(kind: str, request: str) -> str:
    """The id of a study: of what was asked, and of the version that computes it, whose results may differ."""
    return hashlib.sha256(f"{rnn.__version__}\n{kind}\n{request}".encode()).hexdigest()[:32]


def find_study(connection: Connection, study_id: str, *, with_result: bool = True) -> Study | None:
    """The study within a transaction."""
    columns = [*studies.c] if with_result else _ALL_BUT_THE_RESULT
    row = connection.execute(select(*columns).where(studies.c.id == study_id)).first()
    return None if row is None else _as_study(row)


def drop_oldest(connection: Connection, kept: int = KEPT, kept_bytes: int = KEPT_BYTES) -> None:
    """Remove the studies that ended before the last `kept`, and those before the last `kept_bytes` of results; the last one
    stays, whatever its size."""
    ended = select(studies.c.id, func.coalesce(func.length(studies.c.result), 0).label("size"))
    ended = ended.where(studies.c.state.not_in(ACTIVE)).order_by(studies.c.finished.desc(), studies.c.id)
    old, total = [], 0
    for number, row in enumerate(connection.execute(ended)):
        total += row.size
        if number and (number >= kept or total > kept_bytes):
            old.append(row.id)
    if old:
        connection.execute(delete(studies).where(studies.c.id.in_(old)))


def _as_study(row: Row[Any]) -> Study:
    values = row._mapping
    moments = {
        name: None if values[name] is None else datetime.fromtimestamp(values[name], UTC)
        for name in ("created", "started", "finished")
    }
    return Study(
        id=row.id, kind=row.kind, request=json.loads(row.request), session=row.session, state=row.state, done=row.done,
        total=row.total, note=row.note, error=row.error, result=values.get("result"), **moments,
    )  # fmt: skip
