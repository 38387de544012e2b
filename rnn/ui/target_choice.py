"""Which target and which step ahead a chart of predictions shows: asked only where there are several."""

from __future__ import annotations

import streamlit as st

from rnn.core.series import Series

WIDTH = 220


def choose(series: Series, horizon: int, target_key: str, ahead_key: str, *, labelled: bool = False) -> tuple[int, int]:
    """The target's number, and the steps after the first. Draws into the container at hand.

    labelled: with the labels to be seen, where the row holds nothing else that says what it is about.
    """
    target, ahead = series.targets[0], 1
    seen = "visible" if labelled else "collapsed"
    if len(series.targets) > 1:
        target = st.selectbox("Target shown", series.targets, key=target_key, label_visibility=seen, width=WIDTH)
    if horizon > 1:
        ahead = st.select_slider(
            "Step ahead shown", range(1, horizon + 1), key=ahead_key, label_visibility=seen, width=WIDTH,
            format_func=str if labelled else _in_words,
        )  # fmt: skip
    return series.targets.index(target), int(ahead) - 1


def _in_words(step: int) -> str:
    return f"{step} ahead"
