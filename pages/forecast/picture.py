"""The chart: the end of the history, and the fan of what may come."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.forecast.outlook import Outlook
from pages.forecast.request import Request
from pages.forecast.target_columns import TargetColumns
from rnn.core.fit import Fit
from rnn.runs.records import Run
from rnn.ui.figures import alt_forecast, forecast_figure
from rnn.ui.live_chart import live_chart
from rnn.ui.thinning import thin

HEIGHT = 460
MOST_POINTS = 1200


def draw(run: Run, fit: Fit, found: Outlook, request: Request) -> None:
    series, target = fit.series, fit.model.targets[request.target]
    shown = slice(-history_shown(request.steps, fit.config.window, len(series)), None)
    values = series.values[shown, series.target_columns[request.target]]
    past = thin(series.times[shown], values, MOST_POINTS)
    numbers = TargetColumns(found.frame, target, fit.model.targets)
    parts = (*past, found.frame["time"].to_numpy(), numbers.mean, numbers.bands(request.levels))
    label = "" if np.issubdtype(series.times.dtype, np.datetime64) else "record"
    figure = forecast_figure(*parts, target=target, time_label=label)
    words = alt_forecast(*parts, target=target)
    live_chart(figure, key="forecast_chart", identity=f"{run.id}:{target}", alt=words, height=HEIGHT)
    _say_what_it_rests_on(fit, found, request, numbers)


def history_shown(steps: int, window: int, records: int) -> int:
    """Enough of the past to judge the future by: three times as long, and all that the network has read."""
    return min(records, max(3 * steps, window, 60))
