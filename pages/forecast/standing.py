"""What may be expected of the forecast: the verdict on its run, and whether it is still learning."""

from __future__ import annotations

import streamlit as st

from pages.forecast import outlook
from pages.train import verdict_line
from rnn.core.fit import Fit
from rnn.forecast import Verdict
from rnn.forecast.noise import BETTER, LEVEL, MATTERS
from rnn.runs.records import Run
from rnn.ui import run_history
from rnn.ui.wording import moment_of

STOPPED_SHORT = ("diverged", "failed", "interrupted")


def draw(run: Run, fit: Fit) -> None:
    seen = run_history.seen(run)
    if warning := warning_of(seen.verdict):
        st.warning(warning, icon=":material/warning:")
        verdict_line.draw_figures(run, seen)
    else:
        verdict_line.draw(run, seen)
    if run.active:
        _draw_in_progress(fit)
    elif run.state in STOPPED_SHORT:
        st.caption(
            f":material/info: The run ended before it was done; this is from its best weights, those of "
            f"{moment_of(fit.state.best_epoch)}."
        )


def warning_of(verdict: Verdict | None) -> str | None:
    """Why the forecast is not worth more than the last value; None where it is."""
    if verdict is None:
        return None
    if verdict.marks.get("naive", BETTER) != BETTER:
        told = (
            ", as far as can be told" if verdict.marks["naive"] == LEVEL and verdict.skill["naive"] >= MATTERS else ""
        )
        return f"**This forecast is no better than repeating the last value{told}.** {verdict.sentence}"
    if verdict.copies:
        return f"**This forecast is hardly better than repeating the last value.** {verdict.sentence}"
    return None


def draw_untrained(run: Run) -> None:
    """In place of a forecast, where no epoch is finished."""
    if run.active:
        st.info(
            "The first epoch is not finished yet; a forecast can be made from then on.", icon=":material/hourglass_top:"
        )
        _draw_refresh()
    else:
        st.info(
            "This run ended without a finished epoch, so it has learned nothing to forecast with.",
            icon=":material/info:",
        )
        st.page_link("train/page.py", label="Back to Train", icon=":material/model_training:")


def _draw_in_progress(fit: Fit) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="in_progress"):
        st.caption(
            ":material/autorenew: The run is still in progress: this is from its best weights so far, those of "
            f"{moment_of(fit.state.best_epoch)}.",
            width="content",
        )
        _draw_refresh()


def _draw_refresh() -> None:
    st.button("Refresh", icon=":material/refresh:", on_click=outlook.refresh, key="refresh_forecast")
