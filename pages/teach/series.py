"""The series that the lesson is about."""

from __future__ import annotations

import dataclasses

import streamlit as st

from pages.teach import draft
from rnn.data import SAMPLES
from rnn.ui import chosen_series
from rnn.ui.chosen_series import FILE, Choice
from rnn.ui.lessons.series_address import is_here, plain
from rnn.ui.sparkline import draw_sparkline
from rnn.ui.wording import escaped, told_apart


def draw() -> Choice | None:
    """Returns the choice; None where no series can be made of it, which is said."""
    choice: Choice = st.session_state[draft.CHOICE]
    titles = told_apart(_known(choice))
    st.selectbox(
        "Series", list(titles), format_func=titles.__getitem__, key="teach_data", on_change=_picked, persist_state="session",
        help="The samples, and the file that Train stands at. A file of your own stays on this server; who opens the link "
        "elsewhere is asked for it.",
    )  # fmt: skip
    if not is_here(choice):
        st.warning("The file of this lesson is not here; learners will be asked for it.", icon=":material/draft:")
        return choice
    table = chosen_series.read_table(choice.data, choice.reading)
    if not choice.ids and len(table.numeric) > 1:
        st.multiselect(
            "Predict", table.numeric, key="teach_targets", on_change=_targets, persist_state="session", max_selections=8
        )
    series, problem = chosen_series.series_or_problem(st.session_state[draft.CHOICE])
    if problem is not None:
        st.markdown(f":red[:material/error: {escaped(problem, 400)}]")
        return None
    values = series.values[:, series.target_columns[0]]
    draw_sparkline(values, width=260, height=40, label=f"{len(series):,} records of {series.targets[0]}")
    if choice.inputs or choice.repairs != "[]":
        st.caption(f"As on Train, with {len(choice.inputs)} further columns and its repairs.")
    return st.session_state[draft.CHOICE]


def _known(choice: Choice) -> dict[str, str]:
    files = dict(st.session_state.get("uploads", {}))
    if choice.data.startswith(FILE) and choice.data not in files:
        files[choice.data] = (
            chosen_series.read_table(choice.data).name if is_here(choice) else "A file that is not here"
        )
    return files | {name: sample.title for name, sample in SAMPLES.items()}


def _picked() -> None:
    choice = plain(st.session_state["teach_data"])
    st.session_state[draft.CHOICE] = choice
    st.session_state["teach_targets"] = list(choice.targets)


def _targets() -> None:
    targets = tuple(st.session_state["teach_targets"])
    choice: Choice = st.session_state[draft.CHOICE]
    if targets:
        inputs = tuple(name for name in choice.inputs if name not in targets)
        st.session_state[draft.CHOICE] = dataclasses.replace(choice, targets=targets, inputs=inputs)
