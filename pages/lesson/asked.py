"""Which lesson the address asks for."""

from __future__ import annotations

import streamlit as st

from rnn.ui.lessons import Lesson
from rnn.ui.lessons.builtin import LESSONS
from rnn.ui.wording import escaped

KEY = "lesson"


def lesson() -> Lesson:
    """The lesson of the address; what cannot be taken is said, and the first lesson taken instead."""
    key = st.query_params.get(KEY, "")
    if key in LESSONS:
        return LESSONS[key]
    if key:
        st.warning(
            f"There is no lesson {escaped(repr(key), 60)}; the first one is shown. The others are listed below.",
            icon=":material/link_off:",
        )
    return next(iter(LESSONS.values()))
