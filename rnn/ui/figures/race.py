"""The lanes of a race on one chart: their curves by epoch or by time, and what they predict."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from rnn.ui.figures.loss import log_axis
from rnn.ui.figures.style import ACTUAL, DASHED, DOTTED, curve, empty_figure, figure, floats, moment, number, plain

# Six that differ in lightness or in yellow–blue under protan, deutan and tritan vision, each at least 3 : 1 against both the
# light and the dark background; the dash and the name at the line's end say the same without any colour.
COLOURS = ("#2f80c9", "#d9650b", "#0f9172", "#c2559d", "#8f7a1d", "#7a6be0")
DASHES = ("solid", DASHED, DOTTED, "9px,3px,2px,3px", "12px,4px", "4px,2px,1.5px,2px")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "star")
CLEAR = 150  # records that six lines can be told apart over
BESIDE = -1
FEW_POINTS = 3  # a lane with more of them is a line alone
_NOT_YET = "No lane has finished an epoch yet."
# Names nearer to each other than this, as shares of the height and of the width, would overlap, and stand a line apart.
_APART, _NAME_WIDTH = 0.055, 0.2


@dataclass(frozen=True, eq=False)
class Track:
    """One lane's curve. lane: its number, from 0 on, which gives it its colour and dash; BESIDE for one that others are
    compared with, in grey. x, y: (N,), rising x."""

    lane: int
    name: str
    x: NDArray[Any]
    y: NDArray[np.float64]


def race_figure(
    tracks: Sequence[Track],
    *,
    x_title: str,
    unit: str,
    log: bool,
    naive: float | None = None,
    whole: bool = True,
    raw: Sequence[Track] = (),
) -> go.Figure:
    """The curves of all lanes, each named at its end.

    x_title: "epoch" or "seconds of training". unit: the title of the y axis. log: a logarithmic axis; values of zero and less
    are then gaps. naive: the naive forecast's error, as a dotted level. whole: x are whole numbers. raw: what
    smooth curves were made of, drawn faintly beneath them.
    """
    drawn = [Track(one.lane, one.name, np.asarray(one.x), _on_axis(one.y, log)) for one in tracks if len(one.x)]
    drawn = [one for one in drawn if np.isfinite(one.y).any()]
    if not drawn:
        return empty_figure(_NOT_YET)
    faint = {"opacity": 0.3, "showlegend": False, "hoverinfo": "skip", "hovertemplate": None}
    traces = [_line(Track(one.lane, one.name, one.x, _on_axis(one.y, log))) | faint for one in raw if len(one.x)]
    traces += [_line(one) for one in drawn]
    ends = (min(float(one.x[0]) for one in drawn), max(float(one.x[-1]) for one in drawn))
    if naive is not None and np.isfinite(naive) and (naive > 0 or not log):
        traces.append(_level(ends, naive))
    made = figure(traces, x_title, unit, annotations=_names(drawn, log), margin={"l": 8, "r": 96, "t": 8, "b": 8})
    made.update_yaxes(log_axis(traces) if log else {"type": "linear", "rangemode": "tozero"})
    if whole:
        made.update_xaxes(unifiedhovertitle={"text": "epoch %{x}"}, hoverformat="d", tickformat=",d", minallowed=0)
        if ends[1] - ends[0] < 8:
            made.update_xaxes(dtick=1)  # no half epochs
    else:
        made.update_xaxes(unifiedhovertitle={"text": "%{x:.2~f} s"}, minallowed=0)
    return made


def alt_race(
    tracks: Sequence[Track], *, x_title: str, unit: str, naive: float | None = None, kind: str = "Race chart"
) -> str:
    """The chart in words, which begin with its kind; other arguments as for `race_figure`."""
    told = []
    for one in tracks:
        y = floats(one.y)
        known = np.flatnonzero(np.isfinite(y))
        if not len(known):
            told.append(f"{one.name}: no finite value yet")
            continue
        first, last, best = known[0], known[-1], known[np.argmin(y[known])]
        told.append(
            f"{one.name}: from {number(y[first])} to {number(y[last])} at {number(float(one.x[last]))}, "
            f"lowest {number(y[best])} at {number(float(one.x[best]))}"
        )
    if not told:
        return f"{kind}. {_NOT_YET}"
    level = f" The naive forecast stands at {number(naive)}." if naive is not None and np.isfinite(naive) else ""
    return f"{kind}, {unit} by {x_title}. {'; '.join(told)}.{level}"


def forecasts_figure(
    times: ArrayLike,
    actual: ArrayLike,
    tracks: Sequence[Track],
    *,
    target: str,
    time_label: str = "",
    focus: tuple[Any, Any] | None = None,
) -> go.Figure:
    """What the lanes predict for the validation part, over the actual values. times (N,), actual (N,). focus: the range of x
    that it opens on."""
    moments, values = np.asarray(times).reshape(-1), floats(actual)
    if not len(moments):
        return empty_figure("There is nothing to predict yet.")
    traces = [curve(moments, values, "actual", ACTUAL, width=2.5)]
    traces += [_line(one) for one in tracks if len(one.x)]
    made = figure(traces, time_label, target)
    if focus is not None:
        made.update_xaxes(range=list(focus))
    return made


def race_focus(times: NDArray[Any], part: slice) -> tuple[Any, Any] | None:
    """The range that a chart of this part opens on: its last records, where all of them would hide each other. None: all."""
    if part.stop - part.start <= CLEAR:
        return None
    return times[part.stop - CLEAR], times[part.stop - 1]


def alt_forecasts(times: ArrayLike, actual: ArrayLike, tracks: Sequence[Track], *, target: str) -> str:
    """The same in words; arguments as for `forecasts_figure`."""
    moments, values = np.asarray(times).reshape(-1), floats(actual)
    if not len(moments):
        return "Chart of predictions. There is nothing to predict yet."
    text = (
        f"Chart of predictions for the validation part of {target}, {moment(moments[0])} to {moment(moments[-1])}; actual "
        f"values from {number(float(np.nanmin(values)))} to {number(float(np.nanmax(values)))}."
    )
    for one in tracks:
        y = floats(one.y)
        if len(y) and np.isfinite(y).any():
            text += f" {one.name} predicts {number(float(np.nanmin(y)))} to {number(float(np.nanmax(y)))}."
    return text


def colour_of(lane: int) -> str:
    """The colour of a lane's line."""
    return ACTUAL if lane == BESIDE else COLOURS[lane % len(COLOURS)]


