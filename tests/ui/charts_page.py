"""A page that looks like a training run: charts in a fragment, four times a second, until it is paused."""

import numpy as np
import streamlit as st

from rnn.ui.figures import (
    alt_forecast,
    alt_loss,
    alt_prediction,
    alt_series,
    alt_weights,
    forecast_figure,
    loss_figure,
    prediction_figure,
    prediction_focus,
    series_figure,
    series_height,
    sparkline_svg,
    weights_figure,
)
from rnn.ui.live_chart import Pick, chart_view, live_chart
from rnn.ui.thinning import thin

st.set_page_config("Charts", layout="wide")

HOURS = 24 * 400
TIMES = np.datetime64("2024-01-01T00", "h") + np.arange(HOURS)
SPLIT = int(HOURS * 0.8)


@st.cache_data
def demand() -> np.ndarray:
    rng = np.random.default_rng(4)
    hour = np.arange(HOURS)
    daily, weekly = np.sin(2 * np.pi * hour / 24 - 1.3), np.sin(2 * np.pi * hour / 168)
    yearly = np.cos(2 * np.pi * hour / 8766)
    drift = np.convolve(rng.normal(size=HOURS + 47), np.ones(48) / 7, "valid")
    return 620 + 85 * daily + 35 * weekly + 90 * yearly + 9 * drift + rng.normal(0, 6, HOURS)


def losses(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    epochs = np.arange(1, count + 1)
    noise = np.random.default_rng(1).normal(size=(2, 4000))[:, :count]
    train = 0.9 * np.exp(-epochs / 9) + 0.05 / np.sqrt(epochs) * (1 + 0.08 * noise[0])
    val = 0.95 * np.exp(-epochs / 10) + 0.062 / np.sqrt(epochs) * (1 + 0.10 * noise[1]) + epochs * 4e-5
    return epochs, train, val


def loss_chart(count: int, identity: str, log: bool) -> None:
    epochs, train, val = losses(count)
    about = {"unit": "scaled loss (MSE)", "best_epoch": int(val.argmin()) + 1, "naive": 0.043}
    changes = [(epoch, label) for epoch, label in ((30, "lr 0.0003"), (34, "120 epochs")) if epoch <= count]
    figure = loss_figure(epochs, train, val, log=log, changes=changes, **about)
    live_chart(figure, key="loss", identity=identity, alt=alt_loss(epochs, train, val, changes=changes, **about))


def prediction_chart(count: int, identity: str) -> None:
    focus = prediction_focus(TIMES, TIMES[SPLIT]) if "focus" in st.query_params else None
    view = chart_view("prediction", identity, initial=focus)
    actual = demand()
    error = np.random.default_rng(count).normal(0, 3 + 60 * np.exp(-count / 8), HOURS)
    guess = 620 + (actual - 620) * (1 - np.exp(-count / 6)) + error
    x, both = thin(TIMES, np.column_stack([actual, guess]), 2400, view.x_range)
    learned = x < TIMES[SPLIT]
    parts = (x, both[:, 0], x[learned], both[learned, 1], x[~learned], both[~learned, 1])
    about = {"target": "demand, in MW", "split_at": TIMES[SPLIT]}
    live_chart(
        prediction_figure(*parts, **about, focus=focus),
        key="prediction",
        identity=identity,
        alt=alt_prediction(*parts, **about),
        height=320,
    )
    st.caption(f"view {view.x_range[0]} to {view.x_range[1]}" if view.x_range else "view whole")


def weights_to_pick_from() -> None:
    matrix = np.arange(12.0).reshape(3, 4) - 5
    figure = weights_figure(matrix, row="unit", column="input")
    alt = alt_weights(matrix, name="W", row="unit", column="input")
    live_chart(figure, key="weights", identity="a", alt=alt, on_pick=remember_pick, height=300)
    st.caption(f"picked {st.session_state.get('picks', [])}")


def remember_pick(pick: Pick) -> None:
    st.session_state.setdefault("picks", []).append((pick.x, pick.y, pick.trace))


def still_charts() -> None:
    """The other figures, drawn once."""
    actual = demand()
    months = np.arange("2010-01", "2024-01", dtype="datetime64[M]")
    future = np.arange("2024-01", "2026-01", dtype="datetime64[M]")
    season = 40 * np.sin(np.arange(len(months) + 24) * 2 * np.pi / 12) + np.arange(len(months) + 24) * 0.8
    history, mean = 200 + season[: len(months)], 200 + season[len(months) :]
    wide = 12 * np.sqrt(np.arange(1, 25))
    bands = [(80, mean - wide, mean + wide), (95, mean - 1.6 * wide, mean + 1.6 * wide)]
    parts = (months[-72:], history[-72:], future, mean, bands)
    live_chart(
        forecast_figure(*parts, target="passengers, thousands"),
        key="forecast",
        identity="a",
        alt=alt_forecast(*parts),
    )
    table = np.column_stack([actual[:2000], 15 + 8 * np.sin(np.arange(2000) / 300), np.arange(2000) % 24.0])
    table[700:760, 1] = np.nan
    names = ["demand, in MW", "temperature, in °C", "hour of the day"]
    figure = series_figure(TIMES[:2000], table, names, split_at=TIMES[1600])
    alt = alt_series(TIMES[:2000], table, names)
    live_chart(figure, key="series", identity="a", alt=alt, height=series_height(3))
    live_chart(
        loss_figure([], [], None, log=False, unit="loss"),
        key="empty",
        identity="a",
        alt="Loss chart, no epoch yet.",
        height=160,
    )
    st.html(f'<div style="display:flex;gap:1rem">{sparkline_svg(actual[:500])}{sparkline_svg(table[:, 1])}</div>')


st.title("Charts")
columns = st.columns(4)
running = columns[0].toggle("Running", value=st.query_params.get("running", "1") == "1")
log = columns[1].toggle("Log scale")
other = columns[2].toggle("Other run")
st.session_state.setdefault("count", int(st.query_params.get("from", 0)))


@st.fragment(run_every=0.25 if running else None)
def live() -> None:
    if running:
        st.session_state.count += 1
    identity = "run-b" if other else "run-a"
    left, right = st.columns(2)
    with left:
        st.subheader("Loss")
        loss_chart(st.session_state.count, identity, log)
    with right:
        st.subheader("Prediction")
        prediction_chart(st.session_state.count, identity)


live()
if "still" in st.query_params:
    still_charts()
if "pick" in st.query_params:
    weights_to_pick_from()
