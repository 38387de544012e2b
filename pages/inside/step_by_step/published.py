"""The article's own rule at one step, beside the true gradient that the walk shows."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.inside.step_by_step.sums import written
from pages.inside.view import View
from rnn.core import article

Array64 = NDArray[np.float64]


def terms_of(view: View) -> Array64:
    """(T, 3, H): what the rule adds at each step to the rows of dU and dW and to dV, before any clip."""
    params, (x, y) = view.part.params, view.window.framed
    weights = article.Weights(
        np.array(params["layer0.W_x"][:, 0, :].T, np.float64, order="C"),
        np.array(params["layer0.W_h"].T, np.float64, order="C"), np.array(params["readout.W"].T, np.float64, order="C"),
    )  # fmt: skip
    return article.step_terms(weights, x[:, 0, 0], float(y[0, 0]), view.config.truncate or 0)


def say_published(view: View, step: int, unit: int) -> None:
    """In words, with the rule's numbers for one unit."""
    d_u, d_w, d_v = (written(float(term[unit])) for term in terms_of(view)[step])
    times = min(step, view.config.truncate or 0)
    st.warning(
        "This run was trained by the article’s own rule, which is not backpropagation through time; the numbers above are the "
        f"true gradient. At step {step + 1} its rule adds {d_u} to all of unit {unit}’s dU and {d_w} to all of its dW: the "
        f"forward products U x and W h themselves, each added up to {times} times, without the error in them, so that they "
        f"are the same whether the prediction is too high or too low. To dV it adds error × h = {d_v}, at every step, "
        "although only the last state reaches the output.",
        icon=":material/history_edu:",
    )
