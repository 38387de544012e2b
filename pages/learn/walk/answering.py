"""Step 9: what the trained network says, and that the article's prediction step asks another network."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.learn.course import answers, done_right
from rnn.core.article import EPOCHS, TRAIN_RECORDS
from rnn.core.metrics import rmse
from rnn.ui.figures.walk import alt_steps, steps_figure
from rnn.ui.live_chart import live_chart

AS_TRAINED, ITS_STEP, RIGHT = "as it was trained", "its prediction step", "done right"


def draw() -> None:
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        epoch = st.slider("After epoch", 0, EPOCHS, EPOCHS, key="walk_epoch", width=300)
        beside = st.toggle("Beside it: the same task done right", key="walk_right", persist_state="session")
    found = answers()
    actual = found.actual
    shown = {AS_TRAINED: found.trained[epoch], ITS_STEP: found.prediction_step[epoch]}
    if beside:
        shown[RIGHT] = done_right()
    k = np.arange(TRAIN_RECORDS, TRAIN_RECORDS + len(actual)) + 50
    titles = {"y_title": "value", "x_title": "k, of the 50 validation windows"}
    curves = {"sin(k)": actual, **shown}
    live_chart(
        steps_figure(k, curves, **titles, log=False), key="walk_answers", identity="answers",
        alt=alt_steps(k, curves, **titles), height=320,
    )  # fmt: skip
    with st.container(horizontal=True, gap="medium"):
        for name, answer in shown.items():
            st.metric(f"RMSE, {name}", f"{rmse(actual, answer):.4f}", width=190)
        st.metric("RMSE, always the mean", f"{rmse(actual, np.full_like(actual, found.mean)):.4f}", width=190)
    st.caption(
        "Trained, step t reads x at t alone. The article’s prediction step feeds the whole window in at every step, which is "
        "another network with the same weights; its error is the one that the article reports."
    )
