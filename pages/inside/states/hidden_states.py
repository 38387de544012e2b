"""States and gates along one window of the user's choice, under the values that the network reads there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.inside.gradient import error_travel
from pages.inside.part import Part
from pages.inside.states.quantities import QUANTITIES, Quantity
from pages.inside.view import View
from pages.inside.window import Window
from rnn.core.fit import Fit
from rnn.core.inspection import gate_activations, hidden_states, peak_order
from rnn.core.losses import point
from rnn.ui.figures import UNBOUNDED, alt_hidden, hidden_figure
from rnn.ui.live_chart import live_chart

HEIGHT = 560
MOST_UNITS, MOST_STEPS = 128, 500
BY_PEAK, BY_READOUT, BY_NUMBER = "Moment of peak", "Readout weight", "Number"


@dataclass(frozen=True)
class Pick:
    """column: the name of the column shown above the states. letter: what is shown of the units, a key of QUANTITIES."""

    column: str
    order: str
    letter: str


def draw(view: View) -> None:
    """A fragment."""
    series, fit, config, part, window = view.series, view.fit, view.config, view.part, view.window
    pick = _choose(view)
    quantity = QUANTITIES[config.cell][pick.letter]
    activation = quantity.activation or config.activation
    shown = _quantity(part, window, pick.letter)
    order = _order(shown, pick, part, fit)
    drawn = order[_evenly(len(order), MOST_UNITS)]
    steps = _evenly(len(shown), MOST_STEPS)
    column = series.names.index(pick.column)
    guess = window.predicted[:, series.targets.index(pick.column)] if pick.column in series.targets else None
    rows, ahead = window.rows, window.ahead
    parts = (
        series.times[rows], series.values[rows, column], series.times[ahead], series.values[ahead, column], guess,
        window.step_times[steps], shown[steps][:, drawn], drawn.tolist(),
    )  # fmt: skip
    words = {"column": pick.column, "shown": quantity.name.lower()}
    figure = hidden_figure(
        *parts, activation=activation, validation=view.validation,
        time_label="" if np.issubdtype(series.times.dtype, np.datetime64) else "record", **words,
    )  # fmt: skip
    identity = f"{view.identity}:{window.first}:{pick}"
    live_chart(figure, key="hidden_chart", identity=identity, alt=alt_hidden(*parts, **words), height=HEIGHT)
    _explain(part, quantity, activation, len(drawn))
    error_travel.draw(part, window)


def _choose(view: View) -> Pick:
    series, part = view.series, view.part
    quantities = QUANTITIES[part.network.config.cell]
    orders = [BY_PEAK, BY_READOUT, BY_NUMBER] if part.is_top else [BY_PEAK, BY_NUMBER]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="hidden_choice"):
        order = st.segmented_control(
            "Sort units by", orders, default=BY_PEAK, required=True, key=f"hidden_order:{len(orders)}",
            persist_state="session",
            help="Moment of peak: the step of the window's second half at which a unit is highest, the earliest on top. "
            "Readout weight: how much a unit adds to the first output shown, the most on top.",
        )  # fmt: skip
        letter = "h"
        if len(quantities) > 1:
            letter = st.selectbox(
                "What is shown", list(quantities), key=f"hidden_quantity:{part.network.config.cell}", width=180,
                format_func=lambda letter: quantities[letter].name, persist_state="session",
            )  # fmt: skip
        column = series.targets[0]
        if len(series.names) > 1:
            others = [name for name in series.names if name not in series.targets]
            column = st.selectbox(
                "Column shown", [*series.targets, *others], key=f"hidden_column:{view.run.id}", width=220
            )
    return Pick(column, str(order), letter)


def _quantity(part: Part, window: Window, letter: str) -> NDArray[np.floating]:
    """(T, H) of the part's layer."""
    if letter == "h":
        return hidden_states(part.network, part.params, window.x, part.layer)[:, 0]
    return gate_activations(part.network, part.params, window.x, part.layer)[letter][:, 0]


def _order(shown: NDArray[np.floating], pick: Pick, part: Part, fit: Fit) -> NDArray[np.intp]:
    if pick.order == BY_PEAK:
        # Every window starts from a state of zero; by the second half that has faded.
        return peak_order(shown[len(shown) // 2 :])
    if pick.order == BY_READOUT:
        targets, levels = fit.model.targets, part.network.levels
        target = targets.index(pick.column) if pick.column in targets else 0
        output = target * levels + (point(fit.config.quantiles) if levels > 1 else 0)
        return np.argsort(-part.params["readout.W"][:, output], kind="stable")
    return np.arange(shown.shape[1])


def _evenly(count: int, most: int) -> NDArray[np.intp]:
    """At most `most` of `count` places, both ends among them."""
    return np.linspace(0, count - 1, min(count, most)).round().astype(np.intp)


def _explain(part: Part, quantity: Quantity, activation: str, drawn: int) -> None:
    colours = {
        "tanh": "orange towards 1, blue towards −1, pale near 0, where a unit is at rest",
        "sigmoid": "orange towards 1, blue towards 0, pale near ½",
        UNBOUNDED: "orange above 0, blue below, pale near 0",
    }.get(activation, "the darker, the higher")
    config = part.network.config
    meaning = f"{quantity.name}: {quantity.meaning}. " if quantity.meaning else ""
    some = (
        f" Drawn are {drawn} of {config.hidden:,} units, evenly taken from the order." if drawn < config.hidden else ""
    )
    step = f"one step of the window, {config.patch} records" if config.patch > 1 else "one step of the window"
    use = "The state of the last step is all that the prediction is made from"
    if not part.is_top:
        use = "The states of every step are what the layer above reads"
    elif config.skip != "none":
        use = "The state of the last step, and the straight path from the window, are what the prediction is made from"
    whole = " The prediction drawn is the median of the whole ensemble." if config.seeds > 1 else ""
    st.caption(f"{meaning}Each row is one hidden unit, each column {step}: {colours}. {use}.{some}{whole}")
