"""Which window all sections look at."""

from __future__ import annotations

import streamlit as st

from pages.inside.subject import Subject
from pages.inside.window import Window
from rnn.core.model import Model
from rnn.core.windows import split_windows

VALIDATION, TRAINING = "Validation", "Training"


def draw(subject: Subject, model: Model, run_id: str) -> tuple[Window, bool]:
    """The window, and whether it is of the validation part."""
    split = split_windows(model.config, len(subject.series))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="window_choice"):
        which = st.segmented_control(
            "Windows", [VALIDATION, TRAINING], default=VALIDATION, required=True, key="hidden_part",
            persist_state="session",
        )  # fmt: skip
        validation = which == VALIDATION
        first, count = (split.first_validation_window, split.validation) if validation else (0, split.train)
        number = 1
        if count > 1:
            number = st.slider("Window", 1, count, key=f"hidden_window:{run_id}:{which}", width="stretch")
    return Window(model, subject.series, first + number - 1), validation
