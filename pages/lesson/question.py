"""The guess: before it is given, nothing of the result can be seen."""

from __future__ import annotations

import streamlit as st

from pages.lesson import attempt
from pages.train.preflight_note import Setup
from rnn.core.fields import FIELDS
from rnn.runs.fair_queue import new_id
from rnn.ui.controls import shown
from rnn.ui.lessons import LONGEST, Lesson
from rnn.ui.lessons.address import short_name
from rnn.ui.relevance import DEFAULT, differing
from rnn.ui.wording import escaped

GUESS = "lesson_guess"
MOST_NAMED = 8


def draw(lesson: Lesson, setup: Setup) -> None:
    """The question, its answers and the button that trains."""
    with st.container(border=True, key="lesson_question"):
        number = draw_answers(lesson, f"{GUESS}:{short_name(lesson)}")
        st.button(
            "That is my guess: train", icon=":material/play_arrow:", type="primary", key="lesson_train",
            disabled=number is None or setup.problem is not None, on_click=attempt.guess,
            args=(lesson, number or 0, new_id(), new_id()),
            help=setup.problem or "Choose an answer first. Then the network is trained before your eyes.",
        )  # fmt: skip
    if setup.problem is not None:
        st.error(escaped(setup.problem, 600), icon=":material/error:")


def draw_answers(lesson: Lesson, key: str) -> int | None:
    """Returns the number of the answer that is chosen, None before one is."""
    answers = [escaped(answer.text, LONGEST["answer"]) for answer in lesson.answers]
    return st.radio(
        f"**{escaped(lesson.question, LONGEST['question'])}**", range(len(answers)), index=None,
        format_func=answers.__getitem__, key=key,
    )  # fmt: skip


def draw_settings(lesson: Lesson) -> None:
    """What is set otherwise than by default."""
    fields = differing(lesson.config, DEFAULT)
    named = [f"{FIELDS[field].label} **{in_words(lesson, field)}**" for field in fields[:MOST_NAMED]]
    more = f" and {len(fields) - MOST_NAMED} more" if len(fields) > MOST_NAMED else ""
    if named:
        st.caption(f"Set for this lesson: {', '.join(named)}{more}.")


def in_words(lesson: Lesson, field: str) -> str:
    """The broken value of a setting as the form shows it."""
    return value_in_words(field, getattr(lesson.config, field))


def value_in_words(field: str, value: object) -> str:
    """A setting's value: on, off, 0.003."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if value is None:
        return "off"
    held = shown(field, value)
    return escaped(f"{held:g}" if isinstance(held, float) else str(held))
