"""Backtests: where their cut-offs lie, what was forecast from each, and how the error goes with whatever it goes with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from rnn.ui.figures.style import (
    ACTUAL,
    DASHED,
    DOTTED,
    FORECAST,
    TEST,
    TRAIN,
    VALIDATION,
    axis,
    curve,
    empty_figure,
    figure,
    floats,
    moment,
    moments,
    number,
    plain,
)

_NO_FOLDS, _NO_ERRORS = "There are no folds to draw.", "There are no errors to draw."
# One after the other: what is ours first. Colour, dash and mark differ, so that none of them has to tell alone.
LOOKS = (
    (FORECAST, "solid", "diamond"),
    (VALIDATION, DASHED, "square"),
    (TRAIN, DOTTED, "circle"),
    (TEST, "8px,3px,2px,3px", "triangle-up"),
    (ACTUAL, "10px,4px", "x"),
)


@dataclass(frozen=True)
class Span:
    """A fold on the axis of time: what it learns from and what it then predicts, first and last moment of each."""

    learnt: tuple[Any, Any]
    predicted: tuple[Any, Any]


def folds_figure(times: ArrayLike, values: ArrayLike, spans: Sequence[Span], *, target: str = "") -> go.Figure:
    """The series (N,), and beneath it one row a fold: the records it learns from, and those it predicts."""
    if not spans:
        return empty_figure(_NO_FOLDS)
    rows = np.arange(1, len(spans) + 1)
    learnt = _bars([span.learnt for span in spans], rows, "learns from", TRAIN, 0.55)
    predicted = _bars([span.predicted for span in spans], rows, "predicts", FORECAST, 1.0)
    line = curve(moments(times), floats(values), target or "series", ACTUAL, showlegend=False)
    made = figure([line, learnt, predicted], "", target, shapes=[_edge(span) for span in spans], hovermode="closest")
    made.update_yaxes(domain=[0.46, 1.0])
    ticks = {"tickmode": "array", "tickvals": rows.tolist()} if len(rows) <= 12 else {"nticks": 6}
    folds = axis("fold", domain=[0.0, 0.38], range=[len(rows) + 0.6, 0.4], showgrid=False, fixedrange=True, **ticks)
    made.update_layout(yaxis2=folds)
    made.update_xaxes(anchor="y2")
    return made


def _bars(
    spans: Sequence[tuple[Any, Any]], rows: NDArray[Any], name: str, colour: str, opacity: float
) -> dict[str, Any]:
    """Thick lines, one a fold, with gaps between them."""
    ends = np.asarray([end for span in spans for end in (*span, span[1])])
    y = np.column_stack([rows, rows, np.full(len(rows), np.nan)]).reshape(-1)
    width = max(3, min(9, 90 // len(spans)))
    points = all(first == last for first, last in spans)  # of one record each, a line without length
    marked = {"mode": "markers", "marker": {"symbol": "square", "size": width, "color": colour}} if points else {}
    return {
        "type": "scatter", "x": ends, "y": y, "yaxis": "y2", "name": name, "mode": "lines", "opacity": opacity,
        "line": {"color": colour, "width": width}, "hovertemplate": f"fold %{{y}} {name}: %{{x}}<extra></extra>",
        "connectgaps": False, **marked,
    }  # fmt: skip


def _edge(span: Span) -> dict[str, Any]:
    """A faint upright line through the series where a fold cuts it."""
    line = {"color": ACTUAL, "width": 1, "dash": "dot"}
    return {"type": "line", "x0": span.predicted[0], "x1": span.predicted[0], "y0": 0, "y1": 1, "yref": "paper",
            "layer": "below", "line": line}  # fmt: skip


def alt_folds(times: ArrayLike, spans: Sequence[Span]) -> str:
    """The chart of the folds in words."""
    if not spans:
        return f"Chart of the folds. {_NO_FOLDS}"
    x = moments(times)
    text = [f"Chart of {len(spans)} folds on a series from {moment(x[0])} to {moment(x[-1])}"]
    text += [
        f"Fold {k} learns from {moment(span.learnt[0])} to {moment(span.learnt[1])} and predicts "
        f"{moment(span.predicted[0])} to {moment(span.predicted[1])}"
        for k, span in enumerate(spans, start=1)
    ]
    return ". ".join(text) + "."


@dataclass(frozen=True, eq=False)
class Track:
    """What one method forecast, fold by fold: times (S,), values (S,) and the ends of one interval (S,), None for none."""

    name: str
    folds: Sequence[tuple[ArrayLike, ArrayLike]]
    bands: Sequence[tuple[ArrayLike, ArrayLike] | None] = field(default=())


def tracks_figure(
    times: ArrayLike, actual: ArrayLike, tracks: Sequence[Track], *, target: str = "", level: float | None = None,
    time_label: str = "",
) -> go.Figure:  # fmt: skip
    """The actual values (N,), and over them the forecasts of each track, fold by fold; of the first one the interval, too.

    level: of that interval, per cent.
    """
    if not tracks or not any(len(track.folds) for track in tracks):
        return empty_figure(_NO_FOLDS)
    traces = [curve(moments(times), floats(actual), "actual", ACTUAL, width=2)]
    if level is not None:
        traces += _interval(tracks[0], level)
    for number_, track in enumerate(tracks):
        colour, dash, symbol = LOOKS[number_ % len(LOOKS)]
        x, y = _joined(track.folds)
        traces.append(curve(x, y, track.name, colour, dash=dash, width=2 if number_ == 0 else 1.5, symbol=symbol))
    starts = [moments(x)[0] for x, _ in tracks[0].folds]
    shapes = [_edge(Span((start, start), (start, start))) for start in starts]
    return figure(traces, time_label, target, shapes=shapes)


def _joined(folds: Sequence[tuple[ArrayLike, ArrayLike]]) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Folds one after the other with a gap between them, where a line must not join what was forecast apart."""
    x: list[NDArray[Any]] = []
    y: list[NDArray[np.float64]] = []
    for times, values in folds:
        there = moments(times)
        x += [there, there[-1:]]
        y += [floats(values), np.array([np.nan])]
    return np.concatenate(x)[:-1], np.concatenate(y)[:-1]


