"""The link of the lesson, live: to be copied, tried and sent; and how the lesson begins for a learner."""

from __future__ import annotations

import streamlit as st

from pages.lesson import catalogue, question
from rnn.ui.lessons import LONGEST, Lesson
from rnn.ui.lessons.address import MOST_LETTERS, parameters, query_of
from rnn.ui.page_address import server
from rnn.ui.wording import escaped


def draw(lesson: Lesson | None) -> None:
    st.markdown("##### The link")
    if lesson is None:
        st.markdown(":gray[The link appears here when everything is in order.]")
        return
    address = f"{server()}/lesson?{query_of(lesson)}"
    if len(address) > MOST_LETTERS:
        st.error(
            f"The link would have {len(address):,} letters, and at most {MOST_LETTERS:,} are sure to arrive; shorten the "
            "texts, or take a series with fewer repairs.",
            icon=":material/error:",
        )
        return
    st.code(address, language=None, wrap_lines=True, height=160)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.page_link(catalogue.PAGE, label="Try it", icon=":material/play_arrow:", query_params=parameters(lesson))
        st.caption(
            f"{len(address):,} letters of at most {MOST_LETTERS:,}; all of the lesson is in it.", width="content"
        )


def draw_preview(lesson: Lesson | None) -> None:
    """The lesson as a learner first sees it."""
    if lesson is None:
        return
    st.markdown("##### What the learner sees")
    with st.container(border=True, key="teach_preview"):
        st.markdown(f"**{escaped(lesson.title, LONGEST['title'])}**")
        st.markdown(escaped(lesson.text, LONGEST["text"]))
        question.draw_settings(lesson)
        question.draw_answers(lesson, key="teach_guess")
