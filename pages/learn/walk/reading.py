"""Steps 1 and 2: the series, and its windows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages.learn.walk import values as choice
from rnn.core import article
from rnn.ui.figures.walk import alt_window, window_figure
from rnn.ui.live_chart import live_chart
from rnn.ui.wording import number_in_words

RULE_VALUES = 2  # how many values the linear rule reads


def draw_series() -> None:
    found = choice.choose(least=20)
    choice.draw_remark(found)
    last = len(found.values) - 1
    first = max(10, last // 4)
    at = st.slider(
        "Stand at value k, and look at the next", first, last - 1, min(100, last - 1), key=f"walk_at:{found.own}"
    )
    a, b = fitted_rule(found.values[: at + 1])
    told, actual = a * found.values[at] + b * found.values[at - 1], found.values[at + 1]
    shown = {"first": at - 1, "window": RULE_VALUES, "predicted": float(told), "name": found.name}
    live_chart(
        window_figure(found.values, **shown), key="walk_series_chart", identity=f"series:{found.own}:{found.name}",
        alt=alt_window(found.values, **shown), height=300,
    )  # fmt: skip
    with st.container(horizontal=True, gap="medium"):
        st.metric("Next value", number_in_words(actual), width=150)
        st.metric("A line through two says", number_in_words(told), width=190)
        st.metric("Its error", f"{abs(told - actual):.2g}", width=150)
    st.caption(
        f"The line, fitted to what has been seen: next = {a:.4f} · last {'−' if b < 0 else '+'} {abs(b):.4f} · the one before. "
        + ("For the sine these are 2 cos(1) and 1 exactly: nothing is left for a network to add." if not found.own else
           "On real data an error is left; that is what a network is for.")
    )  # fmt: skip


def fitted_rule(values: np.ndarray) -> tuple[float, float]:
    """a and b of next = a · last + b · the one before, by least squares over the values (N,), N at least 4."""
    pairs = np.column_stack([values[1:-1], values[:-2]])
    a, b = np.linalg.lstsq(pairs, values[2:], rcond=None)[0]
    return float(a), float(b)


def draw_windows() -> None:
    found = choice.choose(least=8)
    choice.draw_remark(found)
    count = len(found.values)
    with st.container(horizontal=True, gap="medium"):
        longest = min(100, count - 2)
        window = st.slider(
            "Values in a window, T", 2, longest, min(50, count // 2), key=f"walk_T:{found.own}", width=300
        )
        x, y = article.windows(found.values, window)
        record = st.slider("Window number", 0, len(x) - 1, 0, key=f"walk_record:{found.own}:{window}", width=500)
    shown = {"first": record, "window": window, "name": found.name}
    live_chart(
        window_figure(found.values, **shown), key="walk_window_chart", identity=f"windows:{found.own}:{found.name}",
        alt=alt_window(found.values, **shown), height=280,
    )  # fmt: skip
    train = len(x) * 2 // 3
    part = (
        f"It is one of the first {train}, which train."
        if record < train
        else f"It is one of the last {len(x) - train}, which validate."
    )
    st.markdown(
        f"Window {record} reads values {record} to {record + window - 1} and should say value {record + window}. {part}"
    )
    row = ", ".join(f"{value:.3g}" for value in x[record][:4]).replace("-", "−")
    st.table(
        pd.DataFrame({
            "": ["X", "Y", "one record of X", "its Y"],
            "Shape": [str((*x.shape, 1)), str((len(y), 1)), str((window, 1)), "(1,)"],
            "Holds": [
                f"{len(x)} windows of {window} steps, one value a step", "the value after each window",
                f"{row}{' …' if window > 4 else ''}", f"{y[record]:.4g}".replace("-", "−"),
            ],
        }),
        border="horizontal", hide_index=True, alt="Shapes of the arrays of windows and of the values that follow them.",
    )  # fmt: skip
