"""The part of the page that redraws while a run goes on: verdict, progress, losses, predictions."""

from __future__ import annotations

import time

import streamlit as st

from pages.train import losses, predictions, progress, remedies, verdict_line
from pages.train.preflight_note import Setup
from rnn.runs.records import Run
from rnn.ui import run_history, session, store_notice

POLL_SECONDS = 0.35
# A run that has waited for a while is looked at less often: the machine is busy with the runs before it.
WAITING_POLL_SECONDS, PATIENCE_SECONDS = 1.0, 2.0
# Streamlit throws away what a fragment has drawn and not sent yet when its next turn begins, but still tells the browser
# that the turn before was complete, which then removes the chart. This leaves it the time to send.
SENDING_SECONDS = 0.05


def poll_seconds(run: Run | None) -> float | None:
    """How often to look at the run; None: not again."""
    if run is None or not run.active:
        return None
    since: dict[str, float] = st.session_state.setdefault("waiting_since", {})
    if run.state != "queued":
        since.pop(run.id, None)
        return POLL_SECONDS
    waited = time.monotonic() - since.setdefault(run.id, time.monotonic())
    return POLL_SECONDS if waited < PATIENCE_SECONDS else WAITING_POLL_SECONDS


def draw(setup: Setup, drawn: Run | None, poll: float | None) -> None:
    """A fragment. drawn: the run as the rest of the page has drawn it; when its state has moved on, the page follows.
    poll: how often this runs.

    What comes and goes stands in a container of its own: were the charts to change places, the browser would build them
    anew and lose the zoom. A store that cannot be read is told of, and looked at again.
    """
    with store_notice.or_a_sentence():
        _draw(setup, drawn, poll)
    if poll is not None:
        time.sleep(SENDING_SECONDS)


def _draw(setup: Setup, drawn: Run | None, poll: float | None) -> None:
    run = session.store().run(drawn.id) if drawn else None
    if drawn is not None and (run is None or run.state != drawn.state or poll_seconds(run) != poll):
        # Another page that has been asked for meanwhile goes first: `rerun` would take the place of that request, and drawing
        # is where Streamlit looks for one. The container is the one below, so nothing moves.
        st.container(gap="small")
        st.rerun()
    seen = run_history.seen(run) if run else None
    with st.container(gap="small"):
        with st.container(gap="xsmall", key="verdict"):
            verdict_line.draw(run, seen)
            remedies.draw_fitting(setup, run, seen.verdict if seen else None)
        progress.draw(run, seen)
        if run is not None:
            remedies.draw(setup, run)
    left, right = st.columns([5, 7], gap="medium")
    with left:
        losses.draw(run, seen)
    with right:
        predictions.draw(setup, run, seen)
