"""The spectral radius of the recurrent weights, gate by gate, and what it means."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from rnn.core.config import Config
from rnn.core.inspection import spectral_radius
from rnn.ui.wording import number_in_words

MOST_UNITS = 1024  # eigenvalues of more take minutes


def say_radii(blocks: Mapping[str, NDArray[np.floating]], config: Config) -> None:
    """blocks: gate letter → recurrent weights (H, H)."""
    if config.hidden > MOST_UNITS:
        st.caption(
            f"The spectral radius of W\\_h is not computed for more than {MOST_UNITS:,} units: it takes minutes."
        )
        return
    radii = {letter: _radius(block) for letter, block in blocks.items()}
    st.markdown(_of_one(radii["h"], config.activation) if config.cell == "elman" else _of_gates(radii, config.cell))


def _of_one(radius: float, activation: str) -> str:
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
    return (
        f"**Spectral radius of W\\_h: {number_in_words(radius)}.** In the long run W\\_h multiplies a small state by this "
        f"much at each step.{slope} Left to itself, a small state {meaning}."
    )


def _of_gates(radii: Mapping[str, float], cell: str) -> str:
    each = ", ".join(f"{letter} **{number_in_words(radius)}**" for letter, radius in radii.items())
    keeper, through = ("update gate z", "candidate n") if cell == "gru" else ("forget gate f", "candidate g")
    return (
        f"**Spectral radius of W\\_h, gate by gate:** {each}. How long the network remembers is up to the {keeper} above all, "
        f"which can be chosen above: where it is near 1, a state passes from step to step whatever W\\_h holds. The radius of "
        f"the {through} says how strongly the old state feeds what is newly written."
    )


@st.cache_data(max_entries=32, show_spinner="Computing the spectral radius …")
def _radius(W_h: NDArray[np.floating]) -> float:
    return spectral_radius(W_h)
