"""What pages say when the store is in trouble: that one works in a temporary one, that it has just failed, or that a worker
waits for it; why, and which buttons help."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from sqlalchemy import make_url

from rnn.runs import changeover
from rnn.runs.changeover import Step
from rnn.runs.opening import path_of
from rnn.runs.stand_in import TemporaryStore
from rnn.runs.store import Store
from rnn.runs.store_error import StoreError
from rnn.runs.store_trouble import STORE_ERRORS, cause_and_advice, kind_of, place_of, sentence_of
from rnn.ui import session
from rnn.ui.wording import escaped

WATCH_SECONDS = 0.5  # between looks at a step that is being made
AGAIN_SECONDS = 5.0  # between looks at a store that has failed
LONGEST = 1000  # letters of a sentence
_CLOSED = "store_step_closed"


def draw() -> None:
    """At the head of a page; nothing where all is well."""
    step = changeover.last_step()
    if step is not None and not step.over:
        st.fragment(_draw_step, run_every=WATCH_SECONDS)(step)
        return
    if step is not None and step.sentence and st.session_state.get(_CLOSED) != step.number:
        _draw_outcome(step)
    store = session.store()
    if isinstance(store, TemporaryStore):
        _draw_temporary(store.trouble)


def draw_trouble(error: Exception) -> None:
    """In place of a page, or a part of it, that the store has failed."""
    trouble = as_trouble(error)
    with st.container(border=False, key="store_trouble"):
        st.error(escaped(trouble.brief, 600), icon=":material/database_off:")
        st.caption("What you have set on this page is kept. It comes back by itself as soon as the store answers.")
        with st.container(horizontal=True, gap="small"):
            st.button("Try again", icon=":material/refresh:", key="store_trouble_again")
            if trouble.salvageable:
                _save_button("store_trouble_save", trouble)
            st.button(
                "Go on in a temporary store", icon=":material/timer:", key="store_trouble_leave",
                on_click=changeover.begin, args=("leave", trouble),
                help="One can train there at once. It is kept only until the server ends.",
            )  # fmt: skip
        st.fragment(_look_again, run_every=AGAIN_SECONDS)()


def _draw_temporary(trouble: StoreError) -> None:
    with st.container(key="store_notice"):
        st.warning(
            f"{escaped(trouble.brief, 600)} You work in a **temporary store**: what you do now is kept only until the server "
            "ends. Take away what you want to keep: **Runs → Take away**.",
            icon=":material/database_off:",
        )
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Try again", icon=":material/refresh:", key="store_reopen", on_click=changeover.begin, args=("reopen",),
                help="Opens the store; the runs of the temporary one come along.",
            )  # fmt: skip
            if trouble.salvageable:
                _save_button("store_save", trouble)


def _save_button(key: str, trouble: StoreError) -> None:
    st.button(
        "Set the file aside and save what can be read", icon=":material/healing:", key=key,
        on_click=changeover.begin, args=("save", trouble),
        help="The damaged file is kept under another name. A new store takes its place, with every run that can be read.",
    )  # fmt: skip


_DOING = {
    "reopen": "Opening the store …",
    "save": "Saving what can be read …",
    "leave": "Making a temporary store …",
}


def _draw_step(step: Step) -> None:
    """A fragment: how far it is; when it is over the page follows."""
    if step.over:
        st.rerun()
    with st.container(key="store_step"):
        st.progress(step.share, text=f"{_DOING[step.kind]} Pages answer again when this is done.")


def _draw_outcome(step: Step) -> None:
    draw_one = st.error if step.failed else st.success
    with st.container(horizontal=True, vertical_alignment="center", key="store_outcome"):
        draw_one(escaped(step.sentence, 2000), icon=":material/error:" if step.failed else ":material/check:")
        st.button(
            "Close", icon=":material/close:", type="tertiary", key="store_close", on_click=_close, args=(step.number,)
        )


def _close(number: int) -> None:
    st.session_state[_CLOSED] = number


def _look_again() -> None:
    """A fragment: brings the page back once the store answers."""
    if st.session_state.pop("store_looked", False) and _answers():
        st.rerun()
    st.session_state["store_looked"] = True


def _answers() -> bool:
    try:
        Store(session.store().url).close()
    except StoreError:
        return False
    return True


def draw_problems() -> None:
    """Why workers cannot be started, and what the store denies them, where that is so."""
    runner = session.runner()
    if problem := runner.problem:
        st.error(escaped(problem, LONGEST), icon=":material/error:")
    if (trouble := runner.trouble) and trouble != problem:
        st.warning(escaped(trouble, LONGEST), icon=":material/hard_drive:")


@contextmanager
def or_a_sentence() -> Iterator[None]:
    """For a callback or a fragment: where the store fails within the block, the page says so; what the user has set stays."""
    try:
        yield
    except STORE_ERRORS as error:
        st.error(escaped(sentence_of(error, place_of(session.store().url)), LONGEST), icon=":material/hard_drive:")


def as_trouble(error: Exception) -> StoreError:
    """Any error of the store, as a sentence and what it is about."""
    if isinstance(error, StoreError):
        return error
    url = make_url(session.store().url)
    place = place_of(session.store().url)
    kind = kind_of(error, place)
    brief = cause_and_advice(error, place)[0] if kind == "damaged" else ""
    return StoreError(sentence_of(error, place), kind, path_of(url), brief)
