"""The store: everything that Unroll keeps, and the only channel between pages and workers.

One SQLite file by default, PostgreSQL where UNROLL_DATABASE_URL says so; both behave alike. Every write is a transaction,
so that a reader never sees half an epoch. Files and series are kept once, by the hash of their content. Its parts:

- `rnn.runs.library`: files and series
- `rnn.runs.history`: what runs have written, for pages to read
- `rnn.runs.commands`, `rnn.runs.fair_queue`: orders to runs, and the queue
- `rnn.runs.ledger`: what workers write
- `rnn.runs.kept`, `rnn.runs.branches`: the epochs that a run has kept, and runs that go on from one
- `rnn.runs.arrivals`: runs that were trained elsewhere
- `rnn.runs.studies`, `rnn.runs.study_ledger`, `rnn.runs.sequels`: long computations that are no training, and the runs that
  they lead to
- `rnn.runs.races`: runs that start together, to be compared
- `rnn.runs.shelf`, `rnn.runs.disk`: notes, tags, the pinned run, deleting with undo, and what all of it takes on the disk
- `rnn.runs.logbook`: how far runs have been told to a tracking server
- `rnn.runs.presets`: settings that were saved under a name
"""

from __future__ import annotations

from rnn.runs.arrivals import Arrivals
from rnn.runs.database import StoreError, data_folder
from rnn.runs.logbook import Logbook
from rnn.runs.presets import Presets
from rnn.runs.races import Races
from rnn.runs.shelf import Shelf

__all__ = ["Store", "StoreError", "data_folder"]


class Store(Arrivals, Races, Shelf, Presets, Logbook):
    """A store of runs and studies, safe to share between threads; close it when done, or use it as a context manager.

    url: a database address; without it UNROLL_DATABASE_URL, or else `unroll.sqlite` in the data folder (`data_folder`).
    Raises StoreError with a sentence where it cannot be opened or was written by a newer version.
    """
