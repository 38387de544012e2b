"""What the store takes on the disk: in all, by kind, and of it a single run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select, text

from rnn.runs.library import Library
from rnn.runs.schema import epochs, files, flow, kept, kept_arrays, series, snapshots, studies
from rnn.runs.shelf_tables import sketches

EPOCH_BYTES = 110  # a row of `epochs` with its place in the index: eleven numbers


@dataclass(frozen=True)
class DiskUse:
    """total: bytes of the database. kinds: bytes by what they hold, largest first; they add up to the total. "Free" is room
    that deleted runs have left within the file, which new ones will fill."""

    total: int
    kinds: dict[str, int]


class Disk(Library):
    """Measuring."""

    def disk_use(self) -> DiskUse:
        """What the database takes now. Of curves and small tables no sizes are kept: "Curves and the rest" is what is left."""
        with self.read() as connection:
            total, free = _whole(connection)
            kinds = {name: _bytes(connection, column, *where) for name, (column, *where) in _KINDS.items()}
        kinds["Free"] = free
        kinds["Curves and the rest"] = max(0, total - sum(kinds.values()))
        # PostgreSQL packs what it stores: the contents may be larger than the room that they take.
        return DiskUse(max(total, sum(kinds.values())), dict(sorted(kinds.items(), key=lambda kind: -kind[1])))

    def size_of(self, run_id: str) -> int:
        """Bytes that go with a run when it is deleted for good, its series not among them; 0 where there is no such run."""
        with self.read() as connection:
            arrays = [
                _bytes(connection, table.c.arrays, table.c.run_id == run_id) for table in (snapshots, kept_arrays, flow)
            ]
            meta = [_bytes(connection, table.c.meta, table.c.run_id == run_id) for table in (snapshots, kept)]
            curve = _bytes(connection, sketches.c.curve, sketches.c.run_id == run_id)
            count = connection.execute(
                select(func.count()).select_from(epochs).where(epochs.c.run_id == run_id)
            ).scalar_one()
        return sum(arrays) + sum(meta) + curve + EPOCH_BYTES * int(count)


_KINDS: dict[str, tuple[Any, ...]] = {
    "Files": (files.c.content,),
    "Series": (series.c.arrays,),
    "Checkpoints": (snapshots.c.arrays, snapshots.c.kind == "checkpoint"),
    "Predictions": (snapshots.c.arrays, snapshots.c.kind == "preview"),
    "Kept epochs": (kept_arrays.c.arrays,),
    "Gradient through time": (flow.c.arrays,),
    "Studies": (studies.c.result,),
}


def _bytes(connection: Connection, column: Any, *where: Any) -> int:
    query = select(func.coalesce(func.sum(func.length(column)), 0)).where(*where)
    return int(connection.execute(query).scalar_one())


def _whole(connection: Connection) -> tuple[int, int]:
    """Bytes of the database, and those of them that are free."""
    if connection.dialect.name == "postgresql":
        return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()), 0
    page, pages, free = (
        int(connection.execute(text(f"PRAGMA {name}")).scalar_one())
        for name in ("page_size", "page_count", "freelist_count")
    )
    return page * pages, page * free
