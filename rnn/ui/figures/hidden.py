"""What the network remembers along one window: the values it reads, above a state or a gate of every hidden unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from rnn.ui.figures.heat import DIVERGING, RISING, heat_trace
from rnn.ui.figures.style import ACTUAL, TRAIN, VALIDATION, axis, curve, figure, floats, moment, moments, number

_HEAT_TOP, _VALUES_FOOT = 0.58, 0.66
# What the colours span: a tanh unit rests at 0 between −1 and 1, a sigmoid unit at ½ between 0 and 1, an LSTM's cell at 0
# without bounds.
SPANS = {"tanh": (-1.0, 1.0), "sigmoid": (0.0, 1.0)}
UNBOUNDED = "unbounded"


def hidden_figure(
    times: ArrayLike,
    values: ArrayLike,
    next_times: ArrayLike,
    actual: ArrayLike,
    predicted: ArrayLike | None,
    state_times: ArrayLike,
    states: ArrayLike,
    units: Sequence[int],
    *,
    column: str,
    activation: str,
    validation: bool,
    time_label: str = "",
    shown: str = "state",
) -> go.Figure:
    """One window and what follows it above, the hidden states below, on one time axis.

    times, values: (N,) of the window, original units. next_times, actual, predicted: (horizon,), the values after it;
    predicted None where `column` is only an input. state_times: (T',), the time of the last record that each step has
    read. states: (T', H'). units: the H' unit numbers, from the top. activation: what the states have gone through, or
    UNBOUNDED; it settles the colours. validation: whether the window is of the validation part. shown: what the states
    are, in a word.
    """
    x, at, drawn = moments(times), moments(state_times), np.asarray(states)
    low, high = _span(activation, drawn)
    traces = _curves(x, floats(values), moments(next_times), floats(actual), predicted, validation=validation)
    traces.append(
        heat_trace(
            drawn.T, at, [str(unit) for unit in units], low=low, high=high,
            hover=f"unit %{{y}}, %{{x}}<br>{shown} %{{z:.3f}}", yaxis="y2",
            colorscale=DIVERGING if low < 0 or activation in SPANS else RISING,
            bar={"len": _HEAT_TOP, "y": 0, "yanchor": "bottom", "lenmode": "fraction"},
        )
    )  # fmt: skip
    made = figure(traces, time_label, column, hovermode="closest")
    made.update_yaxes(domain=[_VALUES_FOOT, 1], nticks=5)
    made.update_layout(
        yaxis2=axis(
            "hidden unit", domain=[0, _HEAT_TOP], type="category", autorange="reversed", showgrid=False, nticks=10
        )
    )
    made.update_xaxes(anchor="y2")
    return made


def _span(activation: str, states: NDArray[Any]) -> tuple[float, float]:
    if activation in SPANS:
        return SPANS[activation]
    if activation == UNBOUNDED:
        bound = max(float(np.abs(states).max()), 1e-6)
        return -bound, bound
    return 0.0, max(float(states.max()), 1e-6)


def _curves(
    x: NDArray[Any],
    values: NDArray[np.float64],
    next_x: NDArray[Any],
    actual: NDArray[np.float64],
    predicted: ArrayLike | None,
    *,
    validation: bool,
) -> list[dict[str, Any]]:
    hover = {"hovertemplate": "%{x}: %{y:.4~g}"}
    followed = curve(next_x, actual, "actual", ACTUAL, dash="1.5px,3px", symbol="circle-open") | hover
    # The dotted line sets out from the window's last value, which is not one of the values to predict.
    followed["x"], followed["y"] = np.concatenate([x[-1:], next_x]), np.concatenate([values[-1:], actual])
    followed["marker"] = {**followed.get("marker", {}), "size": np.array([0, *[7] * len(actual)])}
    traces = [curve(x, values, "window", ACTUAL, width=2) | hover, followed]
    if predicted is not None:
        colour, name = (VALIDATION, "validation") if validation else (TRAIN, "training")
        guess = curve(next_x, floats(predicted), f"predicted ({name})", colour, symbol="square") | hover
        traces.append({**guess, "mode": "lines+markers", "marker": {"size": 8, "symbol": "square", "color": colour}})
    return traces


def alt_hidden(
    times: ArrayLike,
    values: ArrayLike,
    next_times: ArrayLike,
    actual: ArrayLike,
    predicted: ArrayLike | None,
    state_times: ArrayLike,
    states: ArrayLike,
    units: Sequence[int],
    *,
    column: str,
    shown: str = "state",
) -> str:
    """The hidden states in words; arguments as for `hidden_figure`."""
    x, window, drawn = moments(times), floats(values), np.asarray(states)
    text = [
        f"{shown.capitalize()} of the hidden units at {len(moments(state_times))} steps over "
        f"the window {moment(x[0])} to {moment(x[-1])}. {column} lies between "
        f"{number(window.min())} and {number(window.max())}"
    ]
    known = floats(actual)
    if predicted is not None:
        text.append(
            f"Predicted for {moment(moments(next_times)[0])}: {number(floats(predicted)[0])}, actual {number(known[0])}"
        )
    swings = np.ptp(drawn, axis=0)
    most, least = int(np.argmax(swings)), int(np.argmin(swings))
    text.append(
        f"{len(units)} units between {number(drawn.min())} and {number(drawn.max())}; unit {units[most]} "
        f"swings most, by {number(swings[most])}, unit {units[least]} least, by {number(swings[least])}"
    )
    return ". ".join(text) + "."
