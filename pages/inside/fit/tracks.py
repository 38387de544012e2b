"""Predictions of the epoch against actual values, as on Train, on one scale for all epochs."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.inside.fit import predicted
from pages.inside.fit.predicted import Predictions
from pages.inside.view import View
from rnn.core.windows import Split, split_windows
from rnn.ui import target_choice
from rnn.ui.figures import alt_prediction, prediction_figure, prediction_focus
from rnn.ui.live_chart import chart_view, live_chart
from rnn.ui.thinning import thin

KEY = "inside_fit"
HEIGHT = 440
MOST_POINTS = 1200


def draw(view: View) -> None:
    """A fragment: a zoom predicts the part that is on the screen."""
    series, config = view.series, view.config
    split = split_windows(config, len(series))
    target, ahead = _choose(view)
    identity = f"{view.run.id}:{view.subject.id}:{target}:{ahead}"
    split_at = series.times[split.validation_rows().start]
    focus = prediction_focus(series.times, split_at)
    x_range = chart_view(KEY, identity, initial=focus).x_range
    most = predicted.affordable(config, view.part.network.channels)
    starts, every = predicted.windows_shown(split, series.times, x_range, ahead, most)
    found = predicted.predictions(
        view.run.id, view.subject.id, view.epoch, ahead, str(x_range), (view.fit.model, series, starts), every
    )
    actual = series.values[:, series.target_columns[target]]
    parts = [*thin(series.times, actual, MOST_POINTS, x_range), *_both(view, split, found, target, ahead)]
    labels = {"target": series.targets[target], "split_at": split_at}
    time_label = "" if np.issubdtype(series.times.dtype, np.datetime64) else "record"
    figure = prediction_figure(*parts, time_label=time_label, focus=focus, **labels)
    figure.update_yaxes(range=_scale(actual), autorange=False)
    words = f"Epoch {view.epoch}. {alt_prediction(*parts, **labels)}"
    live_chart(figure, key=KEY, identity=identity, alt=words, height=HEIGHT)
    if every > 1:
        st.caption(
            f"Of the windows on the screen each {_nth(every)} is predicted, so that an epoch is drawn at once; nearer in, "
            "there are more. The losses above are of all windows."
        )


def _choose(view: View) -> tuple[int, int]:
    series, horizon = view.series, view.config.horizon
    if len(series.targets) == 1 and horizon == 1:
        return 0, 0
    with st.container(horizontal=True, vertical_alignment="bottom", key="inside_fit_choice"):
        keys = f"fit_target:{view.run.id}", f"fit_ahead:{view.run.id}"
        return target_choice.choose(series, horizon, *keys, labelled=True)


def _both(view: View, split: Split, found: Predictions, target: int, ahead: int) -> list[np.ndarray]:
    """Times and predictions of the training part, then of the validation part."""
    times = view.series.times[found.starts + split.window + ahead]
    learned = found.starts < split.train
    values = found.values[:, target]
    return [times[learned], values[learned], times[~learned], values[~learned]]


def _scale(actual: np.ndarray) -> list[float]:
    """The same for every epoch, or the picture would jump: what happened, and half as much on either side."""
    low, high = float(np.nanmin(actual)), float(np.nanmax(actual))
    room = 0.15 * (high - low) or max(abs(high), 1.0)
    return [low - room, high + room]


def _nth(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
