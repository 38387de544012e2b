"""Fit: what the network of the epoch predicts, beside what happened. Played, it is the run once more."""

from __future__ import annotations

import streamlit as st

from pages.inside.fit import standing, tracks
from pages.inside.view import View


def draw(view: View) -> None:
    standing.draw(view)
    st.fragment(tracks.draw)(view)
