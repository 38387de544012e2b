"""The weights of the epoch as heat maps, on one scale over all epochs; a click names the unit and its weight."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.inside import epoch_choice
from pages.inside.view import View
from pages.inside.weights import one_weight
from pages.inside.weights.blocks import READOUT, SKIP, W_H, W_X, Names, Place, names_of
from pages.inside.weights.course import Course
from pages.inside.weights.radius import say_radii
from rnn.core.inspection import gate_blocks
from rnn.ui.figures import alt_weights, weights_figure
from rnn.ui.live_chart import live_chart
from rnn.ui.wording import number_in_words

HEIGHT = 400


def draw(view: View, place: Place, course: Course) -> None:
    """A fragment."""
    model = view.fit.model
    blocks, names, bounds = place.blocks(model.params), names_of(model, place), course.bounds()
    columns = dict(zip((W_X, W_H, READOUT), st.columns([3, 6, 3], gap="medium"), strict=True))
    for name, matrix in blocks.items():
        with columns.get(name, st.container()):
            _draw(view, place, name, matrix, names[name], bounds.get(name))
    one_weight.draw(view, place, blocks, names)


def say_radii_of(view: View) -> None:
    """Of the epoch: computed last, since the eigenvalues of large networks take longer than all charts together."""
    if epoch_choice.place_of(view.run).playing:
        # It would be gone before it is read, and takes longer than the time between two epochs.
        st.caption("Pause to read the spectral radius of an epoch and what it means.")
    else:
        recurrent = view.part.params[view.part.weights("W_h")]
        say_radii(gate_blocks(view.config.cell, recurrent), view.config)


def _draw(view: View, place: Place, name: str, matrix: NDArray[np.floating], names: Names, bound: float | None) -> None:
    st.markdown(
        f"**{names.title}** :gray[{matrix.shape[0]:,} × {matrix.shape[1]:,}, largest "
        f"{number_in_words(float(np.abs(matrix).max()))}]"
    )
    figure = weights_figure(
        matrix, row=names.row, column=names.column, row_names=names.rows, column_names=names.columns, bound=bound
    )
    full = place.full(name)
    words = alt_weights(matrix, name=full, row=names.row, column=names.column)
    # A skip to one or two outputs is a strip.
    height = 120 + 24 * matrix.shape[0] if name == SKIP and matrix.shape[0] <= 8 else HEIGHT
    live_chart(
        figure, key=f"weights_{full}", identity=f"{view.identity}:{place.letter}", alt=words, height=height,
        on_pick=lambda pick: one_weight.pick(view, place, name, matrix, str(pick.y), str(pick.x), names),
    )  # fmt: skip
