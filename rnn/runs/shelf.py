"""The part of the store that users order their runs with: the list, notes, tags, the pinned run, and deleting with undo."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from rnn.runs.commands import Commands
from rnn.runs.disk import Disk
from rnn.runs.history import no_such_run
from rnn.runs.library import clean_text
from rnn.runs.records import ACTIVE
from rnn.runs.schema import runs
from rnn.runs.shelf_rows import ShelfRow, as_row, shelf_query, tags_by_run
from rnn.runs.shelf_tables import notes, pins, sketches, tags, trash, versions
from rnn.runs.sketches import Wanted, fill

KEPT_DAYS = 7  # that a deleted run can be brought back
LONGEST_NOTE, LONGEST_TAG, MOST_TAGS = 4000, 60, 20


@dataclass(frozen=True)
class Discarded:
    """A run that can still be brought back. discarded: when it was deleted, UTC."""

    id: str
    name: str
    discarded: datetime


class Shelf(Commands, Disk):
    """The list of runs, and what users say of them. Each change makes the run's version grow."""

    def shelf(self, limit: int = 10_000, session: str | None = None) -> list[ShelfRow]:
        """The newest runs, newest first, as the list shows them; of one session where it is given.

        Curves that are not made yet are made within half a second; the next call goes on.
        """
        with self.read() as connection:
            rows = connection.execute(shelf_query(limit, session)).all()
            tagged = tags_by_run(connection)
        wanted = [
            Wanted(row.id, row.epoch, row.best_epoch, row.state in ACTIVE) for row in rows if not row.fits and row.epoch
        ]
        made = fill(self, wanted) if wanted else {}
        return [as_row(row, tagged.get(row.id, ()), made.get(row.id)) for row in rows]

    def shelf_stamp(self) -> tuple[float, ...]:
        """What changes whenever `shelf` would: cheap enough to be asked every second."""
        # The newest run's moment: one run deleted for good and another trained would else leave count and sums as they were.
        told = func.count(), func.sum(runs.c.version), func.sum(runs.c.tested), func.max(runs.c.created)
        with self.read() as connection:
            count, versions_, tested, newest = connection.execute(select(*told).select_from(runs)).one()
            gone, sketched = (
                connection.execute(select(func.count()).select_from(table)).scalar_one() for table in (trash, sketches)
            )
        return int(count), int(versions_ or 0), int(tested or 0), int(gone), int(sketched), float(newest or 0)

    def note_test_error(self, run_id: str, rmse: float | None) -> None:
        """Keep a run's RMSE on its test part, or that there is none, until it goes on."""
        rests = runs.c.state.not_in(ACTIVE)  # else it is of weights that are not its best any more
        change = update(runs).where(runs.c.id == run_id, rests).values(tested=1, test_rmse=rmse)
        with self.write() as connection:
            connection.execute(change)

    def note(self, run_id: str) -> str:
        """What was noted about a run, "" for nothing."""
        with self.read() as connection:
            return connection.execute(select(notes.c.note).where(notes.c.run_id == run_id)).scalar() or ""

    def annotate(self, run_id: str, note: str) -> None:
        """Note something about a run, up to 4,000 letters, in place of what was noted; "" for nothing. Raises LookupError for
        an unknown run."""
        said = clean_text(note, LONGEST_NOTE)
        with self.write() as connection:
            _touch(connection, run_id)
            connection.execute(delete(notes).where(notes.c.run_id == run_id))
            if said:
                connection.execute(insert(notes), {"run_id": run_id, "note": said})

    def tags_of(self, run_id: str) -> list[str]:
        """The tags of a run, in the order of the alphabet."""
        with self.read() as connection:
            return sorted(connection.execute(select(tags.c.tag).where(tags.c.run_id == run_id)).scalars())

    def tag(self, run_id: str, names: Iterable[str]) -> None:
        """Give a run these tags in place of those it has. Raises LookupError for an unknown run, ValueError for more than 20
        tags."""
        named = sorted({clean_text(" ".join(name.split()), LONGEST_TAG) for name in names} - {""})
        if len(named) > MOST_TAGS:
            raise ValueError(f"A run has up to {MOST_TAGS} tags, got {len(named)}. Take some away.")
        with self.write() as connection:
            _touch(connection, run_id)
            connection.execute(delete(tags).where(tags.c.run_id == run_id))
            if named:
                connection.execute(insert(tags), [{"run_id": run_id, "tag": name} for name in named])

    def tags(self) -> dict[str, int]:
        """Each tag in use and how many runs have it, in the order of the alphabet; deleted runs do not count."""
        query = select(tags.c.tag, func.count()).where(tags.c.run_id.not_in(select(trash.c.run_id)))
        with self.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query.group_by(tags.c.tag).order_by(tags.c.tag))}

    def pin(self, run_id: str | None) -> None:
        """Make a run the one that others are compared with; None for no run. Raises LookupError for an unknown run."""
        with self.write() as connection:
            before = list(connection.execute(select(pins.c.run_id)).scalars())
            connection.execute(delete(pins))
            for touched in {*before, *([run_id] if run_id else [])}:
                _touch(connection, touched)
            if run_id is not None:
                connection.execute(insert(pins), {"run_id": run_id})

    def pinned(self) -> str | None:
        """The id of the pinned run; None where there is none, or it was deleted."""
        query = select(pins.c.run_id).where(pins.c.run_id.not_in(select(trash.c.run_id)))
        with self.read() as connection:
            found: str | None = connection.execute(query).scalar()
        return found

    def versions_of(self, run_id: str) -> Mapping[str, str]:
        """What the run was started with: unroll, numpy, python; {} for a run of before these were kept."""
        query = select(versions.c.unroll, versions.c.numpy, versions.c.python).where(versions.c.run_id == run_id)
        with self.read() as connection:
            row = connection.execute(query).first()
        return {} if row is None else dict(row._mapping)

    def discard(self, run_id: str) -> None:
        """Delete a run so that it can be brought back for 7 days: it is in no list any more, and stops at once where it stands.
        Raises LookupError for an unknown run."""
        self.command(run_id, "pause")
        with self.write() as connection:
            _touch(connection, run_id)
            connection.execute(delete(trash).where(trash.c.run_id == run_id))
            connection.execute(insert(trash), {"run_id": run_id, "discarded": time.time()})

    def restore(self, run_id: str) -> bool:
        """Bring a deleted run back as it was; False where it is gone for good, or was not deleted."""
        with self.write() as connection:
            if not connection.execute(delete(trash).where(trash.c.run_id == run_id)).rowcount:
                return False
            _touch(connection, run_id)
        return True

    def discarded(self) -> list[Discarded]:
        """The runs that can be brought back, the one deleted last first."""
        query = select(runs.c.id, runs.c.name, trash.c.discarded).join(trash, trash.c.run_id == runs.c.id)
        with self.read() as connection:
            rows = connection.execute(query.order_by(trash.c.discarded.desc(), runs.c.id)).all()
        return [Discarded(row.id, row.name, datetime.fromtimestamp(row.discarded, UTC)) for row in rows]

    def empty_trash(self, older_than_days: float = 0.0) -> int:
        """Let deleted runs go for good; returns how many went. older_than_days: only those deleted so long ago."""
        due = trash.c.discarded <= time.time() - older_than_days * 86400
        with self.read() as connection:
            ids = list(connection.execute(select(trash.c.run_id).where(due)).scalars())
        if not ids:
            return 0
        with self.write() as connection:
            # Asked again under the lock: one may have been brought back.
            still = select(trash.c.run_id).where(due)
            return int(connection.execute(delete(runs).where(runs.c.id.in_(still))).rowcount)

    def _prepare(self) -> None:
        super()._prepare()
        self.empty_trash(KEPT_DAYS)


def _touch(connection: Connection, run_id: str) -> None:
    change = update(runs).where(runs.c.id == run_id).values(version=runs.c.version + 1)
    if not connection.execute(change).rowcount:
        raise no_such_run(run_id)
