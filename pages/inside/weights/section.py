"""Weights: the matrices at the epoch, and what became of them over all epochs."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.inside import at_epoch, epoch_choice
from pages.inside.states.quantities import QUANTITIES
from pages.inside.view import View
from pages.inside.weights import course, matrices, over_epochs
from pages.inside.weights.blocks import Place
from rnn.core.inspection import GATES
from rnn.ui import session

# A share of a redraw: the digest of all epochs comes bit by bit, so that the page answers meanwhile.
SECONDS = 0.1
AGAIN_SECONDS = 0.4


def draw(view: View) -> None:
    place = Place(view.config.cell, view.config.seeds, view.part.member, view.part.layer, _choose_gate(view))
    known = course.course_of(view.run.id, place)
    kept = at_epoch.kept_epochs(view.run)
    read = partial(session.store().params_at, view.run.id)
    playing = epoch_choice.place_of(view.run).playing
    complete = course.go_on(known, place, kept, read, 0.02 if playing else SECONDS)
    st.fragment(matrices.draw)(view, place, known)
    radii = st.container(gap="small", key="inside_radii")
    st.fragment(over_epochs.draw, run_every=None if complete or playing else AGAIN_SECONDS)(
        view, place, known, complete
    )
    with radii:
        matrices.say_radii_of(view)


def _choose_gate(view: View) -> str:
    cell = view.config.cell
    letters = GATES[cell]
    if len(letters) == 1:
        return letters[0]
    chosen = st.segmented_control(
        "Gate", letters, default=letters[0], required=True, key=f"inside_gate:{cell}", persist_state="session",
        format_func=lambda letter: QUANTITIES[cell][letter].name, on_change=epoch_choice.pause, args=(view.run,),
    )  # fmt: skip
    return str(chosen)
