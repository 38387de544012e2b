"""The address of the page: where it lies, and what is written to it, only where that differs from what stands there."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

# Of all pages but Train, which lies at the address of the server itself.
PATHS = ("data", "forecast", "race", "runs", "inside", "learn", "lesson", "teach")


def server() -> str:
    """The address of this server as the browser knows it, a base path included."""
    address, path = _location(), path_of_page()
    return address.removesuffix(f"/{path}") if path else address


def path_of_page() -> str:
    """One of PATHS; "" for Train."""
    last = _location().rpartition("/")[2]
    return last if last in PATHS else ""


def _location() -> str:
    return (st.context.url or "").split("?")[0].split("#")[0].removesuffix("/")


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
