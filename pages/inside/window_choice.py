"""Which window all sections look at, said by the moments that it covers."""

from __future__ import annotations

import streamlit as st

from pages.inside import epoch_choice, link
from pages.inside.subject import Subject
from pages.inside.window import Window
from rnn.core.model import Model
from rnn.core.windows import Split, split_windows
from rnn.runs.records import Run
from rnn.ui.figures.style import moment

VALIDATION, TRAINING = "Validation", "Training"
# In the address: the window's number within its part, from 1; `part=2` are the training windows. `window` is the setting.
NUMBER, PART = "window_number", "part"
_WHICH = "hidden_part"


def find(subject: Subject, model: Model, run: Run, *, drawn: bool) -> tuple[Window, bool]:
    """The window that is looked at, and whether it is of the validation part. drawn: whether its controls are; what was
    chosen stays chosen while they are not."""
    split = split_windows(model.config, len(subject.series))
    _take_part()
    row = (
        st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="window_choice") if drawn else None
    )
    if row is not None:
        row.segmented_control(
            "Windows", [VALIDATION, TRAINING], default=VALIDATION, required=True, key=_WHICH,
            persist_state="session", on_change=epoch_choice.pause, args=(run,),
            help="Training windows are those that the network learned from; the validation windows come after them.",
        )  # fmt: skip
    which = st.session_state.get(_WHICH) or VALIDATION
    validation = which == VALIDATION
    first, count = _span(split, validation=validation)
    key = f"hidden_window:{run.id}:{subject.id}:{which}"
    given = link.read(NUMBER, 1, count, what="The window", otherwise="The first is shown.")
    if given is not None:
        st.session_state[key] = given
    number = min(int(st.session_state.get(key, 1)), count)
    if row is not None:
        # The buttons stay on either side of the slider where a phone breaks the row.
        with row.container(horizontal=True, vertical_alignment="bottom", gap="small", wrap=False):
            number = _draw_number(Window(model, subject.series, first + number - 1), run, key, number, count)
    link.write(PART, None if validation else 2)
    link.write(NUMBER, number if number > 1 else None)
    return Window(model, subject.series, first + number - 1), validation


def choose(subject: Subject, run: Run, first: int) -> None:
    """Make the window that begins at record `first` the chosen one, where it is of the training or the validation part. For
    callbacks; what calls it within a fragment has to run the page anew."""
    split = split_windows(run.config, len(subject.series))
    for validation in (False, True):
        begin, count = _span(split, validation=validation)
        if begin <= first < begin + count:
            which = VALIDATION if validation else TRAINING
            st.session_state[_WHICH] = which
            st.session_state[f"hidden_window:{run.id}:{subject.id}:{which}"] = first - begin + 1


def _take_part() -> None:
    part = link.read(
        PART, 1, 2, what="The part, 1 for validation and 2 for training,", otherwise="Validation is shown."
    )
    if part is not None:
        st.session_state[_WHICH] = VALIDATION if part == 1 else TRAINING


def _span(split: Split, *, validation: bool) -> tuple[int, int]:
    """The first window of a part, and how many it has."""
    return (split.first_validation_window, split.validation) if validation else (0, split.train)


def _draw_number(window: Window, run: Run, key: str, number: int, count: int) -> int:
    """The slider, and the buttons that take a single step; returns the number, from 1."""
    words = _in_words(window)
    if count == 1:
        st.markdown(words)
        return 1

    def step(way: int) -> None:
        epoch_choice.pause(run)
        st.session_state[key] = min(max(number + way, 1), count)

    st.button(
        "Earlier", icon=":material/chevron_left:", key="window_earlier", disabled=number == 1, on_click=step, args=(-1,),
        help="To the window that begins one record before.",
    )  # fmt: skip
    chosen = st.slider(
        words, 1, count, key=key, width="stretch", format=f"%d of {count}", persist_state="session",
        on_change=epoch_choice.pause, args=(run,),
    )  # fmt: skip
    st.button(
        "Later", icon=":material/chevron_right:", key="window_later", disabled=number == count, on_click=step, args=(1,),
        help="To the window that begins one record after.",
    )  # fmt: skip
    return int(chosen)


def _in_words(window: Window) -> str:
    """What it reads and what it predicts: 1949-01-01 to 1950-12-01, predicting 1951-01-01"""
    times, rows, ahead = window.series.times, window.rows, window.ahead
    after = moment(times[ahead.start])
    if ahead.stop - ahead.start > 1:
        after += f" to {moment(times[ahead.stop - 1])}"
    return f"{moment(times[rows.start])} to {moment(times[rows.stop - 1])}, predicting {after}"
