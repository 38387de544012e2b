"""Steps 3 and 4: the three matrices, and the forward pass through them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.learn.walk import networks
from pages.learn.walk import values as choice
from rnn.core.article import Weights
from rnn.core.article_gradient import Pass, forward_pass
from rnn.core.config import PRESETS
from rnn.core.network import Network
from rnn.ui.figures import alt_weights, weights_figure
from rnn.ui.figures.heat import RISING, heat_trace
from rnn.ui.figures.style import axis, figure, number
from rnn.ui.live_chart import live_chart

PER_POSITION, SHARED = "one column for each position, as published", "one column for all steps"
UNITS_SHOWN = 40
STOP = 0.01  # a unit this near to 0 or 1 counts as being at its stop


def draw_weights() -> None:
    with st.container(horizontal=True, gap="medium"):
        hidden = st.slider("Hidden units, H", 1, 256, 100, key="walk_hidden", width=300)
        window = st.slider("Values in a window, T", 2, 100, 50, key="walk_window_length", width=300)
    kind = st.segmented_control(
        "U has",
        [PER_POSITION, SHARED],
        default=PER_POSITION,
        required=True,
        key="walk_columns",
        wrap=True,
        persist_state="session",
    )
    input_weights = "per_step" if kind == PER_POSITION else "shared"
    network = Network(
        PRESETS["article"].replace(gradient="bptt", hidden=hidden, window=window, input_weights=input_weights), 1, 1
    )
    rows = [
        ("U", "layer0.W_x", (hidden, window if kind == PER_POSITION else 1), "the values read → the units"),
        ("W", "layer0.W_h", (hidden, hidden), "the units a step earlier → the units"),
        ("V", "readout.W", (1, hidden), "the units at the end → the output"),
    ]
    counts = [int(np.prod(network.shapes[ours])) for _, ours, _, _ in rows]
    st.table(
        pd.DataFrame({
            "Matrix": [name for name, *_ in rows],
            "Shape": [f"{shape[0]} × {shape[1]}" for _, _, shape, _ in rows],
            "Weights": [f"{count:,}" for count in counts],
            "From → to": [words for *_, words in rows],
            "Here": [f"{ours} {network.shapes[ours]}" for _, ours, _, _ in rows],
        }),
        border="horizontal", hide_index=True, alt="The three weight matrices with their shapes and numbers of weights.",
    )  # fmt: skip
    st.markdown(f"Together **{network.size:,}** weights, of which W has {counts[1] / network.size:.0%}.")
    u = networks.weights_of(networks.PUBLISHED, hidden, window if kind == PER_POSITION else 1).U
    names = {"row": "unit", "column": "position in the window"}
    live_chart(
        weights_figure(u, **names), key="walk_u", identity=f"U:{hidden}:{u.shape[1]}", height=260,
        alt=alt_weights(u, name="U as the article draws it", **names),
    )  # fmt: skip
    st.caption(
        "U, drawn between 0 and 1 as in the article. " + (
            "A value is weighted by where in the window it stands: move the window by one, and every value meets other weights."
            if kind == PER_POSITION else "A value means the same wherever in the window it stands."
        )
    )  # fmt: skip


def draw_forward() -> None:
    with st.container(horizontal=True, gap="medium"):
        found = choice.choose(least=networks.WINDOW + 2)
        weights, start = networks.choose("forward")
    choice.draw_remark(found)
    x, _ = choice.window_at(found, networks.WINDOW, 0)
    kept = forward_pass(weights, x)
    t = st.slider("Stand after step t", 0, networks.WINDOW - 1, 2, key="walk_t")
    at_stop = np.mean((kept.h[1:] < STOP) | (kept.h[1:] > 1 - STOP), axis=1)
    states = np.where(np.arange(networks.WINDOW)[:, None] <= t, kept.h[1:], np.nan)[:, :UNITS_SHOWN]
    made = _states_figure(states)
    live_chart(
        made, key="walk_states", identity=f"states:{start}:{found.own}", height=300,
        alt=f"States of the first {UNITS_SHOWN} units up to step {t}: at step {t} from {number(kept.h[t + 1].min())} to "
        f"{number(kept.h[t + 1].max())}, {at_stop[t]:.0%} of all {networks.HIDDEN} at their stop.",
    )  # fmt: skip
    _draw_equation(weights, kept, x, t)
    with st.container(horizontal=True, gap="medium"):
        st.metric("Mean of a before σ", f"{kept.a[t].mean():.2f}", width=170)
        st.metric("Mean of h", f"{kept.h[t + 1].mean():.4f}", width=150)
        st.metric("Units at their stop", f"{at_stop[t]:.0%}", width=170, help=f"Nearer than {STOP} to 0 or 1.")
        st.metric("Output ŷ at the end", f"{kept.y_hat:.3f}", width=170)


def _draw_equation(weights: Weights, kept: Pass, x: np.ndarray, t: int) -> None:
    """Unit 0 at step t, with its numbers in it."""
    u, read = weights.U[0, t], x[t]
    back = kept.a[t, 0] - u * read
    st.latex(
        rf"h_{{{t}}}[0] = \sigma(\underbrace{{{u:.3f}}}_{{U}} \cdot \underbrace{{{read:.3f}}}_{{x_{{{t}}}}} + "
        rf"\underbrace{{{back:.3f}}}_{{W h_{{{t - 1}}}}}) = \sigma({kept.a[t, 0]:.3f}) = {kept.h[t + 1, 0]:.4f}"
    )


def _states_figure(states: np.ndarray) -> go.Figure:
    trace = heat_trace(
        states.T, np.arange(len(states)), [str(k) for k in range(states.shape[1])], low=0, high=1,
        hover="unit %{y}, step %{x}<br>h = %{z:.4f}", bar={"tickvals": [0, 0.5, 1]}, colorscale=RISING,
    )  # fmt: skip
    made = figure([trace], "", "", hovermode="closest", showlegend=False)
    made.update_layout(
        xaxis=axis("step t", showgrid=False, range=[-0.5, len(states) - 0.5]),
        yaxis=axis("unit", type="category", showgrid=False, autorange="reversed", nticks=8),
    )
    return made
