"""Which number of the forecast is asked about, of which windows, and in what measure."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages.inside.view import View
from rnn.core.attention import FRAMING, RECURRENT, SKIP

WINDOW, USUALLY = "This window", "Usually"
SPREAD, UNIT = "Usual spread more", "1 more"
ALL = "all"
PATHS = {
    ALL: "All paths",
    RECURRENT: "Recurrent layers",
    SKIP: "Linear skip",
    FRAMING: "Past the network",
}


@dataclass(frozen=True)
class Choice:
    """target: its number; ahead: steps after the first. column: the one drawn above. path: a key of PATHS."""

    target: int
    ahead: int
    column: str
    path: str
    usually: bool
    by_spread: bool


def draw(view: View) -> Choice:
    series, config = view.series, view.config
    target, ahead, column = 0, 0, series.targets[0]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="attention_choice"):
        usually = st.segmented_control(
            "Windows asked", [WINDOW, USUALLY], default=WINDOW, required=True, key="attention_windows",
            persist_state="session", help="Usually: the mean over many windows of the training and validation part.",
        )  # fmt: skip
        measure = st.segmented_control(
            "If a value were", [SPREAD, UNIT], default=SPREAD, required=True, key="attention_measure",
            persist_state="session",
            help="Usual spread: the standard deviation of the column in the training part, so that columns of different "
            "units compare. 1 more: one unit of the column itself.",
        )  # fmt: skip
        if len(series.targets) > 1:
            target = st.selectbox(
                "Forecast of", range(len(series.targets)), key=f"attention_target:{view.run.id}", width=200,
                format_func=lambda number: series.targets[number],
            )  # fmt: skip
        if config.horizon > 1:
            ahead = st.number_input(
                "Steps ahead", 1, config.horizon, key=f"attention_ahead:{view.run.id}", width=140
            ) - 1  # fmt: skip
        path = _draw_path(view)
        dynamic = [name for name in series.names if name not in series.static]
        if len(dynamic) > 1 and usually == WINDOW:
            others = [name for name in dynamic if name not in series.targets]
            column = st.selectbox(
                "Column shown", [*series.targets, *others], key=f"attention_column:{view.run.id}", width=200
            )
    return Choice(int(target), int(ahead), column, path, usually == USUALLY, measure == SPREAD)


def _draw_path(view: View) -> str:
    """Only where there are several."""
    config = view.config
    there = [RECURRENT]
    there += [SKIP] if config.skip != "none" else []
    there += [FRAMING] if view.fit.model.framing.anchored or config.lag else []
    if len(there) == 1:
        return ALL
    return str(
        st.selectbox(
            "Path",
            [ALL, *there],
            key=f"attention_path:{view.run.id}",
            width=180,
            format_func=lambda name: PATHS[name],
            help="The ways from a value to the forecast: through the recurrent layers, through the linear skip, and past "
            "the network, through what its answer is added to (the last value, a season, the window's own level).",
        )
    )
