"""The sections of the page and the control that opens one of them: only the open one is computed."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.learn import address, published, questions
from pages.learn.asked.labels import QUESTIONS, SECTION_KEY
from pages.learn.mended import section as mended
from pages.learn.walk import section as walk
from pages.lesson import catalogue
from rnn.ui.page_address import put

# Name → what draws it. The name stands in the page's address as well (`learn=…`), so it must not change lightly.
SECTIONS: dict[str, Callable[[], None]] = {
    "Walk": walk.draw,
    "As published": published.draw,
    "Mended": mended.draw,
    QUESTIONS: questions.draw,
    "Lessons": catalogue.draw_list,
}
_PARAMETER = "learn"
OWN_PARAMETERS = {"step": "Walk", "question": QUESTIONS}


def draw() -> None:
    names = list(SECTIONS)
    if SECTION_KEY not in st.session_state:
        st.session_state[SECTION_KEY] = address.take_name(_PARAMETER, names, _of_parameters())
    chosen = st.segmented_control(
        "Section", names, key=SECTION_KEY, required=True, label_visibility="collapsed", persist_state="session"
    )
    put(_PARAMETER, chosen if chosen != names[0] else None)
    for parameter, section in OWN_PARAMETERS.items():
        if section != chosen:
            put(parameter, None)
    SECTIONS[chosen]()


def _of_parameters() -> str:
    """The section that the address means without naming it."""
    return next((section for name, section in OWN_PARAMETERS.items() if name in st.query_params), next(iter(SECTIONS)))
