"""One window before and after something in it, or in the network, was changed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from rnn.ui.figures.heat import DIVERGING, heat_trace
from rnn.ui.figures.style import (
    ACTUAL,
    DASHED,
    DOTTED,
    TEST,
    TRAIN,
    VALIDATION,
    axis,
    curve,
    figure,
    floats,
    moment,
    moments,
    number,
)

# From the bottom up: differences of the states, the column that is edited (where it is not the target), the target.
_HEAT, _COLUMN, _TARGET = (0.0, 0.30), (0.40, 0.62), (0.70, 1.0)
_TARGET_ALONE = (0.40, 1.0)


@dataclass(frozen=True, eq=False)
class Line:
    """A column of the window. times, before, after: (N,), original units; chosen: the place whose value is edited, if any."""

    name: str
    times: ArrayLike
    before: ArrayLike
    after: ArrayLike
    chosen: int | None = None


@dataclass(frozen=True, eq=False)
class Guess:
    """What comes after the window: times, actual, before, after: (horizon,), original units of the target."""

    times: ArrayLike
    actual: ArrayLike
    before: ArrayLike
    after: ArrayLike


@dataclass(frozen=True, eq=False)
class Change:
    """By how much the states have changed: (T', H'), at times (T',), for these unit numbers."""

    times: ArrayLike
    states: ArrayLike
    units: Sequence[int]


def by_hand_figure(
    target: Line, guess: Guess, change: Change, column: Line | None = None, *, time_label: str = ""
) -> go.Figure:
    """The target's values and its prediction before and after; beneath it the edited column where it is another one; at the
    foot the change of the states as a heat map. The first two traces are the target's values, the next two those of
    `column`, so that a click on one of them is one on a record."""
    traces = _window(target, "y", legend=True)
    if column is not None:
        traces += _window(column, "y3", legend=False)
    traces += _guesses(guess)
    at, drawn = moments(change.times), np.asarray(change.states)
    bound = float(np.abs(drawn).max(initial=0.0)) or 1.0
    traces.append(
        heat_trace(
            drawn.T, at, [str(unit) for unit in change.units], low=-bound, high=bound, colorscale=DIVERGING, yaxis="y2",
            hover="unit %{y}, %{x}<br>state changed by %{z:.4f}",
            bar={"len": _HEAT[1], "y": 0, "yanchor": "bottom", "lenmode": "fraction", "tickvals": [-bound, 0, bound],
                 "ticktext": [number(-bound), "0", number(bound)]},
        )
    )  # fmt: skip
    made = figure(traces, time_label, target.name, hovermode="closest")
    made.update_yaxes(domain=_TARGET_ALONE if column is None else _TARGET, nticks=5)
    made.update_layout(
        yaxis2=axis("unit", domain=_HEAT, type="category", autorange="reversed", showgrid=False, nticks=5)
    )
    if column is not None:
        made.update_layout(yaxis3=axis(column.name, domain=_COLUMN, nticks=4))
    made.update_xaxes(anchor="y2")
    return made


def _window(line: Line, on: str, *, legend: bool) -> list[dict[str, Any]]:
    x, before, after = moments(line.times), floats(line.before), floats(line.after)
    more = {"yaxis": on, "showlegend": legend, "hovertemplate": "%{x}: %{y:.4~g}"}
    edited = np.flatnonzero(before != after)
    traces = [curve(x, before, "as it was", ACTUAL, dash=DASHED if len(edited) else "solid", width=1.5, **more)]
    after_trace = curve(x, after, "edited", TEST, width=1.75, symbol="diamond", **more)
    sizes = np.zeros(len(x))
    sizes[edited] = 9
    if line.chosen is not None:
        sizes[line.chosen] = 13
    shown = bool(len(edited)) or line.chosen is not None
    after_trace |= {
        "mode": "lines+markers" if len(edited) else "markers",
        "marker": {"size": sizes, "symbol": "diamond", "color": TEST},
        "showlegend": legend and bool(len(edited)),
        "visible": shown,
    }
    return [*traces, after_trace]


def _guesses(guess: Guess) -> list[dict[str, Any]]:
    x = moments(guess.times)
    marks = (
        ("actual", guess.actual, ACTUAL, DOTTED, "circle-open"),
        ("predicted before", guess.before, TRAIN, DASHED, "square-open"),
        ("predicted after", guess.after, VALIDATION, "solid", "square"),
    )
    traces = []
    for name, values, colour, dash, symbol in marks:
        one = curve(x, floats(values), name, colour, dash=dash, symbol=symbol, hovertemplate="%{x}: %{y:.4~g}")
        traces.append({**one, "mode": "lines+markers", "marker": {"size": 9, "symbol": symbol, "color": colour}})
    return traces


def alt_by_hand(target: Line, guess: Guess, change: Change, column: Line | None = None) -> str:
    """The chart in words; arguments as for `by_hand_figure`."""
    text = []
    for line in (target,) if column is None else (target, column):
        text.append(_line_in_words(line))
    x, before, after = moments(guess.times), floats(guess.before), floats(guess.after)
    ends = [0] if len(x) == 1 else [0, len(x) - 1]
    for k in ends:
        text.append(
            f"Predicted for {moment(x[k])}: {number(before[k])} before, {number(after[k])} after, actual "
            f"{number(floats(guess.actual)[k])}"
        )
    drawn: NDArray[Any] = np.abs(np.asarray(change.states))
    if drawn.max(initial=0.0) > 0:
        step, unit = np.unravel_index(int(drawn.argmax()), drawn.shape)
        text.append(
            f"Of the states, that of unit {change.units[unit]} at {moment(moments(change.times)[step])} changes most, by "
            f"{number(np.asarray(change.states)[step, unit])}"
        )
    else:
        text.append("No state changes")
    return ". ".join(text) + "."


def _line_in_words(line: Line) -> str:
    x, before, after = moments(line.times), floats(line.before), floats(line.after)
    edited = np.flatnonzero(before != after)
    span = f"{line.name} over the window {moment(x[0])} to {moment(x[-1])}"
    if not len(edited):
        return f"{span} is as it was, between {number(before.min())} and {number(before.max())}"
    changes = ", ".join(f"{moment(x[k])} from {number(before[k])} to {number(after[k])}" for k in edited[:5])
    more = f" and {len(edited) - 5} more" if len(edited) > 5 else ""
    return f"{span}, edited: {changes}{more}"
