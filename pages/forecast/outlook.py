"""The forecast itself: computed once for each run, number of steps and set of levels, then kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from rnn.core.fit import Fit
from rnn.forecast import forecast
from rnn.forecast.residuals import validation_residuals
from rnn.forecast.with_theta import forecast_with_theta, measured_from
from rnn.runs.records import Run
from rnn.ui import one_of_many, session

_PINNED = "forecast_pinned"


@dataclass(frozen=True, eq=False)
class Outlook:
    """frame: as `rnn.forecast` or `forecast_with_theta` returns it. residuals: forecasts within the validation
    part whose first step the intervals were measured on; later steps have fewer."""

    frame: pd.DataFrame
    residuals: int


def fit_of(run: Run) -> Fit | None:
    """The run with its best weights, or None where no epoch is finished; of many series in one that of the series shown. Of
    a run in progress the weights stay those first asked for until `refresh`."""
    fit = stored_fit(run.id, version_of(run))
    if fit is None or not fit.state.epoch:
        return None
    return fit.of(one_of_many.shown_id(fit.series)) if fit.series.lengths else fit


def version_of(run: Run) -> int:
    """The version of the run that the page rests on: a run in progress would change it several times a second."""
    pinned = st.session_state.get(_PINNED)
    if run.active and run.epoch:
        if pinned is None or pinned[0] != run.id:
            pinned = st.session_state[_PINNED] = (run.id, run.version)
        return pinned[1]
    return run.version


def refresh() -> None:
    """Callback: take the weights of a run in progress up anew."""
    st.session_state.pop(_PINNED, None)


def outlook_of(
    run: Run,
    steps: int,
    levels: tuple[int, ...],
    id_: str | None,
    known: NDArray[np.float64] | None = None,
    *,
    theta: bool = False,
) -> Outlook:
    """id_: of many series in one, the one to forecast. known: what the columns known ahead hold in its steps. theta: the mean
    with Theta's forecast. Raises ValueError with a sentence where there is no such forecast."""
    return _outlook(run.id, version_of(run), steps, levels, id_, known, theta)


def outlook_of_all(
    run: Run,
    steps: int,
    levels: tuple[int, ...],
    futures: dict[str, NDArray[np.float64]] | None,
    *,
    theta: bool = False,
) -> pd.DataFrame:
    """The forecasts of all of many series, one after the other, told apart by a column `id`. futures: id → its known columns.
    Raises ValueError with a sentence where there is no such forecast."""
    fit = stored_fit(run.id, version_of(run))
    if fit is None:
        raise ValueError("The run has no weights to forecast with yet.")
    return (forecast_with_theta if theta else forecast)(fit, steps, levels, future=futures)


def of_target(found: Outlook, targets: Sequence[str], target: int, levels: Sequence[int]) -> pd.DataFrame:
    """time, mean, and lo and hi of each level, of one of the targets."""
    prefix = f"{targets[target]}." if len(targets) > 1 else ""
    names = ["mean", *(f"{side}{level}" for level in levels for side in ("lo", "hi"))]
    return found.frame[["time", *(prefix + name for name in names)]].set_axis(["time", *names], axis=1)


@st.cache_resource(max_entries=8, show_spinner="Reading the run …")
def stored_fit(run_id: str, version: int) -> Fit | None:
    """The run as it is kept, of many series in one that of all of them; None where it has no weights yet."""
    return session.store().fit(run_id)


@st.cache_data(max_entries=64, show_spinner="Forecasting …")
def _outlook(
    run_id: str,
    version: int,
    steps: int,
    levels: tuple[int, ...],
    id_: str | None,
    known: NDArray[np.float64] | None,
    theta: bool,
) -> Outlook:
    fit = stored_fit(run_id, version)
    if fit is None:
        raise ValueError("The run has no weights to forecast with yet.")
    if theta:
        frame = forecast_with_theta(fit, steps, levels, id=id_, future=known)
        return Outlook(frame, len(measured_from(fit, steps).starts))
    return Outlook(forecast(fit, steps, levels, id=id_, future=known), len(validation_residuals(fit, 1)[0]))
