"""The chart: the end of the history, and the fan of what may come."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pages.forecast.request import Request
from rnn.core.fit import Fit
from rnn.ui.figures import alt_forecast, forecast_figure
from rnn.ui.live_chart import live_chart
from rnn.ui.thinning import thin

HEIGHT = 440
MOST_POINTS = 1200


def draw(identity: str, fit: Fit, future: pd.DataFrame, request: Request) -> None:
    """identity: of what is shown; another one resets the zoom. future: time, mean, lo80, hi80, …"""
    series, target = fit.series, fit.model.targets[request.target]
    times, values = past(fit, request)
    bands = [(level, future[f"lo{level}"], future[f"hi{level}"]) for level in request.levels]
    bands = [band for band in bands if np.isfinite(band[1]).any()]
    parts = (*thin(times, values, MOST_POINTS), future["time"].to_numpy(), future["mean"], bands)
    label = "" if np.issubdtype(series.times.dtype, np.datetime64) else "record"
    figure = forecast_figure(*parts, target=target, time_label=label)
    live_chart(figure, key="forecast_chart", identity=identity, alt=alt_forecast(*parts, target=target), height=HEIGHT)


def past(fit: Fit, request: Request) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """The end of the history: three times as long as the future, and all that the network has read."""
    series = fit.series
    count = min(len(series), max(3 * request.steps, fit.config.reach, 60))
    return series.times[-count:], series.values[-count:, series.target_columns[request.target]]
