"""States: what the network remembers along the window."""

from __future__ import annotations

import streamlit as st

from pages.inside.states import hidden_states
from pages.inside.view import View


def draw(view: View) -> None:
    st.fragment(hidden_states.draw)(view)
