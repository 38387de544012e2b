"""What of the units is shown, in which order and how."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages.inside.states.quantities import QUANTITIES
from pages.inside.view import View

BY_PEAK, BY_FOLLOWED = "Moment of peak", "What they follow"
BY_READOUT, BY_NUMBER = "Readout weight", "Number"
HEAT, LINES = "Heat map", "Lines"


@dataclass(frozen=True)
class Choice:
    """column: the name of the column shown above the units. letter: what is shown of them, a key of QUANTITIES."""

    column: str
    order: str
    letter: str
    form: str


def draw(view: View) -> Choice:
    series, part = view.series, view.part
    quantities = QUANTITIES[part.network.config.cell]
    orders = [BY_PEAK, BY_FOLLOWED, BY_READOUT, BY_NUMBER]
    if not part.is_top:
        orders.remove(BY_READOUT)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="hidden_choice"):
        order = st.segmented_control(
            "Sort units by", orders, default=BY_PEAK, required=True, key=f"hidden_order:{len(orders)}",
            persist_state="session",
            help="Moment of peak: the step of the window's second half at which a unit is highest, the earliest on top. "
            "What they follow: units that follow the same input stand together, the closest on top. "
            "Readout weight: how much a unit adds to the first output shown, the most on top.",
        )  # fmt: skip
        form = st.segmented_control(
            "Draw as", [HEAT, LINES], default=HEAT, required=True, key="hidden_form", persist_state="session",
            help="Lines: the first units of the order, and the one that is picked.",
        )  # fmt: skip
        letter = "h"
        if len(quantities) > 1:
            letter = st.selectbox(
                "What is shown", list(quantities), key=f"hidden_quantity:{part.network.config.cell}", width=180,
                format_func=lambda letter: quantities[letter].name, persist_state="session",
            )  # fmt: skip
        column = series.targets[0]
        if len(series.names) > 1:
            others = [name for name in series.names if name not in series.targets]
            column = st.selectbox(
                "Column shown", [*series.targets, *others], key=f"hidden_column:{view.run.id}", width=220,
                persist_state="session",
            )  # fmt: skip
    return Choice(column, str(order), letter, str(form))