def swatch(lane: int) -> str:
    """The lane's line, as HTML: a small picture beside its name, without a word in it."""
    dash = "" if DASHES[lane] == "solid" else f' stroke-dasharray="{DASHES[lane].replace("px", "")}"'
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="32" height="10">'
        f'<line x1="0" y1="5" x2="32" y2="5" stroke="{COLOURS[lane]}" stroke-width="3"{dash}/></svg>'
    )
    # As an image: Streamlit takes SVG out of HTML.
    data = base64.b64encode(svg.encode()).decode()
    return f'<img alt="" width="32" height="10" src="data:image/svg+xml;base64,{data}" style="vertical-align:middle">'


def _line(one: Track) -> dict[str, Any]:
    lane, y = one.lane % len(COLOURS), floats(one.y)
    dash, symbol = (DASHED, "circle") if one.lane == BESIDE else (DASHES[lane], SYMBOLS[lane])
    drawn = curve(one.x, y, one.name, colour_of(one.lane), dash=dash, width=2, symbol=symbol)
    if np.isfinite(y).sum() > FEW_POINTS and drawn["mode"] != "lines" and np.ndim(drawn["marker"]["size"]) == 0:
        # Six curves of a few points each would be a cloud of marks.
        drawn["mode"] = "lines"
    return drawn


def _on_axis(y: NDArray[np.float64], log: bool) -> NDArray[np.float64]:
    values = floats(y)
    return np.where(values > 0, values, np.nan) if log else values


def _level(ends: tuple[float, float], naive: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": np.array(ends),
        "y": np.array([naive, naive], dtype=np.float64),
        "mode": "lines" if ends[1] > ends[0] else "markers",
        "marker": {"color": ACTUAL, "symbol": "line-ew-open", "size": 12},
        "line": {"color": ACTUAL, "dash": DOTTED, "width": 1.75},
        "name": "naive forecast",
        "hovertemplate": "%{y:.4~g}",
    }


def _names(drawn: Sequence[Track], log: bool) -> list[dict[str, Any]]:
    """Each lane's name beside its last point; names that would lie on each other are moved apart."""
    last = {one.lane: np.flatnonzero(np.isfinite(one.y))[-1] for one in drawn}
    heights = {one.lane: float(one.y[last[one.lane]]) for one in drawn}
    scaled = {lane: np.log10(y) if log else y for lane, y in heights.items()}
    everything = np.concatenate([np.log10(one.y) if log else one.y for one in drawn])
    low = 0.0 if not log else float(np.nanmin(everything))
    span = (float(np.nanmax(everything)) - low) or 1.0
    width = max(float(one.x[-1]) for one in drawn) - min(float(one.x[0]) for one in drawn) or 1.0
    notes: list[dict[str, Any]] = []
    taken: list[tuple[float, float]] = []  # where along the axis, and how high, names stand already
    for one in sorted(drawn, key=lambda one: scaled[one.lane]):
        place, along = (scaled[one.lane] - low) / span, float(one.x[last[one.lane]]) / width
        beside = [height for at, height in taken if abs(at - along) < _NAME_WIDTH]
        moved = max([place, *(height + _APART for height in beside)])
        taken.append((along, moved))
        notes.append(
            {
                "text": plain(one.name if len(one.name) <= 16 else one.name[:15] + "…"),
                "x": one.x[last[one.lane]],
                "y": scaled[one.lane],
                "xanchor": "left",
                "yanchor": "middle",
                "xshift": 6,
                "yshift": round((moved - place) * 300),
                "showarrow": False,
                "font": {"size": 11, "color": colour_of(one.lane)},
            }
        )
    return notes
