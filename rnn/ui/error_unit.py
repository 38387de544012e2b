"""What an error is counted in: the series' own units; of many series in one, each one's usual step."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.ui import session

LEAK = "Leak on purpose"
LEAK_BADGE = f":red-badge[:material/emergency_home: {LEAK}]"
LEAK_HELP = (
    "The scaler of this run was fitted on all records, those that it is judged on included, so its errors may look better "
    "than any real future would give. “Scaler fitted on: train” is the honest setting."
)


@dataclass(frozen=True)
class Unit:
    """axis: for the axis of a chart. after: what follows a number, "" where the series' units go without saying. column: for
    a column of many runs. meaning: one or two sentences that explain it."""

    axis: str
    after: str
    column: str
    meaning: str


OWN = Unit(
    "RMSE, the series' own units", "", "own units",
    "Root mean squared error in the units of the series itself.",
)  # fmt: skip
USUAL_STEPS = Unit(
    "RMSE, usual steps of each series", " usual steps", "usual steps",
    "Root mean squared error over many series, each counted in its own usual step: the root mean square of its changes from "
    "record to record in the training part (RMSSE, as in the M5 competition). So series of millions and of ones weigh alike; "
    "1 is as far off as the series usually moves in one step.",
)  # fmt: skip


def unit_of(series: Series) -> Unit:
    """What the errors of a run on this series are counted in; a single one among many is in its own units."""
    return USUAL_STEPS if len(series.parts) > 1 else OWN


def unit_of_stored(series_hash: str) -> Unit:
    """The same for a series in the store, kept so that a list of runs does not hold all their data."""
    return USUAL_STEPS if _is_many(series_hash) else OWN


@st.cache_data(max_entries=1000, show_spinner=False)
def _is_many(series_hash: str) -> bool:
    return unit_of(session.store().series(series_hash)) is USUAL_STEPS


def leaks(config: Config) -> bool:
    """Whether the scaler is fitted on what the network is judged on."""
    return config.scaler_rows == "all" and config.scaling != "none"
