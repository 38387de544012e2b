"""Two columns at once: one network with two inputs and two outputs beside two networks, on the weather of Seattle."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

import rnn
from rnn.core.config import Config
from rnn.core.metrics import rmse
from rnn.core.network import Network
from rnn.core.windows import split_windows
from rnn.data import load_sample

COLUMNS = ("temp_max", "wind")
CONFIG = Config(hidden=16, window=20, epochs=12, patience=None, batch=32, seed=1)


@dataclass(frozen=True)
class Trained:
    """weights: how many. errors: column → validation RMSE, original units. seconds: of its training."""

    weights: int
    errors: dict[str, float]
    seconds: float


def draw() -> None:
    st.caption(
        "No series with humidity among those that come with Unroll; temp_max and wind stand in for it. If yours has it, open "
        "it on the Data page and choose both under *Predict*."
    )
    if not st.toggle("Train one network and two, and compare", key="several_run"):
        return
    both = trained(COLUMNS, COLUMNS)
    each = {name: trained((name,), COLUMNS) for name in COLUMNS}
    alone = {name: trained((name,), (name,)) for name in COLUMNS}
    rows = {
        "One network: reads both, predicts both": (both, both),
        "Two networks: each reads both, predicts one": tuple(each.values()),
        "Two networks: each reads and predicts one": tuple(alone.values()),
    }
    st.table(
        pd.DataFrame([
            {
                "": name,
                "RMSE, temp_max (°C)": f"{first.errors['temp_max']:.3f}",
                "RMSE, wind (m/s)": f"{second.errors['wind']:.3f}",
                "Weights": f"{first.weights + (0 if first is second else second.weights):,}",
            }
            for name, (first, second) in rows.items()
        ] + [{
            "": "The day before, again",
            "RMSE, temp_max (°C)": f"{last_value_error('temp_max'):.3f}",
            "RMSE, wind (m/s)": f"{last_value_error('wind'):.3f}",
            "Weights": "–",
        }]),
        border="horizontal", hide_index=True, alt="Validation errors of one network for both columns and of two networks.",
    )  # fmt: skip
    st.caption(
        f"Trained here: {CONFIG.epochs} epochs, {CONFIG.hidden} hidden units, windows of {CONFIG.window} days, the last fifth "
        "of 1,461 days to validate. One network does as well as two with about half the weights; another seed moves the last "
        "digits."
    )


@st.cache_data(show_spinner="Training on Seattle’s weather …")
def trained(targets: tuple[str, ...], inputs: tuple[str, ...]) -> Trained:
    others = [name for name in inputs if name not in targets]
    series = load_sample("seattle-weather").series(target=list(targets), inputs=others)
    last: rnn.Preview | None = None
    finished = None
    seconds = 0.0
    for event in rnn.train(CONFIG, series):
        if isinstance(event, rnn.Preview):
            last = event
        elif isinstance(event, rnn.Epoch):
            seconds += event.seconds
        else:
            finished = event
    if last is None or finished is None:
        raise RuntimeError("The training ended without a prediction.")
    split = split_windows(CONFIG, len(series))
    actual = series.values[split.validation_rows()][:, series.target_columns]
    errors = {name: rmse(actual[:, k], last.validation[:, 0, k]) for k, name in enumerate(targets)}
    return Trained(Network(CONFIG, len(inputs), len(targets)).size, errors, seconds)


@st.cache_data(show_spinner=False)
def last_value_error(name: str) -> float:
    """Validation RMSE of saying the day before again."""
    series = load_sample("seattle-weather").series(target=name)
    rows = split_windows(CONFIG, len(series)).validation_rows()
    values = series.values[:, series.target_columns[0]]
    return rmse(values[rows], values[rows.start - 1 : rows.stop - 1])
