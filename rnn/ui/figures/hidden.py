"""What the network remembers along one window: the values it reads, above a state or a gate of every hidden unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from rnn.ui.figures.heat import DIVERGING, RISING, heat_trace
from rnn.ui.figures.style import (
    ACTUAL,
    TRAIN,
    UNIT_COLOURS,
    UNIT_DASHES,
    VALIDATION,
    axis,
    curve,
    figure,
    floats,
    moment,
    moments,
    number,
    plain,
    shortened,
)

_HEAT_TOP, _VALUES_FOOT = 0.62, 0.7
# What the colours span: a tanh unit rests at 0 between −1 and 1, a sigmoid unit at ½ between 0 and 1, an LSTM's cell at 0
# without bounds.
SPANS = {"tanh": (-1.0, 1.0), "sigmoid": (0.0, 1.0)}
UNBOUNDED = "unbounded"

ALL_NAMED = 40
"""Up to so many rows each one is labelled."""


@dataclass(frozen=True, eq=False)
class Read:
    """One window and what follows it. times, values: (N,), original units. next_times, actual, predicted: (horizon,), the
    values after it; predicted None where `column` is only an input. validation: whether it is of the validation part."""

    times: ArrayLike
    values: ArrayLike
    next_times: ArrayLike
    actual: ArrayLike
    predicted: ArrayLike | None
    column: str
    validation: bool
    time_label: str = ""


@dataclass(frozen=True, eq=False)
class Shown:
    """Units along the window. times: (T',), the time of the last record that each step has read. values: (T', H'). units: the
    H' unit numbers, from the top. name: what is shown of them, in a word. activation: what the values have gone through, or
    UNBOUNDED; it settles the colours. labels: what each unit follows, short and as a clause; () for none. inputs: (T',), what
    the network reads at each step, in words. picked: the unit that is marked."""

    times: ArrayLike
    values: NDArray[Any]
    units: Sequence[int]
    name: str
    activation: str
    labels: Sequence[tuple[str, str]] = ()
    inputs: Sequence[str] = ()
    picked: int | None = None


def hidden_figure(read: Read, shown: Shown) -> go.Figure:
    """The window above, the units as a heat map below, on one time axis."""
    at, drawn = moments(shown.times), np.asarray(shown.values)
    low, high = _span(shown.activation, drawn)
    names = [str(unit) for unit in shown.units]
    trace = heat_trace(
        drawn.T, at, names, low=low, high=high, yaxis="y2", hover=f"unit %{{y}}, %{{x}}<br>{shown.name} %{{z:.3f}}",
        of_column=[plain_text(text) for text in shown.inputs], of_row=[plain_text(text) for _, text in shown.labels],
        colorscale=DIVERGING if low < 0 or shown.activation in SPANS else RISING,
        bar={"len": _HEAT_TOP, "y": 0, "yanchor": "bottom", "lenmode": "fraction"},
    )  # fmt: skip
    made = _above(read, [trace])
    made.update_layout(
        yaxis2=axis(
            "" if shown.labels else "hidden unit", domain=[0, _HEAT_TOP], type="category", autorange="reversed",
            showgrid=False, nticks=10, **_ticks(shown),
        ),
        shapes=[_mark(names.index(str(shown.picked)))] if str(shown.picked) in names else [],
        margin={"l": _room(shown), "r": 84, "t": 57, "b": 55},
    )  # fmt: skip
    return made


def _room(shown: Shown) -> int:
    """Pixels to the left of the rows for their labels. With margins that suffice (legend and dates over and under, the colour
    bar at the right) Plotly draws once; where something needs more it makes room and draws all of it anew, at twice the time.
    """
    longest = max((len(f"{shortened(short, 24)} · {unit}") for unit, (short, _) in _named(shown)), default=0)
    return max(90, round(4.4 * longest) + 42)


def hidden_lines_figure(read: Read, shown: Shown) -> go.Figure:
    """The window above, each unit as a line below; for a few of them."""
    at, drawn = moments(shown.times), np.asarray(shown.values)
    traces = []
    clauses = [text for _, text in shown.labels] or [""] * len(shown.units)
    for place, (unit, clause) in enumerate(zip(shown.units, clauses, strict=True)):
        line = curve(
            at, floats(drawn[:, place]), f"unit {unit}", UNIT_COLOURS[place % len(UNIT_COLOURS)],
            dash=UNIT_DASHES[place // len(UNIT_COLOURS) % len(UNIT_DASHES)], yaxis="y2",
            width=3 if unit == shown.picked else 1.75,
        )  # fmt: skip
        line["hovertemplate"] = f"unit {unit}, %{{x}}<br>{shown.name} %{{y:.3f}}<br>%{{text}}<extra></extra>"
        line["text"] = ["<br>".join(filter(None, (plain_text(text), plain_text(clause)))) for text in shown.inputs]
        traces.append(line)
    made = _above(read, traces)
    low, high = _span(shown.activation, drawn)
    bounds = {"range": [low - 0.04 * (high - low), high + 0.04 * (high - low)]} if shown.activation in SPANS else {}
    made.update_layout(yaxis2=axis(shown.name, domain=[0, _HEAT_TOP], nticks=5, **bounds))
    return made


def plain_text(text: str) -> str:
    """As `plain`, of any length and with its line breaks."""
    return "<br>".join(
        part.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for part in text.split("\n")
    )


def _above(read: Read, below: list[dict[str, Any]]) -> go.Figure:
    made = figure([*_curves(read), *below], read.time_label, read.column, hovermode="closest")
    made.update_yaxes(domain=[_VALUES_FOOT, 1], nticks=5)
    made.update_xaxes(anchor="y2")
    return made


def _ticks(shown: Shown) -> dict[str, Any]:
    """Each row by its unit and what it follows; of many rows every n-th."""
    if not shown.labels:
        return {}
    texts = {str(unit): f"{plain(shortened(short, 24))} · {unit}" for unit, (short, _) in _named(shown)}
    return {"tickmode": "array", "tickvals": list(texts), "ticktext": list(texts.values()), "tickfont": {"size": 10}}


def _named(shown: Shown) -> list[tuple[int, tuple[str, str]]]:
    """The units whose rows are labelled, and what each follows."""
    every = -(-len(shown.units) // ALL_NAMED)
    return list(zip(shown.units, shown.labels, strict=False))[::every]


def _mark(row: int) -> dict[str, Any]:
    return {
        "type": "rect", "xref": "x domain", "yref": "y2", "x0": 0, "x1": 1, "y0": row - 0.5, "y1": row + 0.5,
        "line": {"width": 1.5, "color": ACTUAL}, "fillcolor": "rgba(0,0,0,0)",
    }  # fmt: skip


def _span(activation: str, states: NDArray[Any]) -> tuple[float, float]:
    if activation in SPANS:
        return SPANS[activation]
    if activation == UNBOUNDED:
        bound = max(float(np.abs(states).max()), 1e-6)
        return -bound, bound
    return 0.0, max(float(states.max()), 1e-6)


def _curves(read: Read) -> list[dict[str, Any]]:
    hover = {"hovertemplate": "%{x}: %{y:.4~g}"}
    x, values = moments(read.times), floats(read.values)
    next_x, actual = moments(read.next_times), floats(read.actual)
    followed = curve(next_x, actual, "actual", ACTUAL, dash="1.5px,3px", symbol="circle-open") | hover
    # The dotted line sets out from the window's last value, which is not one of the values to predict.
    followed["x"], followed["y"] = np.concatenate([x[-1:], next_x]), np.concatenate([values[-1:], actual])
    followed["marker"] = {**followed.get("marker", {}), "size": np.array([0, *[7] * len(actual)])}
    traces = [curve(x, values, "window", ACTUAL, width=2) | hover, followed]
    if read.predicted is not None:
        colour, name = (VALIDATION, "validation") if read.validation else (TRAIN, "training")
        guess = curve(next_x, floats(read.predicted), f"predicted ({name})", colour, symbol="square") | hover
        traces.append({**guess, "mode": "lines+markers", "marker": {"size": 8, "symbol": "square", "color": colour}})
    return traces


def alt_hidden(read: Read, shown: Shown) -> str:
    """Either figure in words."""
    x, window, drawn = moments(read.times), floats(read.values), np.asarray(shown.values)
    text = [
        f"{shown.name.capitalize()} of the hidden units at {len(moments(shown.times))} steps over "
        f"the window {moment(x[0])} to {moment(x[-1])}. {read.column} lies between "
        f"{number(window.min())} and {number(window.max())}"
    ]
    if read.predicted is not None:
        text.append(
            f"Predicted for {moment(moments(read.next_times)[0])}: {number(floats(read.predicted)[0])}, "
            f"actual {number(floats(read.actual)[0])}"
        )
    units = shown.units
    swings = np.ptp(drawn, axis=0)
    most, least = int(np.argmax(swings)), int(np.argmin(swings))
    text.append(
        f"{len(units)} unit{'' if len(units) == 1 else 's'} between {number(drawn.min())} and {number(drawn.max())}; "
        f"unit {units[most]} swings most, by {number(swings[most])}, unit {units[least]} least, by {number(swings[least])}"
    )
    text += [f"Unit {unit} {clause}" for unit, (_, clause) in list(zip(units, shown.labels, strict=False))[:5]]
    return ". ".join(text) + "."