def _interval(track: Track, level: float) -> list[dict[str, Any]]:
    """The band of each fold by itself; one entry of the legend for all of them."""
    found: list[dict[str, Any]] = []
    edge = {"type": "scatter", "mode": "lines", "line": {"width": 0, "color": FORECAST}, "hoverinfo": "skip"}
    edge |= {"legendgroup": "band"}
    for (times, _), band in zip(track.folds, track.bands, strict=False):
        if band is None or not np.isfinite(floats(band[0])).any():
            continue
        x = moments(times)
        found.append({**edge, "x": x, "y": floats(band[0]), "showlegend": False})
        named = {"name": f"{level:g} % interval", "showlegend": len(found) == 1}
        found.append(
            {**edge, "x": x, "y": floats(band[1]), "fill": "tonexty", "fillcolor": "rgba(15, 145, 114, 0.18)"} | named
        )
    return found


def alt_tracks(tracks: Sequence[Track], errors: Mapping[str, float], *, target: str = "") -> str:
    """The chart in words. errors: mean absolute error of each track by its name."""
    if not tracks:
        return f"Chart of the backtest. {_NO_FOLDS}"
    count = len(tracks[0].folds)
    text = [f"Backtest chart{f' of {target}' if target else ''}: actual values and the forecasts from {count} cut-offs"]
    first, last = moments(tracks[0].folds[0][0]), moments(tracks[0].folds[-1][0])
    text.append(f"They reach from {moment(first[0])} to {moment(last[-1])}")
    text += [f"{name} is off by {number(error)} on average" for name, error in errors.items()]
    return ". ".join(text) + "."


def errors_figure(places: Sequence[Any], errors: Mapping[str, ArrayLike], *, along: str, unit: str) -> go.Figure:
    """Mean absolute error at each place, one curve a method.

    places: (P,) numbers (folds, steps ahead, hours) or words (weekdays, months). errors: name → (P,). along: what the places
    are. unit: of the errors, for the axis.
    """
    if not len(places) or not errors:
        return empty_figure(_NO_ERRORS)
    x = np.asarray(places) if not isinstance(places[0], str) else list(places)
    traces = []
    for k, (name, values) in enumerate(errors.items()):
        colour, dash, symbol = LOOKS[k % len(LOOKS)]
        traces.append(curve(x, floats(values), name, colour, dash=dash, symbol=symbol))
    made = figure(traces, along, unit)
    made.update_yaxes(rangemode="tozero")
    if isinstance(x, list):
        made.update_xaxes(type="category")
    elif len(x) <= 12:
        made.update_xaxes(tickmode="array", tickvals=x.tolist())
    made.update_xaxes(unifiedhovertitle={"text": f"{plain(along)} %{{x}}"})
    return made


def alt_errors(places: Sequence[Any], errors: Mapping[str, ArrayLike], *, along: str, unit: str) -> str:
    """The chart in words: of each method where it errs least and most."""
    if not len(places) or not errors:
        return f"Chart of errors. {_NO_ERRORS}"
    text = [f"Chart of the {unit} by {along}, {len(places)} of them"]
    for name, values in errors.items():
        y = floats(values)
        if not np.isfinite(y).any():
            continue
        low, high = int(np.nanargmin(y)), int(np.nanargmax(y))
        text.append(f"{name}: least {number(y[low])} at {places[low]}, most {number(y[high])} at {places[high]}")
    return ". ".join(text) + "."
