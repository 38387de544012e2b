"""Training on from an epoch of the past: a new run that begins there, opened on Train."""

from __future__ import annotations

import streamlit as st

from rnn.runs.records import Run
from rnn.ui import session
from rnn.ui.wording import escaped


def draw(run: Run, epoch: int) -> None:
    with st.popover("Train on from here", icon=":material/call_split:", key="inside_branch"):
        st.markdown(
            f"Makes a new run that goes on from {_moment(epoch)} of “{escaped(run.name)}”, with its weights and the optimiser "
            "as they were then. It opens on Train, paused: change the learning rate or the number of epochs there, then press "
            "Resume. Left as it is, it repeats what this run did. This run stays as it is."
        )
        if st.button("Make the new run", type="primary", key="branch"):
            try:
                new = session.store().branch(run.id, epoch, session=session.session_id(), name=_name(run, epoch))
            except (LookupError, ValueError) as error:
                st.error(str(error))
                return
            made = session.store().run(new)
            assert made is not None
            session.open_run(made)
            st.switch_page("train/page.py")


def _moment(epoch: int) -> str:
    return f"epoch {epoch:,}" if epoch else "the weights before training"


def _name(run: Run, epoch: int) -> str:
    return f"{run.name} · from epoch {epoch}"
