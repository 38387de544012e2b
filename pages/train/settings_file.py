"""The settings kept: under a name as a preset, or as a file to be changed in an editor and given back."""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import Any

import streamlit as st

from pages.train import preset_shelf
from rnn.core.config import Config
from rnn.export import config_to_toml, settings_in
from rnn.ui import config_form, one_upload, session
from rnn.ui.wording import escaped

_NAME, _BEFORE = "toml_file", "toml_before"


def draw_heading() -> None:
    """The heading of the settings, and beside it the presets that were saved and the way out and in as TOML."""
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="settings_head"
    ):
        st.subheader("Settings", anchor=False, width="content")
        with st.popover(
            "Save", icon=":material/bookmark:", key="settings_save", help="Save the settings as a preset or to a file."
        ):
            preset_shelf.draw()
            st.divider()
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
    one_upload.draw(
        "From a file", _NAME, _take,
        "A file as “To TOML” gives it, or whatever else of a run holds its settings: script, notebook, weights, .unroll, zip. "
        "What it leaves out takes its default; where it has a mistake nothing is changed.",
    )  # fmt: skip
    one_upload.draw_outcome(_NAME)
    if _BEFORE in st.session_state:
        st.button(
            "Undo",
            icon=":material/undo:",
            key="undo_toml",
            on_click=_undo,
            help="The settings as they were before the file.",
        )


def _take(name: str, content: bytes) -> str:
    try:
        config = settings_in(content, name)
    except ValueError as error:
        raise ValueError(f"{error} Nothing was changed.") from None
    before: dict[str, Any] = config_form.values_of_form()
    session.apply_settings(config)
    changed = sum(before[field] != value for field, value in dataclasses.asdict(config).items())
    st.session_state[_BEFORE] = before
    return f"{name} was taken: {changed} setting{'' if changed == 1 else 's'} changed."


def _undo() -> None:
    config_form.set_values(st.session_state.pop(_BEFORE))
    one_upload.forget_outcome(_NAME)
