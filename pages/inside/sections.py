"""The sections of the page and the control that opens one of them: only the open one is computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from pages.inside import epoch_choice, link
from pages.inside.attention import section as attention
from pages.inside.by_hand import section as by_hand
from pages.inside.fit import section as fit
from pages.inside.gradient import section as gradient
from pages.inside.states import section as states
from pages.inside.step_by_step import section as step_by_step
from pages.inside.view import View
from pages.inside.weights import section as weights
from rnn.runs.records import Run


@dataclass(frozen=True)
class Section:
    """draw: what draws it. part, window: whether it looks at one network and layer alone, and at one window."""

    draw: Callable[[View], None]
    part: bool = True
    window: bool = True


# The name stands in the page's address as well (`look=…`), so it must not change lightly.
SECTIONS = {
    "Fit": Section(fit.draw, part=False, window=False),
    "States": Section(states.draw),
    "Attention": Section(attention.draw),
    "Gradient": Section(gradient.draw),
    "Weights": Section(weights.draw, window=False),
    "Step by step": Section(step_by_step.draw),
    "By hand": Section(by_hand.draw),
}
KEY = "look"


def choose(run: Run) -> Section:
    """Draws the control; returns the section that is open."""
    names = list(SECTIONS)
    _check_address(names)
    chosen = st.segmented_control(
        "Look at", names, default=names[0], key=KEY, required=True, bind="query-params", label_visibility="collapsed",
        on_change=epoch_choice.pause, args=(run,),
    )  # fmt: skip
    link.settle(KEY, chosen)
    return SECTIONS[chosen]


def _check_address(names: list[str]) -> None:
    """Say where the address names no section; the control by itself would pass it over."""
    given = st.query_params.get(KEY)
    if given is not None and given not in names and KEY not in st.session_state:
        link.say(KEY, f"There is no section look={link.shortened(given)!r}; there are {', '.join(names)}. {names[0]} is shown.")
