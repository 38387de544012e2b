"""The chosen window: how large its error is at each step, and what each step adds to the gradient of the weights."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.inside.gradient import error_travel
from pages.inside.part import Part
from pages.inside.view import View
from pages.inside.window import Window
from rnn.core.config import Config
from rnn.core.inspection import GATES
from rnn.core.through_time import step_gradient_norms
from rnn.core.unrolled import unroll
from rnn.ui.figures.through_time import alt_window_flow, window_flow_figure
from rnn.ui.live_chart import live_chart

KEY = "gradient_window"
HEIGHT = 380
MOST_STEPS = 500
# Multiplications of one forward pass that are done without being asked for, and how many a second there are about.
MOST_WORK, A_SECOND = 4e8, 5e8

Array64 = NDArray[np.float64]


def draw(view: View) -> None:
    config = view.config
    st.markdown("##### This window’s error, step by step")
    if config.gradient == "published":
        st.caption("Shown is the true gradient of the article’s network; the rule that trained it does not use it.")
    what = (view.run.id, view.subject.id, view.epoch, view.part.identity, view.window.first)
    asked, key = work(config), f"gradient_window_asked:{what}"
    if asked > MOST_WORK and not st.session_state.get(key):
        label = f"Follow the error of this window (about {4 * asked / A_SECOND:,.0f} s)"
        if not st.button(label, icon=":material/undo:", key="gradient_window_ask"):
            return
        st.session_state[key] = True
    norms, shares = _way(what, view.part, view.window)
    _draw_chart(view, norms, shares)
    error_travel.draw(view.part, view.window)
    _explain(view, shares)


def work(config: Config) -> float:
    """Multiplications of a forward pass over one window."""
    return float(config.layers * config.steps * len(GATES[config.cell]) * config.hidden**2)


@st.cache_data(max_entries=64, show_spinner="Following the error back …")
def _way(what: tuple[object, ...], _part: Part, _window: Window) -> tuple[Array64, dict[str, Array64]]:
    return way(_part, _window)


def way(part: Part, window: Window) -> tuple[Array64, dict[str, Array64]]:
    """(T,): ‖∂L/∂h‖ at each step of the part's layer, and for W_h and W_x what share (in %) each step has in the sum of what
    all steps add to their gradients, by size."""
    found = unroll(part.network, part.params, *window.framed)
    shares = {}
    for name, sizes in step_gradient_norms(found, part.layer).items():
        total = float(sizes.sum())
        shares[name] = 100 * sizes / total if total > 0 else np.full(len(sizes), np.nan)
    return np.linalg.norm(found.layers[part.layer].dh[:, 0], axis=1), shares


def _draw_chart(view: View, norms: Array64, shares: dict[str, Array64]) -> None:
    T = len(norms)
    at = np.linspace(0, T - 1, min(T, MOST_STEPS)).round().astype(int)
    cut = view.config.truncate if (view.config.truncate or T) < T else None
    parts = (at - (T - 1), norms[at], {name: share[at] for name, share in shares.items()})
    live_chart(
        window_flow_figure(*parts, cut=cut), key=KEY, identity=view.identity, height=HEIGHT,
        alt=alt_window_flow(*parts, cut=cut),
    )  # fmt: skip


def _explain(view: View, shares: dict[str, Array64]) -> None:
    text = [
        "Above: the size of the error that arrives at the state of each step. The gradient of a weight is a sum over the "
        "steps, of error times what the weight read there; below is what share each step has in it, by size."
    ]
    recurrent = shares["W_h"]
    if np.isfinite(recurrent).all():
        count = int(np.searchsorted(np.cumsum(recurrent[::-1]), 90)) + 1
        text.append(f"**The last {count:,} of {len(recurrent):,} steps make 90 % of the gradient of W\\_h.**")
    if len(recurrent) > MOST_STEPS:
        text.append(f"Drawn are {MOST_STEPS} steps, evenly taken.")
    st.markdown(f":small[{' '.join(text)}]")
