"""What redraws while a lesson's runs go on: progress, errors by epoch, predictions."""

from __future__ import annotations

import time
from collections.abc import Mapping

import streamlit as st

from pages.lesson import attempt, curves
from pages.train import predictions, progress, watch
from pages.train.preflight_note import Setup
from rnn.runs.records import Run
from rnn.ui import run_history, session


def poll_seconds(runs: Mapping[str, Run]) -> float | None:
    """How often to look at the runs; None: not again."""
    return watch.poll_seconds(attempt.at_work(runs))


def draw(setup: Setup, drawn: Mapping[str, Run], poll: float | None) -> None:
    """A fragment. drawn: the runs as the rest of the page has drawn them; when one's state has moved on, the page follows."""
    runs = {name: session.store().run(run.id) or run for name, run in drawn.items()}
    if any(runs[name].state != run.state for name, run in drawn.items()) or poll_seconds(runs) != poll:
        st.container(gap="small")  # as in pages.train.watch
        st.rerun()
    with st.container(gap="small"):
        at_work = attempt.at_work(runs) or list(runs.values())[-1]
        progress.draw(at_work, run_history.seen(at_work))
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="lesson_choices"
        ):
            name = _choose(runs)
            st.button(
                "Stop", icon=":material/stop:", key="lesson_stop", disabled=not at_work.active, on_click=attempt.stop,
                args=(runs,), help="End the training; what it has learnt so far is kept.",
            )  # fmt: skip
    left, right = st.columns([5, 7], gap="medium")
    with left:
        st.caption("Error by epoch: the lower, the better")
        curves.draw(runs)
    with right:
        predictions.draw(setup, runs[name], run_history.seen(runs[name]))
    if poll is not None:
        time.sleep(watch.SENDING_SECONDS)


def _choose(runs: Mapping[str, Run]) -> str:
    """Whose predictions are shown: the newest run's, until the learner picks another."""
    names = list(runs)
    picked = st.segmented_control(
        "Predictions of", names, default=names[-1], required=True, key=f"lesson_shown:{'+'.join(names)}",
        label_visibility="collapsed", help="Whose predictions are drawn on the right.",
    )  # fmt: skip
    return str(picked)
