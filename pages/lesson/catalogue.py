"""The lessons that there are, and the ways from one to the next."""

from __future__ import annotations

import streamlit as st

from rnn.ui.lessons import Lesson
from rnn.ui.lessons.builtin import LESSONS

PAGE = "lesson/page.py"


def draw_list() -> None:
    """A link to each lesson that comes with the product. For any page."""
    for number, lesson in enumerate(LESSONS.values(), 1):
        draw_link(lesson, f"{number}. {lesson.title}")


def draw_link(lesson: Lesson, label: str, icon: str | None = None) -> None:
    st.page_link(PAGE, label=label, icon=icon, query_params={"lesson": lesson.key})


def draw_neighbours(lesson: Lesson) -> None:
    """The lesson before, the lesson after, and all of them."""
    keys = list(LESSONS)
    at = keys.index(lesson.key) if lesson.key in LESSONS else -1
    with st.container(horizontal=True, horizontal_alignment="distribute", key="lesson_neighbours"):
        if at > 0:
            before = LESSONS[keys[at - 1]]
            draw_link(before, before.title, ":material/arrow_back:")
        if at + 1 < len(keys):
            after = LESSONS[keys[at + 1]]
            draw_link(after, after.title, ":material/arrow_forward:")
    with st.expander("All lessons", icon=":material/list:"):
        draw_list()
