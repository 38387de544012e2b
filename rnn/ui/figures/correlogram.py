"""How alike records are that lie so many apart: a bar a lag, and the bound that noise keeps within."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from rnn.ui.figures.style import ACTUAL, SHADE, TRAIN, axis, empty_figure, figure, floats, number

_NOTHING = "There are no lags to draw."


def correlogram_figure(values: ArrayLike, bound: ArrayLike, *, title: str, periods: Sequence[float] = ()) -> go.Figure:
    """values: (L,) correlations at the lags 1 … L. bound: one number or (L,), what noise keeps within on either side.

    title: what the correlations are, for the y axis. periods: seasons in records, marked at their lags and multiples.
    """
    y = floats(values)
    if len(y) == 0:
        return empty_figure(_NOTHING)
    lags, edge = np.arange(1, len(y) + 1), np.broadcast_to(floats(bound), y.shape)
    bars = {
        "type": "bar",
        "x": lags,
        "y": y,
        "name": title,
        "marker": {"color": TRAIN, "line": {"width": 0}},
        "width": 0.6 if len(y) <= 120 else 1.0,
        "hovertemplate": "%{y:.3f}",
    }
    made = figure(
        [*_band(lags, edge), bars], "lag, in records", title, shapes=_marks(periods, len(y)), showlegend=False
    )
    low = min(float(np.nanmin(y)), -float(edge.max()))
    made.update_yaxes(axis(title, range=[max(-1.05, 1.1 * low), 1.05], zeroline=True, zerolinecolor=ACTUAL))
    made.update_xaxes(unifiedhovertitle={"text": "lag %{x}"}, range=[0, len(y) + 1], tickformat=",d", minallowed=0)
    return made


def _band(lags: NDArray[Any], edge: NDArray[np.float64]) -> list[dict[str, Any]]:
    line = {"type": "scatter", "x": lags, "mode": "lines", "line": {"width": 0, "color": ACTUAL}, "hoverinfo": "skip"}
    return [{**line, "y": -edge}, {**line, "y": edge, "fill": "tonexty", "fillcolor": SHADE.replace("0.10", "0.25")}]


def _marks(periods: Sequence[float], most: int) -> list[dict[str, Any]]:
    """A faint upright line at each season's lag."""
    return [
        {
            "type": "line", "x0": round(period), "x1": round(period), "y0": 0, "y1": 1, "yref": "paper",
            "layer": "below", "line": {"color": ACTUAL, "width": 1, "dash": "dot"},
        }
        for period in periods if round(period) <= most
    ]  # fmt: skip


def alt_correlogram(values: ArrayLike, bound: ArrayLike, *, title: str, periods: Sequence[float] = ()) -> str:
    """The chart in words; arguments as for `correlogram_figure`."""
    y = floats(values)
    if len(y) == 0:
        return f"Chart of the {title}. {_NOTHING}"
    edge = np.broadcast_to(floats(bound), y.shape)
    outside = np.flatnonzero(np.abs(y) > edge)
    text = [f"Chart of the {title} at lags 1 to {len(y)}", f"{number(y[0])} at lag 1"]
    text += [f"{number(y[round(one) - 1])} at the season of {round(one)}" for one in periods if round(one) <= len(y)]
    if len(outside):
        text.append(f"{len(outside)} lags lie outside of what noise shows, the last of them {outside[-1] + 1}")
    else:
        text.append("No lag lies outside of what noise shows")
    return ". ".join(text) + "."
