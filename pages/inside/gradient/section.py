"""Gradient: whether it is right."""

from __future__ import annotations

import streamlit as st

from pages.inside.gradient import check
from pages.inside.view import View


def draw(view: View) -> None:
    st.fragment(check.draw)(view.subject)
