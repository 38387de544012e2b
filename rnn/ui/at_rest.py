"""A page on which nothing moves still takes up what others do: in another tab, on another server of the same database."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

LOOK_SECONDS = 2.0


def follow(read: Callable[[], object]) -> None:
    """Draw the page again once `read`, which is asked every other second and must be cheap, gives something else than now."""
    st.fragment(_look, run_every=LOOK_SECONDS)(read, read())


def _look(read: Callable[[], object], seen: object) -> None:
    if read() != seen:
        st.rerun()
