"""The section "Forecast": the fan of what may come, what it rests on, and the numbers to take away."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.forecast import (
    all_series,
    basis,
    coverage,
    horizon,
    known_ahead,
    measured,
    numbers,
    outlook,
    past,
    picture,
    report,
    request,
    theta,
)
from pages.forecast.request import Request
from rnn.core.fit import Fit
from rnn.core.series import Series
from rnn.runs.records import Run
from rnn.ui.wording import escaped


def draw(run: Run, fit: Fit, whole: Series) -> None:
    """fit: of the series shown. whole: all that the run learned from."""
    asked = request.draw(fit, known_ahead.reach(run, fit), lambda: theta.draw_toggle(run, whole))
    known, enough = known_ahead.draw(run, fit, asked.steps)
    if not enough:
        return
    try:
        id_ = fit.series.name if whole.lengths else None
        found = outlook.outlook_of(run, asked.steps, asked.levels, id_, known, theta=asked.theta)
    except ValueError as error:
        st.error(escaped(str(error), 600), icon=":material/error:")
        return
    future = outlook.of_target(found, fit.model.targets, asked.target, asked.levels)
    bias, unmeasured = "", measured.why_not(fit)
    if unmeasured:
        picture.draw(f"{run.id}:{fit.series.name}:{asked.target}", fit, future, asked, None)
        st.caption(f":material/info: {unmeasured}")
    else:
        _draw_with_past(run, fit, whole, asked, future)
        bias = (
            measured.bias_of(run, whole, fit.series.name, asked.steps) if not asked.target and not asked.theta else ""
        )
    basis.draw(run, fit, future, asked, found.residuals, bias)
    numbers.draw(
        future, asked.levels, found.frame, fit.series.name,
        lambda: report.draw_button(run, fit, whole, asked, found.frame, future),
    )  # fmt: skip
    if len(whole.ids) > 1:
        all_series.draw(run, whole, asked)
    if asked.theta:
        st.caption(theta.ALONE)
    if not unmeasured:
        horizon.draw(run, fit, whole, asked)
    coverage.draw(run, fit, whole, asked)


def _draw_with_past(run: Run, fit: Fit, whole: Series, asked: Request, future: pd.DataFrame) -> None:
    """The chart, with what was forecast for the past, and the choice of the moment that it is forecast from."""
    place = st.container()  # the chart stands above the choice
    shown = past.choose(run, fit, whole, asked)
    with place:
        picture.draw(f"{run.id}:{fit.series.name}:{asked.target}:{shown.origin}", fit, future, asked, shown)
    st.caption(past.in_words(shown, fit))
