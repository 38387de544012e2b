"""The edits that stand, each with its way back."""

from __future__ import annotations

import streamlit as st

from pages.inside.by_hand import standing
from pages.inside.by_hand.blocks import entry_in_words
from pages.inside.by_hand.edits import Cell, Loudness, Noise, Weight, WeightEdit, counts
from pages.inside.view import View
from rnn.ui.figures.style import moment
from rnn.ui.wording import escaped, number_in_words

MOST = 30


def draw(view: View) -> None:
    cells, weights = standing.cells(view), standing.weights(view)
    if not cells and not weights:
        st.caption("Nothing is changed. What you change here is not written anywhere: the run stays as it is.")
        return
    with st.container(horizontal=True, vertical_alignment="center", key="by_hand_head"):
        count = len(cells) + len(weights)
        st.markdown(f"**{count:,} {'change stands' if count == 1 else 'changes stand'}**", width="content")
        st.button(
            "Reset all", icon=":material/restart_alt:", key="by_hand_reset", on_click=standing.forget, args=(view,)
        )
    shown: list[Cell | WeightEdit] = [*cells, *weights]
    for number, edit in enumerate(reversed(shown[-MOST:])):
        words = _cell(view, edit, cells[edit]) if isinstance(edit, Cell) else _weight(view, edit, weights[edit])
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"by_hand_edit_{number}"):
            st.button(
                "Undo", icon=":material/undo:", key=f"by_hand_undo_{number}", on_click=standing.undo, args=(view, edit),
                help=f"Undo: {words}",
            )  # fmt: skip
            st.markdown(words, width="stretch")
    if len(shown) > MOST:
        st.caption(f"The newest {MOST} are listed; “Reset all” takes back the others too.")


def _cell(view: View, cell: Cell, value: float) -> str:
    series = view.series
    original = float(series.values[cell.row or 0, series.names.index(cell.column)])
    where = "all records" if cell.row is None else moment(series.times[cell.row])
    unread = (
        "" if counts(cell, series, view.window.rows, view.window.ahead) else " · :gray[not read by the window shown]"
    )
    return f"{escaped(cell.column)} at {escaped(where)}: {number_in_words(original)} → **{number_in_words(value)}**{unread}"


def _weight(view: View, edit: WeightEdit, value: float) -> str:
    if isinstance(edit, Weight):
        before = number_in_words(standing.neutral(view, edit))
        words = entry_in_words(edit.block, edit.row, edit.column, view.fit.model)
        return f"{words}: {before} → **{number_in_words(value)}**"
    if isinstance(edit, Loudness):
        layer = f" of layer {edit.layer + 1}" if view.config.layers > 1 else ""
        return f"Unit {edit.unit}{layer} {'is **off**' if value == 0 else f'is heard **{value:.2f} ×** as loudly'}"
    assert isinstance(edit, Noise)
    return f"Noise of **{100 * value:.0f} %** on every weight, draw {edit.draw}"
