"""The sections of the page and the control that opens one of them: only the open one is computed."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.inside import epoch_choice
from pages.inside.attention import section as attention
from pages.inside.by_hand import section as by_hand
from pages.inside.fit import section as fit
from pages.inside.gradient import section as gradient
from pages.inside.states import section as states
from pages.inside.step_by_step import section as step_by_step
from pages.inside.view import View
from pages.inside.weights import section as weights
from rnn.runs.records import Run

# Name → what draws it. The name stands in the page's address as well (`look=…`), so it must not change lightly.
SECTIONS: dict[str, Callable[[View], None]] = {
    "Fit": fit.draw,
    "States": states.draw,
    "Attention": attention.draw,
    "Gradient": gradient.draw,
    "Weights": weights.draw,
    "Step by step": step_by_step.draw,
    "By hand": by_hand.draw,
}
_KEY = "look"


def choose(run: Run) -> Callable[[View], None]:
    """Draws the control; returns what draws the section that is open."""
    names = list(SECTIONS)
    chosen = st.segmented_control(
        "Look at", names, default=names[0], key=_KEY, required=True, bind="query-params", label_visibility="collapsed",
        on_change=epoch_choice.pause, args=(run,),
    )  # fmt: skip
    return SECTIONS[chosen]
