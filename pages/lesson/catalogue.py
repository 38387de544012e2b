"""The lessons that there are, and the ways from one to the next."""

from __future__ import annotations

import streamlit as st

from rnn.ui.lessons import Lesson
from rnn.ui.lessons.address import DRAFT, query_of
from rnn.ui.lessons.builtin import LESSONS
from rnn.ui.wording import escaped

PAGE, TEACH = "lesson/page.py", "teach/page.py"


def draw_list() -> None:
    """A link to each lesson that comes with the product, and to the page on which one makes one's own. For any page."""
    st.markdown("Each breaks a network on purpose: guess what will happen, see it trained, read why, mend it.")
    for number, lesson in enumerate(LESSONS.values(), 1):
        with st.container(gap=None):
            draw_link(lesson, f"{number}. {lesson.title}")
            st.caption(f"\u2002{escaped(lesson.question)}")
    st.page_link(TEACH, label="Make a lesson of your own", icon=":material/edit:")


def draw_link(lesson: Lesson, label: str, icon: str | None = None) -> None:
    st.page_link(PAGE, label=label, icon=icon, query_params={"lesson": lesson.key})


def draw_place(lesson: Lesson) -> None:
    """Where this lesson stands among the others."""
    keys = list(LESSONS)
    number = f"Lesson {keys.index(lesson.key) + 1} of {len(keys)}" if lesson.key else "A lesson by link"
    st.caption(f":material/school: {number}")


def draw_neighbours(lesson: Lesson) -> None:
    """The lesson before, the lesson after, all of them, and the page on which one makes one's own."""
    keys = list(LESSONS)
    at = keys.index(lesson.key) if lesson.key else -1
    with st.container(horizontal=True, key="lesson_neighbours"):
        if at > 0:
            before = LESSONS[keys[at - 1]]
            draw_link(before, f"Previous: {before.title}", ":material/arrow_back:")
        if at + 1 < len(keys):
            after = LESSONS[keys[at + 1]]
            draw_link(after, f"Next: {after.title}", ":material/arrow_forward:")
    with st.expander("All lessons, and a page to make your own", icon=":material/list:", key="lesson_list"):
        draw_list()
        st.page_link(
            TEACH, label="Make a lesson from this one", icon=":material/edit:", query_params={DRAFT: query_of(lesson)}
        )
