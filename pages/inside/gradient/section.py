"""Gradient: how it travels back through time, over the run and along the window, and whether it is right."""

from __future__ import annotations

import streamlit as st

from pages.inside.gradient import check, through_time, window_flow
from pages.inside.view import View


def draw(view: View) -> None:
    with st.container(key="gradient_over_epochs"):
        through_time.draw(view)
    with st.container(key="gradient_of_window"):
        st.fragment(window_flow.draw)(view)
    st.fragment(check.draw)(view.subject)
