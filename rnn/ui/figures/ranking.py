"""The ranking as a picture: one row a method, and on the rows of networks what other seeds made of the same settings."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from rnn.ui.figures.style import ACTUAL, FORECAST, VALIDATION, empty_figure, figure, floats, number, plain

LINE = 26  # letters
_NOTHING = "There is nothing to rank."


@dataclass(frozen=True, eq=False)
class Place:
    """One row. error: the mean, by which the rows are sorted. ours: whether it is a network. seeds: the errors of the same
    settings from other seeds (M,). near: whether it is within the noise of the best."""

    label: str
    error: float
    ours: bool = False
    seeds: ArrayLike = ()
    near: bool = False


def ranking_figure(places: Sequence[Place], *, metric: str) -> go.Figure:
    """The rows from best to worst, dots at their error; rings for other seeds. metric: what the error is, for the axis."""
    shown = [place for place in places if np.isfinite(place.error)]
    if not shown:
        return empty_figure(_NOTHING)
    labels = _told_apart([place.label for place in shown])
    traces = [
        _dots([(label, place.error) for label, place in zip(labels, shown, strict=True) if place.ours == ours], *look)
        for ours, look in ((True, ("network", FORECAST, "diamond")), (False, ("other method", ACTUAL, "circle")))
    ]
    seeds = [(label, error) for label, place in zip(labels, shown, strict=True) for error in floats(place.seeds)]
    traces.append(_rings([one for one in seeds if np.isfinite(one[1])]))
    made = figure([trace for trace in traces if len(trace["x"])], metric, "", hovermode="closest")
    made.update_yaxes(
        tickmode="array",
        tickvals=labels,
        type="category",
        categoryorder="array",
        categoryarray=labels[::-1],
        range=[-0.6, len(labels) - 0.4],
    )
    made.update_xaxes(rangemode="tozero", showgrid=True)
    made.update_layout(shapes=[_best(min(place.error for place in shown))])
    return made


def _dots(rows: Sequence[tuple[str, float]], name: str, colour: str, symbol: str) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers", "name": name, "y": [label for label, _ in rows],
        "x": np.array([error for _, error in rows]), "marker": {"color": colour, "size": 11, "symbol": symbol},
        "hovertemplate": "%{y}: %{x:.4~g}<extra></extra>",
    }  # fmt: skip


def _rings(rows: Sequence[tuple[str, float]]) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers", "name": "the same from another seed", "y": [label for label, _ in rows],
        "x": np.array([error for _, error in rows]),
        "marker": {"color": VALIDATION, "size": 8, "symbol": "circle-open", "line": {"width": 1.5}},
        "hovertemplate": "%{y}, another seed: %{x:.4~g}<extra></extra>",
    }  # fmt: skip


def _best(error: float) -> dict[str, Any]:
    line = {"color": ACTUAL, "width": 1, "dash": "dot"}
    return {"type": "line", "x0": error, "x1": error, "y0": 0, "y1": 1, "yref": "paper", "layer": "below", "line": line}


def _told_apart(labels: Sequence[str]) -> list[str]:
    """Plain labels, no two of them alike: rows that share a name would fall into one."""
    found: list[str] = []
    for label in map(_wrapped, labels):
        number_, name = 1, label
        while name in found:
            number_ += 1
            name = f"{label} ({number_})"
        found.append(name)
    return found


def _wrapped(label: str) -> str:
    """In short lines, so that the names leave room for the plot on a phone, too."""
    return "<br>".join(map(plain, textwrap.wrap(label, LINE))) or " "


def alt_ranking(places: Sequence[Place], *, metric: str) -> str:
    """The chart in words: every row with its error, the best first."""
    shown = [place for place in places if np.isfinite(place.error)]
    if not shown:
        return f"Chart of the ranking. {_NOTHING}"
    text = [f"Ranking of {len(shown)} by {metric}, the best first"]
    for place in shown:
        seeds = floats(place.seeds)
        seeds = seeds[np.isfinite(seeds)]
        fan = f", from other seeds {number(seeds.min())} to {number(seeds.max())}" if len(seeds) else ""
        text.append(f"{place.label}: {number(place.error)}{fan}{', within noise of the best' if place.near else ''}")
    return ". ".join(text) + "."
