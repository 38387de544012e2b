"""The series over its whole length, with its parts behind it and the lines between them to be moved."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.data import parts as series_parts
from pages.data.parts import Parts
from rnn.ui.chosen_series import Choice
from rnn.ui.figures import alt_series, series_figure, series_height
from rnn.ui.figures.split import alt_parts, mark_scaler, shade_parts
from rnn.ui.kept import kept
from rnn.ui.live_chart import chart_view, live_chart
from rnn.ui.thinning import thin

MOST_POINTS = 2000
KEY = "series_chart"


def draw(parts: Parts, choice: Choice, time_name: str) -> None:
    """time_name: what the time axis counts, for times that are no dates."""
    st.fragment(_draw)(parts, choice, time_name)


def _draw(parts: Parts, choice: Choice, time_name: str) -> None:
    """A fragment: a zoom redraws the chart alone. A part that was moved concerns the whole page."""
    if st.session_state.pop(series_parts.MOVED, False):
        st.rerun()
    series = parts.series
    identity = f"{choice!r} {series.name}"
    view, height = chart_view(KEY, identity), series_height(len(series.names))

    def picture() -> tuple[object, str]:
        times, values = thin(series.times, series.values, MOST_POINTS * series.values.shape[1], view.x_range)
        label = "" if np.issubdtype(series.times.dtype, np.datetime64) else time_name
        figure = series_figure(times, values, series.names, time_label=label)
        if parts.split is not None:
            shade_parts(figure, parts.drawn)
            seen = series.times[parts.split.scaler_rows - 1]
            mark_scaler(figure, series.times[0], seen, parts.split.leak, height)
        return figure, f"{alt_series(series.times, series.values, series.names)} {alt_parts(parts.drawn)}"

    figure, words = kept(KEY, (identity, parts.split, str(view.x_range)), picture)
    live_chart(
        figure, key=KEY, identity=identity, alt=words, height=height,
        handles=series_parts.handles(parts), on_move=lambda name, at: series_parts.move(parts, name, at),
    )  # fmt: skip
