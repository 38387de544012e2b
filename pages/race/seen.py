"""What the page has read of the lanes so far: the store is asked only for what is newer."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.race.current import Race
from rnn.runs.records import Run, StoredPreview
from rnn.ui import session

_SEEN = "race_seen"


_COLUMNS = ("epoch", "train_loss", "val_loss", "train_rmse", "val_rmse", "seconds")


@dataclass
class Seen:
    """A lane as this session knows it. version: the run's version when it was last read. rows: (N, 6), an epoch each."""

    version: int = -1
    rows: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, len(_COLUMNS))))
    preview: StoredPreview | None = None

    def column(self, name: str) -> NDArray[np.float64]:
        """One number of all epochs (N,): train_loss, val_loss, train_rmse, val_rmse or seconds."""
        return self.rows[:, _COLUMNS.index(name)]

    @property
    def numbers(self) -> NDArray[np.int64]:
        """The numbers of the epochs (N,)."""
        return self.column("epoch").astype(np.int64)

    @property
    def clock(self) -> NDArray[np.float64]:
        """Seconds of this lane's own training at the end of each epoch (N,)."""
        return np.cumsum(self.column("seconds"))


def seen(race: Race) -> list[Seen]:
    """Of each lane its epochs and its newest predictions, brought up to date."""
    known = st.session_state.get(_SEEN)
    if known is None or known[0] != race.id:
        known = (race.id, {})
        st.session_state[_SEEN] = known
    return [_updated(known[1].setdefault(run.id, Seen()), run) for run in race.runs]


def _updated(lane: Seen, run: Run) -> Seen:
    if lane.version == run.version:
        return lane
    lane.version = run.version
    store = session.store()
    # A run that resumes walks again over epochs since its checkpoint: their rows are overwritten with equal numbers.
    last = int(lane.rows[-1, 0]) if len(lane.rows) else 0
    new = [[getattr(epoch, name) for name in _COLUMNS] for epoch in store.epochs(run.id, after=last)]
    if new:
        lane.rows = np.concatenate([lane.rows, np.array(new, dtype=np.float64)])
    newer = store.preview(run.id, newer_than=lane.preview.version if lane.preview else None)
    lane.preview = newer or lane.preview
    return lane
