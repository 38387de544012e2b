"""The list of runs: a table to sort, search and select from."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.runs.results import results_of, series_title
from pages.train.progress import STATE_WORDS
from rnn.runs.records import Run
from rnn.ui import session
from rnn.ui.error_unit import LEAK, USUAL_STEPS, leaks

_SELECTED = "runs_selected"
CURVE_POINTS = 40
ROW_HEIGHT, MOST_ROWS = 36, 12
_BADGE = re.compile(r":(\w+)-badge\[:material/\w+: (.+)\]")


def draw(runs: Sequence[Run]) -> Run:
    """Draws the table and returns the selected run; without a choice of the user's the current run, or the newest."""
    ids = [run.id for run in runs]
    # Rows are known by their number: another list is another table, so that a selection never slides to a neighbour.
    key = f"runs_table_{hashlib.blake2b(''.join(ids).encode(), digest_size=6).hexdigest()}"
    table = st.dataframe(
        frame_of(runs),
        key=key,
        hide_index=True,
        height=ROW_HEIGHT * (min(len(runs), MOST_ROWS) + 1) + 2,
        row_height=ROW_HEIGHT,
        column_config=_columns(),
        placeholder="–",
        on_select=lambda: _select_row_of_cell(key),
        selection_mode=["single-row-required", "single-cell"],
        selection_default=_selection(ids.index(_wanted(ids))),
        alt=f"{len(runs)} runs, newest first",
    )
    selected = runs[table["selection"]["rows"][0]]
    st.session_state[_SELECTED] = (selected.id, st.session_state.get(session.RUN))
    return selected


def frame_of(runs: Sequence[Run]) -> pd.DataFrame:
    """One row a run: what the table shows."""
    own = session.session_id()
    rows = []
    for run in runs:
        results = results_of(run)
        rows.append(
            {
                "name": run.name,
                "state": [state_word(run.state), *([LEAK] if leaks(run.config) else [])],
                "series": series_title(run.series_hash),
                "epochs": run.epoch,
                "rmse": results.best_rmse,
                "test": results.test_rmse,
                "unit": results.unit.column,
                "curve": _short_curve(results.val),
                "created": run.created,
                "date": run.created,
                "seconds": results.seconds if run.epoch else None,
                "by": "you" if run.session == own else "others",
            }
        )
    return pd.DataFrame(rows).astype({"rmse": "float64", "test": "float64", "seconds": "float64"})


def state_word(state: str) -> str:
    """The word of the state's badge."""
    return _badge(state)[1]


def _badge(state: str) -> tuple[str, str]:
    """Colour and word of the state's badge."""
    found = _BADGE.fullmatch(STATE_WORDS[state])
    if found is None:
        raise ValueError(f"STATE_WORDS[{state!r}] is no badge with an icon and a word: {STATE_WORDS[state]!r}.")
    return found[1], found[2]


def _wanted(ids: Sequence[str]) -> str:
    """What was selected before, as long as the other pages have not moved on to another run; else their run."""
    current = st.session_state.get(session.RUN)
    selected, current_then = st.session_state.get(_SELECTED, (None, None))
    order = (selected, current) if current == current_then else (current, selected)
    return next((run_id for run_id in order if run_id in ids), ids[0])


def _selection(row: int) -> Any:
    return {"selection": {"rows": [row], "columns": [], "cells": []}}


def _select_row_of_cell(key: str) -> None:
    """A click anywhere in a row selects it, not only one on the mark at its beginning."""
    cells = st.session_state[key]["selection"]["cells"]
    if cells:
        st.session_state[key] = _selection(cells[0][0])


def _short_curve(val: np.ndarray) -> list[float]:
    known = val[np.isfinite(val)]
    if len(known) > CURVE_POINTS:
        known = known[np.linspace(0, len(known) - 1, CURVE_POINTS).astype(int)]
    # On a linear axis the first epochs would flatten all the rest.
    return np.log10(np.maximum(known, 1e-30)).tolist()


def _columns() -> dict[str, Any]:
    badges = [_badge(state) for state in STATE_WORDS]
    words = list(dict.fromkeys(word for _, word in badges))
    colours = [next(colour for colour, name in badges if name == word) for word in words]
    words, colours = [*words, LEAK], [*colours, "red"]
    column, zone = st.column_config, st.context.timezone
    return {
        "name": column.TextColumn("Name", width=240),
        "state": column.MultiselectColumn("State", options=words, color=colours, width=125),
        "series": column.TextColumn("Series", width=200),
        "epochs": column.NumberColumn("Epochs", format="%,d", width=75),
        "rmse": column.NumberColumn(
            "Best RMSE", format="%.4g", width=100,
            help="Root mean squared error of the best epoch on the validation part, in what the column “RMSE in” says. Compare "
            "it between runs on the same series.",
        ),
        "test": column.NumberColumn(
            "Test RMSE", format="%.4g", width=90,
            help="The same weights on the part kept for the end, which no choice was made by; a dash where there is none.",
        ),
        "unit": column.TextColumn("RMSE in", width=95, help=f"own units: the series' own. usual steps: {USUAL_STEPS.meaning}"),
        "curve": column.LineChartColumn(
            "Curve", width=100, help="Validation RMSE from the first epoch to the last, on a logarithmic axis."
        ),
        "created": column.DatetimeColumn("Created", format="distance", timezone=zone, width=120),
        "date": column.DatetimeColumn("Date", format="YYYY-MM-DD HH:mm", timezone=zone, width=140),
        "seconds": column.NumberColumn(
            "Trained for, s", format="%.3g", width=105, help="Seconds at work; pauses and waiting are not counted."
        ),
        "by": column.TextColumn(
            "By", width=65, help="Runs of all sessions on this store; those that this browser session started are yours."
        ),
    }  # fmt: skip
