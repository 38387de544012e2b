"""The chart: the end of the history, what was forecast for it, and the fan of what may come."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from pages.forecast import past as over_past
from pages.forecast.past import Past
from pages.forecast.request import Request
from rnn.core.fit import Fit
from rnn.ui.figures import alt_forecast, forecast_figure
from rnn.ui.figures.past import Track
from rnn.ui.live_chart import chart_view, live_chart
from rnn.ui.thinning import thin

KEY = "forecast_chart"
HEIGHT = 460
MOST_POINTS = 1200


def draw(identity: str, fit: Fit, future: pd.DataFrame, request: Request, past: Past) -> None:
    """identity: of what is shown; another one resets the zoom. future: time, mean, lo80, hi80, …"""
    made, words = figure(identity, fit, future, request, past)
    live_chart(made, key=KEY, identity=identity, alt=words, height=HEIGHT)


def figure(identity: str | None, fit: Fit, future: pd.DataFrame, request: Request, past: Past) -> tuple[go.Figure, str]:
    """The chart and the same in words. identity: of the chart whose zoom decides where lines are drawn in detail; None draws
    all of them alike."""
    series, target = fit.series, fit.model.targets[request.target]
    times = future["time"].to_numpy()
    usual = shown_records(fit, request)
    focus = over_past.focus(past, series, request.steps, times, usual)
    view = chart_view(KEY, identity, initial=focus).x_range if identity is not None else None
    first = min(past.split.validation_records.start, len(series) - usual, int(np.searchsorted(series.times, focus[0])))
    history = thin(
        series.times[first:], series.values[first:, series.target_columns[request.target]], MOST_POINTS, view
    )
    tracks = [_thinned(track, view) for track in over_past.tracks(past, fit)]
    parts = (*history, times, future["mean"], bands_of(future, request))
    label = "" if np.issubdtype(series.times.dtype, np.datetime64) else "record"
    made = forecast_figure(
        *parts, target=target, time_label=label, tracks=tracks, marks=over_past.marks(past, series),
        focus=focus if focus[0] > series.times[first] else None,
    )  # fmt: skip
    return made, alt_forecast(*parts, target=target, tracks=over_past.tracks(past, fit))


def bands_of(future: pd.DataFrame, request: Request) -> list[tuple[int, pd.Series, pd.Series]]:
    """The intervals that are known anywhere."""
    bands = [(level, future[f"lo{level}"], future[f"hi{level}"]) for level in request.levels]
    return [band for band in bands if np.isfinite(band[1]).any()]


def past(fit: Fit, request: Request) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """The end of the history, to draw a future beside it."""
    series, count = fit.series, shown_records(fit, request)
    return series.times[-count:], series.values[-count:, series.target_columns[request.target]]


def shown_records(fit: Fit, request: Request) -> int:
    """How much of the history is shown: three times as long as the future, and all that the network has read."""
    return min(len(fit.series), max(3 * request.steps, fit.config.reach, 60))


def _thinned(track: Track, view: tuple[Any, Any] | None) -> Track:
    times, both = thin(
        np.asarray(track.times),
        np.column_stack([np.asarray(track.values), np.asarray(track.actual)]),
        2 * MOST_POINTS,
        view,
    )
    return Track(track.kind, track.name, times, both[:, 0], both[:, 1])
