"""Deleted runs: brought back by a click for 7 days, or gone for good; and what the store takes on the disk."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.runs import selection
from pages.runs.wording import age_in_words
from rnn.runs.disk import DiskUse
from rnn.runs.records import Run
from rnn.runs.shelf import KEPT_DAYS, Discarded
from rnn.ui import session
from rnn.ui.wording import bytes_in_words, escaped

_LAST = "runs_deleted_last"
MOST_LISTED = 20


def delete(ids: Sequence[str]) -> None:
    """Callback: take runs out of every list; `draw_bar` offers to bring them back."""
    store, gone = session.store(), []
    for run_id in ids:
        try:
            store.discard(run_id)
        except LookupError:  # gone already, by another page
            continue
        gone.append(run_id)
    st.session_state[_LAST] = gone
    selection.select(())
    if st.session_state.get(session.RUN) in gone:
        session.show_run(None)


def draw_bar() -> None:
    """What was deleted last, and the way back."""
    last = st.session_state.get(_LAST, ())
    waiting = {one.id: one for one in session.store().discarded()} if last else {}
    gone = [waiting[run_id] for run_id in last if run_id in waiting]
    if not gone:
        return
    what = f"**{escaped(gone[0].name) or gone[0].id}**" if len(gone) == 1 else f"**{len(gone)} runs**"
    with st.container(horizontal=True, vertical_alignment="center", key="undo_bar"):
        st.markdown(f":material/delete: Deleted {what}.", width="content")
        st.button(
            "Undo", icon=":material/undo:", key="undo_delete", on_click=_restore, args=([one.id for one in gone],)
        )
        st.button("Close", icon=":material/close:", type="tertiary", key="undo_close", on_click=_forget)


def draw_store() -> None:
    """At the end of the page: the room on the disk, and all deleted runs."""
    gone = session.store().discarded()
    title = f"Deleted runs · {len(gone)}" if gone else "Room on the disk"
    with st.expander(title, icon=":material/delete:" if gone else ":material/hard_drive:"):
        use = _disk_use()
        kinds = ", ".join(f"{kind.lower()} {bytes_in_words(size)}" for kind, size in use.kinds.items() if size)
        st.markdown(f"The store takes **{bytes_in_words(use.total)}** on the disk: {kinds}.")
        if gone:
            _draw_gone(gone)


def _draw_gone(gone: Sequence[Discarded]) -> None:
    st.caption(f"A deleted run can be brought back for {KEPT_DAYS} days; then it goes for good. Its series stays.")
    for one in gone[:MOST_LISTED]:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button("Restore", icon=":material/undo:", key=f"restore-{one.id}", on_click=_restore, args=([one.id],))
            st.markdown(f"{escaped(one.name) or one.id} · deleted {age_in_words(one.discarded)}", width="content")
    if len(gone) > MOST_LISTED:
        st.caption(f"And {len(gone) - MOST_LISTED:,} that were deleted before.")
    with st.popover("Empty", icon=":material/delete_forever:", key="empty_trash"):
        runs = "the deleted run" if len(gone) == 1 else f"all {len(gone):,} deleted runs"
        st.markdown(f"Let {runs} go, with epochs, weights and predictions? This cannot be undone.")
        st.button("Delete for good", type="primary", key="empty_confirm", on_click=_empty)


def warning_of(run: Run) -> str:
    """What a user should know before the button is pressed."""
    said = [f"It can be brought back for {KEPT_DAYS} days."]
    if run.active:
        said.append("It is waiting or training: deleting pauses it.")
    if run.session != session.session_id():
        said.append("Another session started it.")
    return " ".join(said)


@st.cache_data(ttl=20, show_spinner=False)
def _disk_use() -> DiskUse:
    return session.store().disk_use()


def _restore(ids: Sequence[str]) -> None:
    back = [run_id for run_id in ids if session.store().restore(run_id)]
    if back:
        selection.select(back)


def _forget() -> None:
    st.session_state[_LAST] = []


def _empty() -> None:
    session.store().empty_trash()
    _disk_use.clear()
