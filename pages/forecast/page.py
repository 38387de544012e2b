"""Forecast: what a trained network says comes next, how sure it may be, and the numbers to take away."""

import streamlit as st

from pages.forecast import all_series, basis, known_ahead, numbers, outlook, picture, request, run_choice, standing
from rnn.core.fit import Fit
from rnn.runs.records import Run
from rnn.ui import one_of_many, session
from rnn.ui.wording import escaped


def draw(run: Run, fit: Fit) -> None:
    standing.draw(run, fit)
    whole = session.series_of_run(run)
    one_of_many.draw_picker(whole, None)
    asked = request.draw(fit, known_ahead.reach(run, fit))
    known, enough = known_ahead.draw(run, fit, asked.steps)
    if not enough:
        return
    try:
        found = outlook.outlook_of(run, asked.steps, asked.levels, fit.series.name if whole.lengths else None, known)
    except ValueError as error:
        st.error(escaped(str(error), 600), icon=":material/error:")
        return
    future = outlook.of_target(found, fit.model.targets, asked.target, asked.levels)
    picture.draw(f"{run.id}:{fit.series.name}:{asked.target}", fit, future, asked)
    basis.draw(run, fit, future, asked.levels, found.residuals)
    numbers.draw(future, asked.levels, found.frame, fit.series.name)
    if len(whole.ids) > 1:
        all_series.draw(run, whole, asked)


session.prepare(session.current_run())
run = run_choice.draw(session.current_run())
if run is not None:
    fit = outlook.fit_of(run)
    if fit is None:
        standing.draw_untrained(run)
    else:
        draw(run, fit)
