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

SELECTED = "runs_selected"
CURVE_POINTS = 40
ROW_HEIGHT, MOST_ROWS = 36, 12
_BADGE = re.compile(r":(\w+)-badge\[:material/\w+: (.+)\]")


def draw(runs: Sequence[Run]) -> Run:
    """Draws the table and returns the selected run; without a choice of the user's the current run, or the newest."""
    ids = [run.id for run in runs]
    # Rows are known by their number: another list is another table, so that a selection never slides to a neighbour.
    key = f"runs_table_{hashlib.blake2b(''.join(ids).encode(), digest_size=6).hexdigest()}"
    chosen = ids.index(_wanted(ids))
    st.dataframe(
        frame_of(runs),
        key=key,
        hide_index=True,
        height=ROW_HEIGHT * (min(len(runs), MOST_ROWS) + 1) + 3,
        row_height=ROW_HEIGHT,
        column_config=_columns(),
        placeholder="–",
        on_select=lambda: _remember(key, ids),
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [chosen], "columns": [], "cells": []}},
        alt=f"{len(runs)} runs, newest first",
    )
    return runs[chosen]


def frame_of(runs: Sequence[Run]) -> pd.DataFrame:
    """One row a run: what the table shows."""
    own = session.session_id()
    rows = []
    for run in runs:
        results = results_of(run)
        rows.append(
            {
                "name": run.name,
                "state": [state_word(run.state)],
                "series": series_title(run.series_hash),
                "epochs": run.epoch,
                "rmse": results.best_rmse,
                "curve": _short_curve(results.val),
                "created": run.created,
                "date": run.created,
                "seconds": results.seconds if run.epoch else None,
                "by": "you" if run.session == own else "others",
            }
        )
    return pd.DataFrame(rows).astype({"rmse": "float64", "seconds": "float64"})


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
    for run_id in (st.session_state.get(SELECTED), st.session_state.get(session.RUN)):
        if run_id in ids:
            return run_id
    return ids[0]


def _remember(key: str, ids: Sequence[str]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    if rows:
        st.session_state[SELECTED] = ids[rows[0]]


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
    column, zone = st.column_config, st.context.timezone
    return {
        "name": column.TextColumn("Name", width=250, pinned=True),
        "state": column.MultiselectColumn("State", options=words, color=colours, width=130),
        "series": column.TextColumn("Series", width=210),
        "epochs": column.NumberColumn("Epochs", format="%,d", width=80),
        "rmse": column.NumberColumn(
            "Validation RMSE", format="%.4g", width=130,
            help="Root mean squared error of the best epoch on the validation part, in the series' own units. Compare it "
            "between runs on the same series.",
        ),
        "curve": column.LineChartColumn(
            "Curve", width=120, help="Validation RMSE from the first epoch to the last, on a logarithmic axis."
        ),
        "created": column.DatetimeColumn("Created", format="distance", timezone=zone, width=130),
        "date": column.DatetimeColumn("Date", format="YYYY-MM-DD HH:mm", timezone=zone, width=140),
        "seconds": column.NumberColumn(
            "Trained for, s", format="%.3g", width=110, help="Seconds at work; pauses and waiting are not counted."
        ),
        "by": column.TextColumn(
            "By", width=75, help="Runs of all sessions on this store; those that this browser session started are yours."
        ),
    }  # fmt: skip
