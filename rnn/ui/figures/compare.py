"""Many runs side by side: smooth curves, and all their numbers on parallel axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from rnn.ui.figures.race import BESIDE, COLOURS, DASHES, SYMBOLS
from rnn.ui.figures.style import ACTUAL, DASHED, axis, empty_figure, floats, number, plain, shortened

WIDE = 30.0  # an axis whose largest number is so many times its smallest is logarithmic
_NOTHING = "The runs differ in no number."


@dataclass(frozen=True, eq=False)
class Axis:
    """One number of all runs: values (R,), NaN where a run has none. words: where it is no number, what the values 0, 1, …
    stand for."""

    label: str
    values: NDArray[np.float64]
    words: tuple[str, ...] = ()

    @staticmethod
    def of_words(label: str, said: Sequence[str]) -> Axis:
        """An axis of a choice: each word once, in the order in which they come."""
        words = tuple(dict.fromkeys(said))
        return Axis(label, np.array([words.index(one) for one in said], dtype=np.float64), words)

    def said(self, run: int) -> str:
        """What a run has there, in words."""
        value = self.values[run]
        if not np.isfinite(value):
            return "none"
        return self.words[int(value)] if self.words else number(float(value))

    @property
    def log(self) -> bool:
        """Whether its numbers lie too far apart for a linear axis."""
        known = self.known
        return bool(not self.words and len(known) and known.min() > 0 and known.max() >= WIDE * known.min())

    @property
    def known(self) -> NDArray[np.float64]:
        """The numbers that there are."""
        return self.values[np.isfinite(self.values)]

    @property
    def heights(self) -> NDArray[np.float64]:
        """(R,) where each run stands on the axis, from 0 at its lowest number to 1 at its highest; all alike at one half."""
        known = self.known
        if not len(known) or known.min() == known.max():
            return np.where(np.isfinite(self.values), 0.5, np.nan)
        scaled = np.log(self.values) if self.log else self.values
        low, high = np.nanmin(scaled), np.nanmax(scaled)
        return np.asarray((scaled - low) / (high - low), dtype=np.float64)


def smoothed(values: ArrayLike, epochs: int) -> NDArray[np.float64]:
    """The mean over so many epochs around each one (N,), over fewer at the ends; values that are not finite are left out of
    it, and stay gaps. An even number of epochs has one more before than after."""
    y = floats(values)
    if epochs <= 1 or not len(y):
        return y
    before = epochs // 2
    after = epochs - before - 1
    known = np.isfinite(y)
    sums, counts = (np.concatenate([[0.0], np.cumsum(part)]) for part in (np.where(known, y, 0.0), known))
    rows = np.arange(len(y))
    first, last = np.maximum(rows - before, 0), np.minimum(rows + after + 1, len(y))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (sums[last] - sums[first]) / (counts[last] - counts[first])
    return np.where(known, mean, np.nan)


def parallel_figure(axes: Sequence[Axis], names: Sequence[str], lanes: Sequence[int | None]) -> go.Figure:
    """A line a run across upright axes, a number each. names (R,). lanes (R,): the run's number, which gives it its colour and
    dash; BESIDE for the one that others are compared with; None for one without a colour of its own."""
    if not axes:
        return empty_figure(_NOTHING)
    heights = np.stack([one.heights for one in axes])
    order = sorted(range(len(names)), key=lambda run: lanes[run] is not None)
    return go.Figure(
        data=[_run_line(axes, heights, run, names[run], lanes[run]) for run in order],
        layout={
            "template": "none",
            "margin": {"l": 24, "r": 24, "t": 8, "b": 8},
            "hovermode": "closest",
            "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.1, "yanchor": "bottom"},
            "xaxis": axis(
                "", tickmode="array", tickvals=list(range(len(axes))), showgrid=True, range=[-0.3, len(axes) - 0.7],
                ticktext=[plain(shortened(one.label, 18)) for one in axes],
            ),
            "yaxis": axis("", visible=False, range=[-0.12, 1.12], fixedrange=True),
            "annotations": [note for place, one in enumerate(axes) for note in _ends(place, one)],
        },
    )  # fmt: skip


def alt_parallel(axes: Sequence[Axis], names: Sequence[str]) -> str:
    """The chart in words, each run with its numbers, up to a dozen runs."""
    if not axes:
        return f"Parallel axes. {_NOTHING}"
    told = []
    for run, name in enumerate(names[:12]):
        numbers = (f"{one.label} {one.said(run)}" for one in axes)
        told.append(f"{name}: {', '.join(numbers)}")
    more = f" And {len(names) - 12} more runs." if len(names) > 12 else ""
    return f"Parallel axes of {len(names)} runs. {'; '.join(told)}.{more}"


def _run_line(
    axes: Sequence[Axis], heights: NDArray[np.float64], run: int, name: str, lane: int | None
) -> dict[str, Any]:
    own = lane is not None and lane != BESIDE
    number_ = (lane or 0) % len(COLOURS)
    colour = COLOURS[number_] if own else ACTUAL
    dash = DASHES[number_] if own else DASHED if lane == BESIDE else "solid"
    told = [f"{plain(name)}<br>{plain(one.label)}: {one.said(run)}" for one in axes]
    return {
        "type": "scatter",
        "x": np.arange(len(axes)),
        "y": heights[:, run],
        "mode": "lines+markers",
        "name": plain(name),
        "showlegend": lane is not None,
        "opacity": 1.0 if lane is not None else 0.35,
        "line": {"color": colour, "dash": dash, "width": 2 if lane is not None else 1},
        "marker": {"color": colour, "size": 7 if own else 4, "symbol": SYMBOLS[number_] if own else "circle"},
        "text": told,
        "hovertemplate": "%{text}<extra></extra>",
    }


def _ends(place: int, one: Axis) -> list[dict[str, Any]]:
    """The highest and the lowest number, above and below the axis; of words each one, beside it or above."""
    if one.words:
        places = np.linspace(0, 1, len(one.words)) if len(one.words) > 1 else [0.5]
        said = zip(places, one.words, strict=True)
        return [
            {
                "x": place, "y": y, "text": plain(shortened(word, 14)), "showarrow": False, "font": {"size": 11},
                # Lines leave the first axis to the right; those between have them on both sides.
                **({"xanchor": "right", "xshift": -8} if place == 0 else {"yshift": 12}),
            }
            for y, word in said
        ]  # fmt: skip
    known = one.known
    if not len(known):
        return []
    alike = known.min() == known.max()
    shown = [(0.5, known[0], 14)] if alike else [(1.0, known.max(), 12), (0.0, known.min(), -12)]
    return [
        {"x": place, "y": y, "text": number(float(value)), "showarrow": False, "yshift": shift, "font": {"size": 11}}
        for y, value, shift in shown
    ]
