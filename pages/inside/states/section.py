"""States: what the network remembers along the window, what each unit follows, and one unit at a time."""

from __future__ import annotations

import streamlit as st

from pages.inside import epoch_choice
from pages.inside.gradient import error_travel
from pages.inside.states import choices, followed, hidden_states, unit
from pages.inside.view import View


def draw(view: View) -> None:
    st.fragment(_draw)(view)


def _draw(view: View) -> None:
    choice = choices.draw(view)
    measure = followed.measured(view, choice.letter)
    order = hidden_states.draw(view, choice, measure)
    error_travel.draw(view.part, view.window)
    if measure is not None and not epoch_choice.place_of(view.run).playing:
        unit.draw(view, choice, measure, order)
