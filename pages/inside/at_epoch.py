"""The network as it stood at the end of an epoch: which epochs can be looked at, and their weights, read once."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages.inside.subject import Subject
from rnn.core.config import Config
from rnn.core.events import Epoch
from rnn.core.framing import Framing
from rnn.core.model import Model
from rnn.core.network import Params
from rnn.core.panel import split_series
from rnn.runs.records import Kept, Run
from rnn.ui import session


@dataclass(frozen=True, eq=False)
class AtEpoch:
    """epoch: 0 are the weights before training. model: with the weights of the epoch. history: all epochs trained so far."""

    epoch: int
    model: Model
    history: list[Epoch]

    @property
    def config(self) -> Config:
        return self.model.config

    @property
    def losses(self) -> Epoch | None:
        """What was measured at the end of the epoch; None before training."""
        return next((one for one in self.history if one.epoch == self.epoch), None)


def kept_epochs(run: Run) -> list[int]:
    """The epochs whose weights are there, rising; a run of an older version has those of its best epoch and its last."""
    return [one.epoch for one in _kept(run.id, run.version)]


def can_go_on(run: Run, epoch: int) -> bool:
    """Whether training can go on from a kept epoch: of some there are the weights alone."""
    return any(one.epoch == epoch and one.whole for one in _kept(run.id, run.version))


@st.cache_data(max_entries=32, show_spinner=False)
def _kept(run_id: str, version: int) -> list[Kept]:
    return session.store().kept(run_id)


def at_epoch(subject: Subject, epoch: int) -> AtEpoch:
    """The shown run at one of its `kept_epochs`. Raises LookupError where its weights have gone meanwhile."""
    run = subject.run
    assert run is not None
    model = Model(run.config, params_at(run.id, epoch), _framing(run.id, run.series_hash))
    return AtEpoch(epoch, model.of(subject.id) if subject.id else model, history(run))


# Weights of 1,024 hidden units take up to 32 MB; a few epochs are enough to step back and forth.
@st.cache_resource(max_entries=6, show_spinner=False)
def params_at(run_id: str, epoch: int) -> Params:
    """The weights at the end of an epoch, for all sessions; they are read by everyone and written by no one."""
    found = session.store().params_at(run_id, epoch)
    if found is None:  # a run at work has dropped them since it was asked which there are
        raise LookupError(f"The weights of epoch {epoch:,} are not kept any more; choose another epoch.")
    return found


@st.cache_resource(max_entries=16, show_spinner=False)
def _framing(run_id: str, series_hash: str) -> Framing:
    run = session.store().run(run_id)
    assert run is not None
    series = session.stored_series(series_hash)
    return Framing.fit(run.config, series, split_series(run.config, series).scaler_rows)


def history(run: Run) -> list[Epoch]:
    """All epochs of the run so far; the store is asked for those that are new."""
    last = st.session_state.get("inside_history")
    if last is None or last[0] != run.id or last[1] > run.version:
        last = (run.id, -1, {})
    _, version, found = last
    if version != run.version:
        found |= {epoch.epoch: epoch for epoch in session.store().epochs(run.id, after=max(found, default=0))}
        st.session_state["inside_history"] = (run.id, run.version, found)
    return list(found.values())
