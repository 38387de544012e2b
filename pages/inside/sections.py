"""The sections of the page and the control that opens one of them: only the open one is computed."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.inside.by_hand import section as by_hand
from pages.inside.gradient import section as gradient
from pages.inside.states import section as states
from pages.inside.step_by_step import section as step_by_step
from pages.inside.view import View
from pages.inside.weights import section as weights

# Name → what draws it. The name stands in the page's address as well (`look=…`), so it must not change lightly.
SECTIONS: dict[str, Callable[[View], None]] = {
    "States": states.draw,
    "Gradient": gradient.draw,
    "Weights": weights.draw,
    "Step by step": step_by_step.draw,
    "By hand": by_hand.draw,
}
_KEY = "look"


def draw(view: View) -> None:
    names = list(SECTIONS)
    chosen = st.segmented_control(
        "Look at", names, default=names[0], key=_KEY, required=True, bind="query-params", label_visibility="collapsed"
    )
    SECTIONS[chosen](view)
