"""The list of runs: a table to sort and to select from, one run or several."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.runs import selection
from pages.runs.results import series_title
from pages.train.progress import STATE_WORDS
from rnn.runs.shelf_rows import ShelfRow
from rnn.ui import session
from rnn.ui.error_unit import LEAK, USUAL_STEPS, unit_of_stored

USUAL = (
    "name",
    "state",
    "series",
    "cell",
    "epochs",
    "rmse",
    "test",
    "unit",
    "curve",
    "created",
    "seconds",
    "tags",
    "by",
)
OPTIONAL = ("date", "note", "id")
ROW_HEIGHT, MOST_ROWS = 36, 12
# A browser draws in one go what comes in one go; a table that it does not have yet goes ahead of all that stands below.
AHEAD_SECONDS = 0.15
_BADGE = re.compile(r":(\w+)-badge\[:material/\w+: (.+)\]")


def draw(rows: Sequence[ShelfRow], wanted: Sequence[str], columns: Sequence[str]) -> list[str]:
    """Draws the table and returns the ids of the selected runs, in the order in which they were selected; runs that are
    selected and not listed stay so."""
    ids = [row.id for row in rows]
    places = {run_id: place for place, run_id in enumerate(ids)}
    # Rows are known by their number: another list is another table, so that a selection never slides to a neighbour.
    known = hashlib.blake2b("".join([*ids, selection.stamp()]).encode(), digest_size=6).hexdigest()
    key = f"runs_table_{known}"
    is_new = key not in st.session_state
    hidden = [run_id for run_id in wanted if run_id not in places]
    table = st.dataframe(
        frame_of(rows),
        key=key,
        hide_index=True,
        height=ROW_HEIGHT * (min(len(rows), MOST_ROWS) + 1) + 2,
        row_height=ROW_HEIGHT,
        column_config=_columns(),
        column_order=list(columns) or list(USUAL),
        placeholder="–",
        on_select=lambda: _select_row_of_cell(key, ids),
        selection_mode=["multi-row", "single-cell"],
        selection_default=_selection([places[run_id] for run_id in wanted if run_id in places]),
        alt=f"{len(rows)} runs, newest first",
    )
    if is_new:
        time.sleep(AHEAD_SECONDS)
    listed = [ids[row] for row in table["selection"]["rows"]]
    chosen = [run_id for run_id in wanted if run_id in listed or run_id in hidden]
    return [*chosen, *(run_id for run_id in listed if run_id not in chosen)]


def frame_of(rows: Sequence[ShelfRow]) -> pd.DataFrame:
    """One row a run: what the table shows."""
    own = session.session_id()
    hashes = {row.series_hash for row in rows}
    titles = {key: series_title(key) for key in hashes}
    units = {key: unit_of_stored(key).column for key in hashes}
    words = {state: state_word(state) for state in STATE_WORDS}
    shown = [
        {
            "name": row.name,
            "state": [words[row.state], *([LEAK] if row.leaks else [])],
            "series": titles[row.series_hash],
            "cell": row.cell,
            "epochs": row.epoch,
            "rmse": row.best_rmse,
            "test": row.test_rmse,
            "unit": units[row.series_hash],
            "curve": _on_log_axis(row.curve),
            "created": row.created,
            "date": row.created,
            "seconds": row.seconds if row.epoch else None,
            "tags": list(row.tags),
            "note": " ".join(row.note.split()),
            "by": "you" if row.session == own else "others",
            "id": row.id,
        }
        for row in rows
    ]
    return pd.DataFrame(shown).astype({"rmse": "float64", "test": "float64", "seconds": "float64"})


def state_word(state: str) -> str:
    """The word of the state's badge."""
    return _badge(state)[1]


def column_label(name: str) -> str:
    """The heading of a column."""
    return str(_columns()[name]["label"])


def _badge(state: str) -> tuple[str, str]:
    """Colour and word of the state's badge."""
    found = _BADGE.fullmatch(STATE_WORDS[state])
    if found is None:
        raise ValueError(f"STATE_WORDS[{state!r}] is no badge with an icon and a word: {STATE_WORDS[state]!r}.")
    return found[1], found[2]


def _selection(rows: Sequence[int]) -> Any:
    return {"selection": {"rows": list(rows), "columns": [], "cells": []}}


def _select_row_of_cell(key: str, ids: Sequence[str]) -> None:
    """A click anywhere in a row selects it alone, not only one on the mark at its beginning; marks select several."""
    cells = st.session_state[key]["selection"]["cells"]
    if cells:
        st.session_state[key] = _selection([cells[0][0]])
        selection.remember([ids[cells[0][0]]])


def _on_log_axis(curve: np.ndarray) -> np.ndarray:
    # On a linear axis the first epochs would flatten all the rest. float32 (N,): half of what the table sends is curves.
    return np.log10(np.maximum(curve, np.float32(1e-30)))


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
        "cell": column.TextColumn("Cell", width=65),
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
        "tags": column.ListColumn("Tags", width=140),
        "note": column.TextColumn("Note", width=240),
        "by": column.TextColumn(
            "By", width=65, help="Runs of all sessions on this store; those that this browser session started are yours."
        ),
        "id": column.TextColumn("Id", width=110),
    }  # fmt: skip
