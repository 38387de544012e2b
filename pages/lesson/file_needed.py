"""A lesson about a file that is not on this server asks whoever has it to give it."""

from __future__ import annotations

import streamlit as st

from rnn.data import BadFile
from rnn.runs.packing import file_hash
from rnn.ui import chosen_series, session
from rnn.ui.chosen_series import Choice
from rnn.ui.wording import escaped


def draw(choice: Choice) -> None:
    st.warning(
        "This lesson is about a file that is not here: files stay on the server where they were uploaded. If you have it, "
        "choose it below; it must be the very same file.",
        icon=":material/draft:",
    )
    upload = st.file_uploader("The lesson’s file", key=f"lesson_file:{choice.data}")
    if upload is None:
        return
    content = upload.getvalue()
    if file_hash(content) != choice.file_hash:
        st.error(
            f"{escaped(upload.name)} is another file than the lesson’s: its content differs.", icon=":material/error:"
        )
        return
    try:
        chosen_series.read_table(choice.data, choice.reading, _upload=(upload.name, content))
    except BadFile as error:
        st.error(escaped(str(error), 600), icon=":material/error:")
        return
    session.store().add_file(upload.name, content)
    st.rerun()
