"""Predictions against actual values, training and validation, redrawn as the network learns."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from pages.train.losses import levels_in_words
from pages.train.preflight_note import Setup
from rnn.core.config import Config
from rnn.core.losses import point
from rnn.core.metrics import rmse
from rnn.core.panel import AnySplit, PanelSplit, Predicted
from rnn.core.series import Series
from rnn.core.windows import Split
from rnn.forecast import error_on_test
from rnn.forecast.baselines import validation_actual
from rnn.runs.records import Run, StoredPreview
from rnn.ui import one_of_many, run_history, session, target_choice
from rnn.ui.figures import alt_prediction, prediction_figure, prediction_focus
from rnn.ui.kept import kept
from rnn.ui.live_chart import chart_view, live_chart
from rnn.ui.run_history import Seen
from rnn.ui.thinning import thin
from rnn.ui.wording import escaped, number_in_words

HEIGHT = 480
MOST_POINTS = 1200
KEY = "prediction_chart"


def draw(setup: Setup, run: Run | None, seen: Seen | None) -> None:
    series = session.series_of_run(run) if run else setup.series
    split = run_history.split_of(run, series) if run else (setup.check.split if setup.check else None)
    stored = seen.preview if seen else None
    words = [drawn_in_words(run.config), alone_in_words(series, split, stored)] if run else []
    target, ahead = _choose(series, split, " ".join(filter(None, words)))
    identity = f"{run.id if run else id(series)}:{one_of_many.shown_id(series, split)}:{target}:{ahead}"
    series, split, preview = one_of_many.shown(series, split, stored)
    split_at = series.times[split.validation_rows().start] if split else None
    # In a long series the lines would hide each other: it opens on the part around the split, a double click shows all.
    focus = prediction_focus(series.times, split_at)
    x_range = chart_view(KEY, identity, initial=focus).x_range
    stamp = (identity, split, stored.version if stored else None, str(x_range))

    def picture() -> tuple[go.Figure, str]:
        parts, test = _parts(series, split, preview, target, ahead, x_range)
        labels = {"target": series.targets[target], "split_at": split_at, **test}
        time_label = "" if np.issubdtype(series.times.dtype, np.datetime64) else "record"
        figure = prediction_figure(*parts, time_label=time_label, focus=focus, **labels)
        return figure, alt_prediction(*parts, **labels)

    figure, words = kept("predictions", stamp, picture)
    live_chart(figure, key=KEY, identity=identity, alt=words, height=HEIGHT)


def _choose(series: Series, split: AnySplit | None, words: str) -> tuple[int, int]:
    """Which target and which step ahead to show: number of the target, and steps after the first.

    words: what else there is to say of the predictions; in this row, so that no note moves the chart to another place.
    """
    horizon = split.horizon if split else 1
    with st.container(horizontal=True, vertical_alignment="center", key="prediction_choice"):
        one_of_many.draw_picker(series, split)
        chosen = target_choice.choose(series, horizon, "shown_target", "shown_ahead")
        if len(series.targets) == 1 and horizon == 1:
            words = f"Each point is predicted from the window before it, one step ahead. {words}"
        if words:
            st.caption(words)
    return chosen


def drawn_in_words(config: Config) -> str:
    """What the predicted line is, where the network says more than one number; empty where it does not."""
    sentences = []
    if config.loss == "quantile":
        middle = 100 * config.quantiles[point(config.quantiles)]
        sentences.append(f"Of the learned levels {levels_in_words(config)} the {middle:g} % level is drawn.")
    if config.seeds > 1:
        sentences.append(f"Each prediction is the median of {config.seeds} networks.")
    return " ".join(sentences)


def alone_in_words(series: Series, split: AnySplit | None, preview: StoredPreview | None) -> str:
    """Of many series in one how far off the one shown is, in its own units; empty for a single series."""
    if preview is None or not isinstance(split, PanelSplit):
        return ""
    one, own, its = one_of_many.shown(series, split, preview)
    assert own is not None and its is not None
    errors = f"validation RMSE {number_in_words(rmse(validation_actual(one, own), its.validation))}"
    tested = error_on_test(one, own, its.test)
    tested_too = "" if tested is None else f", test RMSE {number_in_words(tested)}"
    return f"{escaped(one.name)} by itself: {errors}{tested_too}, in its own units."


def _parts(
    series: Series,
    split: Split | None,
    preview: Predicted | None,
    target: int,
    ahead: int,
    x_range: tuple[Any, Any] | None,
) -> tuple[list[NDArray[Any] | None], dict[str, Any]]:
    """Times and values of the actual series, of the training and of the validation predictions, thinned; and of the test
    part, where there is one, by their names."""
    actual = series.values[:, series.target_columns[target]]
    parts: list[NDArray[Any] | None] = [*thin(series.times, actual, MOST_POINTS, x_range)]
    if split is None:
        return [*parts, None, None, None, None], {}
    rows = {
        "train": split.train_rows(ahead),
        "validation": split.validation_rows(ahead),
        "test": split.test_rows(ahead),
    }
    drawn: dict[str, Any] = {}
    for name, part in rows.items():
        predicted = getattr(preview, name) if preview else None
        pair = (None, None)
        if predicted is not None:
            pair = thin(series.times[part], predicted[:, ahead, target], MOST_POINTS, x_range)
        drawn[name] = pair
    times, values = drawn.pop("test")
    test = {"test_at": series.times[split.test_rows().start] if split.test else None}
    return [*parts, *drawn["train"], *drawn["validation"]], {**test, "test_times": times, "test_pred": values}
