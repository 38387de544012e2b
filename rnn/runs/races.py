"""The part of the store that ties runs to races: up to MOST_LANES ordinary runs of one series that start together.

A lane is a run like any other: it has its own settings, history, checkpoints, orders and end, stands under Runs, and can be
resumed, renamed and deleted by itself. A race is only the knowledge that they belong together, and in which order.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from rnn.core.config import Config
from rnn.runs.fair_queue import insert_run, is_there
from rnn.runs.history import find_runs
from rnn.runs.records import Run
from rnn.runs.schema import races, runs
from rnn.runs.sequels import Sequels
from rnn.runs.shelf_tables import trash

MOST_LANES = 6


class Races(Sequels):
    """Starting races and finding their lanes."""

    def add_race(
        self,
        configs: Sequence[Config],
        series_hash: str,
        *,
        session: str,
        names: Sequence[str] = (),
        press: str | None = None,
    ) -> str:
        """Put the lanes of a race in the queue, all at one moment; returns the race's id.

        names: one for each lane; without them the runs have none. press: as in `add_run`; the first lane takes it.
        Raises ValueError unless there are 1 to MOST_LANES lanes, LookupError for an unknown series.
        """
        if not 1 <= len(configs) <= MOST_LANES:
            raise ValueError(f"A race has 1 to {MOST_LANES} lanes, got {len(configs)}.")
        named = list(names) or [""] * len(configs)
        if len(named) != len(configs):
            raise ValueError(f"A race needs a name for each lane: got {len(named)} names for {len(configs)} lanes.")
        self.series_file(series_hash)
        race_id = secrets.token_hex(6)
        with self.write() as connection:
            if press is not None and is_there(connection, press):
                return _race_of(connection, press) or race_id
            for lane, (config, name) in enumerate(zip(configs, named, strict=True)):
                told = press if lane == 0 else None
                run_id = insert_run(connection, config, series_hash, session=session, name=name, run_id=told)
                connection.execute(insert(races), {"run_id": run_id, "race_id": race_id, "lane": lane})
        return race_id

    def race(self, race_id: str) -> list[Run]:
        """The runs of a race by lane, all as they stood at one moment; those that were deleted are left out, and an unknown
        race has none."""
        query = select(runs).join(races).where(races.c.race_id == race_id).order_by(races.c.lane)
        query = query.where(runs.c.id.not_in(select(trash.c.run_id)))
        with self.read() as connection:
            return find_runs(connection, query)

    def race_of_run(self, run_id: str) -> str | None:
        """The race that a run is a lane of; None where it is none."""
        with self.read() as connection:
            return _race_of(connection, run_id)

    def lane_numbers(self, race_id: str) -> dict[str, int]:
        """Run id → its lane, from 0 on; the numbers stay when a lane is deleted."""
        query = select(races.c.run_id, races.c.lane).where(races.c.race_id == race_id).order_by(races.c.lane)
        with self.read() as connection:
            return {row.run_id: row.lane for row in connection.execute(query)}


def _race_of(connection: Connection, run_id: str) -> str | None:
    found: str | None = connection.execute(select(races.c.race_id).where(races.c.run_id == run_id)).scalar()
    return found
