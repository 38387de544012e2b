"""Which runs are shown: all or one's own, the newest first, more of them by a click."""

from __future__ import annotations

import streamlit as st

from rnn.runs.records import Run
from rnn.ui import session

FIRST, MORE = 100, 200
EVERYONE, OWN = "All runs", "Yours"
_LIMIT, _WHOSE = "runs_limit", "whose_runs"


def draw_heading() -> None:
    """The title, and the choice of whose runs."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.subheader("Runs", anchor=False, width="content")
        st.segmented_control(
            "Whose runs", [EVERYONE, OWN], default=EVERYONE, required=True, key=_WHOSE,
            label_visibility="collapsed", persist_state="session",
        )  # fmt: skip


def newest() -> tuple[list[Run], bool]:
    """The runs to show, and whether there are older ones."""
    limit = st.session_state.get(_LIMIT, FIRST)
    own = session.session_id() if st.session_state[_WHOSE] == OWN else None
    found = session.store().runs(limit + 1, session=own)
    return found[:limit], len(found) > limit


def draw_empty() -> None:
    if st.session_state[_WHOSE] == OWN:
        st.info("This browser session has not started a run yet.", icon=":material/history:")
    else:
        st.info("No run yet: every one that you train is listed here, and stays.", icon=":material/history:")
    st.page_link("train/page.py", label="Train a network", icon=":material/model_training:")


def draw_more(shown: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Show more", icon=":material/expand_more:", on_click=_raise_limit, key="more_runs")
        st.caption(f"The newest {shown:,} are listed.")


def _raise_limit() -> None:
    st.session_state[_LIMIT] = st.session_state.get(_LIMIT, FIRST) + MORE
