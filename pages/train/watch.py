"""The part of the page that redraws while a run goes on: verdict, progress, losses, predictions."""

from __future__ import annotations

import time

import streamlit as st

from pages.train import losses, predictions, progress, remedies, verdict_line
from pages.train.preflight_note import Setup
from rnn.runs.records import Run
from rnn.ui import run_history, session

POLL_SECONDS = 0.25
# Streamlit throws away what a fragment has drawn and not sent yet when its next turn begins, but still tells the browser
# that the turn before was complete, which then removes the chart. This leaves it the time to send.
SENDING_SECONDS = 0.05


def draw(setup: Setup, drawn: Run | None) -> None:
    """A fragment. drawn: the run as the rest of the page has drawn it; when its state has moved on, the page follows.

    What comes and goes stands in a container of its own: were the charts to change places, the browser would build them
    anew and lose the zoom.
    """
    run = session.store().run(drawn.id) if drawn else None
    if drawn is not None and (run is None or run.state != drawn.state):
        st.rerun()
    seen = run_history.seen(run) if run else None
    with st.container(gap="small"):
        verdict_line.draw(seen)
        progress.draw(run, seen)
        if run is not None:
            remedies.draw(setup, run)
    left, right = st.columns([5, 7], gap="medium")
    with left:
        losses.draw(run, seen)
    with right:
        predictions.draw(setup, run, seen)
    time.sleep(SENDING_SECONDS)
