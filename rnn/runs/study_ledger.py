"""The part of the store that workers write studies down in: how far they are, their results, and the end of workers.

As with runs, each write checks that the study is still this worker's. Nothing of a study is kept half way: one whose worker
ended goes back to the queue, once; when it takes a second worker with it, it fails.
"""

from __future__ import annotations

import time
from collections.abc import Container
from typing import Any

from sqlalchemy import Connection, and_, select, update

from rnn.runs.clock import seconds_now
from rnn.runs.ledger import Ledger, is_lost
from rnn.runs.library import clean_text
from rnn.runs.schema import studies
from rnn.runs.studies import drop_oldest

MOST_LOSSES = 1  # workers that may end over a study before it is given up
GIVEN_UP = (
    "The process that computed this has ended before it was done, twice. The machine may be short of memory: ask for less "
    "(fewer folds, fewer series, a shorter window), or try again."
)
LONGEST_TEXT = 2000


class StudyLedger(Ledger):
    """Writing studies down."""

    def advance_study(self, study_id: str, worker: str, done: int, total: int, note: str) -> bool:
        """Write how far it is; False where the study is not this worker's any more: stopped, or given to another."""
        return self._write_study(study_id, worker, done=done, total=total, note=clean_text(note, LONGEST_TEXT))

    def study_heartbeat(self, study_id: str, worker: str) -> bool:
        """Say that the worker is alive; False where the study is not its own any more."""
        return self._write_study(study_id, worker)

    def study_is_mine(self, study_id: str, worker: str) -> bool:
        """Whether the worker is to go on. One look-up by primary key, cheap enough for each batch."""
        with self.read() as connection:
            return connection.execute(select(studies.c.id).where(_mine(study_id, worker))).first() is not None

    def finish_study(self, study_id: str, worker: str, result: bytes) -> bool:
        """Keep the result; False as above. Studies that ended long before go."""
        return self._end_study(study_id, worker, state="done", result=result)

    def fail_study(self, study_id: str, worker: str, error: str) -> bool:
        """End it with a sentence for the user; False as above."""
        return self._end_study(study_id, worker, state="failed", error=clean_text(error, LONGEST_TEXT))

    def return_studies(self, worker: str) -> None:
        """The worker has to go for no fault of its study: it waits again, in its old place."""
        mine = and_(studies.c.worker == worker, studies.c.state == "running")
        with self.write() as connection:
            connection.execute(update(studies).where(mine).values(**_BACK))

    def interrupt(self, worker: str, message: str) -> list[str]:
        """As for runs; a study that the worker had goes back to the queue, or fails when it is not the first time."""
        with self.write() as connection:
            _lose(connection, worker)
        return super().interrupt(worker, message)

    def interrupt_lost(self, sparing: Container[str | None] = ()) -> list[str]:
        """As for runs, whose ids are returned; studies of workers that give no sign of life go back to the queue."""
        silence = (seconds_now() - studies.c.heartbeat).label("silence")
        query = select(studies.c.worker, silence).where(studies.c.state == "running")
        with self.read() as connection:
            rows = [row for row in connection.execute(query) if row.worker not in sparing]
        for worker in {row.worker for row in rows if is_lost(row.worker, row.silence)}:
            with self.write() as connection:
                again = connection.execute(query.where(studies.c.worker == worker).with_for_update())
                if any(is_lost(worker, row.silence) for row in again):
                    _lose(connection, worker)
        return super().interrupt_lost(sparing)

    def _write_study(self, study_id: str, worker: str, **values: Any) -> bool:
        with self.write() as connection:
            change = update(studies).where(_mine(study_id, worker)).values(heartbeat=seconds_now(), **values)
            return bool(connection.execute(change).rowcount)

    def _end_study(self, study_id: str, worker: str, **values: Any) -> bool:
        change = update(studies).where(_mine(study_id, worker))
        over = {"finished": time.time(), "worker": None, "heartbeat": None}
        with self.write() as connection:
            mine = bool(connection.execute(change.values(**values, **over)).rowcount)
            drop_oldest(connection)
        return mine


_BACK: dict[str, Any] = {"state": "queued", "worker": None, "heartbeat": None, "done": 0, "total": 0, "note": ""}


def _mine(study_id: str, worker: str) -> Any:
    return and_(studies.c.id == study_id, studies.c.worker == worker, studies.c.state == "running")


def _lose(connection: Connection, worker: str) -> None:
    """The worker ended over its study."""
    mine = and_(studies.c.worker == worker, studies.c.state == "running")
    held = connection.execute(select(studies.c.id, studies.c.losses).where(mine).with_for_update()).all()
    for row in held:
        values = _BACK
        if row.losses >= MOST_LOSSES:
            values = {"state": "failed", "worker": None, "heartbeat": None, "error": GIVEN_UP, "finished": time.time()}
        connection.execute(update(studies).where(studies.c.id == row.id).values(**values, losses=row.losses + 1))
