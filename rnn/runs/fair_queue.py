"""The part of the store that runs wait in, and that workers take them from, fairly by session."""

from __future__ import annotations

import heapq
import secrets
import string
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from rnn.core.config import Config
from rnn.runs.commands import Commands, place_order
from rnn.runs.history import find_run
from rnn.runs.library import clean_text
from rnn.runs.records import Run
from rnn.runs.schema import about, runs

_ID_LETTERS = string.ascii_letters + string.digits


class FairQueue(Commands):
    """Adding runs to the queue, and claiming them."""

    def add_run(
        self, config: Config, series_hash: str, *, session: str, name: str = "", pause_at: int | None = None
    ) -> str:
        """Put a run in the queue; returns its id. pause_at: pause at the end of this epoch (1: a first Step).

        Raises LookupError for an unknown series.
        """
        self.series_file(series_hash)
        run_id = "".join(secrets.choice(_ID_LETTERS) for _ in range(10))
        now = time.time()
        row = {
            "id": run_id, "name": clean_text(name), "session": session, "config": config.to_json(), "message": "",
            "series_hash": series_hash, "state": "queued", "created": now, "queued": now,
        }  # fmt: skip
        with self.write() as connection:
            connection.execute(insert(runs), row)
            if pause_at is not None:
                place_order(connection, run_id, "step", pause_at)
        return run_id

    def claim_next(self, worker: str) -> Run | None:
        """Take the next run of the queue for this worker, or None where it is empty. No two workers get the same one.

        Of the sessions with runs in the queue one with the fewest at work comes first; of its runs, the oldest.
        """
        with self.write() as connection:
            # Claims come one after another, so that the counts they judge fairness by are true.
            connection.execute(select(about.c.value).where(about.c.key == "queue").with_for_update())
            for run_id in _order_now(connection):
                now = time.time()
                claim = update(runs).where(runs.c.id == run_id, runs.c.state == "queued")
                values: dict[str, Any] = {
                    "state": "running", "worker": worker, "heartbeat": now, "version": runs.c.version + 1,
                    "started": func.coalesce(runs.c.started, now), "message": "", "batch": 0,
                }  # fmt: skip
                if connection.execute(claim.values(values)).rowcount:
                    return find_run(connection, run_id)
        return None

    def queue_place(self, run_id: str) -> int:
        """How many claims away the run is: 1 is the next; 0 when it is not in the queue."""
        with self.read() as connection:
            for place, queued in enumerate(_order_now(connection), start=1):
                if queued == run_id:
                    return place
        return 0

    def queue_length(self) -> int:
        """The number of runs that wait for a worker."""
        with self.read() as connection:
            return connection.execute(select(func.count()).where(runs.c.state == "queued")).scalar_one()


def fair_order(at_work: Mapping[str, int], waiting: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The order in which runs are claimed: each time one of the session with the fewest at work, and its oldest.

    at_work: session → runs at work. waiting: (session, run id), oldest first. Between sessions with equally many at work
    the older run decides.
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
    query = select(runs.c.session, runs.c.id).order_by(runs.c.queued, runs.c.id)
    waiting = connection.execute(query.where(runs.c.state == "queued")).all()
    if not waiting:
        return iter(())
    working = connection.execute(select(runs.c.session).where(runs.c.state == "running")).scalars()
    return fair_order(Counter(working), [(row.session, row.id) for row in waiting])
