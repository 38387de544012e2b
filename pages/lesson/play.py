"""The learner's turn: the settings that the lesson leaves open, and a training with them beside the others."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import streamlit as st

from pages.lesson import attempt
from pages.lesson.attempt import OWN
from rnn.core.config import Config
from rnn.runs.fair_queue import new_id
from rnn.runs.records import Run
from rnn.ui import config_form, session
from rnn.ui.lessons import Lesson
from rnn.ui.lessons.address import short_name
from rnn.ui.relevance import matters, settled
from rnn.ui.wording import escaped

COLUMNS = 4


def draw(lesson: Lesson, runs: Mapping[str, Run]) -> None:
    with st.container(border=True, key="lesson_play"):
        if lesson.show:
            st.markdown("**Your turn.** All other settings stay as the lesson has them.")
            _draw_training(lesson, runs)
        _draw_ways_on(runs)


def _draw_training(lesson: Lesson, runs: Mapping[str, Run]) -> None:
    try:
        config, problem = _settings(lesson), ""
    except ValueError as error:
        config, problem = None, str(error)
    if problem:
        st.markdown(f":red[:material/error: {escaped(problem.replace('`', ''), 300)}]")
    busy = attempt.at_work(runs) is not None
    st.button(
        "Train with these", icon=":material/play_arrow:", key="lesson_own", disabled=config is None or busy,
        on_click=attempt.train, args=(lesson, OWN, config, new_id()), help="The curve appears beside the others, as “Yours”.",
    )  # fmt: skip


def _settings(lesson: Lesson) -> Config:
    """Draws the controls that are open and returns the lesson's settings with what they stand at. Raises ValueError where
    these do not go together."""
    values = dataclasses.asdict(lesson.config)
    name = f"lesson_set:{short_name(lesson)}"
    standing = {field: st.session_state.get(f"{name}:{field}") for field in lesson.show}
    now = values | {field: config_form.meant(field, held) for field, held in standing.items() if held is not None}
    fields = [field for field in lesson.show if matters(field, now)]
    changed = {}
    for first in range(0, len(fields), COLUMNS):
        for column, field in zip(st.columns(COLUMNS), fields[first : first + COLUMNS], strict=False):
            with column:
                changed[field] = config_form.draw_apart(field, f"{name}:{field}", values[field])
    return Config(**settled(values | changed))


def _draw_ways_on(runs: Mapping[str, Run]) -> None:
    """To the pages that show more of the newest run."""
    newest = list(runs.values())[-1]
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, icon, page in (
            ("Look inside this run", ":material/biotech:", "inside/page.py"),
            ("Go on with it on Train", ":material/model_training:", "train/page.py"),
        ):
            if st.button(
                label, icon=icon, key=f"lesson_to:{page}", type="tertiary", on_click=session.open_run, args=(newest,)
            ):
                st.switch_page(page)
