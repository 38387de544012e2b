"""The part of the store that runs and studies wait in, and that workers take them from, fairly by session.

The lanes of a race are trained together: they wait in one place of the queue, and what a worker has of them counts as one
run at work. Otherwise a race of six would be six times its session's due.
"""

from __future__ import annotations

import heapq
import platform
import secrets
import string
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from sqlalchemy import CompoundSelect, Connection, func, insert, select, union_all, update

import rnn
from rnn.core.config import Config
from rnn.runs.clock import seconds_now
from rnn.runs.commands import place_order
from rnn.runs.history import find_run
from rnn.runs.library import clean_text
from rnn.runs.records import Run, Study
from rnn.runs.schema import about, races, runs, studies
from rnn.runs.shelf_tables import versions
from rnn.runs.studies import Studies, find_study

_ID_LETTERS = string.ascii_letters + string.digits
_LOCK = select(about.c.value).where(about.c.key == "queue").with_for_update()


class FairQueue(Studies):
    """Adding runs to the queue, and claiming runs and studies."""

    def add_run(
        self,
        config: Config,
        series_hash: str,
        *,
        session: str,
        name: str = "",
        pause_at: int | None = None,
        press: str | None = None,
    ) -> str:
        """Put a run in the queue; returns its id. pause_at: pause at the end of this epoch (1: a first Step).

        press: a `new_id` that the run takes, drawn before a button was there to press: asked for twice, as by a double click,
        it is one run. Raises LookupError for an unknown series.
        """
        self.series_file(series_hash)
        with self.write() as connection:
            if press is not None and is_there(connection, press):
                return press
            return insert_run(
                connection, config, series_hash, session=session, name=name, pause_at=pause_at, run_id=press
            )

    def claim_next(self, worker: str) -> Run | Study | None:
        """Take what is next in the queue for this worker, or None where it is empty. No two workers get the same.

        Of the sessions with something in the queue one with the fewest at work comes first; of what it waits for, the oldest.
        """
        with self.write() as connection:
            # Claims come one after another, so that the counts they judge fairness by are true.
            connection.execute(_LOCK)
            for waiting in _order_now(connection):
                if (
                    claimed := _claim_run(connection, waiting, worker) or _claim_study(connection, waiting, worker)
                ) is not None:
                    return claimed
        return None

    def claim_lanes(self, race_id: str, worker: str, most: int) -> list[Run]:
        """Take up to `most` lanes of a race that wait in the queue, for a worker that has one of them already."""
        query = select(races.c.run_id).join(runs).where(races.c.race_id == race_id, runs.c.state == "queued")
        with self.read() as connection:
            if most < 1 or connection.execute(query).first() is None:
                return []
        with self.write() as connection:
            connection.execute(_LOCK)
            waiting = connection.execute(query.order_by(races.c.lane).limit(most)).scalars().all()
            claimed = (_claim_run(connection, run_id, worker) for run_id in waiting)
            return [run for run in claimed if run is not None]

    def others_first(self, session: str) -> bool:
        """Whether something of another session would be claimed next if a worker put back what it has of this session."""
        with self.read() as connection:
            waiting = [one for one in _waiting(connection) if one[0] != session]
            if not waiting:
                return False
            at_work = Counter(_at_work(connection))
        at_work[session] -= 1
        return next(fair_order(at_work, [*waiting, (session, "")])) != ""

    def queue_place(self, waiting: str) -> int:
        """How many claims away the run or study is: 1 is the next; 0 when it is not in the queue. All lanes of a race have
        one place."""
        with self.read() as connection:
            race = select(races.c.race_id).where(races.c.run_id == waiting).scalar_subquery()
            lanes = connection.execute(select(races.c.run_id).where(races.c.race_id == race)).scalars().all()
            state = connection.execute(select(runs.c.state).where(runs.c.id == waiting)).scalar() if lanes else None
            mine = {waiting} if state != "queued" else {waiting, *lanes}
            for place, queued in enumerate(_order_now(connection), start=1):
                if queued in mine:
                    return place
        return 0

    def queue_length(self) -> int:
        """The number of runs and studies that wait for a worker."""
        counts = (select(func.count()).where(table.c.state == "queued") for table in (runs, studies))
        with self.read() as connection:
            return sum(connection.execute(count).scalar_one() for count in counts)


def new_id() -> str:
    """An id that no run has yet."""
    return "".join(secrets.choice(_ID_LETTERS) for _ in range(10))


