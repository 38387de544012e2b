"""The selected run: its name, how it went, what can be done with it."""

from __future__ import annotations

from contextlib import suppress
from zlib import crc32

import streamlit as st

from pages.runs import curve, data_record, marks, record, settings, undo
from pages.runs.leave import section
from pages.runs.results import Results, results_of, series_title
from pages.train.progress import STATE_WORDS
from rnn.export.tracking import target as tracking
from rnn.runs.records import Run
from rnn.ui import session, share
from rnn.ui.error_unit import LEAK_BADGE, LEAK_HELP, leaks
from rnn.ui.wording import escaped, moment_of, number_in_words

LONGEST_NAME = 200
_TRIES, _REFUSED = "rename_tries", "rename_refused"


def draw(run: Run, pinned: str | None) -> None:
    """pinned: the id of the baseline."""
    results = results_of(run)
    left, right = st.columns(2, gap="large")
    with left:
        _draw_name(run)
        meaning = results.unit.meaning
        st.markdown(_facts(run, results), help=f"{LEAK_HELP} {meaning}" if leaks(run.config) else meaning)
        if run.message:
            st.warning(escaped(run.message, 500), icon=":material/info:")
        _draw_actions(run, pinned)
        marks.draw(run)
    with right:
        curve.draw(run, results)
        record.draw_errors(run, results)
    left, right = st.columns(2, gap="large")
    with left:
        settings.draw(run)
        section.draw(run)
    with right:
        record.draw_origin(run, results)
        data_record.draw(run)


def _draw_name(run: Run) -> None:
    # The name is the field's default and part of its key, not its state: a poll that crosses the first drawing would
    # otherwise report an empty field as the user's own change.
    key = f"run_name_{run.id}_{crc32(run.name.encode())}_{st.session_state.get(_TRIES, 0)}"
    st.text_input("Name", run.name, key=key, max_chars=LONGEST_NAME, on_change=_rename, args=(run.id, key))
    if st.session_state.get(_REFUSED) == run.id:
        st.caption(":material/info: A run needs a name; it keeps the one it has.")


def _rename(run_id: str, key: str) -> None:
    name = st.session_state[key].strip()
    st.session_state[_TRIES] = st.session_state.get(_TRIES, 0) + 1
    st.session_state[_REFUSED] = None if name else run_id
    if name:
        with suppress(LookupError):  # deleted meanwhile: the list drawn next no longer has it
            session.store().rename(run_id, name)


def _facts(run: Run, results: Results) -> str:
    unit = results.unit.after
    parts = [STATE_WORDS[run.state], *([LEAK_BADGE] if leaks(run.config) else [])]
    parts.append(escaped(series_title(run.series_hash)))
    parts.append(f"epoch **{run.epoch:,}** of {session.epochs_wanted(run):,}")
    if run.best_epoch:
        parts.append(
            f"best epoch **{run.best_epoch:,}**, validation RMSE **{number_in_words(results.best_rmse)}**{unit}"
        )
    elif run.epoch:
        parts.append(f"best at {moment_of(0)}")
    if results.test_rmse is not None:
        parts.append(f"test RMSE **{number_in_words(results.test_rmse)}**{unit}")
    if run.config.gap:
        parts.append(f"gap of {run.config.gap:,} between the parts")
    return " · ".join(parts)


def _draw_actions(run: Run, pinned: str | None) -> None:
    with st.container(horizontal=True, gap="small", key="run_actions"):
        if st.button(
            "Open", icon=":material/model_training:", type="primary", key=f"open-{run.id}",
            help="Show this run on the Train page, with its series and its settings.",
        ):  # fmt: skip
            session.open_run(run)
            st.switch_page("train/page.py")
        if st.button(
            "Forecast", icon=":material/insights:", key=f"forecast-{run.id}", disabled=not run.epoch,
            help="Show the future that this run foresees." if run.epoch else "It has not finished an epoch yet.",
        ):  # fmt: skip
            session.open_run(run)
            st.switch_page("forecast/page.py")
        race = session.store().race_of_run(run.id)
        if race is not None and st.button(
            "Race",
            icon=":material/sports_score:",
            key=f"race-{run.id}",
            help="Show the race that this run is a lane of.",
        ):
            st.session_state["race"] = race
            st.switch_page("race/page.py")
        if there := tracking.page_of(session.store(), run.id):
            st.link_button("MLflow", there, icon=":material/open_in_new:", help="This run on the MLflow server.")
        marks.draw_pin(run, pinned)
        share.draw(share.Shared("", session.choice_of_run(run), run.config, run), key=f"share-{run.id}")
        st.button(
            "Delete", icon=":material/delete:", key=f"delete-{run.id}", on_click=undo.delete, args=([run.id],),
            help=undo.warning_of(run),
        )  # fmt: skip
