"""What the lanes predict for the validation part, over the actual values: of each its newest predictions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from pages.race.current import Race
from pages.race.seen import Seen
from rnn.core.config import Config
from rnn.core.panel import AnySplit, split_series
from rnn.core.series import Series
from rnn.ui import one_of_many, session, target_choice
from rnn.ui.figures.race import Track, alt_forecasts, forecasts_figure, race_focus
from rnn.ui.kept import kept
from rnn.ui.live_chart import chart_view, live_chart
from rnn.ui.thinning import thin

HEIGHT = 360
MOST_POINTS = 400
KEY = "race_forecasts"


def draw(race: Race, lanes: Sequence[Seen], what: str = "each lane’s") -> None:
    """what: whose predictions they are, in the caption."""
    series = session.series_of_run(race.runs[0])
    configs = [run.config for run in race.runs]
    asked = (race.id, tuple(run.id for run in race.runs))
    splits = kept("race_splits", asked, lambda: [_split(config, series) for config in configs])
    trainable = [split for split in splits if split is not None]
    horizon = min((split.horizon for split in trainable), default=1)
    with st.container(horizontal=True, vertical_alignment="center", key="race_forecast_choice"):
        st.caption(
            f"The validation part: actual values, and {what} newest predictions. A double click shows all of it.",
            width="content",
        )
        one_of_many.draw_picker(series, trainable[0] if trainable else None)
        column, ahead = target_choice.choose(series, horizon, "race_target", "race_ahead")
    shown = one_of_many.shown_id(series, trainable[0] if trainable else None)
    identity = f"{race.id}:{shown}:{column}:{ahead + 1}"
    focus = _focus(series, trainable)
    x_range = chart_view(KEY, identity, initial=focus).x_range
    versions = tuple(lane.preview.version if lane.preview else None for lane in lanes)

    def picture() -> tuple[go.Figure, str]:
        return _picture(race, lanes, splits, column, ahead, x_range, focus)

    figure, words = kept("race_forecasts", (identity, versions, str(x_range)), picture)
    live_chart(figure, key=KEY, identity=identity, alt=words, height=HEIGHT, file="race-predictions")


def _picture(
    race: Race,
    lanes: Sequence[Seen],
    splits: Sequence[AnySplit | None],
    column: int,
    ahead: int,
    x_range: tuple[Any, Any] | None,
    focus: tuple[Any, Any] | None,
) -> tuple[go.Figure, str]:
    """The figure and the same in words."""
    whole = session.series_of_run(race.runs[0])
    tracks, first, last = [], None, None
    part = whole
    for lane, split, number, name in zip(lanes, splits, race.numbers, race.names, strict=True):
        if split is None:
            continue
        part, own, its = one_of_many.shown(whole, split, lane.preview)
        if own is None:
            continue
        rows = own.validation_rows(ahead)
        first = rows.start if first is None else min(first, rows.start)
        last = rows.stop if last is None else max(last, rows.stop)
        if its is not None:
            x, y = thin(part.times[rows], its.validation[:, ahead, column], MOST_POINTS, x_range)
            tracks.append(Track(number, name, x, y))
    span = slice(first or 0, last or 0)
    actual = thin(part.times[span], part.values[span, part.target_columns[column]], 2 * MOST_POINTS, x_range)
    label = "" if np.issubdtype(part.times.dtype, np.datetime64) else "record"
    target = part.targets[column]
    return (
        forecasts_figure(*actual, tracks, target=target, time_label=label, focus=focus),
        alt_forecasts(*actual, tracks, target=target),
    )


def _focus(series: Series, splits: Sequence[AnySplit]) -> tuple[Any, Any] | None:
    if not splits:
        return None
    part, own, _ = one_of_many.shown(series, splits[0], None)
    return race_focus(part.times, own.validation_rows()) if own else None


def _split(config: Config, series: Series) -> AnySplit | None:
    """None for a lane that cannot be trained."""
    try:
        return split_series(config, series)
    except ValueError:
        return None
