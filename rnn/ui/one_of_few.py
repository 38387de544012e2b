"""A choice among two or three that says by its names what it is about: no label to be seen, kept for the session."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st


def one_of_few(label: str, options: Sequence[str], key: str, *, default: str | None = None) -> str:
    """label: for those who hear the page. default: what is chosen at first, else the first option."""
    return str(
        st.segmented_control(
            label, options, default=default or options[0], required=True, key=key, label_visibility="collapsed",
            persist_state="session",
        )
    )  # fmt: skip
