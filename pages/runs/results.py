"""What came of a run so far, read from the store once and again only when there is something new."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from rnn.runs.records import Run
from rnn.ui import session
from rnn.ui.thinning import thin

MOST_POINTS = 200


@dataclass(frozen=True, eq=False)
class Results:
    """best_rmse: on the validation part at the best epoch, original units, or None. seconds: at work, pauses not counted.
    epochs (N,), train (N,), val (N,): the RMSE curves in original units, thinned to at most 200 points."""

    best_rmse: float | None
    seconds: float
    epochs: NDArray[Any]
    train: NDArray[Any]
    val: NDArray[Any]


def results_of(run: Run) -> Results:
    return _results(run.id, run.version, run.best_epoch)


@st.cache_data(max_entries=1000, show_spinner=False)
def _results(run_id: str, version: int, best_epoch: int | None) -> Results:
    history = session.store().epochs(run_id)
    best = next((epoch.val_rmse for epoch in history if epoch.epoch == best_epoch), None)
    curves = np.array([(epoch.train_rmse, epoch.val_rmse) for epoch in history], dtype=np.float64).reshape(-1, 2)
    numbers, curves = thin(np.array([epoch.epoch for epoch in history], dtype=np.int64), curves, MOST_POINTS)
    return Results(best, sum(epoch.seconds for epoch in history), numbers, curves[:, 0], curves[:, 1])


@st.cache_data(max_entries=1000, show_spinner=False)
def series_title(series_hash: str) -> str:
    """The series and what is predicted of it. Kept as words, so that a list of runs does not hold all their data."""
    series = session.store().series(series_hash)
    return f"{series.name} · {', '.join(series.targets)}"
