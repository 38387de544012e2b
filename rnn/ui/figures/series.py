"""The series themselves: as panels one above another, and as pictures the size of a word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from rnn.ui.figures.style import (
    ACTUAL,
    axis,
    curve,
    empty_figure,
    figure,
    moment,
    moments,
    number,
    plain,
    split_shade,
)
from rnn.ui.thinning import thin

_NOTHING = "There are no values to draw."


def series_figure(
    times: ArrayLike, values: ArrayLike, names: Sequence[str], *, split_at: Any = None, time_label: str = ""
) -> go.Figure:
    """Each of K series in a panel of its own with its own scale, over one time axis.

    times: (N,). values: (N,) or (N, K), NaN a gap. names: the K names, each with its unit where there is one.
    split_at: the first moment of the validation part, from where the background is shaded.
    """
    x, columns = moments(times), _columns(values, len(names))
    if len(x) == 0 or not columns:
        return empty_figure(_NOTHING)
    traces = [
        curve(x, column, name, ACTUAL, yaxis=_axis_name(k), showlegend=False)
        for k, (column, name) in enumerate(zip(columns, names, strict=True))
    ]
    shapes = [] if split_at is None else [split_shade(split_at, x[-1], "validation")]
    made = figure(traces, time_label, names[0], shapes=shapes, hoversubplots="axis")
    if len(columns) > 1:
        made.update_layout(_panels(names))
    return made


def series_height(count: int) -> int:
    """A good height in pixels for `series_figure` of so many series."""
    return 280 if count <= 1 else 60 + 130 * count


def _columns(values: ArrayLike, count: int) -> list[np.ndarray]:
    array = np.asarray(values, dtype=np.float64)
    array = array[:, None] if array.ndim == 1 else array
    if array.shape[1] != count:
        raise ValueError(f"each series needs its name, but there are {array.shape[1]} series and {count} names.")
    return [np.where(np.isinf(column), np.nan, column) for column in array.T]


def _axis_name(k: int) -> str:
    return "y" if k == 0 else f"y{k + 1}"


def _panels(names: Sequence[str]) -> dict[str, Any]:
    """The layout's y axes, the first on top, each named by a line above its panel."""
    room, gap = 1 / len(names), min(0.22 / len(names), 0.12)
    layout: dict[str, Any] = {"annotations": []}
    for k, name in enumerate(names):
        top = 1 - k * room
        key = "yaxis" if k == 0 else f"yaxis{k + 1}"
        layout[key] = axis("", domain=[top - room, top - gap], anchor="x", nticks=4)
        layout["annotations"].append(
            {
                "text": plain(name),
                "x": 0,
                "y": top - gap,
                "xref": "paper",
                "yref": "paper",
                "xanchor": "left",
                "yanchor": "bottom",
                "showarrow": False,
            }
        )
    layout["xaxis"] = {"anchor": _axis_name(len(names) - 1)}
    return layout


def alt_series(times: ArrayLike, values: ArrayLike, names: Sequence[str], *, split_at: Any = None) -> str:
    """The series chart in words; arguments as for `series_figure`."""
    x, columns = moments(times), _columns(values, len(names))
    if len(x) == 0:
        return f"Series chart. {_NOTHING}"
    text = [f"Series chart, {len(x)} records from {moment(x[0])} to {moment(x[-1])}"]
    for name, column in zip(names, columns, strict=True):
        missing = int(np.isnan(column).sum())
        if missing == len(column):
            text.append(f"{name} has no values")
            continue
        gaps = f", {missing} missing" if missing else ""
        low, mean, high = np.nanmin(column), np.nanmean(column), np.nanmax(column)
        text.append(f"{name} lies between {number(low)} and {number(high)}, mean {number(mean)}{gaps}")
    if split_at is not None:
        text.append(f"Validation begins at {moment(split_at)}")
    return ". ".join(text) + "."


def sparkline_svg(values: ArrayLike, width: int = 120, height: int = 32, colour: str = "currentColor") -> str:
    """A series as a small picture without axes: an SVG element to set in HTML, in the colour of the text around it.

    values: (N,), NaN a gap. width, height: pixels.
    """
    array = np.asarray(values, dtype=np.float64).reshape(-1)
    rows, kept = thin(np.arange(len(array)), array, 2 * width)
    finite = kept[np.isfinite(kept)]
    low, span = (float(finite.min()), float(np.ptp(finite)) or 1.0) if len(finite) else (0.0, 1.0)
    across = (width - 2) / max(len(array) - 1, 1)
    path, pen_up = [], True
    for row, value in zip(rows.tolist(), kept.tolist(), strict=True):
        if np.isfinite(value):
            down = 1.5 + (height - 3) * (1 - (value - low) / span)
            path.append(f"{'M' if pen_up else 'L'}{1 + row * across:.1f} {down:.1f}")
        pen_up = not np.isfinite(value)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" aria-hidden="true"><path d="{"".join(path)}" fill="none" '
        f'stroke="{colour}" stroke-width="1.25" stroke-linejoin="round" stroke-linecap="round"/></svg>'
    )
