"""What the page has read of the lanes so far: the store is asked only for what is newer."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.race.current import Race
from rnn.core.events import Epoch
from rnn.runs.records import Run, StoredPreview
from rnn.ui import session

_SEEN = "race_seen"


@dataclass
class Seen:
    """A lane as this session knows it. version: the run's version when it was last read."""

    version: int = -1
    epochs: dict[int, Epoch] = field(default_factory=dict)
    preview: StoredPreview | None = None

    def column(self, name: str) -> NDArray[np.float64]:
        """One field of all epochs (N,)."""
        return np.array([getattr(epoch, name) for epoch in self.epochs.values()], dtype=np.float64)

    @property
    def numbers(self) -> NDArray[np.int64]:
        """The numbers of the epochs (N,)."""
        return np.fromiter(self.epochs, dtype=np.int64, count=len(self.epochs))

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
    # A run that resumes walks again over epochs since its checkpoint: their rows are overwritten with equal numbers, but for
    # the seconds.
    lane.epochs.update({epoch.epoch: epoch for epoch in store.epochs(run.id, after=max(lane.epochs, default=0))})
    newer = store.preview(run.id, newer_than=lane.preview.version if lane.preview else None)
    lane.preview = newer or lane.preview
    return lane
