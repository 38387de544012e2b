"""What can still be read of a damaged SQLite store, brought into a sound one; and the damaged file set aside.

The damaged file is read page by page (`rnn.runs.sqlite_pages`) and never written to. Each row is checked before it comes: a
series and a file must be what their hash says, settings must be settings, weights must be numbers.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, Table

from rnn.runs.crossing import take_in
from rnn.runs.damaged_store import DamagedStore, Progress
from rnn.runs.database import Database
from rnn.runs.salvage_repairs import bring_up_to_date, drop_torn_epochs, fill_epochs
from rnn.runs.schema import epochs, runs, snapshots
from rnn.runs.sqlite_pages import SqliteFile

MOST_LISTED = 12  # ids in a sentence
BESIDE = ("", "-wal", "-shm")  # a SQLite store is these files


@dataclass(frozen=True)
class Receipt:
    """saved, lost, known: ids of runs that have come, that could not be read, and that were in the store already. missing: run
    → what of it could not be read. source: the damaged file."""

    source: Path
    saved: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    missing: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What a user should know, in plain text."""
        total = len(self.saved) + len(self.lost)
        said = [f"Saved {len(self.saved):,} of {total:,} runs"] if total else []
        if self.lost:
            said.append(f"{len(self.lost):,} could not be read (ids {_listed(self.lost)})")
        if self.known:
            said.append(f"{len(self.known):,} runs were in the store already")
        said = said or ["No run could be found in the damaged file"]
        for what in sorted({one for parts in self.missing.values() for one in parts}):
            without = [run_id for run_id, parts in self.missing.items() if what in parts]
            said.append(f"{len(without):,} came without {what} ({_listed(without)})")
        return f"{'; '.join(said)}. The damaged file is kept as {self.source}."


def set_aside(path: Path, now: float | None = None) -> Path:
    """Rename a damaged store, with the log beside it, to `unroll.damaged-2026-11-26-0442.sqlite`; nothing is overwritten.
    Returns its new path. now: seconds since 1970. Raises OSError where the folder may not be written."""
    moment = time.strftime("%Y-%m-%d-%H%M", time.localtime(now))
    number = 1
    while True:
        again = "" if number == 1 else f"-{number}"
        name = f"{path.stem}.damaged-{moment}{again}{path.suffix}"
        if not any((path.parent / f"{name}{end}").exists() for end in BESIDE):
            break
        number += 1
    for end in BESIDE:
        old = path.with_name(path.name + end)
        if old.exists():
            old.rename(path.parent / f"{name}{end}")
    return path.parent / name


def salvage(source: Path, target: Database, progress: Progress = lambda share: None) -> Receipt:
    """Bring all that can be read of the file `source` into `target`, in one transaction. progress: is told the share that is
    done, from 0 to 1. Raises OSError where the file cannot be read at all."""
    with SqliteFile(source) as file, target.write() as connection:
        found = DamagedStore(file, progress)
        crossed = take_in(connection, found.rows_of)
        missing = _mended(connection, found, crossed.runs)
        bring_up_to_date(connection, crossed.runs, found.version)
    lost = (found.run_ids | crossed.stranded) - crossed.runs - crossed.known
    progress(1.0)
    return Receipt(source, tuple(sorted(crossed.runs)), tuple(sorted(lost)), tuple(sorted(crossed.known)), missing)


def _mended(connection: Connection, found: DamagedStore, saved: set[str]) -> dict[str, tuple[str, ...]]:
    """Set right what can be; returns what is lost for good, by run."""
    missing: dict[str, set[str]] = {}
    lost_epochs: dict[str, set[int]] = {}
    for table, key in found.lost_rows():
        run_id = str(key[0])
        found.run_ids.update([run_id] if table is runs else [])
        if table is epochs and run_id in saved:
            lost_epochs.setdefault(run_id, set()).add(int(key[1]))
        elif run_id in saved:
            missing.setdefault(run_id, set()).add(_part(table, key))
    for run_id in fill_epochs(connection, lost_epochs):
        missing.setdefault(run_id, set()).add("some epochs")
    for run_id in drop_torn_epochs(connection, saved if found.damaged else ()):
        missing.setdefault(run_id, set()).add("some kept epochs")
    return {run_id: tuple(sorted(parts)) for run_id, parts in sorted(missing.items())}


def _part(table: Table, key: tuple[object, ...]) -> str:
    """What is missing with a row, for the receipt."""
    if table is snapshots:
        return "weights" if key[1] == "checkpoint" else "predictions"
    return _PARTS.get(table.name, "notes and marks")


_PARTS = {
    "kept": "some kept epochs",
    "kept_arrays": "some kept epochs",
    "flow": "some of the gradient through time",
    "changes": "some of the changes made while it trained",
}


def _listed(ids: Iterable[str]) -> str:
    found = sorted(ids)
    return ", ".join(found[:MOST_LISTED]) + (" …" if len(found) > MOST_LISTED else "")
