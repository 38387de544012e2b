"""The seasonal plot: what is usual at each place of the season, and the last seasons one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from rnn.ui.figures.style import ACTUAL, FORECAST, curve, empty_figure, figure, floats, number, plain

_NOTHING = "There is no season to draw."
_TICKS = 12  # labels that all stand
_FEW_TICKS = 8  # … and so many of a long row, which a phone has room for


def seasonal_figure(
    labels: Sequence[str],
    median: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    *,
    lines: ArrayLike = (),
    seasons: Sequence[str] = (),
    by: str = "",
    unit: str = "",
) -> go.Figure:
    """labels: names of the P places. median, low, high: (P,), low and high the quartiles.

    lines: (S, P) single seasons, called seasons, the last one heaviest. by: what the places are. unit: what the values are.
    """
    middle, bottom, top = floats(median), floats(low), floats(high)
    if len(middle) == 0:
        return empty_figure(_NOTHING)
    x = np.arange(1, len(middle) + 1)
    traces = [*_single(x, np.asarray(lines, dtype=np.float64), seasons), *_band(x, bottom, top)]
    traces.append(
        curve(x, middle, "median", FORECAST, width=2.25, mode="lines", text=list(labels), hovertemplate="%{y:.4~g}")
    )
    made = figure(traces, by, unit)
    at = _tick_places(labels)
    made.update_xaxes(
        tickvals=[int(x[k]) for k in at], ticktext=[plain(_short(labels[k])) for k in at], range=[0.5, len(x) + 0.5],
        unifiedhovertitle={"text": "%{text}"},
    )  # fmt: skip
    return made


def _single(x: NDArray[Any], lines: NDArray[np.float64], seasons: Sequence[str]) -> list[dict[str, Any]]:
    """Thin lines, in the legend as one."""
    return [
        {
            "type": "scatter", "mode": "lines", "x": x, "y": line, "legendgroup": "single", "showlegend": at == 0,
            "name": f"the last {len(lines)} seasons" if len(lines) > 1 else "the last season", "hoverinfo": "skip",
            "line": {"width": 1, "color": ACTUAL}, "connectgaps": True, "opacity": 0.35 + 0.4 * (at + 1) / len(lines),
        }
        for at, line in enumerate(lines)
    ]  # fmt: skip


def _band(x: NDArray[Any], bottom: NDArray[np.float64], top: NDArray[np.float64]) -> list[dict[str, Any]]:
    edge = {"type": "scatter", "x": x, "mode": "lines", "line": {"width": 0, "color": FORECAST}, "legendgroup": "half"}
    return [
        {**edge, "y": bottom, "showlegend": False, "hoverinfo": "skip"},
        {
            **edge, "y": top, "name": "middle half", "fill": "tonexty", "fillcolor": "rgba(15, 145, 114, 0.22)",
            "customdata": [f"{number(lo)} to {number(hi)}" for lo, hi in zip(bottom, top, strict=True)],
            "hovertemplate": "%{customdata}",
        },
    ]  # fmt: skip


def _tick_places(labels: Sequence[str]) -> list[int]:
    """Every place where they are few; the beginning of each day of a week of hours; else about a dozen, evenly."""
    if len(labels) <= _TICKS:
        return list(range(len(labels)))
    first_of_day = [k for k, label in enumerate(labels) if label.endswith(" 0:00")]
    if first_of_day:
        return first_of_day
    step = next(k for k in (2, 3, 4, 5, 6, 8, 12, 16, 24, 32, 48, len(labels)) if len(labels) / k <= _FEW_TICKS)
    return list(range(0, len(labels), step))


def _short(label: str) -> str:
    return label.removesuffix(" 0:00")


def alt_seasonal(
    labels: Sequence[str],
    median: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    *,
    lines: ArrayLike = (),
    seasons: Sequence[str] = (),
    by: str = "",
    unit: str = "",
) -> str:
    """The chart in words; arguments as for `seasonal_figure`."""
    middle, bottom, top = floats(median), floats(low), floats(high)
    if not np.isfinite(middle).any():
        return f"Seasonal plot. {_NOTHING}"
    best, worst = int(np.nanargmax(middle)), int(np.nanargmin(middle))
    spread = float(np.nanmedian(top - bottom))
    shown = f". The last {len(seasons)} seasons are drawn, {seasons[0]} to {seasons[-1]}" if len(seasons) > 1 else ""
    return (
        f"Seasonal plot by {by or 'place'}, {unit or 'values'}. Highest at {labels[best]}, median {number(middle[best])}; "
        f"lowest at {labels[worst]}, median {number(middle[worst])}. The middle half at a place is {number(spread)} wide"
        f"{shown}."
    )
