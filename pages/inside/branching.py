"""Training on from an epoch of the past: a new run that begins there, opened on Train."""

from __future__ import annotations

import streamlit as st

from pages.inside import at_epoch
from rnn.runs.fair_queue import new_id
from rnn.runs.records import Run
from rnn.ui import session
from rnn.ui.wording import escaped


def draw(run: Run, epoch: int) -> None:
    with st.popover("Train on from here", icon=":material/call_split:", key="inside_branch"):
        if not at_epoch.can_go_on(run, epoch):
            st.markdown(
                f"Training cannot go on from {_moment(epoch)}: of it the weights alone are kept, without what the optimiser "
                "remembers. Choose another epoch."
            )
            return
        st.markdown(
            f"Makes a new run that goes on from {_moment(epoch)} of “{escaped(run.name)}”, with its weights and the optimiser "
            "as they were then. It opens on Train, paused: change the learning rate or the number of epochs there, then press "
            "Resume. Left as it is, it repeats what this run did. This run stays as it is."
        )
        if st.button("Make the new run", type="primary", key="branch"):
            # Of a double click the second one finds what the first one made; the next press makes another.
            pressed = f"branch_press {run.id} {epoch}"
            press = st.session_state.setdefault(pressed, new_id())
            try:
                new = session.store().branch(run.id, epoch, session=session.session_id(), press=press)
            except (LookupError, ValueError) as error:
                st.error(str(error))
                return
            st.session_state.pop(pressed, None)
            made = session.store().run(new)
            assert made is not None
            session.open_run(made)
            st.switch_page("train/page.py")


def _moment(epoch: int) -> str:
    return f"epoch {epoch:,}" if epoch else "the weights before training"
