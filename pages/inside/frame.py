"""The frame of a run: epoch, part and window are chosen above, and one section looks at them."""

from __future__ import annotations

import time
from dataclasses import replace

import streamlit as st

from pages.inside import at_epoch, epoch_choice, epoch_line, link, part, scrubber, sections, window_choice
from pages.inside.gradient import check
from pages.inside.subject import Subject, say_where_to_start
from pages.inside.view import View
from rnn.runs.records import Run
from rnn.ui import session, share
from rnn.ui.live_chart import is_moving

# Streamlit throws away what a fragment has drawn and not sent yet when its next turn begins; see pages/train/watch.py.
SENDING_SECONDS = 0.05


def draw(subject: Subject) -> None:
    """The frame, redrawn by itself while the run is played or trains."""
    run = subject.run
    assert run is not None
    kept = at_epoch.kept_epochs(run)
    if not kept:
        _say_that_there_are_none(subject)
        return
    epoch_choice.adopt(run, kept)
    poll = epoch_choice.poll_seconds(run)
    st.fragment(_draw, run_every=poll)(subject, poll)


def _say_that_there_are_none(subject: Subject) -> None:
    run = subject.run
    assert run is not None
    sentence = "This run has not stored any weights yet; its first come with its first epochs."
    if not run.active:
        verb = "diverged" if run.state == "diverged" else "ended"
        sentence = f"This run has not stored any weights: it {verb} before its first epoch was done."
    say_where_to_start(sentence)
    st.fragment(_wait, run_every=epoch_choice.FOLLOW_SECONDS if run.active else None)(run)
    st.fragment(check.draw)(subject)


def _wait(seen: Run) -> None:
    """A fragment: begins the page anew when there is something to see."""
    run = session.store().run(seen.id)
    if run is None or run.state != seen.state or at_epoch.kept_epochs(run):
        st.rerun()


def _draw(subject: Subject, poll: float | None) -> None:
    """A fragment. poll: how often it runs."""
    assert subject.run is not None
    run = session.store().run(subject.run.id)
    with st.container(gap="small"):  # where notes come and go, so that nothing below is built anew
        if run is None:
            st.rerun()
        kept = at_epoch.kept_epochs(run)
        at = epoch_choice.shown(run, kept)
        if epoch_choice.poll_seconds(run) != poll:
            st.rerun()
        subject = replace(subject, run=run)
        notes = st.container(gap="small")
        try:
            fit = at_epoch.at_epoch(subject, at)
        except LookupError as error:
            st.warning(str(error), icon=":material/info:")
            scrubber.draw(run, kept, at, at_epoch.history(run))
            return
        epoch_line.draw(run, fit)
        beside = scrubber.draw(run, kept, at, fit.history)
    epoch_choice.remember_in_link(run, kept, moving=is_moving(scrubber.KEY))
    section = sections.choose(run)
    with st.container(gap="small", key="inside_look_at"):
        looked_at = part.find(fit.model, run, drawn=section.part)
        window, validation = window_choice.find(subject, fit.model, run, drawn=section.window)
    with notes:
        link.draw_notes()
    with beside:
        share.draw(share.Shared("inside", session.choice_of_run(run), run.config, run))
    section.draw(View(subject, run, fit, at, looked_at, window, validation))
    if poll is not None:
        time.sleep(SENDING_SECONDS)
