"""The lesson that is being made, as it lives in this session: what its controls begin with, and what they stand at."""

from __future__ import annotations

import dataclasses
from typing import Any
from urllib.parse import parse_qs

import streamlit as st

from rnn.core.config import PRESETS, Config
from rnn.ui import config_form, preset_picker, series_choice
from rnn.ui.chosen_series import DEFAULT_DATA, Choice
from rnn.ui.controls import shown
from rnn.ui.lessons import Lesson
from rnn.ui.lessons.address import DRAFT, LETTERS, lesson_of, query_of
from rnn.ui.lessons.builtin import LESSONS
from rnn.ui.lessons.series_address import plain
from rnn.ui.relevance import DEFAULT, differing

TEXTS = ("title", "text", "question", "why", "mending")
RIGHT, SHOW, TOGETHER, CHOICE = "teach_right", "teach_show", "teach_together", "teach_choice"
SET, MEND = "teach_set", "teach_mend"
_FILLED = (
    "teach_filled"  # the lesson of the address that the controls were last filled from, or that they were written to
)
_REFUSED = "teach_refused"
TRAIN = "train"
START = "teach_start"


def key(name: str) -> str:
    """Where the session keeps a text of the lesson; answers go by their letters."""
    return f"teach_{name}"


def prepare() -> list[str]:
    """Before anything is drawn: the lesson of the address, where it has not been taken up yet; without one what Train stands
    at. Returns what of the address could not be taken."""
    text, last = st.query_params.get(DRAFT), st.session_state.get(_FILLED)
    if last is None or (text is not None and text != last):
        asked, refused = lesson_of(parse_qs(text)) if text else (from_train(), [])
        fill(asked)
        st.session_state[_FILLED], st.session_state[_REFUSED] = text or "", refused
    return st.session_state.get(_REFUSED, [])


def remember(lesson: Lesson) -> None:
    """Write the lesson to the page's own address, so that a reload or a bookmark brings it back: in one name, because the
    names of the settings may still belong to the controls on Train."""
    text = query_of(lesson)
    if text != st.query_params.get(DRAFT):
        st.query_params[DRAFT] = text
    if text != st.session_state.get(_FILLED):
        st.session_state[_FILLED], st.session_state[_REFUSED] = text, []


def fill(lesson: Lesson) -> None:
    """Put a lesson into the controls."""
    state = st.session_state
    for name in TEXTS:
        state[key(name)] = getattr(lesson, name)
    for number, letter in enumerate(LETTERS):
        answer = lesson.answers[number] if number < len(lesson.answers) else None
        state[key(letter)], state[key(f"{letter}_when")] = (answer.text, answer.when) if answer else ("", "")
    state[RIGHT], state[TOGETHER] = LETTERS[lesson.right], lesson.together
    state[SHOW] = list(lesson.show)
    state[CHOICE] = lesson.choice
    state["teach_data"], state["teach_targets"] = lesson.choice.data, list(lesson.choice.targets)
    _fill_settings(SET, lesson.config, DEFAULT)
    _fill_settings(MEND, lesson.mended or lesson.config, lesson.config)


def _fill_settings(name: str, config: Config, beside: Config) -> None:
    fields = differing(config, beside)
    st.session_state[name] = fields
    for field in fields:
        st.session_state[f"{name}:{field}"] = shown(field, getattr(config, field))


def starts() -> dict[str, str]:
    """What a lesson can be made from: key → title."""
    train = {TRAIN: "What Train stands at"} if _train_ready() else {}
    presets = {f"preset:{name}": f"Preset: {preset_picker.label_of(name)}" for name in PRESETS}
    return train | {key: f"Lesson: {lesson.title}" for key, lesson in LESSONS.items()} | presets


def begin() -> None:
    """Callback of the choice of a start."""
    start = st.session_state[START]
    if start is None:
        return
    st.session_state[START] = None
    if start in LESSONS:
        fill(dataclasses.replace(LESSONS[start], key=""))
    elif start == TRAIN:
        fill(from_train())
    else:
        standing: Choice = st.session_state[CHOICE]
        fill(_plain(standing, PRESETS[start.removeprefix("preset:")]))


def _train_ready() -> bool:
    return config_form.ready() and series_choice.ready()


def from_train() -> Lesson:
    """An unwritten lesson on the series and settings of Train; on the default ones before Train was visited, or where its
    settings do not go together."""
    if not _train_ready():
        return _plain(plain(DEFAULT_DATA), DEFAULT)
    try:
        return _plain(series_choice.current_choice(), config_form.config_from_form())
    except ValueError:
        return _plain(series_choice.current_choice(), DEFAULT)


def _plain(choice: Choice, config: Config) -> Lesson:
    usual, _ = lesson_of({"title": ["A lesson"]})
    return dataclasses.replace(usual, choice=choice, config=config)


def standing(name: str) -> Any:
    return st.session_state.get(key(name), "")
