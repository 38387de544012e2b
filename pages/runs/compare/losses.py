"""The curves of the selected runs on one chart, as they are or smoothed."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from pages.race.chart import OF_THE_LOSS
from pages.race.current import Race
from pages.race.names import differing_fields
from pages.race.seen import Seen, seen
from rnn.ui.error_unit import unit_of_stored
from rnn.ui.figures.compare import smoothed
from rnn.ui.figures.race import Track, alt_race, race_figure
from rnn.ui.kept import kept
from rnn.ui.live_chart import live_chart
from rnn.ui.one_of_few import one_of_few
from rnn.ui.thinning import thin

HEIGHT, MOST_POINTS = 400, 400
VALIDATION, TRAINING = "Validation", "Training"
RMSE, LOSS = "RMSE", "Loss"
LOG, LINEAR = "Log", "Linear"
WINDOWS = (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 100)


def draw(group: Race) -> None:
    one_series = len({run.series_hash for run in group.runs}) == 1
    comparable = one_series and not OF_THE_LOSS & set(differing_fields([run.config for run in group.runs]))
    with st.container(horizontal=True, vertical_alignment="center", key="compare_choice"):
        part = one_of_few("Part", [VALIDATION, TRAINING], "compare_part")
        error = one_of_few("Error", [RMSE, LOSS] if comparable else [RMSE], f"compare_error_{comparable}")
        log = one_of_few("Axis", [LOG, LINEAR], "compare_axis") == LOG
        window = st.select_slider(
            "Smoothing", WINDOWS, key="compare_smoothing", width=240, format_func=_smoothing, label_visibility="collapsed",
            persist_state="session",
        )  # fmt: skip
    if not one_series:
        st.caption("These runs learn from different series: each one’s errors are in the units of its own.")
    elif len(steps := sorted({run.config.horizon for run in group.runs})) > 1:
        st.caption(
            f"These runs look {' or '.join(map(str, steps))} steps ahead, and the errors of each are over all its steps: who "
            "looks farther errs more. Compare those that look equally far."
        )
    lanes = seen(group)
    identity = f"{group.id}:{part}:{error}:{log}"
    stamp = (identity, window, group.names, tuple(lane.version for lane in lanes))
    figure, words = kept("compare_losses", stamp, lambda: _picture(group, lanes, part, error, log, window))
    live_chart(figure, key="compare_losses", identity=identity, alt=words, height=HEIGHT, file="losses")


def _smoothing(window: int) -> str:
    return "not smoothed" if window == 1 else f"smoothed over {window} epochs"


def _picture(
    group: Race, lanes: Sequence[Seen], part: str, error: str, log: bool, window: int
) -> tuple[go.Figure, str]:
    """The figure and the same in words."""
    column = f"{'val' if part == VALIDATION else 'train'}_{'rmse' if error == RMSE else 'loss'}"
    tracks, raw = [], []
    for lane, number, name in zip(lanes, group.numbers, group.names, strict=True):
        values = lane.column(column)
        tracks.append(Track(number, name, *thin(lane.numbers, smoothed(values, window), MOST_POINTS)))
        if window > 1:
            raw.append(Track(number, name, *thin(lane.numbers, values, MOST_POINTS)))
    units = {unit_of_stored(run.series_hash).axis for run in group.runs}
    unit = "scaled loss" if error == LOSS else units.pop() if len(units) == 1 else "RMSE"
    # An axis has room for one of the two.
    title = f"{part.lower()} {error}, {_smoothing(window)}" if window > 1 else f"{part.lower()} {unit}"
    figure = race_figure(tracks, x_title="epoch", unit=title, log=log, raw=raw)
    words = f"{part.lower()} {unit}, {_smoothing(window)},"
    return figure, alt_race(tracks, x_title="epoch", unit=words, kind="Losses of the selected runs")