def is_there(connection: Connection, run_id: str) -> bool:
    """Whether the run is in the store, within a transaction that adds it where it is not: the queue is locked, so that of two
    that look at once the second one finds the first one's."""
    connection.execute(_LOCK)
    return connection.execute(select(runs.c.id).where(runs.c.id == run_id)).first() is not None


def insert_run(
    connection: Connection,
    config: Config,
    series_hash: str,
    *,
    session: str,
    name: str,
    pause_at: int | None = None,
    run_id: str | None = None,
) -> str:
    """Put a run in the queue within a transaction; returns its id, a new one unless it is given."""
    run_id = run_id or new_id()
    now = time.time()
    row = {
        "id": run_id, "name": clean_text(name), "session": session, "config": config.to_json(), "message": "",
        "series_hash": series_hash, "state": "queued", "created": now, "queued": now, "cell": config.cell,
        "leaks": int(config.scaler_rows == "all" and config.scaling != "none"), "has_test": int(bool(config.test)),
    }  # fmt: skip
    connection.execute(insert(runs), row)
    used = {"unroll": rnn.__version__, "numpy": np.__version__, "python": platform.python_version()}
    connection.execute(insert(versions), used | {"run_id": run_id})
    if pause_at is not None:
        place_order(connection, run_id, "step", pause_at)
    return run_id


def fair_order(at_work: Mapping[str, int], waiting: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The order of claims: each time one of the session with the fewest at work, and its oldest.

    at_work: session → runs and studies at work. waiting: (session, id), oldest first. Between sessions with equally many at
    work the older one decides.
    """
    lines: dict[str, list[tuple[int, str]]] = {}
    for age, (session, run_id) in enumerate(waiting):
        lines.setdefault(session, []).append((age, run_id))
    heap = [(at_work.get(session, 0), *line[0], session, 0) for session, line in lines.items()]
    heapq.heapify(heap)
    while heap:
        working, _, run_id, session, taken = heapq.heappop(heap)
        yield run_id
        if taken + 1 < len(lines[session]):
            heapq.heappush(heap, (working + 1, *lines[session][taken + 1], session, taken + 1))


def _order_now(connection: Connection) -> Iterator[str]:
    """The ids of what waits. A run's is never a study's: they differ in length."""
    waiting = _waiting(connection)
    return fair_order(Counter(_at_work(connection)), waiting) if waiting else iter(())


def _waiting(connection: Connection) -> list[tuple[str, str]]:
    """Session and id of all that waits, oldest first; of a race only the lane that is next."""
    queued = _in_state("queued").subquery()
    query = select(queued, races.c.race_id).outerjoin(races, races.c.run_id == queued.c.id)
    rows = connection.execute(query.order_by(queued.c.queued, races.c.lane, queued.c.id)).all()
    first = {row.race_id or row.id: (row.session, row.id) for row in reversed(rows)}
    return [(row.session, row.id) for row in rows if first[row.race_id or row.id] == (row.session, row.id)]


def _at_work(connection: Connection) -> list[str]:
    """The session of each run and study at work; what one worker has of a race counts once."""
    working = _in_state("running").subquery()
    query = select(working, races.c.race_id).outerjoin(races, races.c.run_id == working.c.id)
    units = {(row.session, row.worker, row.race_id or row.id) for row in connection.execute(query)}
    return [session for session, _, _ in units]


def _in_state(state: str) -> CompoundSelect[Any]:
    """Session, moment of queueing, id and worker of all runs and studies in this state."""
    return union_all(
        *(
            select(one.c.session, one.c.queued, one.c.id, one.c.worker).where(one.c.state == state)
            for one in (runs, studies)
        )
    )


def _claim_run(connection: Connection, run_id: str, worker: str) -> Run | None:
    values: dict[str, Any] = {
        "state": "running", "worker": worker, "heartbeat": seconds_now(), "version": runs.c.version + 1,
        "started": func.coalesce(runs.c.started, time.time()), "message": "", "batch": 0,
    }  # fmt: skip
    claim = update(runs).where(runs.c.id == run_id, runs.c.state == "queued").values(values)
    return find_run(connection, run_id) if connection.execute(claim).rowcount else None


def _claim_study(connection: Connection, study_id: str, worker: str) -> Study | None:
    values = {"state": "running", "worker": worker, "heartbeat": seconds_now(), "started": time.time()}
    claim = update(studies).where(studies.c.id == study_id, studies.c.state == "queued").values(values)
    return find_study(connection, study_id) if connection.execute(claim).rowcount else None
