"""The spectrum by period: what moves, how fast, and which seasons stand out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from rnn.ui.figures.style import ACTUAL, DASHED, TRAIN, VALIDATION, axis, curve, empty_figure, figure, floats, number
from rnn.ui.thinning import thin

MOST_POINTS = 3000
_KEPT = 500  # the longest periods, which are few and take up half of a logarithmic axis
_DEEPEST = 1e-7  # of the highest power; what lies below is rounding, or as good as nothing
_NOTHING = "There is no spectrum to draw."


def spectrum_figure(
    frequencies: ArrayLike, power: ArrayLike, threshold: ArrayLike, *, periods: Sequence[float] = ()
) -> go.Figure:
    """frequencies: (F,) cycles a record, rising. power, threshold: (F,), threshold what noise stays below.

    periods: seasons in records, marked with a line and their length.
    """
    f, y, over = floats(frequencies), floats(power), floats(threshold)
    if len(f) == 0:
        return empty_figure(_NOTHING)
    x, y, over = _thinned(f, y, over)
    low = max(float(y.max()) * _DEEPEST, float(y.min()))
    traces = [
        curve(x, np.maximum(y, low), "power", TRAIN, mode="lines"),
        curve(x, np.maximum(over, low), "what noise stays below", ACTUAL, dash=DASHED, mode="lines"),
    ]
    made = figure(traces, "period, in records", "power", shapes=_marks(periods), annotations=_names(periods))
    made.update_xaxes(type="log", unifiedhovertitle={"text": "%{x:.4~g} records"}, **_ticks(x))
    made.update_yaxes(axis("power", type="log", dtick=2))
    return made


def _ticks(x: NDArray[Any]) -> dict[str, Any]:
    """Round periods: 1, 2 and 5 of each decade, or the decades alone where there are more than three."""
    decades = range(int(np.floor(np.log10(x[0]))), int(np.ceil(np.log10(x[-1]))) + 1)
    digits = (1, 2, 5) if len(decades) <= 4 else (1,)
    at = [digit * 10**decade for decade in decades for digit in digits]
    return {"tickvals": at, "ticktext": [f"{value:,}" for value in at], "range": [np.log10(x[0]), np.log10(x[-1])]}


def _thinned(f: NDArray[Any], y: NDArray[Any], over: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """The same by period, from the shortest to the longest, with every peak kept."""
    fast, rows = np.arange(len(f))[_KEPT:], np.arange(min(_KEPT, len(f)))
    if len(fast):
        kept, _ = thin(fast, y[_KEPT:], MOST_POINTS - _KEPT)
        rows = np.concatenate([rows, kept])
    rows = rows[::-1]
    return 1 / f[rows], y[rows], over[rows]


def _marks(periods: Sequence[float]) -> list[dict[str, Any]]:
    return [
        {
            "type": "line", "x0": period, "x1": period, "y0": 0, "y1": 1, "yref": "paper", "layer": "below",
            "line": {"color": VALIDATION, "width": 1.5, "dash": "dot"},
        }
        for period in periods
    ]  # fmt: skip


def _names(periods: Sequence[float]) -> list[dict[str, Any]]:
    return [
        {
            "text": number(period), "x": float(np.log10(period)), "xref": "x", "y": 1, "yref": "paper",
            "xanchor": "left", "yanchor": "top", "xshift": 2, "showarrow": False, "font": {"size": 11},
        }
        for period in periods
    ]  # fmt: skip


def alt_spectrum(
    frequencies: ArrayLike, power: ArrayLike, threshold: ArrayLike, *, periods: Sequence[float] = ()
) -> str:
    """The chart in words; arguments as for `spectrum_figure`."""
    f, y, over = floats(frequencies), floats(power), floats(threshold)
    if len(f) == 0:
        return f"Spectrum. {_NOTHING}"
    top, above = int(np.argmax(y)), int((y > over).sum())
    text = [
        f"Spectrum by period, from {number(1 / f[-1])} to {number(1 / f[0])} records",
        f"The power is highest at a period of {number(1 / f[top])} records",
        f"{above} of {len(f)} frequencies stand above what noise stays below",
        f"Seasons: {', '.join(number(period) for period in periods)} records"
        if len(periods)
        else "No season stands out",
    ]
    return ". ".join(text) + "."
