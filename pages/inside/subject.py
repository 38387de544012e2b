"""What the page looks into: the current run's best weights, or without a run the settings alone."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from rnn.core.config import Config
from rnn.core.fit import Fit
from rnn.core.panel import split_series
from rnn.core.series import Series
from rnn.data import BadFile
from rnn.runs.records import Run
from rnn.ui import chosen_series, config_form, one_of_many, series_choice, session
from rnn.ui.error_unit import USUAL_STEPS, unit_of_stored
from rnn.ui.wording import escaped, number_in_words


@dataclass(frozen=True, eq=False)
class Subject:
    """run, fit: None where nothing has been trained yet. config: the run's, or else the form's; series likewise.

    problem: why the form's settings could not be taken, so that config is the default; None where they could.
    """

    run: Run | None
    fit: Fit | None
    config: Config
    series: Series
    problem: str | None = None


def find(run: Run | None) -> Subject:
    """The run's newest stored weights; without a run what the form and the picker stand at."""
    if run is not None:
        series, fit = session.series_of_run(run), _stored_fit(run.id, run.version)
        if series.lengths:  # one of many: the one that is shown on Train
            id_ = one_of_many.shown_id(series, split_series(run.config, series))
            series, fit = series.part(id_), fit.of(id_) if fit else None
        return Subject(run, fit, run.config, series)
    try:
        series = chosen_series.series_of(series_choice.current_choice())
    except BadFile as error:
        series = chosen_series.series_of(chosen_series.Choice("article-sine", ("value",)))
        return Subject(None, None, config_form.DEFAULT, series, f"The chosen series cannot be read: {error}")
    try:
        return Subject(None, None, config_form.config_from_form(), series)
    except ValueError as error:
        return Subject(None, None, config_form.DEFAULT, series, f"The settings on Train do not go together: {error}")


@st.cache_resource(max_entries=4, show_spinner="Reading the run’s weights …")
def _stored_fit(run_id: str, version: int) -> Fit | None:
    return session.store().fit(run_id)


def draw_title(subject: Subject) -> None:
    """What is shown, or the way to something to show."""
    run, fit = subject.run, subject.fit
    if run is None:
        st.markdown("#### Inside")
        _say_where_to_start(
            "There is no trained network to look into yet: train one, then its states and weights appear here."
        )
        return
    st.markdown(f"#### Inside {escaped(subject.series.name)} · {escaped(', '.join(subject.series.targets))}")
    whole = session.series_of_run(run)
    if whole.lengths:
        one_of_many.draw_picker(whole, split_series(run.config, whole))
    if fit is None:
        _say_where_to_start("This run has not stored any weights yet; its first come with its first epochs.")
        return
    unit = unit_of_stored(run.series_hash)
    best = int(fit.metrics["best_epoch"])
    which = f"of epoch {best:,}, the best{' so far' if run.active else ''}" if best else "as they were before training"
    with st.container(horizontal=True, vertical_alignment="center", key="inside_subject"):
        st.caption(
            f"The weights {which} · {_architecture(fit.config)} · validation RMSE "
            f"{number_in_words(fit.metrics['val_rmse'])}{unit.after}{' over all series' if unit is USUAL_STEPS else ''}",
            width="content",
            help=unit.meaning,
        )
        if run.active:
            st.button("Read the newest weights", icon=":material/refresh:", key="inside_refresh")


def _architecture(config: Config) -> str:
    """lstm, 2 layers of 32 hidden units, 3 networks"""
    cell = f"elman, {config.activation}" if config.cell == "elman" else config.cell
    layers = f"{config.layers} layers of " if config.layers > 1 else ""
    networks = f", {config.seeds} networks" if config.seeds > 1 else ""
    return f"{cell}, {layers}{config.hidden:,} hidden units{networks}"


def _say_where_to_start(sentence: str) -> None:
    st.info(sentence, icon=":material/info:")
    st.page_link("train/page.py", label="Go to Train", icon=":material/model_training:")
