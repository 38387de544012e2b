"""max_val: a series made small for the network, and its answers made large again, or forgotten to be."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.learn.walk import values as choice
from pages.learn.walk.reading import fitted_rule
from rnn.core.metrics import rmse
from rnn.ui.figures.walk import alt_steps, steps_figure
from rnn.ui.live_chart import live_chart
from rnn.ui.wording import number_in_words

LEAST = 20


def draw() -> None:
    found = choice.choose(key="max_val", least=LEAST)
    choice.draw_remark(found)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        times = st.slider("Make the series larger, times", 1.0, 100.0, 20.0, key="max_val_times", width=280)
        undone = st.toggle("Multiply the answers by max_val", value=False, key="max_val_undone")
    values = found.values * times
    max_val, answers, first = scaled_and_predicted(values)
    answers = answers * max_val if undone else answers
    error = number_in_words(rmse(values[first:], answers))
    k = np.arange(first, len(values))
    curves, titles = {"series": values[first:], "predicted": answers}, {"y_title": found.name, "x_title": "k"}
    live_chart(
        steps_figure(k, curves, **titles, log=False), key="max_val_chart", identity=f"max_val:{found.own}", height=280,
        alt=alt_steps(k, curves, **titles),
    )  # fmt: skip
    st.markdown(
        f"max_val = {number_in_words(max_val)}, the largest value of the first two thirds by size; the predictor (a line "
        f"through the last two values, fitted there) learned from values between −1 and 1. RMSE: **{error}**."
    )


def scaled_and_predicted(values: np.ndarray) -> tuple[float, np.ndarray, int]:
    """max_val, the answers to the last third in scaled units, and where that begins: values (N,), N at least 20."""
    first = len(values) * 2 // 3
    max_val = float(np.abs(values[:first]).max()) or 1.0
    scaled = values / max_val
    a, b = fitted_rule(scaled[:first])
    return max_val, a * scaled[first - 1 : -1] + b * scaled[first - 2 : -2], first
