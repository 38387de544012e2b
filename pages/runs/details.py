"""The selected run: its name, how it went, what can be done with it."""

from __future__ import annotations

import streamlit as st

from pages.runs import curve, settings
from pages.runs.results import Results, results_of, series_title
from pages.runs.wording import age_in_words, escaped, moment_in_words
from pages.train.progress import STATE_WORDS
from rnn.runs.records import Run
from rnn.ui import session
from rnn.ui.wording import number_in_words, seconds_in_words

LONGEST_NAME = 200


def draw(run: Run) -> None:
    results = results_of(run)
    left, right = st.columns(2, gap="large")
    with left:
        _draw_name(run)
        st.markdown(_facts(run, results))
        if run.message:
            st.warning(escaped(run.message, 500), icon=":material/info:")
        _draw_actions(run)
        settings.draw(run)
    with right:
        curve.draw(run, results)


def _draw_name(run: Run) -> None:
    key = f"run_name_{run.id}"
    # Only where it differs: a value that is set again would wipe out what is being typed.
    if st.session_state.get(key) != run.name:
        st.session_state[key] = run.name
    st.text_input("Name", key=key, max_chars=LONGEST_NAME, on_change=_rename, args=(run.id, key))


def _rename(run_id: str, key: str) -> None:
    name = st.session_state[key].strip()
    if not name:
        st.toast("A run needs a name; it keeps the one it has.")
        return
    try:
        session.store().rename(run_id, name)
    except LookupError as error:
        st.toast(str(error))


def _facts(run: Run, results: Results) -> str:
    parts = [STATE_WORDS[run.state], escaped(series_title(run.series_hash))]
    parts.append(f"epoch **{run.epoch:,}** of {session.epochs_wanted(run):,}")
    if run.best_epoch:
        parts.append(f"best epoch **{run.best_epoch:,}**, validation RMSE **{number_in_words(results.best_rmse)}**")
    if run.epoch:
        parts.append(f"trained for {seconds_in_words(results.seconds)}")
    whose = "by you" if run.session == session.session_id() else "in another session"
    parts.append(f"started {age_in_words(run.created)} {whose}, {escaped(moment_in_words(run.created))}")
    return " · ".join(parts)


def _draw_actions(run: Run) -> None:
    with st.container(horizontal=True, gap="small", key="run_actions"):
        if st.button(
            "Open", icon=":material/model_training:", type="primary", key=f"open-{run.id}",
            help="Show this run on the Train page, with its series and its settings.",
        ):  # fmt: skip
            session.open_run(run)
            st.switch_page("train/page.py")
        if st.button(
            "Forecast", icon=":material/insights:", key=f"forecast-{run.id}", disabled=not run.best_epoch,
            help="Show the future that this run foresees." if run.best_epoch else "It has not finished an epoch yet.",
        ):  # fmt: skip
            session.open_run(run)
            st.switch_page("forecast/page.py")
        with st.popover("Delete", icon=":material/delete:", key=f"delete-{run.id}"):
            st.markdown(_what_goes(run))
            st.button("Delete for good", type="primary", on_click=_delete, args=(run.id,), key=f"confirm-{run.id}")


def _what_goes(run: Run) -> str:
    sentences = [f"Delete **{escaped(run.name)}**, with its {run.epoch:,} epochs, weights and predictions?"]
    if run.active:
        sentences.append("It is waiting or training: deleting ends that too.")
    if run.session != session.session_id():
        sentences.append("Another session started it.")
    return " ".join([*sentences, "The series stays. This cannot be undone."])


def _delete(run_id: str) -> None:
    session.store().delete(run_id)
    if st.session_state.get(session.RUN) == run_id:
        session.show_run(None)
