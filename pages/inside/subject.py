"""What the page looks into: the current run, or without one the settings alone; and the title that says so."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages.train import anew
from rnn.core.config import Config
from rnn.core.panel import split_series
from rnn.core.series import Series
from rnn.data import BadFile
from rnn.runs.records import Run
from rnn.ui import chosen_series, config_form, one_of_many, series_choice, session
from rnn.ui.wording import escaped


@dataclass(frozen=True, eq=False)
class Subject:
    """run: None where nothing has been trained yet. config: the run's, or else the form's; series likewise, of many the one
    that is shown. id: which one that is, "" for a single series.

    problem: why the form's settings could not be taken, so that config is the default; None where they could.
    """

    run: Run | None
    config: Config
    series: Series
    id: str = ""
    problem: str | None = None


def find(run: Run | None) -> Subject:
    """The run and its series; without a run what the form and the picker stand at."""
    if run is not None:
        series, id_ = session.series_of_run(run), ""
        if series.lengths:  # one of many: the one that is shown on Train
            id_ = one_of_many.shown_id(series, split_series(run.config, series))
            series = series.part(id_)
        return Subject(run, run.config, series, id_)
    try:
        series = chosen_series.series_of(series_choice.current_choice())
    except BadFile as error:
        series = chosen_series.series_of(chosen_series.Choice("article-sine", ("value",)))
        return Subject(None, config_form.DEFAULT, series, problem=f"The chosen series cannot be read: {error}")
    try:
        return Subject(None, config_form.config_from_form(), series)
    except ValueError as error:
        problem = f"The settings on Train do not go together: {error}"
        return Subject(None, config_form.DEFAULT, series, problem=problem)


def draw_title(subject: Subject) -> None:
    """What is shown, or the way to something to show."""
    run = subject.run
    if run is None:
        st.markdown("#### Inside")
        anew.draw()
        say_where_to_start(
            "There is no trained network to look into yet: train one, then its states and weights appear here."
        )
        return
    st.markdown(f"#### Inside {escaped(subject.series.name)} · {escaped(', '.join(subject.series.targets))}")
    whole = session.series_of_run(run)
    if whole.lengths:
        one_of_many.draw_picker(whole, split_series(run.config, whole))


def say_where_to_start(sentence: str) -> None:
    st.info(sentence, icon=":material/info:")
    st.page_link("train/page.py", label="Go to Train", icon=":material/model_training:")
