"""Weights: the matrices of the network."""

from __future__ import annotations

import streamlit as st

from pages.inside.view import View
from pages.inside.weights import matrices


def draw(view: View) -> None:
    st.fragment(matrices.draw)(view)
