"""Step 5: the loss of one record, its slope, and which way it pushes the output."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from rnn.core.losses import LOSSES
from rnn.ui.figures.walk import alt_loss_curve, loss_curve_figure
from rnn.ui.live_chart import live_chart

HALF, WHOLE, SIZE, HUBER = "(y − ŷ)² / 2, as published", "(y − ŷ)²", "|y − ŷ|", "Huber, bend at 1"
# What is drawn → the core's loss, the number it takes, and the factor before it.
OFFERED = {HALF: ("mse", None, 0.5), WHOLE: ("mse", None, 1.0), SIZE: ("mae", None, 1.0), HUBER: ("huber", 1.0, 1.0)}


def draw() -> None:
    chosen = st.pills(
        "Losses", list(OFFERED), selection_mode="multi", default=[HALF], key="walk_losses", persist_state="session"
    )
    draw_curves("walk", chosen or [HALF])


def draw_curves(key: str, chosen: Sequence[str]) -> None:
    """Two sliders, the curves with their tangents, and the numbers."""
    with st.container(horizontal=True, gap="medium"):
        y_hat = st.slider("The output ŷ", -2.0, 2.0, 1.2, 0.05, key=f"{key}_y_hat", width=300)
        y = st.slider("The value y that it should be", -1.0, 1.0, 0.3, 0.05, key=f"{key}_y", width=300)
    grid = np.linspace(-2, 2, 161)
    curves = {name: np.array([value_and_slope(name, at, y)[0] for at in grid]) for name in chosen}
    touching = {name: value_and_slope(name, y_hat, y) for name in chosen}
    live_chart(
        loss_curve_figure(grid, curves, y_hat, touching), key=f"{key}_loss", identity=f"loss:{','.join(chosen)}",
        alt=alt_loss_curve(y_hat, y, touching), height=300,
    )  # fmt: skip
    for name, (value, slope) in touching.items():
        way = "down" if slope > 0 else "up" if slope < 0 else "nowhere"
        st.markdown(f"{name}: **{value:.4f}**, slope **{slope:+.4f}**: the output is pushed {way}.".replace("-", "−"))


def value_and_slope(name: str, y_hat: float, y: float) -> tuple[float, float]:
    """The loss of one record and its derivative by ŷ, from the functions that train."""
    key, at, factor = OFFERED[name]
    loss, out = LOSSES[key], np.empty((1, 1))
    arrays = np.array([[y_hat]]), np.array([[y]])
    loss.derivative(*arrays, at, out)
    return factor * loss.total(*arrays, at), factor * float(out[0, 0])
