"""The weights as heat maps, with the largest of each and the spectral radius of the recurrent ones."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from rnn.core.inspection import spectral_radius
from rnn.core.model import Model
from rnn.ui.figures import alt_weights, weights_figure
from rnn.ui.live_chart import live_chart
from rnn.ui.wording import number_in_words

HEIGHT = 400
MOST_UNITS = 1024  # eigenvalues of more take minutes


def draw(model: Model, identity: str) -> None:
    """identity: whose weights they are; another one resets the zoom."""
    st.markdown("##### Its weights")
    W_x, W_h, readout = (model.params[name] for name in ("layer0.W_x", "layer0.W_h", "readout.W"))
    inputs, recurrent, outputs = st.columns([3, 6, 3], gap="medium")
    with inputs:
        # One row a unit, as in the other two, so that a unit can be followed across.
        _draw(
            W_x.reshape(-1, W_x.shape[-1]).T,
            "W\\_x, from the inputs",
            "layer0.W_x",
            "input",
            identity,
            _input_names(model),
        )
    with recurrent:
        _draw(W_h.T, "W\\_h, from the units a step before", "layer0.W_h", "from unit", identity)
    with outputs:
        _draw(readout, "readout, to the outputs", "readout.W", "output", identity, _output_names(model))
    _say_radius(W_h, model.config.activation)


def _draw(
    matrix: NDArray[np.floating], title: str, name: str, column: str, identity: str, names: tuple[str, ...] = ()
) -> None:
    st.markdown(
        f"**{title}** :gray[{matrix.shape[0]:,} × {matrix.shape[1]:,}, largest "
        f"{number_in_words(float(np.abs(matrix).max()))}]"
    )
    figure = weights_figure(matrix, row="unit", column=column, column_names=names)
    words = alt_weights(matrix, name=name, row="unit", column=column)
    live_chart(figure, key=f"weights_{name}", identity=identity, alt=words, height=HEIGHT)


def _input_names(model: Model) -> tuple[str, ...]:
    if model.config.input_weights == "shared":
        return model.names
    several = len(model.names) > 1
    return tuple(
        f"step {step + 1}{f', {name}' if several else ''}"
        for step in range(model.config.window)
        for name in model.names
    )


def _output_names(model: Model) -> tuple[str, ...]:
    if model.config.horizon == 1:
        return model.targets
    return tuple(f"{name} +{step}" for step in range(1, model.config.horizon + 1) for name in model.targets)


def _say_radius(W_h: NDArray[np.floating], activation: str) -> None:
    if len(W_h) > MOST_UNITS:
        st.caption(
            f"The spectral radius of W\\_h is not computed for more than {MOST_UNITS:,} units: it takes minutes."
        )
        return
    radius = _radius(W_h)
    factor, slope = radius, ""
    if activation == "sigmoid":
        # A sigmoid passes on a quarter of a small change at its steepest; tanh and relu pass on all of it.
        factor = radius / 4
        slope = f" A sigmoid passes on a quarter of that at most, {number_in_words(factor)}."
    if factor < 0.9:
        meaning = "fades from step to step, and what was read long ago is forgotten"
    elif factor <= 1.1:
        meaning = "keeps about its size, so the network can remember over many steps"
    else:
        meaning = "grows from step to step, and gradients can explode"
    st.markdown(
        f"**Spectral radius of W\\_h: {number_in_words(radius)}.** In the long run W\\_h multiplies a small state by this "
        f"much at each step.{slope} Left to itself, a small state {meaning}."
    )


@st.cache_data(max_entries=8, show_spinner="Computing the spectral radius …")
def _radius(W_h: NDArray[np.floating]) -> float:
    return spectral_radius(W_h)
