"""One weight by name and value: the one that was clicked, or that is asked for by its numbers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.inside.view import View
from pages.inside.weights.blocks import W_H, Names, Place
from rnn.ui.figures.weights import labels
from rnn.ui.wording import escaped, number_in_words

_MATRIX = "inside_weight_of"


def pick(
    view: View, place: Place, name: str, matrix: NDArray[np.floating], row: str, column: str, names: Names
) -> None:
    """Look at the weight whose cell says these labels; of a block of weights, at its strongest. For callbacks."""
    rows, columns = labels(matrix.shape, names.rows, names.columns)
    if row not in rows or column not in columns:
        return
    tall, wide = (-(-size // len(given)) for size, given in zip(matrix.shape, (rows, columns), strict=True))
    top, left = rows.index(row) * tall, columns.index(column) * wide
    block = np.abs(matrix[top : top + tall, left : left + wide])
    down, across = np.unravel_index(int(block.argmax()), block.shape)
    st.session_state[_MATRIX] = name
    st.session_state[_key(place, name, "row")] = top + int(down)
    st.session_state[_key(place, name, "column")] = left + int(across)


def draw(view: View, place: Place, blocks: Mapping[str, NDArray[np.floating]], names: Mapping[str, Names]) -> None:
    """The controls that say which weight, and what it is."""
    if st.session_state.get(_MATRIX) not in blocks:
        st.session_state[_MATRIX] = W_H
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="inside_weight"):
        name = st.selectbox(
            "One weight, of", list(blocks), key=_MATRIX, width=160, persist_state="session",
            help="Or click a cell of a heat map. Where a matrix is drawn in blocks, that finds the strongest of the block.",
        )  # fmt: skip
        matrix, own = blocks[name], names[name]
        row = _number(place, name, "row", own.row, matrix.shape[0])
        column = _number(place, name, "column", own.column, matrix.shape[1])
        st.markdown(f"{_named(own.row, own.rows, row)}, {_named(own.column, own.columns, column)}: "
                    f"**{number_in_words(float(matrix[row, column]))}**")  # fmt: skip


def _number(place: Place, name: str, axis: str, label: str, count: int) -> int:
    key = _key(place, name, axis)
    st.session_state[key] = min(int(st.session_state.get(key, 0)), count - 1)
    if count == 1:
        return 0
    return int(st.number_input(label.capitalize(), 0, count - 1, step=1, key=key, width=160, persist_state="session"))


def _key(place: Place, name: str, axis: str) -> str:
    return f"inside_weight_{axis}:{name}:{place.layer}"


def _named(what: str, given: tuple[str, ...], number: int) -> str:
    return f"{what} {escaped(given[number])}" if given else f"{what} {number}"
