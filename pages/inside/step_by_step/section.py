"""Step by step: the forward pass and backpropagation through time on the chosen window, one time step a click."""

from __future__ import annotations

import time

import streamlit as st

from pages.inside.most_heard import most_heard
from pages.inside.step_by_step import controls, words
from pages.inside.step_by_step.passes import passes_of
from pages.inside.step_by_step.picture import draw as draw_picture
from pages.inside.view import View

MOST_STEPS = 2000
# Streamlit throws away what a fragment has drawn and not sent yet when its next turn begins; see pages/train/watch.py.
SENDING_SECONDS = 0.05


def draw(view: View) -> None:
    if view.config.steps > MOST_STEPS:
        st.info(
            f"Every number of the walk is kept, so it takes windows of at most {MOST_STEPS:,} steps; this run’s have "
            f"{view.config.steps:,}. Gradient shows how far its error travels.",
            icon=":material/info:",
        )
        return
    on = controls.playing()
    st.fragment(_draw, run_every=controls.PACE if on else None)(view, on)


def _draw(view: View, was_playing: bool) -> None:
    """A fragment. was_playing: whether it is drawn again and again; when that has to change the page begins anew."""
    passes = passes_of(view)
    walk = passes.walk
    controls.advance(view, walk)
    if controls.playing() != was_playing:
        st.rerun()
    unit = _choose_unit(view)
    controls.draw(view, walk)
    place = walk.at(controls.position(view, walk))
    draw_picture(view, passes, place, unit)
    words.draw(view, passes, place, unit)
    if was_playing:
        time.sleep(SENDING_SECONDS)


def _choose_unit(view: View) -> int:
    key = f"step_by_step_unit:{view.run.id}:{view.part.layer}"
    st.session_state.setdefault(key, most_heard(view.part))
    if view.config.hidden > 1:
        st.number_input(
            "Unit", 0, view.config.hidden - 1, step=1, key=key, width=130, persist_state="session",
            help="The hidden unit whose numbers are shown. At first it is the one that the output listens to most.",
        )  # fmt: skip
    return int(st.session_state[key])
