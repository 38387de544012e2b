"""The chart: the end of the history, what was forecast for it, and the fan of what may come."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
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


def draw(identity: str, fit: Fit, future: pd.DataFrame, request: Request, past: Past | None) -> None:
    """identity: of what is shown; another one resets the zoom. future: time, mean, lo80, hi80, …. past: what was forecast for
    the history, None where nothing was."""
    series, target = fit.series, fit.model.targets[request.target]
    times, usual = future["time"].to_numpy(), shown_records(fit, request)
    first, focus, tracks, marks = len(series) - usual, None, [], None
    view = None
    if past is not None:
        tracks, marks = over_past.tracks(past, fit), over_past.marks(past, series)
        begin, end = over_past.focus(past, series, request.steps, times, usual)
        view = chart_view(KEY, identity, initial=(begin, end)).x_range
        first = min(first, past.split.validation_records.start, int(np.searchsorted(series.times, begin)))
        focus = (begin, end) if begin > series.times[first] else None
    history = thin(
        series.times[first:], series.values[first:, series.target_columns[request.target]], MOST_POINTS, view
    )
    parts = (*history, times, future["mean"], bands_of(future, request))
    label = "" if np.issubdtype(series.times.dtype, np.datetime64) else "record"
    figure = forecast_figure(
        *parts,
        target=target,
        time_label=label,
        tracks=[_thinned(track, view) for track in tracks],
        marks=marks,
        focus=focus,
    )
    live_chart(
        figure, key=KEY, identity=identity, alt=alt_forecast(*parts, target=target, tracks=tracks), height=HEIGHT
    )


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
