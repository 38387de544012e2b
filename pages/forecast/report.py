"""One file to hand on: the forecast, how far to trust it, and how it came about. Made when it is asked for."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.forecast.backtest import form
from pages.forecast.numbers import file_name
from pages.forecast.reporting import past_tests, record, what_comes
from pages.forecast.reporting.subject import Subject
from pages.forecast.request import Request
from rnn.core.fit import Fit
from rnn.core.series import Series
from rnn.export.report import report_html
from rnn.runs.records import Run
from rnn.ui import run_history

HELP = (
    "One file that opens anywhere, without internet: verdict, forecast, intervals, residuals, data and settings, how to get "
    "the same again; and backtest and ranking, where the plan in the section Backtest has been run."
)


def draw_button(run: Run, fit: Fit, whole: Series, asked: Request, frame: pd.DataFrame, future: pd.DataFrame) -> None:
    """frame: the forecast of all targets. future: that of the target shown."""
    subject = subject_of(run, fit, whole, asked, frame, future)
    st.download_button(
        "Report (HTML)", lambda: html_of(subject).encode("utf-8"), mime="text/html", on_click="ignore", key="download_report",
        file_name=file_name(fit.series.name, "report", "html"), icon=":material/description:", help=HELP,
    )  # fmt: skip


def subject_of(run: Run, fit: Fit, whole: Series, asked: Request, frame: pd.DataFrame, future: pd.DataFrame) -> Subject:
    seen, plan = run_history.seen(run), form.current(run, whole)[0]
    return Subject(
        run, fit, whole, asked.steps, asked.levels, asked.target, frame, future, seen.verdict, tuple(seen.changes),
        None if plan is None else plan.request(), (run, *form.others_of(run).values()),
        asked.theta,
    )  # fmt: skip


def html_of(subject: Subject) -> str:
    """The whole report."""
    made = pd.Timestamp.now().strftime("%Y-%m-%d %H:%M")
    title = f"{subject.fit.series.name}: forecast of {subject.name}"
    sections = [
        what_comes.verdict(subject), what_comes.forecast(subject), what_comes.intervals(subject),
        *past_tests.backtest_and_ranking(subject), past_tests.residuals(subject), record.data(subject),
        record.settings(subject), record.again(subject),
    ]  # fmt: skip
    return report_html(title, f"Run “{subject.run.name}”, {subject.run.id}. Made with Unroll on {made}.", sections)
