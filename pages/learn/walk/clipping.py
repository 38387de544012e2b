"""Step 8: a gradient that is too long, cut entry by entry or shortened as a whole."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages.learn.walk import networks
from rnn.core import article
from rnn.core.article_gradient import cosine, true_gradient
from rnn.core.clipping import CLIPPINGS
from rnn.ui.figures.walk import alt_arrows, arrows_figure
from rnn.ui.live_chart import live_chart
from rnn.ui.wording import number_in_words

KINDS = {"by value": "value", "by norm": "norm"}


def draw() -> None:
    with st.container(horizontal=True, gap="medium"):
        first = st.slider("Entry 1 of the gradient", -20.0, 20.0, 16.0, 0.5, key="walk_g1", width=240)
        second = st.slider("Entry 2", -20.0, 20.0, 4.0, 0.5, key="walk_g2", width=240)
        limit = st.slider("Limit", 0.5, 20.0, 10.0, 0.5, key="walk_limit", width=240)
    gradient = np.array([first, second])
    clipped = {name: clip(gradient, kind, limit) for name, kind in KINDS.items()}
    pairs = {name: (float(one[0]), float(one[1])) for name, one in clipped.items()}
    left, right = st.columns([3, 2], gap="large")
    with left:
        live_chart(
            arrows_figure((first, second), pairs, limit), key="walk_arrows", identity="arrows",
            alt=alt_arrows((first, second), pairs, limit), height=340,
        )  # fmt: skip
    with right:
        for name, one in clipped.items():
            bent = angle(one, gradient)
            st.metric(
                f"Direction, clipped {name}", f"bent by {bent:.1f}°" if bent > 0.05 else "kept",
                f"length {np.linalg.norm(one):.2f} of {np.linalg.norm(gradient):.2f}", delta_color="off", delta_arrow="off",
            )  # fmt: skip
    _draw_real()


def _draw_real() -> None:
    st.markdown("**On a real gradient**: that of the article’s network for its first record.")
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        weights, _ = networks.choose("clip", networks.BOTH_SIGNS)
        limit = st.select_slider(
            "Limit ", (0.001, 0.01, 0.1, 1.0, 10.0, 100.0), 0.1, key="walk_real_limit", width=300,
            format_func=lambda value: f"{value:g}",
        )  # fmt: skip
    x, y = article.windows(article.article_series().values[:, 0])
    found = true_gradient(weights, x[0], float(y[0]))
    whole = np.concatenate([found.U.ravel(), found.W.ravel(), found.V.ravel()])
    rows = []
    for name, kind in KINDS.items():
        one = clip(whole, kind, limit)
        rows.append({
            "Clipped": name,
            "Length": f"{number_in_words(float(np.linalg.norm(one)))} of {number_in_words(float(np.linalg.norm(whole)))}",
            "Entries changed": f"{np.count_nonzero(one != whole):,} of {whole.size:,}",
            "Cosine with the gradient": f"{cosine(one, whole):.4f}",
        })  # fmt: skip
    st.table(
        pd.DataFrame(rows), border="horizontal", hide_index=True,
        alt="The gradient of the article’s network after clipping by value and by norm.",
    )  # fmt: skip


def clip(gradient: np.ndarray, kind: str, limit: float) -> np.ndarray:
    """A copy of the gradient (N,), clipped by the function that trains."""
    out = gradient.copy()
    CLIPPINGS[kind](out, float(np.linalg.norm(out)), limit)
    return out


def angle(one: np.ndarray, other: np.ndarray) -> float:
    """Degrees between two arrows; 0 where one has no length."""
    found = cosine(one, other)
    return 0.0 if np.isnan(found) else float(np.degrees(np.arccos(np.clip(found, -1, 1))))
