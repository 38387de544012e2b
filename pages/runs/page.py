"""Runs: every run in the store, newest first; one selected to look at, several to compare."""

import streamlit as st

from pages.runs import details, filters, listing, selection, table, undo
from pages.runs.compare import section as compare
from pages.runs.leave import arrive
from rnn.ui import at_rest, session

POLL_SECONDS = 2.0


def draw(watched: bool) -> None:
    """A fragment. watched: whether something was still to come when the page was drawn; when that changes it begins anew."""
    runs = listing.newest()
    listing.draw_tracking()
    undo.draw_bar()
    if not runs:
        listing.draw_empty()
        undo.draw_store()
        return
    wanted = selection.wanted([row.id for row in runs])
    selection.draw_missing()
    asked = filters.draw(runs)
    found = asked.kept(runs)
    chosen = list(wanted)
    if found:
        listed = listing.shown(found)
        chosen = table.draw(listed, wanted, st.session_state[filters.COLUMNS])
        listing.draw_more(len(listed), len(found))
    else:
        filters.draw_none_found()
    selection.remember(chosen)
    draw_chosen(chosen)
    undo.draw_store()
    if to_come() != watched:
        st.rerun()


def draw_chosen(chosen: list[str]) -> None:
    """The one run, or the comparison of several; one beside the pinned baseline is both."""
    store = session.store()
    runs = [run for run in map(store.run, chosen) if run is not None]
    pinned = store.pinned()
    if not runs:
        st.caption("Select a run to look at it, or several to compare them.")
    elif len(runs) == 1:
        details.draw(runs[0], pinned)
    compare.draw(runs, store.run(pinned) if pinned else None)


def to_come() -> bool:
    """Whether a run is at work, or a curve or a test error of the list is still to be read."""
    return any(row.active or not row.sketched or listing.lacks_test(row) for row in listing.newest()[: listing.FIRST])


session.prepare(session.current_run(), asking=False)
listing.draw_heading(arrive.draw)
arrive.draw_outcome()
begun = to_come()
st.fragment(draw, run_every=POLL_SECONDS if begun else None)(begun)
if not begun:
    at_rest.follow(session.store().shelf_stamp)
