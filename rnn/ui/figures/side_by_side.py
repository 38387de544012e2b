"""The errors of a few trainings by epoch, on one pair of axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from rnn.ui.figures.loss import log_axis, naive_level
from rnn.ui.figures.style import DASHED, DOTTED, FORECAST, TEST, TRAIN, VALIDATION, curve, empty_figure, figure, number

COLOURS = (VALIDATION, FORECAST, TEST, TRAIN)
_SYMBOLS = ("square", "circle", "diamond", "triangle-up")
_NO_EPOCH = "No epoch is finished yet."


@dataclass(frozen=True, eq=False)
class Course:
    """One training. name: in the legend. epochs: (N,) from 1. train, validation: (N,) errors. place: which of the COLOURS."""

    name: str
    epochs: NDArray[np.integer]
    train: NDArray[np.float64]
    validation: NDArray[np.float64]
    place: int = 0


def side_by_side_figure(courses: Sequence[Course], *, unit: str, naive: float | None = None) -> go.Figure:
    """Validation errors as lines, training errors dotted in the same colour, on a logarithmic axis. unit: its title. naive: the
    naive forecast's error, as a level."""
    traces = []
    for course in (one for one in courses if len(one.epochs)):
        colour, symbol = COLOURS[course.place % len(COLOURS)], _SYMBOLS[course.place % len(COLOURS)]
        validation, train = (np.where(errors > 0, errors, np.nan) for errors in (course.validation, course.train))
        dash = "solid" if course.place else DASHED
        traces += [
            curve(
                course.epochs, validation, f"{course.name}, validation", colour, width=2.25, dash=dash, symbol=symbol
            ),
            curve(course.epochs, train, f"{course.name}, training", colour, dash=DOTTED, symbol=symbol),
        ]
    if not traces:
        return empty_figure(_NO_EPOCH)
    x = np.concatenate([course.epochs for course in courses])
    if naive is not None and np.isfinite(naive) and naive > 0:
        traces.append(naive_level(np.array([x.min(), x.max()]), naive))
    made = figure(traces, "epoch", unit)
    made.update_yaxes(log_axis(traces))
    made.update_xaxes(unifiedhovertitle={"text": "epoch %{x}"}, hoverformat="d", tickformat=",d", minallowed=0)
    if np.ptp(x) < 8:
        made.update_xaxes(dtick=1)  # no half epochs
    return made


def alt_side_by_side(courses: Sequence[Course], *, unit: str, naive: float | None = None) -> str:
    """The same in words; arguments as for `side_by_side_figure`."""
    parts = [f"Errors by epoch, {unit}"]
    for course in courses:
        if len(course.epochs) == 0:
            parts.append(f"{course.name}: no epoch is finished")
            continue
        known = course.validation[np.isfinite(course.validation)]
        lowest = f", lowest {number(known.min())}" if len(known) else ""
        parts.append(
            f"{course.name}: validation {number(course.validation[0])} at epoch {course.epochs[0]}, "
            f"{number(course.validation[-1])} at epoch {course.epochs[-1]}{lowest}; training {number(course.train[-1])} there"
        )
    if naive is not None and np.isfinite(naive):
        parts.append(f"The naive forecast stands at {number(naive)}")
    return ". ".join(parts) + "."
