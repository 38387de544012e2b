"""The mean of the network's forecast and Theta's: the switch, and what is said of it."""

from __future__ import annotations

import streamlit as st

from pages.forecast import request_link
from pages.train.auto import of_run
from rnn.core.series import Series
from rnn.forecast.with_theta import suits
from rnn.runs.records import Run

LABEL = "Mean with Theta"
ALONE = (
    ":material/info: Everything measured beneath, and the past in the chart, is of the network alone, without Theta: "
    "errors, and how often intervals held."
)


def draw_toggle(run: Run, whole: Series) -> bool:
    """Whether it is on; not drawn, and off, where the series has no season or many of them. On at first where Auto found it
    best for the run."""
    if not suits(run.config, whole):
        return False
    found, key = of_run(run), f"forecast_theta_{run.id}"
    usual = found is not None and found.with_theta
    linked = request_link.given(request_link.THETA, request_link.switch_of, "true, false")
    if linked is not None:
        st.session_state[key] = linked
    on = st.toggle(
        LABEL, value=usual, key=key, persist_state="session",
        help="The mean of the network's forecast and that of Theta (a line and exponential smoothing, halved). With few "
        "seasons to learn from it mostly errs less than either. Auto, Backtest and Ranking judge it on this series.",
    )  # fmt: skip
    request_link.write(request_link.THETA, str(on).lower(), str(usual).lower())
    return on


def in_words(log: bool) -> str:
    """What the forecast is, beneath the chart."""
    zero = " Where Theta falls to zero or below, the network's stands alone." if log else ""
    return (
        "The forecast is the **mean of the network's and Theta's**. Theta takes the season out, continues the rest half as a "
        f"line and half by exponential smoothing, and puts the season back.{zero}"
    )
