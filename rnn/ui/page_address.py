"""The address of the page: what is written to it, only where it differs from what stands there."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st


def put(name: str, text: str | None) -> None:
    """This parameter says `text`; None takes it out."""
    if st.query_params.get(name) == text:
        return
    if text is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = text


def put_list(name: str, texts: Sequence[str]) -> None:
    """This parameter stands once for each of the texts; none takes it out."""
    if st.query_params.get_all(name) == list(texts):
        return
    if texts:
        st.query_params[name] = list(texts)
    else:
        st.query_params.pop(name, None)
