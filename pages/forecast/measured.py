"""What was measured of a run on records that it had not seen: computed once for each version of it, then kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from pages.forecast import outlook
from rnn.core.fit import Fit
from rnn.core.panel import split_series
from rnn.core.series import Series
from rnn.forecast.bias import measured_bias
from rnn.forecast.by_horizon import Tracks, errors_by_horizon, tracks
from rnn.forecast.coverage import measured_coverage
from rnn.forecast.diagnosis import ResidualDiagnosis, diagnose_residuals
from rnn.forecast.held_out import PARTS, has, held_out, origins_of
from rnn.runs.records import Run
from rnn.ui.wording import escaped

# Each one a pass of the network; more of them than a chart has room for say no more.
MOST_ONE_STEP = 5000


@dataclass(frozen=True, eq=False)
class OneStep:
    """Each record of the held-out parts predicted from the actual ones before it. records: (n,). predicted: (n, K), original
    units. left_out: earlier records that were not predicted, because there are so many."""

    records: NDArray[np.intp]
    predicted: NDArray[np.float64]
    left_out: int


def parts_of(fit: Fit) -> list[str]:
    """The parts that the network was not trained on."""
    return [part for part in PARTS if has(fit, part)]


def why_not(fit: Fit) -> str:
    """Why nothing is measured on the series shown alone, in a sentence; empty where something is."""
    try:
        split_series(fit.config, fit.series)
    except ValueError:
        return (
            f"{escaped(fit.series.name)} is too short to keep a part of it back, so it was left out of training, and how far "
            "off its forecasts are cannot be measured."
        )
    return ""


def one_step_of(run: Run, whole: Series, id_: str) -> OneStep:
    return _one_step(run.id, outlook.version_of(run), id_ if whole.lengths else None)


def tracks_of(run: Run, whole: Series, id_: str, steps: int, origin: int) -> Tracks:
    """Raises ValueError where the origin is out of range."""
    return _tracks(run.id, outlook.version_of(run), id_ if whole.lengths else None, steps, origin)


def errors_of(run: Run, whole: Series, id_: str, steps: int, target: int, part: str) -> pd.DataFrame:
    """As `errors_by_horizon`, of the series shown alone, in its own units."""
    return _errors(run.id, outlook.version_of(run), id_ if whole.lengths else None, steps, target, part)


def coverage_of(run: Run, steps: int, levels: tuple[int, ...]) -> pd.DataFrame:
    """As `measured_coverage`; of many series over all of them, as the intervals are."""
    return _coverage(run.id, outlook.version_of(run), steps, levels)


def bias_of(run: Run, whole: Series, id_: str, steps: int) -> str:
    """How far the forecasts of the first target were off on average, in words; empty where that cannot be said."""
    return _bias(run.id, outlook.version_of(run), id_ if whole.lengths else None, steps)


def diagnosis_of(run: Run, whole: Series, id_: str, target: int, ahead: int, part: str) -> ResidualDiagnosis:
    """Raises ValueError where the part is shorter than that."""
    return _diagnosis(run.id, outlook.version_of(run), id_ if whole.lengths else None, target, ahead, part)


def _fit(run_id: str, version: int, id_: str | None) -> Fit:
    fit = outlook.stored_fit(run_id, version)
    if fit is None:
        raise ValueError("The run has no weights to measure yet.")
    return fit if id_ is None else fit.of(id_)


@st.cache_data(max_entries=32, show_spinner="Predicting the past …")
def _one_step(run_id: str, version: int, id_: str | None) -> OneStep:
    fit = _fit(run_id, version, id_)
    records: list[NDArray[Any]] = []
    predicted: list[NDArray[Any]] = []
    left_out = 0
    for part in parts_of(fit):
        origins = origins_of(fit, part)
        first = max(0, len(origins.starts) - MOST_ONE_STEP)
        held = held_out(fit, 1, part, origins=origins.at(slice(first, None)))
        left_out += first
        records.append(held.first)
        predicted.append(held.point[:, 0])
    return OneStep(np.concatenate(records), np.concatenate(predicted), left_out)


@st.cache_data(max_entries=256, show_spinner=False)
def _tracks(run_id: str, version: int, id_: str | None, steps: int, origin: int) -> Tracks:
    return tracks(_fit(run_id, version, id_), steps, origin)


@st.cache_data(max_entries=64, show_spinner="Measuring errors by steps ahead …")
def _errors(run_id: str, version: int, id_: str | None, steps: int, target: int, part: str) -> pd.DataFrame:
    return errors_by_horizon(_fit(run_id, version, id_), steps, target, part)


@st.cache_data(max_entries=64, show_spinner="Measuring how often the intervals hold …")
def _coverage(run_id: str, version: int, steps: int, levels: tuple[int, ...]) -> pd.DataFrame:
    return measured_coverage(_fit(run_id, version, None), steps, levels)


@st.cache_data(max_entries=64, show_spinner=False)
def _bias(run_id: str, version: int, id_: str | None, steps: int) -> str:
    return measured_bias(_fit(run_id, version, id_), steps).sentence


@st.cache_data(max_entries=64, show_spinner="Looking at the residuals …")
def _diagnosis(run_id: str, version: int, id_: str | None, target: int, ahead: int, part: str) -> ResidualDiagnosis:
    return diagnose_residuals(_fit(run_id, version, id_), target, ahead, part)
