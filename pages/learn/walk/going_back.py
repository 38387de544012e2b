"""Steps 6 and 7: the error on its way back through time, and what is lost when it is cut short."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages.learn.walk import networks
from pages.learn.walk import values as choice
from rnn.core.article import Weights
from rnn.core.article_gradient import cosine, errors_back, forward_pass, true_gradient
from rnn.ui.figures.walk import alt_steps, steps_figure
from rnn.ui.live_chart import live_chart
from rnn.ui.wording import number_in_words

SIZES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)


def draw_error() -> None:
    weights, x, y, name = _network_and_window("error")
    kept = forward_pass(weights, x)
    errors = errors_back(weights, kept, kept.y_hat - y)
    norms, steps = np.linalg.norm(errors, axis=1), np.arange(len(x))
    titles = {"y_title": "length of ∂loss/∂a at step t"}
    curves = {"error arriving": norms}
    live_chart(
        steps_figure(steps, curves, **titles), key="walk_error_chart", identity=f"error:{name}",
        alt=alt_steps(steps, curves, **titles), height=300,
    )  # fmt: skip
    st.markdown(f"ŷ − y = {kept.y_hat - y:+.3f} enters at step {steps[-1]}. {fading(norms)}".replace("-", "−"))
    back = st.slider("Look at the error so many steps back", 0, len(x) - 1, 3, key="walk_back_steps")
    passed = range(len(x) - 1, len(x) - 2 - back, -1)[-4:]
    adds = [float(np.linalg.norm(errors[t]) * np.linalg.norm(kept.h[t])) for t in passed]  # of an outer product
    st.table(
        pd.DataFrame({
            "Step t": [str(t) for t in passed],
            "Length of the error": [number_in_words(norms[t]) for t in passed],
            "Beside the step after it": [beside(norms, t) for t in passed],
            "What it adds to dW": [number_in_words(one) for one in adds],
        }),
        border="horizontal", hide_index=True, alt="The error at the last steps that it has passed on its way back.",
    )  # fmt: skip


def beside(norms: np.ndarray, t: int) -> str:
    """The length at step t as a multiple of that at step t + 1."""
    return f"× {norms[t] / norms[t + 1]:.3g}" if t + 1 < len(norms) and norms[t + 1] > 0 else "–"


def fading(norms: np.ndarray) -> str:
    """How the length changes a step on its way back, in words; norms (T,)."""
    reached = np.flatnonzero(norms > 0)
    if len(reached) < 2:
        return "Nothing of it travels back: every unit is at its stop, where the sigmoid has no slope left in 64 bits."
    first, last = reached[0], reached[-1]
    factor = (norms[first] / norms[last]) ** (1 / (last - first))
    word = "**vanishes**" if factor < 0.9 else "**explodes**" if factor > 1.1 else "keeps its size"
    ends = f"from {norms[last]:.2g} to {norms[first]:.2g} at step {first}"
    return f"On its way back it {word}: times {factor:.3g} a step, {ends}."


def draw_truncation() -> None:
    weights, x, y, name = _network_and_window("truncation")
    count = np.arange(1, len(x) + 1)
    lengths, cosines = truncated(weights, x, y)
    if np.isnan(lengths).all():
        st.info(
            "No gradient reaches U and W: every unit is at its stop, where the sigmoid has no slope left in 64 bits. Make W "
            "smaller.",
            icon=":material/info:",
        )
        return
    n = st.slider("Send the error back over n steps", 1, len(x), 5, key="walk_n")
    titles = {"y_title": "beside the full gradient of U and W", "x_title": "steps n that the error goes back"}
    curves = {"length": lengths, "cosine": cosines}
    live_chart(
        steps_figure(count, curves, **titles, log=False, mark=float(n)), key="walk_truncation_chart",
        identity=f"truncation:{name}", alt=alt_steps(count, curves, **titles), height=300,
    )  # fmt: skip
    with st.container(horizontal=True, gap="medium"):
        st.metric("Length of what is left", f"{lengths[n - 1]:.1%}", width=190)
        st.metric("Cosine with the whole", f"{cosines[n - 1]:.4f}", width=190)
        st.metric("Steps computed", f"{n} of {len(x)}", width=150)
    st.caption("The gradient of U and W together. V is not concerned: its error does not travel.")


def truncated(weights: Weights, x: np.ndarray, y: float) -> tuple[np.ndarray, np.ndarray]:
    """For n = 1 … T: the length of the gradient of (U, W) cut after n steps, as a share of the full one's, and their cosine."""
    full = _together(true_gradient(weights, x, y))
    whole = float(np.linalg.norm(full))
    if whole == 0:
        return np.full(len(x), np.nan), np.full(len(x), np.nan)
    cut = [_together(true_gradient(weights, x, y, n)) for n in range(1, len(x) + 1)]
    return np.array([np.linalg.norm(one) / whole for one in cut]), np.array([cosine(one, full) for one in cut])


def _together(gradient: Weights) -> np.ndarray:
    return np.concatenate([gradient.U.ravel(), gradient.W.ravel()])


def _network_and_window(key: str) -> tuple[Weights, np.ndarray, float, str]:
    with st.container(horizontal=True, gap="medium"):
        found = choice.choose(least=networks.WINDOW + 2)
        weights, start = networks.choose(key, networks.BOTH_SIGNS)
    choice.draw_remark(found)
    with st.container(horizontal=True, gap="medium"):
        size = st.select_slider(
            "Make W larger or smaller", SIZES, 1.0, key=f"walk_size:{key}", format_func=lambda s: f"× {s:g}", width=300
        )
        last = len(found.values) - networks.WINDOW - 1
        at = st.slider("Window number", 0, last, min(3, last), key=f"walk_window:{key}:{found.own}", width=300)
    x, y = choice.window_at(found, networks.WINDOW, at)
    return Weights(weights.U, weights.W * size, weights.V), x, y, f"{start}:{found.own}"
