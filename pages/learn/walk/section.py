"""The walk: nine steps one after another, each with something to move and the code that does it."""

from __future__ import annotations

import streamlit as st

from pages.learn import address
from pages.learn.asked.labels import LABELS, open_question
from pages.learn.code import draw_folded
from pages.learn.walk.steps import STEPS
from rnn.ui.page_address import put

_KEY, _PARAMETER = "walk_step", "step"


def draw() -> None:
    if _KEY not in st.session_state:
        st.session_state[_KEY] = address.take_number(_PARAMETER, 1, len(STEPS), 1)
    number = _draw_stepper()
    put(_PARAMETER, str(number))
    step = STEPS[number - 1]
    st.markdown(f"##### {number} · {step.title}")
    st.markdown(step.words)
    st.fragment(step.draw)()
    draw_folded(*step.code)
    if step.questions:
        _draw_questions(step.questions)


def _draw_stepper() -> int:
    now = st.session_state[_KEY]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="walk_stepper"):
        st.button(
            "Previous", icon=":material/arrow_back:", key="walk_back", shortcut="p", disabled=now == 1,
            on_click=_go, args=(now - 1,),
        )  # fmt: skip
        st.button(
            "Next", icon=":material/arrow_forward:", icon_position="right", key="walk_on", shortcut="n",
            disabled=now == len(STEPS), type="primary", on_click=_go, args=(now + 1,),
        )  # fmt: skip
        number = st.segmented_control(
            "Step of the walk", list(range(1, len(STEPS) + 1)), key=_KEY, required=True, label_visibility="collapsed",
            format_func=lambda k: f"{k} {STEPS[k - 1].short}" if k == now else str(k), persist_state="session", wrap=True,
        )  # fmt: skip
    return int(number)


def _draw_questions(slugs: tuple[str, ...]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="walk_questions"):
        st.caption("Readers asked:", width="content")
        for slug in slugs:
            st.button(LABELS[slug], type="tertiary", wrap=True, key=f"ask_{slug}", on_click=open_question, args=(slug,))


def _go(number: int) -> None:
    st.session_state[_KEY] = number
