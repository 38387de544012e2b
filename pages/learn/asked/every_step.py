"""The error through the last state only, beside an error that enters at every step as the article adds it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages.learn.walk import networks
from rnn.core import article
from rnn.core.article_gradient import cosine, forward_pass, true_gradient
from rnn.core.article_mended import summed_direction
from rnn.ui.figures.walk import alt_steps, steps_figure
from rnn.ui.live_chart import live_chart
from rnn.ui.wording import number_in_words

# The true gradient in everything but where the error enters.
EVERY_STEP = ("chain_rule", "slope", "sums", "truncate")


def draw() -> None:
    weights, start = networks.choose("every_step", networks.BOTH_SIGNS)
    x, y = article.windows(article.article_series().values[:, 0])
    record = st.slider("Record", 0, len(x) - 1, 0, key="every_step_record")
    kept = forward_pass(weights, x[record])
    error = kept.y_hat - float(y[record])
    lengths = np.linalg.norm(error * kept.h[1:], axis=1)
    only_last = np.where(np.arange(len(lengths)) == len(lengths) - 1, lengths, np.nan)
    titles = {"y_title": "length of what step t adds to dV"}
    curves = {"e · h at every step, as published": lengths, "through the last state": only_last}
    live_chart(
        steps_figure(np.arange(len(lengths)), curves, **titles, log=False), key="every_step_chart",
        identity=f"every:{start}", alt=alt_steps(np.arange(len(lengths)), curves, **titles), height=260,
    )  # fmt: skip
    through_last = true_gradient(weights, x[record], float(y[record]))
    every = summed_direction(weights, x[record], float(y[record]), EVERY_STEP)
    st.table(
        pd.DataFrame({
            "": [f"d{name}" for name in "UWV"],
            "Length, through the last state": [number_in_words(_length(through_last, name)) for name in "UWV"],
            "Length, error at every step": [number_in_words(_length(every, name)) for name in "UWV"],
            "Cosine": [f"{cosine(getattr(through_last, name), getattr(every, name)):.3f}" for name in "UWV"],
        }),
        border="horizontal", hide_index=True, alt="The gradient of the loss beside that of an error at every step.",
    )  # fmt: skip
    st.caption(
        "Both by the chain rule over the whole window. The second is no gradient of the loss that is reported: it takes the "
        "last step’s error for that of an output at each step."
    )


def _length(gradient: article.Weights, name: str) -> float:
    return float(np.linalg.norm(getattr(gradient, name)))
