"""Hidden states along one window of the user's choice, under the values that the network reads there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.inside.subject import Subject
from rnn.core.fit import Fit
from rnn.core.inspection import hidden_states, peak_order
from rnn.core.windows import Split, split_windows
from rnn.ui.figures import alt_hidden, hidden_figure
from rnn.ui.live_chart import live_chart

HEIGHT = 560
MOST_UNITS, MOST_STEPS = 128, 500
VALIDATION, TRAINING = "Validation", "Training"
BY_PEAK, BY_READOUT, BY_NUMBER = "Moment of peak", "Readout weight", "Number"


@dataclass(frozen=True)
class Pick:
    """first: the row at which the window begins. column: the name of the column shown above the states."""

    first: int
    part: str
    column: str
    order: str


def draw(subject: Subject, fit: Fit) -> None:
    """A fragment."""
    series, config = subject.series, fit.config
    split = split_windows(config, len(series))
    st.markdown("##### What it remembers")
    pick = _choose(subject, split)
    rows = slice(pick.first, pick.first + config.window)
    ahead = slice(rows.stop, rows.stop + config.horizon)
    states, predicted = _states(fit, series.values[rows])
    order = _order(fit, states, pick)
    drawn = order[_evenly(len(order), MOST_UNITS)]
    column = series.names.index(pick.column)
    guess = predicted[:, series.targets.index(pick.column)] if pick.column in series.targets else None
    parts = (
        series.times[rows], series.values[rows, column], series.times[ahead], series.values[ahead, column], guess,
        states[:: -(-len(states) // MOST_STEPS)][:, drawn], drawn.tolist(),
    )  # fmt: skip
    time_label = "" if np.issubdtype(series.times.dtype, np.datetime64) else "record"
    figure = hidden_figure(
        *parts,
        column=pick.column,
        activation=config.activation,
        validation=pick.part == VALIDATION,
        time_label=time_label,
    )
    identity = f"{subject.run.id if subject.run else ''}:{pick}"
    live_chart(figure, key="hidden_chart", identity=identity, alt=alt_hidden(*parts, column=pick.column), height=HEIGHT)
    _explain(fit, len(drawn))


def _choose(subject: Subject, split: Split) -> Pick:
    series, run_id = subject.series, subject.run.id if subject.run else ""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="hidden_choice"):
        part = st.segmented_control(
            "Windows",
            [VALIDATION, TRAINING],
            default=VALIDATION,
            required=True,
            key="hidden_part",
            persist_state="session",
        )
        order = st.segmented_control(
            "Sort units by", [BY_PEAK, BY_READOUT, BY_NUMBER], default=BY_PEAK, required=True, key="hidden_order",
            persist_state="session",
            help="Moment of peak: the step of the window's second half at which a unit is highest, the earliest on top. "
            "Readout weight: how much a unit adds to the first output shown, the most on top.",
        )  # fmt: skip
        column = series.targets[0]
        if len(series.names) > 1:
            others = [name for name in series.names if name not in series.targets]
            column = st.selectbox("Column shown", [*series.targets, *others], key=f"hidden_column:{run_id}", width=220)
        first, count = (split.first_validation_window, split.validation) if part == VALIDATION else (0, split.train)
        number = 1
        if count > 1:
            number = st.slider("Window", 1, count, key=f"hidden_window:{run_id}:{part}", width="stretch")
    return Pick(first + number - 1, str(part), column, str(order))


def _states(fit: Fit, window: NDArray[np.float64]) -> tuple[NDArray[np.floating], NDArray[np.float64]]:
    """(T, H) states over a window (T, D) in original units, and the prediction (horizon, K) that they end in."""
    model = fit.model
    x = model.scaler.transform(window)[:, None]
    return hidden_states(model.network, model.params, x)[:, 0], model.predict(window[None])[0]


def _order(fit: Fit, states: NDArray[np.floating], pick: Pick) -> NDArray[np.intp]:
    if pick.order == BY_PEAK:
        return peak_order(
            states[len(states) // 2 :]
        )  # every window starts from a state of zero; by then that has faded
    if pick.order == BY_READOUT:
        targets = fit.model.targets
        output = targets.index(pick.column) if pick.column in targets else 0
        return np.argsort(-fit.model.params["readout.W"][:, output], kind="stable")
    return np.arange(states.shape[1])


def _evenly(count: int, most: int) -> NDArray[np.intp]:
    """At most `most` of `count` places, both ends among them."""
    return np.linspace(0, count - 1, min(count, most)).round().astype(np.intp)


def _explain(fit: Fit, drawn: int) -> None:
    colours = {
        "tanh": "orange towards 1, blue towards −1, pale near 0, where a unit is at rest",
        "sigmoid": "orange towards 1, blue towards 0, pale near ½, where a unit is at rest",
    }.get(fit.config.activation, "the darker, the higher")
    all_units = fit.config.hidden
    some = f" Drawn are {drawn} of {all_units:,} units, evenly taken from the order." if drawn < all_units else ""
    st.caption(
        f"Each row is one hidden unit, each column one step of the window: {colours}. The state of the last step is all "
        f"that the prediction is made from.{some}"
    )
