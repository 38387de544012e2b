"""The section "Ranking": our networks and every other method on the same values of a backtest, in one table."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.forecast.backtest import form, work
from pages.forecast.backtest.names import labels_of
from pages.forecast.backtest.results import rows_of
from pages.forecast.backtest.section import draw_work, target_of
from pages.forecast.ranking import board, series_board, words
from pages.forecast.ranking.table import standing, without_meaning
from rnn.core.fit import Fit
from rnn.core.series import Series
from rnn.forecast.backtest import Backtest
from rnn.runs.records import Run
from rnn.ui.wording import escaped

TOTAL, ONE = "In total", "This series"
_KINDS = {"best": st.success, "level": st.info, "behind": st.warning}
_ICONS = {"best": ":material/trophy:", "level": ":material/balance:", "behind": ":material/warning:"}


def draw(run: Run, fit: Fit, whole: Series) -> None:
    """fit: of the series shown. whole: all that the run learned from."""
    st.markdown("##### Ranking")
    asked, problem = form.current(run, whole)
    if asked is None:
        st.warning(f"{escaped(problem, 600)} Change the plan in the section Backtest.", icon=":material/straighten:")
        return
    st.caption(
        f"Every method on the same values, those of a backtest with {in_words(asked)}. Its plan is in the section Backtest."
    )
    found = draw_work(run, asked, whole)
    if found is not None:
        labels = labels_of(found.networks, [run, *form.others_of(run).values()])
        _draw_found(found, work.id_of(asked.request()), labels, fit, whole)


def _draw_found(found: Backtest, study_id: str, labels: dict[str, str], fit: Fit, whole: Series) -> None:
    target = target_of(fit)
    scope = _draw_scope() if len(whole.ids) > 1 else ONE
    id_ = None if scope == TOTAL or not whole.lengths else fit.series.name
    frame = rows_of(found.frame, target, id_)
    if frame.empty:
        st.info("This series was too short for the backtest; pick another one above.", icon=":material/info:")
        return
    table = _standing(study_id, target, id_, labels, found, frame)
    told = words.said(table)
    _KINDS[told.kind](f"**{escaped(told.headline, 300)}**{escaped(told.rest, 1000)}", icon=_ICONS[told.kind])
    board.draw(table, found, f"{fit.series.name if scope == ONE else whole.name}:{target}")
    if absent := without_meaning(frame):
        st.caption(f"Without a meaning here: {', '.join(labels[name] for name in absent)}.")
    if scope == TOTAL:
        series_board.draw(frame, found, labels)


@st.cache_data(max_entries=32, show_spinner="Ranking …")
def _standing(
    study_id: str, target: str, id_: str | None, labels: dict[str, str], _found: Backtest, _frame: pd.DataFrame
) -> pd.DataFrame:
    """Kept, because hundreds of series take a second or two."""
    return standing(_found, _frame, labels)


def in_words(asked: form.Asked) -> str:
    plan = asked.plan
    folds = (
        f"{plan.folds} folds of {plan.steps} {'steps' if plan.steps > 1 else 'step'}"
        if plan.folds > 1
        else f"one fold of {plan.steps} steps"
    )
    return f"{folds}, {'trained in each' if plan.retrain else 'trained once'}, {plan.kind} history"


def _draw_scope() -> str:
    return str(st.segmented_control(
        "Ranked", (TOTAL, ONE), key="ranking_scope", default=TOTAL, required=True, label_visibility="collapsed",
        persist_state="session",
    ))  # fmt: skip
