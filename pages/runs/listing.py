"""Which runs there are: all or one's own, the newest first, more of them by a click."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from pages.runs.results import test_rmse_of
from rnn.export.tracking import target as tracking
from rnn.runs.shelf_rows import ShelfRow
from rnn.runs.store import Store
from rnn.ui import session
from rnn.ui.kept import kept
from rnn.ui.wording import escaped

FIRST = 500  # rows that travel to the browser at once; "Show all" sends the rest
MOST = 10_000
TEST_SECONDS = 0.3  # that one drawing spends on test errors that nobody has asked for yet
EVERYONE, OWN = "All runs", "Yours"
_ALL, _WHOSE = "runs_all", "whose_runs"


def draw_heading(beside: Callable[[], None]) -> None:
    """The title, and the choice of whose runs. beside: draws what stands at the other end of the line."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="runs_heading"):
        st.subheader("Runs", anchor=False, width="content")
        st.segmented_control(
            "Whose runs", [EVERYONE, OWN], default=EVERYONE, required=True, key=_WHOSE,
            label_visibility="collapsed", persist_state="session",
        )  # fmt: skip
        st.space("stretch")
        beside()


def draw_tracking() -> None:
    """What keeps runs from being told to MLflow, where that was asked for."""
    said = tracking.problem(session.store())
    if said:
        st.warning(escaped(said, 500), icon=":material/cloud_off:")


def newest() -> list[ShelfRow]:
    """All runs, up to 10,000, newest first; read again only when something has changed. Those of everyone are read once for all
    sessions."""
    store = session.store()
    if st.session_state[_WHOSE] == OWN:
        own = session.session_id()
        return kept("shelf", (store.url, store.shelf_stamp(), own), lambda: store.shelf(MOST, session=own))
    return everyones(store)


def everyones(store: Store) -> list[ShelfRow]:
    """Those of all sessions. The server asks for them when it starts, so that the first click on Runs finds them read."""
    return _read(store, store.url, store.shelf_stamp())


@st.cache_resource(max_entries=1, show_spinner=False)
def _read(_store: Store, url: str, stamp: tuple[float, ...]) -> list[ShelfRow]:
    return _store.shelf(MOST)


def shown(rows: Sequence[ShelfRow]) -> list[ShelfRow]:
    """Those of them that the table holds, with what came of them on the test part, as far as that is known by now."""
    listed = list(rows) if st.session_state.get(_ALL) else list(rows[:FIRST])
    deadline = time.monotonic() + TEST_SECONDS
    for place, row in enumerate(listed):
        if lacks_test(row) and time.monotonic() < deadline:
            rmse = test_rmse_of(row.id, row.version)
            session.store().note_test_error(row.id, rmse)
            listed[place] = replace(row, tested=True, test_rmse=rmse)
    return listed


def lacks_test(row: ShelfRow) -> bool:
    """Whether the run's test error is still to be measured."""
    return row.has_test and not row.tested and not row.active and row.sketched and bool(row.epoch)


def draw_empty() -> None:
    if st.session_state[_WHOSE] == OWN:
        st.info("This browser session has not started a run yet.", icon=":material/history:")
    else:
        st.info("No run yet: every one that you train is listed here, and stays.", icon=":material/history:")
    st.page_link("train/page.py", label="Train a network", icon=":material/model_training:")


def draw_more(listed: int, found: int) -> None:
    """The button for the rest, where the table does not hold all."""
    if listed >= found:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Show all", icon=":material/expand_more:", on_click=_show_all, key="more_runs")
        st.caption(f"The newest {listed:,} of {found:,} are listed; sorting a column sorts these.")


def _show_all() -> None:
    st.session_state[_ALL] = True
