"""The part of the store that remembers what has been told to a tracking server such as MLflow, and who is telling it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from rnn.runs.database import Database
from rnn.runs.logbook_tables import logbooks, logged
from rnn.runs.records import ACTIVE
from rnn.runs.schema import runs
from rnn.runs.shelf_tables import trash

HELD_SECONDS = 30.0  # without a sign of life the one who writes a logbook is taken for dead


@dataclass(frozen=True)
class Logged:
    """How far a run has been told. there: its id at that place. version: of the run as it was told; -1: none yet. seconds: at
    work, until the end of `epoch`. changes: how many of those made in mid-run. taken: what the files sent were made of."""

    there: str
    version: int = -1
    epoch: int = 0
    seconds: float = 0.0
    changes: int = 0
    taken: str = ""


class Logbook(Database):
    """Logbooks, each by a name that stands for its place (`book`): one process at a time writes one."""

    def hold_logbook(self, book: str, holder: str) -> bool:
        """Take or keep the right to write it; False while another process has it that has shown life in the last 30 s.

        The first time, the logbook begins now: runs that had ended before are not its business.
        """
        now = time.time()
        free = or_(logbooks.c.holder.in_(("", holder)), logbooks.c.beat < now - HELD_SECONDS)
        change = update(logbooks).where(logbooks.c.book == book, free).values(holder=holder, beat=now)
        row = {"book": book, "since": now, "holder": holder, "beat": now, "problem": ""}
        with self.write() as connection:
            if connection.execute(change).rowcount:
                return True
            if connection.execute(select(logbooks.c.book).where(logbooks.c.book == book)).first() is not None:
                return False
        try:
            with self.write() as connection:
                connection.execute(insert(logbooks), row)
        except IntegrityError:  # another process began it in between
            return False
        return True

    def leave_logbook(self, book: str, holder: str) -> None:
        """Let the next one write it at once."""
        with self.write() as connection:
            own = (logbooks.c.book == book, logbooks.c.holder == holder)
            connection.execute(update(logbooks).where(*own).values(holder=""))

    def note_logbook_problem(self, book: str, problem: str) -> None:
        """Keep what is wrong with a logbook, in a sentence; "" when nothing is."""
        with self.write() as connection:
            connection.execute(update(logbooks).where(logbooks.c.book == book).values(problem=problem))

    def logbook_problem(self, book: str) -> str:
        """What was wrong with it when it was last written."""
        with self.read() as connection:
            return connection.execute(select(logbooks.c.problem).where(logbooks.c.book == book)).scalar() or ""

    def to_log(self, book: str, limit: int = 100) -> list[str]:
        """The ids of runs that have something new to tell, oldest first; deleted ones have not."""
        since = select(logbooks.c.since).where(logbooks.c.book == book).scalar_subquery()
        told = and_(logged.c.run_id == runs.c.id, logged.c.book == book)
        query = (
            select(runs.c.id)
            .outerjoin(logged, told)
            .where(
                or_(logged.c.version.is_(None), logged.c.version != runs.c.version),
                or_(
                    logged.c.run_id.is_not(None),
                    runs.c.state.in_(ACTIVE),
                    runs.c.created >= since,
                    runs.c.queued >= since,
                    runs.c.finished >= since,
                ),
                runs.c.id.not_in(select(trash.c.run_id)),
            )
            .order_by(runs.c.created, runs.c.id)
            .limit(limit)
        )
        with self.read() as connection:
            return list(connection.execute(query).scalars())

    def logged(self, book: str, run_id: str) -> Logged | None:
        """How far a run has been told; None where it is not known there."""
        query = select(*(logged.c[name] for name in Logged.__dataclass_fields__))
        with self.read() as connection:
            row = connection.execute(query.where(logged.c.run_id == run_id, logged.c.book == book)).first()
        return None if row is None else Logged(*row)

    def note_logged(self, book: str, run_id: str, told: Logged) -> None:
        """Keep how far a run has been told; of a run that has gone there is nothing to keep."""
        values = {name: getattr(told, name) for name in Logged.__dataclass_fields__}
        with self.write() as connection:
            own = (logged.c.run_id == run_id, logged.c.book == book)
            if connection.execute(update(logged).where(*own).values(values)).rowcount:
                return
            if connection.execute(select(runs.c.id).where(runs.c.id == run_id)).first() is not None:
                connection.execute(insert(logged), {"run_id": run_id, "book": book, **values})
