"""A place for files that are taken one at a time, each once, and what is said of the last one."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from rnn.ui.wording import escaped

Take = Callable[[str, bytes], str]
"""Takes a file in by its name and content, and returns the sentence to be said of it; ValueError says why it cannot."""


def key_of(name: str) -> str:
    """The key of the uploader: another one after each file, so that the same file, corrected, can be given again."""
    return f"{name}_{st.session_state.get(_tries(name), 0)}"


def draw(label: str, name: str, take: Take, help: str) -> None:
    """name: of this place in the session."""
    st.file_uploader(label, key=key_of(name), on_change=_taken, args=(name, take), help=help)


def draw_outcome(name: str, *, icons: bool = False) -> None:
    """What became of the last file."""
    said = st.session_state.get(_said(name))
    if said is not None:
        good, sentence = said
        icon = (":material/check:" if good else ":material/error:") if icons else None
        (st.success if good else st.error)(escaped(sentence, 600), icon=icon)


def forget_outcome(name: str) -> None:
    st.session_state.pop(_said(name), None)


def _taken(name: str, take: Take) -> None:
    uploaded = st.session_state[key_of(name)]
    if uploaded is None:
        return
    st.session_state[_tries(name)] = st.session_state.get(_tries(name), 0) + 1
    try:
        st.session_state[_said(name)] = True, take(uploaded.name, uploaded.getvalue())
    except ValueError as error:
        st.session_state[_said(name)] = False, str(error)


def _tries(name: str) -> str:
    return f"{name}_tries"


def _said(name: str) -> str:
    return f"{name}_said"
