"""On a page about a run that is only known from a link: to train it anew, without leaving the page."""

from __future__ import annotations

import streamlit as st

from pages.train import preflight_note
from rnn.core.config import Config
from rnn.runs.fair_queue import new_id
from rnn.ui import series_choice, session, shared_run
from rnn.ui.chosen_series import Choice


def draw() -> None:
    """The sentence about the run that is not here, and the button that makes it anew."""
    if not shared_run.draw_missing("It can be trained anew here."):
        return
    setup = preflight_note.check(series_choice.current_choice())
    st.button(
        "Train it anew", type="primary", icon=":material/play_arrow:", key="train_anew", on_click=_train,
        args=(setup.config, setup.choice, new_id()), disabled=setup.problem is not None or setup.config is None,
        help=setup.problem or "With the series and the settings of the link; the page then shows that run.",
    )  # fmt: skip


def _train(config: Config, choice: Choice, press: str) -> None:
    session.start_run(config, choice, press=press)
