"""The settings as a file: out to be kept or changed in an editor, and in again."""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import Any

import streamlit as st

from rnn.core.config import Config
from rnn.export import config_from_toml, config_to_toml
from rnn.ui import config_form, session
from rnn.ui.wording import escaped

_KEY, _TRIES, _SAID, _BEFORE = "toml_file", "toml_tries", "toml_said", "toml_before"


def draw_heading() -> None:
    """The heading of the settings, and beside it the way out and in as TOML."""
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="settings_head"
    ):
        st.subheader("Settings", anchor=False, width="content")
        with st.popover("TOML", icon=":material/tune:", key="settings_toml", help="Settings to a file, and from one."):
            _draw_way_out()
            _draw_way_in()


def _draw_way_out() -> None:
    try:
        config = config_form.config_from_form()
    except ValueError as error:
        st.caption(f"To be written the settings have to go together. {escaped(str(error), 300)}")
        return
    st.download_button(
        "To TOML", partial(_text, config), "settings.toml", "application/toml", icon=":material/download:", on_click="ignore",
        key="download_toml", help="Each setting as it stands, with what it means.",
    )  # fmt: skip


def _text(config: Config) -> bytes:
    return config_to_toml(config).encode()


def _draw_way_in() -> None:
    st.file_uploader(
        "From TOML", key=_key(), on_change=_take,
        help="A file as “To TOML” gives it. What it leaves out takes its default; where it has a mistake nothing is changed.",
    )  # fmt: skip
    said = st.session_state.get(_SAID)
    if said is not None:
        good, sentence = said
        (st.success if good else st.error)(escaped(sentence, 600))
    if _BEFORE in st.session_state:
        st.button(
            "Undo",
            icon=":material/undo:",
            key="undo_toml",
            on_click=_undo,
            help="The settings as they were before the file.",
        )


def _key() -> str:
    """Another one after each file, so that the same file, corrected, can be given again."""
    return f"{_KEY}_{st.session_state.get(_TRIES, 0)}"


def _take() -> None:
    uploaded = st.session_state[_key()]
    if uploaded is None:
        return
    st.session_state[_TRIES] = st.session_state.get(_TRIES, 0) + 1
    try:
        config = config_from_toml(uploaded.getvalue(), uploaded.name)
    except ValueError as error:
        st.session_state[_SAID] = False, f"{error} Nothing was changed."
        return
    before: dict[str, Any] = config_form.values_of_form()
    session.apply_settings(config)
    changed = sum(before[field] != value for field, value in dataclasses.asdict(config).items())
    st.session_state[_BEFORE] = before
    st.session_state[_SAID] = (
        True,
        f"{uploaded.name} was taken: {changed} setting{'' if changed == 1 else 's'} changed.",
    )


def _undo() -> None:
    config_form.set_values(st.session_state.pop(_BEFORE))
    st.session_state.pop(_SAID, None)
