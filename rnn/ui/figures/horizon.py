"""How far off forecasts were, by how many steps ahead they looked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from rnn.ui.figures.past import LOOKS
from rnn.ui.figures.style import ACTUAL, DASHED, DOTTED, FORECAST, axis, curve, empty_figure, figure, floats, number

_NOTHING = "There are no errors to draw."
_OTHERS = {"naive": (ACTUAL, DASHED, "x"), "seasonal": (FORECAST, DOTTED, "diamond")}
# Those that are there from the start; the others wait in the legend.
_DRAWN = ("direct", "free-running", "naive", "seasonal")
_REST = (ACTUAL, "2px,2px,8px,2px", "cross")


@dataclass(frozen=True, eq=False)
class ErrorCurve:
    """key: "direct", "free-running" or a baseline's key. label: for the legend. steps: (S,), counted from 1. errors: (S,),
    original units. counts: (S,), how many forecasts each error was measured on."""

    key: str
    label: str
    steps: ArrayLike
    errors: ArrayLike
    counts: ArrayLike


def horizon_figure(curves: Sequence[ErrorCurve], *, unit: str) -> go.Figure:
    """A line each, over the steps ahead; the error's axis begins at zero, so that twice as high is twice as far off.

    unit: what the errors are and what they are counted in.
    """
    drawn = [one for one in curves if np.isfinite(floats(one.errors)).any()]
    if not drawn:
        return empty_figure(_NOTHING)
    made = figure([_line(one) for one in drawn], "steps ahead", unit)
    made.update_yaxes(axis(unit, rangemode="tozero"))
    last = max(int(np.max(one.steps)) for one in drawn)
    made.update_xaxes(unifiedhovertitle={"text": "step %{x}"}, tickformat=",d", range=[0.5, last + 0.5], minallowed=0)
    if last <= 12:
        made.update_xaxes(dtick=1)
    return made


def _line(one: ErrorCurve) -> dict[str, Any]:
    colour, dash, symbol = (LOOKS | _OTHERS).get(one.key, _REST)
    counts = [f"{int(count):,}" for count in np.asarray(one.counts)]
    return {
        **curve(np.asarray(one.steps), floats(one.errors), one.label, colour, dash=dash, symbol=symbol),
        "customdata": counts,
        "visible": True if one.key in _DRAWN else "legendonly",
        "hovertemplate": "%{y:.4~g} (%{customdata} forecasts)",
    }


def alt_horizon(curves: Sequence[ErrorCurve], *, unit: str) -> str:
    """The chart in words; arguments as for `horizon_figure`."""
    text = []
    for one in curves:
        errors, steps, counts = floats(one.errors), np.asarray(one.steps), np.asarray(one.counts)
        there = np.flatnonzero(np.isfinite(errors))
        if not len(there):
            continue
        first, last = there[0], there[-1]
        span = f"{number(errors[first])} at step {steps[first]}"
        if last > first:
            span += f" to {number(errors[last])} at step {steps[last]}"
        text.append(f"{one.label}: {span}, measured on {counts[first]:,} to {counts[last]:,} forecasts")
    if not text:
        return f"Chart of the error by steps ahead. {_NOTHING}"
    return f"Chart of the error by steps ahead, {unit}. {'. '.join(text)}."
