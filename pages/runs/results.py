"""What came of a run so far, read from the store once and again only when there is something new."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from rnn.core.events import Epoch
from rnn.forecast import error_on_test
from rnn.runs.records import Run
from rnn.ui import run_history, session
from rnn.ui.error_unit import Unit, unit_of_stored
from rnn.ui.thinning import thin

MOST_POINTS = 200


@dataclass(frozen=True, eq=False)
class Results:
    """best: the best epoch, or None. test_rmse: on the test part, None before the end and where
    there is none. seconds: at work, pauses not counted. epochs (N,), train (N,), val (N,): the RMSE curves, thinned to at most
    200 points. unit: what all these errors are counted in."""

    best: Epoch | None
    test_rmse: float | None
    seconds: float
    epochs: NDArray[Any]
    train: NDArray[Any]
    val: NDArray[Any]
    unit: Unit

    @property
    def best_rmse(self) -> float | None:
        """On the validation part at the best epoch."""
        return None if self.best is None else self.best.val_rmse


def results_of(run: Run) -> Results:
    tested = test_rmse_of(run.id, run.version) if run.config.test and not run.active else None
    return _results(run.id, run.version, run.best_epoch, tested, run.series_hash)


@st.cache_data(max_entries=1000, show_spinner=False)
def test_rmse_of(run_id: str, version: int) -> float | None:
    """The RMSE of a run's best weights on the test part; None where there is none."""
    run, preview = session.store().run(run_id), session.store().preview(run_id)
    if run is None or preview is None:
        return None
    series = session.store().series(run.series_hash)
    return error_on_test(series, run_history.split_of(run, series), preview.test)


@st.cache_data(max_entries=1000, show_spinner=False)
def _results(run_id: str, version: int, best_epoch: int | None, test_rmse: float | None, series_hash: str) -> Results:
    history = session.store().epochs(run_id)
    best = next((epoch for epoch in history if epoch.epoch == best_epoch), None)
    curves = np.array([(epoch.train_rmse, epoch.val_rmse) for epoch in history], dtype=np.float64).reshape(-1, 2)
    numbers, curves = thin(np.array([epoch.epoch for epoch in history], dtype=np.int64), curves, MOST_POINTS)
    seconds = sum(epoch.seconds for epoch in history)
    return Results(best, test_rmse, seconds, numbers, curves[:, 0], curves[:, 1], unit_of_stored(series_hash))


@st.cache_data(max_entries=1000, show_spinner=False)
def series_title(series_hash: str) -> str:
    """The series and what is predicted of it. Kept as words, so that a list of runs does not hold all their data."""
    series = session.store().series(series_hash)
    return f"{series.name} · {', '.join(series.targets)}"
