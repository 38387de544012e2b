"""The section "Backtest": forecasts from cut-offs in the past, judged by what came after."""

from __future__ import annotations

import streamlit as st

from pages.forecast.backtest import duration, folds, form, mean, results, work
from pages.forecast.backtest.names import labels_of
from rnn.core.fit import Fit
from rnn.core.series import Series
from rnn.forecast.backtest import Backtest
from rnn.runs.records import Run
from rnn.ui.wording import escaped


def draw(run: Run, fit: Fit, whole: Series) -> None:
    """fit: of the series shown. whole: all that the run learned from."""
    st.markdown("##### Backtest")
    st.caption(
        "Forecasts from several moments of the past, each by a network that was trained on what was known by then, and judged "
        "by what came after: the nearest thing to knowing how good the next forecast will be."
    )
    asked = form.draw(run, fit, whole)
    if asked is None:
        return
    target = target_of(fit)
    folds.draw(asked, fit.series, target, whole)
    found = draw_work(run, asked, whole)
    if found is not None:
        labels = labels_of(found.networks, [run, *form.others_of(run).values()])
        results.draw(found, labels, fit.series, target, whole)


def target_of(fit: Fit) -> str:
    """The target shown: the only one, or the one that is picked."""
    targets = fit.model.targets
    if len(targets) == 1:
        return targets[0]
    return str(st.selectbox("Target", targets, key="backtest_target", width=220, persist_state="session"))


def draw_work(run: Run, asked: form.Asked, whole: Series) -> Backtest | None:
    """The button that starts it, its progress, or what came of it."""
    request = asked.request()
    study = work.state_of(request)
    if study is None:
        _draw_start(run, asked, whole)
        return None
    if study.state != "done":
        work.draw_progress(request)
        return None
    found = work.result_of(request)
    if found is None:
        return None
    found = mean.with_theta(found, whole)
    for note in mean.notes_of(found):
        st.caption(f":material/info: {escaped(note, 400)}")
    return found


def _draw_start(run: Run, asked: form.Asked, whole: Series) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Run the backtest", icon=":material/history_toggle_off:", type="primary", key="run_backtest",
            on_click=work.start, args=(asked.request(),),
        )  # fmt: skip
        st.caption(duration.in_words(run, asked, whole), width="content")
