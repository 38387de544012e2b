"""How a series divides into training, validation and test, drawn behind it, and the rows that the scaler was fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from rnn.ui.figures.style import ACTUAL, TEST, TRAIN, VALIDATION, moment, split_shade, tint

LEAK = "#c43c3c"
# How strongly a part is tinted: seen on both backgrounds, and never stronger than a curve.
_TINT = 0.13
_BAR = 7  # pixels of the scaler's bar
_COLOURS = {"training": TRAIN, "validation": VALIDATION, "test": TEST, "left out": ACTUAL}


@dataclass(frozen=True)
class Part:
    """One part of a series. name: "training", "validation", "test" or "left out". first, last: its first and last moment.
    records: how many it has."""

    name: str
    first: Any
    last: Any
    records: int


def shade_parts(figure: go.Figure, parts: Sequence[Part]) -> None:
    """Tint the background of each part, with its name at the top; what is left out between two parts has none."""
    panels = len(figure.layout.annotations) > 0  # several, each with its name in the left corner
    figure.update_layout(shapes=[_shade(part, "top right" if panels else "top left") for part in parts if part.records])
    if not panels:
        figure.update_yaxes(domain=[0, 0.93])  # the strip above is for the names, clear of the curves


def mark_scaler(figure: go.Figure, first: Any, last: Any, leaks: bool, height: int) -> None:
    """A bar along the foot of the plot over the rows that the scaler was fitted on; red where it saw what it must not.

    height: of the whole chart, in pixels.
    """
    colour = LEAK if leaks else TRAIN
    bar = {
        "type": "rect", "x0": first, "x1": last, "y0": 0, "y1": _BAR / height, "yref": "paper", "fillcolor": colour,
        "line": {"width": 0}, "name": "scaler",
    }  # fmt: skip
    figure.add_shape(bar)


def _shade(part: Part, corner: str) -> dict[str, Any]:
    label = "" if part.name == "left out" else part.name
    shade = split_shade(part.first, part.last, label, tint(_COLOURS[part.name], _TINT if label else 0.22))
    shade["label"]["textposition"] = corner
    return shade


def alt_parts(parts: Sequence[Part]) -> str:
    """The parts in words, with their records and ends."""
    words = [
        f"{part.name} {part.records:,} records from {moment(part.first)} to {moment(part.last)}"
        for part in parts
        if part.records
    ]
    return "; ".join(words) + "." if words else ""
