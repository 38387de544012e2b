"""The edits that stand, in the session: those of values by run and series, those of weights by run and network."""

from __future__ import annotations

from typing import cast

import streamlit as st

from pages.inside.by_hand.edits import Cell, Noise, Weight, WeightEdit
from pages.inside.view import View


def cells(view: View) -> dict[Cell, float]:
    """Changed values, in the order in which they were changed; to be changed in place."""
    key = f"by_hand_values:{view.run.id}:{view.series.name}"
    return cast(dict[Cell, float], st.session_state.setdefault(key, {}))


def weights(view: View) -> dict[WeightEdit, float]:
    """Changed weights of the network looked into; to be changed in place."""
    key = f"by_hand_weights:{view.run.id}:{view.part.member}"
    return cast(dict[WeightEdit, float], st.session_state.setdefault(key, {}))


def put_cell(view: View, cell: Cell, value: float) -> None:
    """The value as it is in the series is no edit."""
    original = view.series.values[cell.row or 0, view.series.names.index(cell.column)]
    standing = cells(view)
    standing.pop(cell, None) if value == original else standing.__setitem__(cell, value)


def put_weight(view: View, edit: WeightEdit, value: float) -> None:
    """A weight as it is in the run, a unit heard as it is, and no noise are no edits."""
    standing = weights(view)
    if isinstance(edit, Noise):
        for old in [one for one in standing if isinstance(one, Noise)]:
            del standing[old]
    if value == neutral(view, edit):
        standing.pop(edit, None)
    else:
        standing[edit] = value


def neutral(view: View, edit: WeightEdit) -> float:
    """The number that changes nothing."""
    if isinstance(edit, Weight):
        return float(edit.block.of(view.part.params, view.config.cell)[edit.row, edit.column])
    return 0.0 if isinstance(edit, Noise) else 1.0


def forget(view: View) -> None:
    """Everything is as in the run again."""
    cells(view).clear()
    weights(view).clear()


def undo(view: View, edit: Cell | WeightEdit) -> None:
    (cells(view) if isinstance(edit, Cell) else weights(view)).pop(edit, None)  # type: ignore[arg-type]
