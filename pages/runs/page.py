"""Runs: every run in the store, newest first; the selected one to open, forecast from, rename or delete."""

import streamlit as st

from pages.runs import details, listing, table
from pages.runs.leave import arrive
from rnn.ui import session

POLL_SECONDS = 2.0


def draw(watched: bool) -> None:
    """A fragment. watched: whether a run was at work when the page was drawn; when that changes the page begins anew."""
    runs, more = listing.newest()
    if any(run.active for run in runs) != watched:
        st.rerun()
    if not runs:
        listing.draw_empty()
        return
    selected = table.draw(runs)
    if more:
        listing.draw_more(len(runs))
    details.draw(selected)


session.prepare(session.current_run())
listing.draw_heading()
arrive.draw()
at_work = any(run.active for run in listing.newest()[0])
st.fragment(draw, run_every=POLL_SECONDS if at_work else None)(at_work)
