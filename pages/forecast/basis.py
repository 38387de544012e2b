"""What the forecast is and what its intervals rest on, said plainly beneath the chart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages.forecast import theta
from pages.forecast.request import Request
from rnn.core.fit import Fit
from rnn.core.series import Series
from rnn.forecast.bias import bias_of
from rnn.forecast.intervals import kind_of
from rnn.forecast.measure import is_local
from rnn.runs.records import Run
from rnn.ui import run_history, session
from rnn.ui.error_unit import OWN
from rnn.ui.wording import escaped, number_in_words


def draw(run: Run, fit: Fit, future: pd.DataFrame, asked: Request, residuals: int, bias: str) -> None:
    """residuals: forecasts that the first step's interval was measured on. bias: how far sums were off on held-out records,
    empty where that is not known."""
    whole = session.series_of_run(run)
    line = [theta.in_words(fit.config.log) if asked.theta else bias_of(fit.config), bias]
    if len(future) > fit.config.horizon:
        line.append(_free_running(fit.config.horizon))
    if fit.final is not None:
        line.append(_of_all_records())
    width = [_intervals(future, asked, residuals, whole, fit)] if asked.levels else []
    for sentences in (line, [*width, _tested(run)]):
        if any(sentences):
            st.caption(" ".join(filter(None, sentences)))


def _of_all_records() -> str:
    return (
        "It comes from the network **trained once more on all records**, the latest included. What is measured here, the "
        "intervals too, is measured with the network before that, which had not seen the validation and test parts."
    )


def _tested(run: Run) -> str:
    seen = run_history.seen(run)
    if seen.test_rmse is None:
        return ""
    whose = ", over all series" if seen.unit is not OWN else ""
    error = f"**{number_in_words(seen.test_rmse)}**{seen.unit.after}{whose}"
    return f"On the test part, which no choice was made by, the RMSE is {error}."


def _intervals(future: pd.DataFrame, asked: Request, residuals: int, whole: Series, fit: Fit) -> str:
    learned = kind_of(fit.config, None) == "quantile" and not asked.theta
    text = (
        f"The intervals are {_stand_on(whole, learned, asked.theta)}: measured on **{residuals:,}** "
        f"{'forecasts' if residuals != 1 else 'forecast'} made there"
        f"{', fewer for the later steps' if len(future) > 1 else ''}{_unit(whole, fit)}. They are a little optimistic, because "
        "the validation part also chose the epoch whose weights are used."
    )
    return " ".join([text, *filter(None, (_missing(future, level) for level in asked.levels))])


def _stand_on(whole: Series, learned: bool, mean: bool) -> str:
    many = len(whole.parts) > 1
    where = f"the validation parts of **all {len(whole.ids):,} series** (pooled)" if many else "the validation part"
    if learned:
        return f"the quantiles that the network has learned, moved until they held as often as they say on {where}"
    whose = "the errors of that mean" if mean else "the errors" if many else "this network's own errors"
    return f"as wide as {whose} on {where} were"


def _unit(whole: Series, fit: Fit) -> str:
    """In what errors are counted before they are put together."""
    said = []
    if fit.config.log:
        said.append("as a factor up and down, because logarithms are learned, so that they never reach below zero")
    if is_local(fit.config):
        said.append(
            "in units of how much the series moved in the window before, so that they are wide where it is restless"
        )
    elif len(whole.parts) > 1:
        said.append(
            f"each in its own usual step, brought back to the units of {escaped(fit.series.name)} by its usual step"
        )
    return f", {', and '.join(said)}" if said else ""


def _missing(future: pd.DataFrame, level: int) -> str:
    """Where a level has no interval, because too few residuals reach so far."""
    known = np.isfinite(future[f"lo{level}"].to_numpy())
    if known.all():
        return ""
    if not known.any():
        return f"There are too few of them for a {level} % interval."
    return f"From step {int(np.argmin(known)) + 1:,} on there are too few of them for a {level} % interval."


def _free_running(horizon: int) -> str:
    return (
        f"From step {horizon + 1:,} on the network is fed its own predictions, because it was trained to look "
        f"{horizon:,} {'steps' if horizon > 1 else 'step'} ahead."
    )
