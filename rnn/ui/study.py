"""A long computation as a page sees it: asked for, followed while it goes on, read when it is done.

A study's id comes of what is asked (`rnn.runs.studies`), so a page that asks the same after a reload, in a second tab or
after a restart of the server finds the same study, at work or done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import streamlit as st

from rnn.runs.records import Study
from rnn.ui import session, store_notice
from rnn.ui.wording import escaped, seconds_in_words

POLL_SECONDS = 0.5
Read = TypeVar("Read")


def ask(kind: str, request: Mapping[str, Any]) -> str:
    """Have this computed, unless it is at work or done already; returns the study's id. One that failed or was stopped
    starts afresh."""
    study_id = session.store().ask(kind, request, session.session_id())
    session.runner().nudge()
    return study_id


def study_state(study_id: str) -> Study | None:
    """The study as it stands, with its result where it is done; None where it is not kept (any more). Cheap enough for
    each run of a page: a result is read from the store once."""
    study = session.store().study(study_id, with_result=False)
    if study is None or study.state != "done":
        return study
    return _with_result(study_id, study.finished)


def result_of(study: Study, read: Callable[[bytes], Read]) -> Read:
    """The result of a study that is done, as `read` makes it from bytes; made once for all sessions, so not to be changed."""
    if study.result is None:
        raise ValueError(f"The study {study.id} has no result: it is {study.state}.")
    return _as_read(study.id, study.finished, f"{read.__module__}.{read.__qualname__}", read, study.result)


def draw_progress(study_id: str, label: str) -> None:
    """How far the study is, redrawn while it goes on, with a button that stops it; why it failed or that it was stopped, with
    one that tries again. Draws nothing for one that is done. When it ends, the whole page runs again.

    label: what is computed, for the bar, such as "Backtest".
    """
    study = session.store().study(study_id, with_result=False)
    if study is None or study.state == "done":
        return
    poll = POLL_SECONDS if study.active else None
    st.fragment(_draw, run_every=poll)(study_id, label, study.active)


def _draw(study_id: str, label: str, drawn_active: bool) -> None:
    """A fragment. drawn_active: whether it was going on when the page was drawn."""
    study = session.store().study(study_id, with_result=False)
    if study is None or study.active != drawn_active or study.state == "done":
        # Another page that has been asked for meanwhile goes first: drawing is where Streamlit looks for one.
        st.container(gap="small")
        st.rerun()
    with st.container(gap="small"):
        if study.active:
            _draw_bar(study, label)
        else:
            _draw_end(study, label)


def _draw_bar(study: Study, label: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.progress(_share(study), text=" · ".join(_parts(study, label)))
        st.button(
            "Stop", icon=":material/stop:", key=f"stop {study.id}", on_click=_stop, args=(study.id,), width="content",
            help=f"{label}: end it; nothing of it is kept.",
        )  # fmt: skip
    store_notice.draw_problems()


def _share(study: Study) -> float:
    return min(1.0, study.done / study.total) if study.total else 0.0


def _parts(study: Study, label: str) -> list[str]:
    """What the bar says."""
    parts = [f"**{escaped(label)}**"]
    if study.state == "queued" or study.started is None:
        place = session.store().queue_place(study.id)
        return [*parts, f"waiting, place **{place}** in the queue" if place else "beginning"]
    parts.append(f"**{study.done:,}** of {study.total:,}" if study.total else "preparing")
    if study.note:
        parts.append(escaped(study.note, 160))
    seconds = max(0.0, (datetime.now(UTC) - study.started).total_seconds())
    parts.append(f"for {seconds_in_words(seconds)}")
    if study.done > 1:
        parts.append(f"about {seconds_in_words(seconds / study.done * (study.total - study.done))} left")
    return parts


def _draw_end(study: Study, label: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        if study.state == "failed":
            st.error(f"**{escaped(label)}** has no result. {escaped(study.error, 600)}", icon=":material/error:")
        else:
            st.info(f"**{escaped(label)}** was stopped.", icon=":material/stop:")
        st.button(
            "Try again", icon=":material/refresh:", key=f"again {study.id}", on_click=_again, args=(study,), width="content",
            help=f"{label}: start it afresh.",
        )  # fmt: skip


def _stop(study_id: str) -> None:
    session.store().stop_study(study_id)


def _again(study: Study) -> None:
    ask(study.kind, study.request)


@st.cache_resource(max_entries=8, show_spinner=False)
def _with_result(study_id: str, finished: datetime | None) -> Study | None:
    return session.store().study(study_id)


@st.cache_resource(max_entries=8, show_spinner=False)
def _as_read(
    study_id: str, finished: datetime | None, reader: str, _read: Callable[[bytes], Read], _result: bytes
) -> Read:
    return _read(_result)
