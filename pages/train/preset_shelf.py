"""The settings under a name: saved, renamed, deleted and brought back."""

from __future__ import annotations

import streamlit as st

from rnn.core.config import Config
from rnn.runs.presets import LONGEST_PRESET_NAME
from rnn.ui import config_form, preset_picker, session
from rnn.ui.wording import escaped

_NAME, _PICK, _RENAME = "preset_name", "preset_kept", "preset_rename"
_SAID, _ASKED, _DELETED = "preset_said", "preset_asked", "preset_deleted"


def draw() -> None:
    """Save what the form stands at, and look after what was saved."""
    st.text_input(
        "Save as a preset", key=_NAME, max_chars=LONGEST_PRESET_NAME, placeholder="Name of the preset", on_change=_forget,
        help="All settings as they stand, the seed included; not the series. All who use this Unroll find it in the list of "
        "presets. A link never needs it: it carries the settings themselves.",
    )  # fmt: skip
    asked = st.session_state.get(_ASKED)
    if asked is None:
        st.button("Save", icon=":material/bookmark_add:", key="preset_save", on_click=_save)
    else:
        st.warning(f"There is a preset “{escaped(asked)}” already, with other settings.")
        with st.container(horizontal=True, gap="small"):
            st.button("Overwrite", key="preset_overwrite", on_click=_save, args=(True,))
            st.button("Cancel", key="preset_cancel", on_click=_forget)
    _draw_saved()
    _draw_outcome()


def _draw_saved() -> None:
    store = session.store()
    saved = store.presets()
    if saved:
        if st.session_state.get(_PICK) not in saved:
            st.session_state[_PICK] = next(iter(saved))
        st.selectbox("Saved presets", list(saved), key=_PICK)
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            st.text_input(
                "New name", key=_RENAME, max_chars=LONGEST_PRESET_NAME, label_visibility="collapsed",
                placeholder="New name", width=150,
            )  # fmt: skip
            st.button("Rename", key="preset_rename_button", on_click=_rename)
            st.button("Delete", icon=":material/delete:", key="preset_delete", on_click=_delete)
    for name in store.unreadable_presets():
        st.caption(
            f":material/info: The preset “{escaped(name)}” was saved by a newer Unroll, which this one cannot read."
        )


def _draw_outcome() -> None:
    said = st.session_state.get(_SAID)
    if said is not None:
        good, sentence = said
        (st.caption if good else st.error)(escaped(sentence, 300))
    if _DELETED in st.session_state:
        st.button("Undo", icon=":material/undo:", key="preset_undo", on_click=_undo)


def _save(overwrite: bool = False) -> None:
    name, store = st.session_state.get(_NAME, ""), session.store()
    st.session_state.pop(_DELETED, None)
    try:
        config = config_form.config_from_form()
        preset_picker.check_name(name)
        standing = store.preset(name)
        if standing is not None and standing != config and not overwrite:
            st.session_state[_ASKED], st.session_state[_SAID] = " ".join(name.split()), None
            return
        kept = store.save_preset(name, config, overwrite=overwrite or standing == config)
    except ValueError as error:
        _say(False, str(error))
        return
    preset_picker.show(kept)
    st.session_state[_NAME], st.session_state[_PICK] = "", kept
    _say(True, f"“{kept}” is saved.")


def _rename() -> None:
    old, new = st.session_state[_PICK], st.session_state.get(_RENAME, "")
    st.session_state.pop(_DELETED, None)
    try:
        preset_picker.check_name(new)
        kept = session.store().rename_preset(old, new)
    except (ValueError, LookupError) as error:
        _say(False, str(error.args[0]))
        return
    preset_picker.show(kept)
    st.session_state[_RENAME], st.session_state[_PICK] = "", kept
    _say(True, f"“{old}” is now “{kept}”.")


def _delete() -> None:
    name, store = st.session_state[_PICK], session.store()
    config = store.preset(name)
    if store.delete_preset(name) and config is not None:
        st.session_state[_DELETED] = (name, config)
        _say(True, f"“{name}” is deleted.")


def _undo() -> None:
    deleted: tuple[str, Config] = st.session_state.pop(_DELETED)
    try:
        session.store().save_preset(*deleted)
    except ValueError as error:  # the name was taken meanwhile
        _say(False, str(error))
        return
    st.session_state[_PICK] = deleted[0]
    _say(True, f"“{deleted[0]}” is back.")


def _forget() -> None:
    st.session_state[_ASKED] = st.session_state[_SAID] = None
    st.session_state.pop(_DELETED, None)


def _say(good: bool, sentence: str) -> None:
    st.session_state[_ASKED], st.session_state[_SAID] = None, (good, sentence)
