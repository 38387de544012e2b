"""Attention: what the forecast of the chosen window would do if a value that it is made from were another one."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.inside.attention import choices, measured, table, words
from pages.inside.attention.choices import Choice
from pages.inside.attention.measured import Effects
from pages.inside.view import View
from rnn.ui.figures import Influence, alt_attention, attention_figure
from rnn.ui.live_chart import live_chart

LEAST_HEIGHT, MOST_HEIGHT, ROW = 420, 760, 22


def draw(view: View) -> None:
    st.fragment(_draw)(view)


def _draw(view: View) -> None:
    choice = choices.draw(view)
    effects = measured.effects(view, choice)
    if not np.isfinite(effects.by_unit).any() or not np.isfinite(effects.predicted):
        st.warning(
            "The forecast of this window is not a finite number, so nothing can be said of what changes it. Look at an "
            "earlier epoch or another window.",
            icon=":material/info:",
        )
        return
    st.markdown(words.headline(view, choice, effects))
    _draw_chart(view, choice, effects)
    st.caption(words.explain(view, choice, effects))
    st.markdown(words.shares(view, effects))
    table.draw(view, choice, effects)


def _draw_chart(view: View, choice: Choice, effects: Effects) -> None:
    influence = _influence(view, choice, effects)
    live_chart(
        attention_figure(influence), key="attention_chart", alt=alt_attention(influence),
        identity=f"{view.run.id}:{view.subject.id}:{0 if choice.usually else view.window.first}:{choice}",
        height=min(MOST_HEIGHT, max(LEAST_HEIGHT, 260 + ROW * len(influence.names))),
    )  # fmt: skip


def _influence(view: View, choice: Choice, effects: Effects) -> Influence:
    series, window = view.series, view.window
    drawn = effects.drawn(choice.by_spread)
    column, horizon = series.names.index(choice.column), view.config.horizon
    reads_ahead = bool(series.known)
    if choice.usually:
        back = np.arange(-view.config.reach + 1, horizon + 1)
        times, values, label = back, None, "steps from the last record of the window"
    else:
        rows = slice(window.rows.start, window.ahead.stop)
        times, values = series.times[rows], series.values[rows, column]
        label = "" if np.issubdtype(series.times.dtype, np.datetime64) else "record"
    count = view.config.reach + (horizon if reads_ahead else 0)
    return Influence(
        times[:count], drawn.matrix[:, :count], drawn.names, words.output(view, choice), choice.column, label,
        None if values is None else values[:count], own_colours=not choice.by_spread,
        unit="its usual spread more" if choice.by_spread else "1 more",
    )  # fmt: skip
