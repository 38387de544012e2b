"""Forecasts of the past, to be laid over a chart of what happened: one step ahead, direct, and free-running."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from rnn.ui.figures.style import (
    ACTUAL,
    DOTTED,
    FEW,
    TEST,
    TRAIN,
    VALIDATION,
    curve,
    floats,
    moment,
    moments,
    number,
    split_shade,
    tint,
)

# Kind of a track → colour, dash and marker: each is told from the others by any of the three.
LOOKS = {
    "one step": (VALIDATION, DOTTED, "square"),
    "direct": (TRAIN, "solid", "circle"),
    "free-running": (TEST, "9px,3px,2px,3px", "triangle-up"),
}


@dataclass(frozen=True, eq=False)
class Track:
    """kind: a key of LOOKS. name: for the legend. times, values: (P,), original units, NaN where there is none. actual: (P,),
    what happened at these times, as far as it is known; for the error in words."""

    kind: str
    name: str
    times: ArrayLike
    values: ArrayLike
    actual: ArrayLike


@dataclass(frozen=True)
class Marks:
    """Moments to be marked. validation, test: first of each part, to be shaded. end: the last known one. origin: first one of
    the forecast from the past."""

    validation: Any = None
    test: Any = None
    end: Any = None
    origin: Any = None


def track_traces(tracks: Sequence[Track]) -> list[dict[str, Any]]:
    """A line for each track that has a value."""
    traces = []
    for track in tracks:
        x, y = moments(track.times), floats(track.values)
        if np.isfinite(y).any():
            colour, dash, symbol = LOOKS[track.kind]
            line = curve(x, y, track.name, colour, dash=dash, symbol=symbol, width=1.75)
            if len(x) > FEW or track.kind == "one step":
                line = {**line, "mode": "lines"} if np.isfinite(y).sum() > 1 else line
            traces.append(line)
    return traces


def mark(figure: go.Figure, marks: Marks) -> None:
    """Shade the parts that training did not see, and stand a line where the forecast from the past begins."""
    shapes = []
    if marks.validation is not None:
        until = marks.end if marks.test is None else marks.test
        shapes.append(_shade(marks.validation, until, "validation", tint(VALIDATION, 0.07)))
    if marks.test is not None:
        shapes.append(_shade(marks.test, marks.end, "test", tint(TEST, 0.09)))
    if marks.origin is not None:
        shapes.append(_origin(marks.origin))
    if shapes:
        figure.update_layout(shapes=shapes)
        figure.update_yaxes(domain=[0, 0.93])  # the strip above is for the names, clear of the curves


def _shade(first: Any, last: Any, name: str, colour: str) -> dict[str, Any]:
    shade = split_shade(first, last, name, colour)
    shade["label"]["textposition"] = "top right"  # the left end often lies outside of what is shown
    return shade


def _origin(at: Any) -> dict[str, Any]:
    return {
        "type": "line", "x0": at, "x1": at, "y0": 0, "y1": 0.93, "yref": "paper", "layer": "below", "name": "origin",
        "line": {"color": ACTUAL, "width": 1.25, "dash": "dot"},
    }  # fmt: skip


def alt_tracks(tracks: Sequence[Track]) -> str:
    """The tracks in words, each with how far off it was; empty where there is none."""
    sentences = []
    for track in tracks:
        x, y, truth = moments(track.times), floats(track.values), floats(track.actual)
        there = np.flatnonzero(np.isfinite(y))
        if not len(there):
            continue
        span = f"{moment(x[there[0]])} to {moment(x[there[-1]])}" if len(there) > 1 else moment(x[there[0]])
        sentences.append(f"{track.name}, {len(there)} predictions, {span}{_error(truth, y)}")
    return " ".join(f"{one[0].upper()}{one[1:]}." for one in sentences)


def _error(actual: NDArray[np.float64], predicted: NDArray[np.float64]) -> str:
    wrong = np.abs(actual - predicted)
    wrong = wrong[np.isfinite(wrong)]
    return f", mean absolute error {number(wrong.mean())}" if len(wrong) else ""
