"""Which run the forecast is from: the current one, or another that has learned something."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.runs.wording import age_in_words
from pages.train import anew
from rnn.runs.records import Run
from rnn.ui import session
from rnn.ui.wording import escaped, told_apart

MOST_OFFERED = 100
_KEY = "forecast_run"


def draw(run: Run | None) -> DeltaGenerator:
    """Draws title and choice of the run, which may be none (yet); returns a place beside them."""
    offered = {found.id: found for found in session.store().runs(MOST_OFFERED) if found.epoch}
    if run is not None:
        offered = {run.id: run, **offered}
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader(_title(run), anchor=False, width="content")
        if offered:
            labels = told_apart({one.id: _label(one) for one in offered.values()})
            st.session_state[_KEY] = run.id if run else None
            st.selectbox(
                "Run", list(offered), format_func=labels.__getitem__, key=_KEY, index=0 if run else None,
                placeholder="Choose a run", on_change=_chosen, width=360, label_visibility="collapsed",
            )  # fmt: skip
        place = st.container(width="content")
    if run is None:
        anew.draw()
        _draw_nothing(bool(offered))
    return place


def _title(run: Run | None) -> str:
    if run is None:
        return "Forecast"
    series = session.series_of_run(run)
    return f"{escaped(series.name)} · {escaped(', '.join(series.targets))}"


def _label(run: Run) -> str:
    name = run.name if len(run.name) <= 60 else run.name[:59] + "…"
    return f"{name}, {run.epoch:,} epoch{'' if run.epoch == 1 else 's'}, {age_in_words(run.created)}"


def _chosen() -> None:
    run = session.store().run(st.session_state[_KEY] or "")
    if run is not None:
        session.open_run(run)


def _draw_nothing(any_offered: bool) -> None:
    if any_offered:
        st.info("Choose a run above: its best weights then say what comes next.", icon=":material/insights:")
        return
    st.info("A forecast comes from a trained network, and none has been trained yet.", icon=":material/insights:")
    st.page_link("train/page.py", label="Train a network", icon=":material/model_training:")
