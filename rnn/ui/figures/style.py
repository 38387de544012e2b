"""What all figures share: the colours, the lines, the axes, and how numbers and times read in a sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

# Told apart by the colour-blind (blue, orange, green and grey differ in lightness or in yellow–blue under protan,
# deutan and tritan vision) and at least 3 : 1 against both the light and the dark background.
TRAIN = "#2f80c9"
VALIDATION = "#d9650b"
FORECAST = "#0f9172"
TEST = "#8a63c9"
ACTUAL = "#80868f"

# Several lines of one kind: colours by turns, and another dash for each round of them.
UNIT_COLOURS = [TRAIN, VALIDATION, FORECAST, TEST]
UNIT_DASHES = ["solid", "5px,3px", "1.5px,3px"]

_POINTER = {"spikethickness": 1, "spikedash": "solid", "spikecolor": ACTUAL}
SHADE = "rgba(128, 134, 143, 0.10)"
DASHED = "5px,3px"
DOTTED = "1.5px,3px"
FEW = 40  # up to so many points each one is marked
MANY = 1500  # from so many points on lines are finer


def floats(values: ArrayLike | None) -> NDArray[np.float64]:
    """A one-dimensional float array; None is empty, infinite values (which no axis can show) are gaps."""
    array = np.asarray([] if values is None else values, dtype=np.float64).reshape(-1)
    return np.where(np.isinf(array), np.nan, array)


def moments(times: ArrayLike | None) -> NDArray[Any]:
    """Times as a one-dimensional array of datetime64 or numbers."""
    return np.asarray([] if times is None else times).reshape(-1)


LONGEST_NAME = 60  # letters of a name that a chart has room for


def curve(
    x: NDArray[Any],
    y: NDArray[Any],
    name: str,
    colour: str,
    *,
    dash: str = "solid",
    width: float = 1.75,
    symbol: str = "circle",
    **more: Any,
) -> dict[str, Any]:
    """One line, finer where points are many; few points, and points with a gap on either side, are marked as well."""
    finite = np.isfinite(y)
    beside = np.concatenate([[False], finite, [False]])
    alone = finite & ~beside[:-2] & ~beside[2:]
    marked: dict[str, Any] = {"mode": "lines"}
    if finite.sum() <= FEW:
        marked = {"mode": "lines+markers", "marker": {"size": 5, "symbol": symbol, "color": colour}}
    elif alone.any():
        sizes = np.where(alone, 4, 0)
        marked = {"mode": "lines+markers", "marker": {"size": sizes, "color": colour, "line": {"width": 0}}}
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "name": plain(name),
        "line": {"color": colour, "dash": dash, "width": width if len(x) < MANY else 1.25},
        "hovertemplate": "%{y:.4~g}",
        **marked,
        **more,
    }


def figure(traces: list[dict[str, Any]], x_title: str, y_title: str, **layout: Any) -> go.Figure:
    """A figure with one pair of axes, the legend above the plot and one hover box for all curves."""
    return go.Figure(
        data=traces,
        layout={
            "template": "none",
            "margin": {"l": 8, "r": 12, "t": 8, "b": 8},
            "hovermode": "x unified",
            "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom"},
            "xaxis": axis(x_title, showgrid=False, showline=True, ticks="outside", ticklen=4, **_POINTER),
            "yaxis": axis(y_title),
            **layout,
        },
    )


def shortened(name: str, most: int = 28) -> str:
    """A name for where there is little room."""
    return name if len(name) <= most else name[: most - 1] + "…"


def plain(name: str) -> str:
    """A name as Plotly shows it letter by letter: without this, <b> in a column's name would be a command."""
    short = name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
    return short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def axis(title: str, **more: Any) -> dict[str, Any]:
    """An axis with its title; small and large numbers as powers of ten, never as 500μ or 2B."""
    return {
        "title": {"text": plain(title), "standoff": 8},
        "automargin": True,
        "zeroline": False,
        "exponentformat": "power",
        "minexponent": 5,
        **more,
    }


def empty_figure(sentence: str) -> go.Figure:
    """No axes, one sentence in the middle."""
    hidden = {"visible": False, "range": [0, 1], "fixedrange": True}
    note = {"text": sentence, "x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper", "showarrow": False, "opacity": 0.75}
    return go.Figure(
        layout={
            "template": "none",
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
            "xaxis": hidden,
            "yaxis": hidden,
            "annotations": [note],
        }
    )


def tint(colour: str, alpha: float) -> str:
    """ "#rrggbb" as a translucent colour."""
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {alpha})"


def split_shade(split_at: Any, last: Any, label: str, colour: str = SHADE) -> dict[str, Any]:
    """A faint band from one moment to another, with its name in the corner."""
    return {
        "type": "rect",
        "x0": split_at,
        "x1": last,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "layer": "below",
        "line": {"width": 0},
        "fillcolor": colour,
        "label": {"text": label, "textposition": "top left", "font": {"size": 11}, "padding": 4},
    }


def number(value: float) -> str:
    """Four significant digits, as a person would write them: 0.01235, 1234, 1.2e+06."""
    return f"{value:.4g}"


def moment(time: Any) -> str:
    """A time in words: a date without its midnight, seconds dropped, or a plain number."""
    if isinstance(time, np.datetime64):
        text = str(time.astype("datetime64[m]"))
        return text[:10] if text.endswith("T00:00") else text.replace("T", " ")
    return number(float(time))
