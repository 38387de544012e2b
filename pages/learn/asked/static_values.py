"""Values that a window has once: how they come in, by their shapes."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from rnn.core.config import Config
from rnn.core.network import Network


def draw() -> None:
    with st.container(horizontal=True, gap="medium"):
        window = st.slider("Values in a window, T", 2, 100, 50, key="static_T", width=200)
        columns = st.slider("Columns of the sequence, D", 1, 8, 1, key="static_D", width=200)
        static = st.slider("Static values, S", 0, 8, 2, key="static_S", width=200)
        hidden = st.slider("Hidden units, H", 1, 128, 16, key="static_H", width=200)
    network = Network(Config(window=window, hidden=hidden), columns, 1, static)
    shapes = network.shapes
    st.table(
        pd.DataFrame({
            "": ["x, the sequence", "static, once a window", "what a step reads", "W_x", "W_h"],
            "Shape, of B windows": [
                f"({window}, B, {columns})", f"(B, {static})", f"(B, {network.channels}): D + S",
                str(shapes["layer0.W_x"]), str(shapes["layer0.W_h"]),
            ],
            "Weights": ["", "", "", *(f"{shapes[name][0] * shapes[name][1]:,}" for name in ("layer0.W_x", "layer0.W_h"))],
        }),
        border="horizontal", hide_index=True, alt="Shapes of a network that reads static values beside the sequence.",
    )  # fmt: skip
    st.caption(f"A static value costs {hidden} input weights, one for each unit, however long the window.")
