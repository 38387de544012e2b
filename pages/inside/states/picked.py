"""The unit that is looked at by itself: picked in the list or by a click on its row, the first one otherwise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.inside import epoch_choice
from pages.inside.states import followed
from pages.inside.view import View
from rnn.core.following import Following


def _key(view: View) -> str:
    return f"inside_unit:{view.identity}"


def unit_of(view: View, order: Sequence[int] | NDArray[np.intp]) -> int:
    found = st.session_state.get(_key(view))
    if isinstance(found, str):
        # A label of the list as it was at another epoch or window, where the unit followed something else: Streamlit hands over
        # labels, and one that it does not know (any more) as it is.
        number = found.removeprefix("Unit ").partition(" ")[0]
        found = int(number) if number.isascii() and number.isdigit() else None
    return int(order[0]) if found is None or not 0 <= found < view.config.hidden else int(found)


def pick(view: View, unit: int) -> None:
    """For callbacks."""
    epoch_choice.pause(view.run)
    st.session_state[_key(view)] = unit


def draw(view: View, measure: Following, order: NDArray[np.intp]) -> int:
    """The list of all units, in the order shown."""
    units = [int(unit) for unit in order]
    st.session_state[_key(view)] = unit_of(view, units)
    unit = st.selectbox(
        "Unit looked at", units, key=_key(view), width=520,
        format_func=lambda unit: f"Unit {unit} {followed.clause(measure, unit, view)}",
        help="A click on a row or a line of the chart picks its unit, too.", on_change=epoch_choice.pause, args=(view.run,),
    )  # fmt: skip
    return int(unit)
