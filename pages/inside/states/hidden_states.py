"""States and gates along the chosen window, under the values that the network reads there."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from pages.inside.part import Part
from pages.inside.states import followed, picked
from pages.inside.states.choices import BY_FOLLOWED, BY_PEAK, BY_READOUT, LINES, Choice
from pages.inside.states.quantities import QUANTITIES, Quantity
from pages.inside.view import View
from pages.inside.window import Window
from rnn.core.following import Following
from rnn.core.inspection import gate_activations, hidden_states, peak_order
from rnn.core.losses import point
from rnn.core.model import Model
from rnn.ui.figures import UNBOUNDED, Read, Shown, alt_hidden, hidden_figure, hidden_lines_figure
from rnn.ui.figures.hidden import ALL_NAMED
from rnn.ui.live_chart import Pick, live_chart
from rnn.ui.wording import number_in_words

LEAST_HEIGHT, MOST_HEIGHT, ROW = 460, 900, 15
MOST_UNITS, MOST_STEPS, MOST_LINES = 128, 500, 6
MOST_INPUTS = 6


def draw(view: View, choice: Choice, measure: Following | None) -> NDArray[np.intp]:
    """Returns the unit numbers in the order shown, all of them."""
    quantity = QUANTITIES[view.config.cell][choice.letter]
    values = quantity_of(view.part, view.window, choice.letter)
    order = _order(values, choice, view.part, view.fit.model, measure)
    unit = picked.unit_of(view, order)
    steps = _evenly(len(values), MOST_STEPS)
    lines = choice.form == LINES
    drawn = _first(order, unit) if lines else _with(order[_evenly(len(order), MOST_UNITS)], unit)
    shown = Shown(
        view.window.step_times[steps], values[steps][:, drawn], drawn.tolist(), quantity.name.lower(),
        activation_of(view, quantity),
        [(followed.short(measure, k, view), followed.clause(measure, k, view)) for k in drawn] if measure else (),
        _inputs(view, steps), unit,
    )  # fmt: skip
    read = _read(view, choice.column)
    figure = hidden_lines_figure(read, shown) if lines else hidden_figure(read, shown)
    rows = min(len(shown.units), ALL_NAMED) if not lines else 0
    identity = f"{view.identity}:{view.subject.id}:{view.window.first}:{choice}"

    def pick(at: Pick) -> None:
        found = _unit_at(at, figure, shown)
        if found is not None:
            picked.pick(view, found)

    live_chart(
        figure, key="hidden_chart", identity=identity, alt=alt_hidden(read, shown),
        height=min(MOST_HEIGHT, max(LEAST_HEIGHT, 220 + ROW * rows)), on_pick=pick,
    )  # fmt: skip
    _explain(view, quantity, len(shown.units), measure, lines=lines)
    return order


def quantity_of(part: Part, window: Window, letter: str) -> NDArray[np.floating]:
    """(T, H) of the part's layer."""
    if letter == "h":
        return hidden_states(part.network, part.params, window.x, part.layer)[:, 0]
    return gate_activations(part.network, part.params, window.x, part.layer)[letter][:, 0]


def activation_of(view: View, quantity: Quantity) -> str:
    return quantity.activation or view.config.activation


def _unit_at(at: Pick, figure: go.Figure, shown: Shown) -> int | None:
    """The unit whose row or line was clicked; None for a click on the values above."""
    if figure.data[-1].type == "heatmap":
        return int(at.y) if at.trace == len(figure.data) - 1 else None
    place = at.trace - (len(figure.data) - len(shown.units))
    return shown.units[place] if place >= 0 else None


def _read(view: View, name: str) -> Read:
    series, window = view.series, view.window
    column, rows, ahead = series.names.index(name), window.rows, window.ahead
    guess = window.predicted[:, series.targets.index(name)] if name in series.targets else None
    label = "" if np.issubdtype(series.times.dtype, np.datetime64) else "record"
    return Read(
        series.times[rows], series.values[rows, column], series.times[ahead], series.values[ahead, column], guess,
        name, view.validation, label,
    )  # fmt: skip


def _inputs(view: View, steps: NDArray[np.intp]) -> list[str]:
    """What the network reads at each of these steps: "temp_max 12.3 · wind 4.5", of a patch its last record."""
    series, config = view.series, view.config
    names = [name for name in series.names if name not in series.static]
    columns = [series.names.index(name) for name in names[:MOST_INPUTS]]
    last = view.window.rows.stop - config.window + (steps + 1) * config.patch - 1
    more = f" · and {len(names) - MOST_INPUTS} more" if len(names) > MOST_INPUTS else ""
    return [
        " · ".join(f"{names[k]} {number_in_words(value)}" for k, value in enumerate(row)) + more
        for row in series.values[last][:, columns].tolist()
    ]


def _order(
    values: NDArray[np.floating], choice: Choice, part: Part, model: Model, measure: Following | None
) -> NDArray[np.intp]:
    if choice.order == BY_PEAK:
        # Every window starts from a state of zero; by the second half that has faded.
        return peak_order(values[len(values) // 2 :])
    if choice.order == BY_FOLLOWED and measure is not None:
        return measure.order
    if choice.order == BY_READOUT:
        targets, levels = model.targets, part.network.levels
        target = targets.index(choice.column) if choice.column in targets else 0
        output = target * levels + (point(model.config.quantiles) if levels > 1 else 0)
        return np.argsort(-part.params["readout.W"][:, output], kind="stable")
    return np.arange(values.shape[1])


def _evenly(count: int, most: int) -> NDArray[np.intp]:
    """At most `most` of `count` places, both ends among them."""
    return np.linspace(0, count - 1, min(count, most)).round().astype(np.intp)


def _first(order: NDArray[np.intp], unit: int) -> NDArray[np.intp]:
    """The first units of the order, and the picked one."""
    first = order[:MOST_LINES]
    return first if unit in first else np.append(first, unit)


def _with(drawn: NDArray[np.intp], unit: int) -> NDArray[np.intp]:
    """The units drawn, with the picked one in place of the last where it is not among them."""
    return drawn if unit in drawn else np.append(drawn[:-1], unit)


def _explain(view: View, quantity: Quantity, drawn: int, measure: Following | None, *, lines: bool) -> None:
    colours = {
        "tanh": "orange towards 1, blue towards −1, pale near 0, where a unit is at rest",
        "sigmoid": "orange towards 1, blue towards 0, pale near ½",
        UNBOUNDED: "orange above 0, blue below, pale near 0",
    }.get(activation_of(view, quantity), "the darker, the higher")
    config = view.config
    meaning = f"{quantity.name}: {quantity.meaning}. " if quantity.meaning else ""
    some = (
        f" Drawn are {drawn} of {config.hidden:,} units, evenly taken from the order." if drawn < config.hidden else ""
    )
    if lines and some:
        some = f" Drawn are the first {MOST_LINES} of {config.hidden:,} units in this order, and the one that is looked at."
    step = f"one step of the window, {config.patch} records" if config.patch > 1 else "one step of the window"
    use = "The state of the last step is all that the prediction is made from"
    if not view.part.is_top:
        use = "The states of every step are what the layer above reads"
    elif config.skip != "none":
        use = "The state of the last step, and the straight path from the window, are what the prediction is made from"
    whole = " The prediction drawn is the median of the whole ensemble." if config.seeds > 1 else ""
    form = f"Each row is one hidden unit, each column {step}: {colours}"
    if lines:
        form = f"Each line is one hidden unit, each point {step}"
    st.caption(f"{meaning}{form}. {use}.{some}{whole}")
    if measure is not None:
        st.caption(followed.explain(measure))
