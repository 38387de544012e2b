"""What came of it: the guess beside what the runs show, and why."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.lesson import attempt
from pages.lesson.attempt import BROKEN, MENDED, Attempt
from pages.lesson.measured import measure
from rnn.runs.fair_queue import new_id
from rnn.runs.records import Run
from rnn.ui.lessons import LONGEST, Lesson
from rnn.ui.lessons.outcomes import OUTCOMES, Measured, shown_by, with_numbers
from rnn.ui.wording import escaped


def ready(lesson: Lesson, runs: Mapping[str, Run]) -> bool:
    """Whether the runs that the question is about have ended."""
    asked = (BROKEN, MENDED) if lesson.together else (BROKEN,)
    return all(name in runs and not runs[name].active for name in asked)


def draw(lesson: Lesson, made: Attempt, runs: Mapping[str, Run]) -> None:
    """Guess, outcome with the numbers, explanation, and the way on."""
    run = measure(runs[BROKEN], lesson)
    mended = measure(runs[MENDED], lesson) if MENDED in runs and not runs[MENDED].active else None
    with st.container(border=True, key="lesson_reveal"):
        _draw_outcome(lesson, made, run, mended)
        st.markdown(escaped(with_numbers(lesson.why, run, mended), 2 * LONGEST["why"]))
        if lesson.mending and mended is not None:
            st.markdown(escaped(with_numbers(lesson.mending, run, mended), 2 * LONGEST["mending"]))
        with st.container(horizontal=True, vertical_alignment="center"):
            if lesson.mended is not None and MENDED not in runs:
                st.button(
                    "Mend it", icon=":material/build:", type="primary", key="lesson_mend", on_click=attempt.mend,
                    args=(lesson, new_id()),
                    help="Trains the mended settings, on the same chart beside the broken ones.",
                )  # fmt: skip
            st.button(
                "Guess again", icon=":material/restart_alt:", key="lesson_again", on_click=attempt.begin_again, args=(lesson,),
                help="Clears the page for a new guess. The runs stay under Runs.",
            )  # fmt: skip


def _draw_outcome(lesson: Lesson, made: Attempt, run: Measured, mended: Measured | None) -> None:
    shown = shown_by(tuple(answer.when for answer in lesson.answers), run, mended)
    was = lesson.right if shown is None else shown
    guessed, true = (escaped(lesson.answers[number].text, LONGEST["answer"]) for number in (made.guess or 0, was))
    icon, colour = (":material/check_circle:", "green") if made.guess == was else (":material/lightbulb:", "orange")
    st.markdown(f":{colour}[{icon}] You guessed “**{guessed}**”; it was “**{true}**”.")
    if shown is not None:
        sentence = OUTCOMES[lesson.answers[shown].when].sentence
        st.caption(f"Measured on this run: {escaped(with_numbers(sentence, run, mended), 400)}")
    elif lesson.measured:
        st.caption(
            "This run showed none of the answers, so the answer is the one of the lesson’s author: chance in the starting "
            "weights may do that."
        )
    else:
        st.caption("The answer is that of the lesson’s author; it was not measured on this run.")
