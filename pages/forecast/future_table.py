"""A table in which the future of the known columns is written, and what has been written into it so far."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from rnn.core.fit import Fit
from rnn.forecast import future_times
from rnn.ui.figures.style import moment
from rnn.ui.series_future import Future

_GIVEN, _BASES, _TABLES = "future_given", "future_bases", "future_tables"
Cells = Mapping[tuple[int, str], float]


def given_of(subject: str) -> dict[tuple[int, str], float]:
    """What has been written in for a subject (a run's series, or a scenario of it), by step (from 0) and column."""
    found: dict[tuple[int, str], float] = st.session_state.get(_GIVEN, {}).get(subject, {})
    return found


def give(subject: str, cells: Cells) -> None:
    """Put these cells in place of what has been written in so far; the table shows them."""
    st.session_state.setdefault(_GIVEN, {})[subject] = dict(cells)
    st.session_state[_TABLES] = st.session_state.get(_TABLES, 0) + 1


def forget(subject: str) -> None:
    st.session_state.get(_GIVEN, {}).pop(subject, None)


def draw(subject: str, future: Future, fit: Fit, needed: int, *, caption: str) -> dict[tuple[int, str], float]:
    """Draws the table over `needed` steps and returns what has been written in; it stays when steps change.

    future: what the table shows where nothing is written in. caption: what the table is, for those who hear it.
    """
    given: dict[tuple[int, str], float] = st.session_state.setdefault(_GIVEN, {}).setdefault(subject, {})
    widget = f"future_editor:{subject}:{needed}:{st.session_state.get(_TABLES, 0)}"
    # The table that the browser edits must not change under it: it is made anew only where the browser's is new, too.
    bases = st.session_state.setdefault(_BASES, {})
    base = bases.get(subject)
    if base is None or base[0] != widget or widget not in st.session_state:
        base = bases[subject] = (widget, _frame(future, fit, given, needed))
    edited = st.data_editor(
        base[1], key=widget, hide_index=True, disabled=["Step", "Time"], height=min(36 * (needed + 1) + 3, 36 * 9),
        row_height=36, placeholder="write in", alt=caption,
        column_config={name: st.column_config.NumberColumn(name) for name in future.written},
    )  # fmt: skip
    changed = _written(edited, future, needed)
    if changed != {place: value for place, value in given.items() if place[0] < needed}:
        given = {**{place: value for place, value in given.items() if place[0] >= needed}, **changed}
        st.session_state[_GIVEN][subject] = given
    return given


def fill(subject: str, future: Future, needed: int) -> None:
    """Callback: every empty cell takes the value above it, the first that of the last record."""
    given = dict(given_of(subject))
    values = future.filled(given, needed)
    for name in future.written:
        place = future.known.index(name)
        last = future.last[place]
        for step in range(needed):
            if np.isnan(values[step, place]):
                given[step, name] = float(last)
            else:
                last = values[step, place]
    give(subject, given)


def _frame(future: Future, fit: Fit, given: Cells, needed: int) -> pd.DataFrame:
    values = future.filled(given, needed)[:needed]
    times = future_times(fit.series, needed)
    columns = {name: values[:, future.known.index(name)] for name in future.written}
    return pd.DataFrame({"Step": np.arange(1, needed + 1), "Time": [moment(time) for time in times]} | columns)


def _written(edited: pd.DataFrame, future: Future, needed: int) -> dict[tuple[int, str], float]:
    """What stands in the table and not in the series' own future."""
    own = future.filled({}, needed)
    found = {}
    for name in future.written:
        column = pd.to_numeric(edited[name], errors="coerce").to_numpy(np.float64)
        was = own[:needed, future.known.index(name)]
        for step in np.flatnonzero((column != was) & ~(np.isnan(column) & np.isnan(was))):
            found[int(step), name] = float(column[step])
    return found
