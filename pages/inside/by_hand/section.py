"""By hand: change a value or a weight, and see at once what becomes of the prediction."""

from __future__ import annotations

import streamlit as st

from pages.inside.by_hand import error, listing, outcome, standing, unit_control, value_control, weight_control
from pages.inside.by_hand.edits import counts
from pages.inside.by_hand.effect import effect_of
from pages.inside.view import View

VALUE, WEIGHT, UNIT, NOISE = "A value", "A weight", "A unit", "All weights"


def draw(view: View) -> None:
    st.fragment(_draw)(view)


def _draw(view: View) -> None:
    """A fragment."""
    st.markdown(
        "Change something by hand and see what the network makes of it. Several changes may stand at once; the run itself "
        "is never touched."
    )
    what = st.segmented_control(
        "What to change", [VALUE, WEIGHT, UNIT, NOISE], default=VALUE, required=True, key="by_hand_what",
        persist_state="session",
    )  # fmt: skip
    weights = standing.weights(view)
    chosen = None
    if what == VALUE:
        chosen = value_control.draw(view)
    read = {
        cell: value
        for cell, value in standing.cells(view).items()
        if counts(cell, view.series, view.window.rows, view.window.ahead)
    }
    effect = effect_of(view, read, weights)
    if what == WEIGHT:
        weight_control.draw(view, effect.params)
    elif what == UNIT:
        unit_control.draw_unit(view)
    elif what == NOISE:
        unit_control.draw_noise(view)
    outcome.draw(view, effect, chosen, edited=bool(read or weights))
    error.draw(view, effect.params)
    listing.draw(view)
