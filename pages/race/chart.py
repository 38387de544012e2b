"""The one chart of all lanes: an error by epoch or by seconds of training, redrawn as they learn."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from pages.race.current import Race
from pages.race.names import differing_fields
from pages.race.seen import Seen
from rnn.ui import run_history
from rnn.ui.error_unit import unit_of_stored
from rnn.ui.figures.race import Track, alt_race, race_figure
from rnn.ui.kept import kept
from rnn.ui.live_chart import live_chart
from rnn.ui.one_of_few import one_of_few
from rnn.ui.thinning import thin

HEIGHT = 420
MOST_POINTS = 400
VALIDATION, TRAINING = "Validation", "Training"
EPOCHS, SECONDS = "By epoch", "By seconds"
RMSE, LOSS = "RMSE", "Loss"
LINEAR, LOG = "Linear", "Log"
# Lanes that differ in one of these count their loss in something else each.
OF_THE_LOSS = {"loss", "scaling", "log", "quantiles", "huber_delta", "difference", "residual", "gradient"}


def draw(race: Race, lanes: Sequence[Seen]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="race_chart_choice"):
        part = one_of_few("Part", [VALIDATION, TRAINING], "race_part")
        by = one_of_few("Along", [EPOCHS, SECONDS], "race_by")
        comparable = not OF_THE_LOSS & set(differing_fields([run.config for run in race.runs]))
        unit = one_of_few("Error", [RMSE, LOSS] if comparable else [RMSE], f"race_unit_{comparable}")
        axis = one_of_few("Axis", [LOG, LINEAR], "race_axis")
    identity = f"{race.id}:{part}:{by}:{unit}:{axis}"
    stamp = (identity, tuple((run.id, lane.version) for run, lane in zip(race.runs, lanes, strict=True)))
    figure, words = kept("race", stamp, lambda: _picture(race, lanes, part, by, unit, axis == LOG))
    live_chart(figure, key="race_chart", identity=identity, alt=words, height=HEIGHT, file="race")


def _picture(race: Race, lanes: Sequence[Seen], part: str, by: str, unit: str, log: bool) -> tuple[go.Figure, str]:
    """The figure and the same in words."""
    field = f"{'val' if part == VALIDATION else 'train'}_{'rmse' if unit == RMSE else 'loss'}"
    tracks = []
    for lane, number, name in zip(lanes, race.numbers, race.names, strict=True):
        x, y = thin(lane.clock if by == SECONDS else lane.numbers, lane.column(field), MOST_POINTS)
        tracks.append(Track(number, name, x, y))
    x_title = "seconds of training" if by == SECONDS else "epoch"
    axis = unit_of_stored(race.runs[0].series_hash).axis if unit == RMSE else "scaled loss"
    # Of a lane that could be trained: the others may have no validation part at all.
    begun = next((run for run in race.runs if run.epoch), None)
    naive = run_history.baselines(begun).get("naive") if begun and (part, unit) == (VALIDATION, RMSE) else None
    title = f"{part.lower()} {axis}"
    figure = race_figure(tracks, x_title=x_title, unit=title, log=log, naive=naive, whole=by == EPOCHS)
    return figure, alt_race(tracks, x_title=x_title, unit=title, naive=naive)
