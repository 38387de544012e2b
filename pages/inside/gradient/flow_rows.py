"""How the error travelled back through time over a run's epochs, as this session has read it: the store is asked only for
what is newer."""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

from rnn.runs.records import FlowRow, Run
from rnn.ui import session

_SEEN = "inside_flow"


@dataclass
class Seen:
    run_id: str
    version: int = -1
    rows: dict[int, FlowRow] = field(default_factory=dict)


def flow_rows(run: Run) -> list[FlowRow]:
    """The rows of the epochs that are measured and kept, in order."""
    known = st.session_state.get(_SEEN)
    if not isinstance(known, Seen) or known.run_id != run.id:
        known = Seen(run.id)
        st.session_state[_SEEN] = known
    if known.version != run.version:
        store, after = session.store(), max(known.rows, default=0)
        kept = store.flow_epochs(run.id)
        # Where a run walks again what came after its checkpoint, the newest rows go for a while.
        found = known.rows | {row.epoch: row for row in store.flow(run.id, after=min(after, max(kept, default=0)))}
        known.rows = {epoch: found[epoch] for epoch in kept if epoch in found}
        known.version = run.version
    return list(known.rows.values())
