"""A stored run that has ended, in the numbers that a lesson is judged by."""

from __future__ import annotations

import math

import streamlit as st

from rnn.core.fit import Fit
from rnn.runs.records import Run
from rnn.ui import run_history, session
from rnn.ui.lessons import Lesson
from rnn.ui.lessons.measure import Ended, measured
from rnn.ui.lessons.outcomes import Measured


def measure(run: Run, lesson: Lesson) -> Measured:
    """Raises no error for a run without weights: what they would tell is then missing."""
    return _measured(run.id, run.version, lesson.asks_for_reach)


@st.cache_data(max_entries=64, show_spinner="Measuring …")
def _measured(run_id: str, version: int, with_reach: bool) -> Measured:
    run = session.store().run(run_id)
    assert run is not None
    seen, blew_up = run_history.seen(run), run.state == "diverged"
    fit: Fit | None = session.store().fit(run_id) if with_reach and not blew_up else None
    return measured(
        Ended(
            config=run.config,
            series=session.series_of_run(run),
            history=seen.history,
            predicted=seen.preview.validation if seen.preview else None,
            rmse=seen.verdict.rmse if seen.verdict else math.nan,
            naive=run_history.baselines(run)["naive"],
            blew_up=blew_up,
            finite=(run.last_finite_epoch or 0) if blew_up else run.epoch,
            parameter=run.parameter or "",
            fit=fit,
        )
    )
