"""One value of the chosen window, moved by a slider or typed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.inside.by_hand import standing
from pages.inside.by_hand.edits import Cell, check_value
from pages.inside.by_hand.scales import Scale, scale_of
from pages.inside.view import View
from rnn.ui.figures.style import moment
from rnn.ui.wording import escaped, number_in_words

ROOM = 0.25  # of the series' span, beyond what it has ever held
_PROBLEM = "by_hand_problem"


@dataclass(frozen=True)
class Chosen:
    """The value that the controls hold. place: of the record in the window, from 0; None for a static column."""

    cell: Cell
    place: int | None


def draw(view: View) -> Chosen:
    series = view.series
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="by_hand_record"):
        column = series.targets[0]
        if len(series.names) > 1:
            others = [name for name in series.names if name not in series.targets]
            column = st.selectbox(
                "Column to change",
                [*series.targets, *others],
                key=f"by_hand_column:{view.run.id}",
                width=220,
                persist_state="session",
            )
        chosen = _choose_record(view, column)
    _draw_value(view, chosen)
    return chosen


def _choose_record(view: View, column: str) -> Chosen:
    rows = view.window.rows
    if column in view.series.static:
        return Chosen(Cell(None, column), None)
    count = places(view, column)
    key = record_key(view, column)
    if key not in st.session_state or st.session_state[key] > count:
        st.session_state[key] = min(view.config.reach, count)  # the newest: what moves the prediction most, as a rule
    number = 1
    if count > 1:
        number = st.slider(
            "Record", 1, count, key=key, width="stretch", persist_state="session",
            help="Counted from the window’s first record. A click on a point of the chart chooses it too.",
        )  # fmt: skip
    return Chosen(Cell(rows.start + number - 1, column), number - 1)


def places(view: View, column: str) -> int:
    """How many records can be chosen: those of the window and, of a column known ahead, the ones that it predicts."""
    return view.config.reach + (view.config.horizon if column in view.series.known else 0)


def record_key(view: View, column: str) -> str:
    """Of the slider that chooses the record."""
    return f"by_hand_record:{view.run.id}:{view.series.name}:{column in view.series.known}"


def _draw_value(view: View, chosen: Chosen) -> None:
    series, cell = view.series, chosen.cell
    original = float(series.values[cell.row or 0, series.names.index(cell.column)])
    value = standing.cells(view).get(cell, original)
    scale = _scale(view, cell.column, value)
    where = "in all records" if cell.row is None else f"at {moment(series.times[cell.row])}"
    slider, field = (f"by_hand_{kind}:{view.run.id}:{series.name}:{cell}" for kind in ("slider", "number"))
    # What stands is the one truth: both widgets are set to it, and tell it when they are moved.
    st.session_state[slider], st.session_state[field] = value, value
    name = f"{escaped(cell.column)} {where}"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="by_hand_value"):
        st.slider(
            name, scale.low, scale.high, step=scale.step, format=scale.format, key=slider, width="stretch",
            on_change=_take, args=(view, cell, slider),
        )  # fmt: skip
        st.number_input(
            "Or type it", step=scale.step, format=scale.format, key=field, width=180, on_change=_take,
            args=(view, cell, field),
        )  # fmt: skip
    if problem := st.session_state.pop(_PROBLEM, None):
        st.error(escaped(problem, 400), icon=":material/error:")
    st.caption(f"In the series it is {number_in_words(original)}.")


def _take(view: View, cell: Cell, key: str) -> None:
    value = st.session_state[key]
    number = float("nan") if value is None else float(value)
    problem = check_value(view.config, view.series, cell.column, number)
    if problem:
        st.session_state[_PROBLEM] = problem
    else:
        standing.put_cell(view, cell, number)


def _scale(view: View, column: str, value: float) -> Scale:
    """A little beyond what the series has ever held, and as far as the value that stands."""
    held = view.series.values[:, view.series.names.index(column)]
    low, high = float(held.min()), float(held.max())
    room = ROOM * (high - low)
    if view.config.log and column in view.series.targets:  # above zero, or it has no logarithm
        found = scale_of(low / 2, high + room, least=low / 2)
    else:
        found = scale_of(low - room, high + room)
    return Scale(min(found.low, value), max(found.high, value), found.step, found.format)


def place_of(view: View, time: float | str) -> int:
    """The record of the window nearest to a moment of the chart, as a place from 0."""
    times = view.series.times[view.window.rows.start : view.window.ahead.stop]
    if times.dtype.kind == "M":
        at, of = np.datetime64(str(time).replace(" ", "T"), "ms").astype(np.int64), times.astype("datetime64[ms]")
        return int(np.abs(of.astype(np.int64) - at).argmin())
    return int(np.abs(times.astype(np.float64) - float(time)).argmin())
