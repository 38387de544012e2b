"""Weights of the article's network for the steps that look at what it computes: three starts to choose from."""

from __future__ import annotations

import streamlit as st

from rnn.core.article import Weights, initial_weights
from rnn.core.article_mended import glorot_weights

PUBLISHED, BOTH_SIGNS = "between 0 and 1, as published", "of both signs, sized to fit (Glorot)"
WINDOW, HIDDEN = 50, 100


def choose(key: str, default: str = PUBLISHED) -> tuple[Weights, str]:
    """The weights, and how they start in words."""
    start = st.segmented_control(
        "The weights start", [PUBLISHED, BOTH_SIGNS], default=default, required=True, key=f"start:{key}",
        persist_state="session", wrap=True,
    )  # fmt: skip
    return weights_of(start), start


def weights_of(start: str, hidden: int = HIDDEN, window: int = WINDOW) -> Weights:
    if start == PUBLISHED:
        return initial_weights(hidden=hidden, window=window)
    return glorot_weights(42, hidden, window)
