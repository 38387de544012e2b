"""Look before you train: what the series is like, and the settings that follow from it by a click."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.data import look_findings as findings
from pages.data.look_findings import Subject
from rnn.core.config import Config
from rnn.core.fields import FIELDS
from rnn.core.series import Series
from rnn.data import look
from rnn.ui import following
from rnn.ui.chosen_series import Choice
from rnn.ui.config_form import set_values, values_of_form
from rnn.ui.figures.style import moment, number
from rnn.ui.following import Recommendation
from rnn.ui.live_chart import live_chart
from rnn.ui.recommended_note import value_in_words
from rnn.ui.relevance import settled
from rnn.ui.wording import escaped

HEIGHT = 280
_IN_A_ROW = 3


def draw(choice: Choice, series: Series) -> None:
    st.markdown("##### Look before you train")
    st.fragment(_draw)(choice, series)


def _draw(choice: Choice, series: Series) -> None:
    subject = _subject(choice, series)
    _draw_suggestions(choice)
    for one, other in ((_draw_seasonal, _draw_spectrum), (_draw_correlogram, _draw_partial)):
        left, right = st.columns(2, gap="medium")
        with left:
            one(subject)
        with right:
            other(subject)
    _draw_stationarity(subject)
    _draw_summary(choice, series)


def _subject(choice: Choice, series: Series) -> Subject:
    """The target that the picker stands at."""
    target = series.targets[0]
    if len(series.targets) > 1:
        target = st.selectbox(
            "Look at", series.targets, key=f"look_target:{choice.data}", format_func=_plain, width=260
        )
    values = series.values[:, series.names.index(target)]
    return Subject((choice, target, series.name), target, values, series.times, series.frequency)


def _plain(name: str) -> str:
    return name if len(name) <= 60 else name[:59] + "…"


# --- suggestions


def _draw_suggestions(choice: Choice) -> None:
    """The settings of the Train page's “For this series”, field by field."""
    found = following.recommendation_of(choice)
    if found is None:
        st.caption("The series is too short for settings to be recommended.")
        return
    open_ = following.own_fields(found)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown("Recommended settings, and why", width="content")
        st.button(
            "Apply all" if open_ else "All applied", key="look_apply_all", on_click=set_values,
            args=(dataclasses.asdict(found.config),), disabled=not open_, icon=":material/done_all:",
            type="primary" if open_ else "secondary",
            help="Puts “For this series” into the settings of the Train page.",
        )  # fmt: skip
    for first in range(0, len(found.reasons), _IN_A_ROW):
        row = found.reasons[first : first + _IN_A_ROW]
        for column, one in zip(st.columns(_IN_A_ROW, gap="small"), row, strict=False):
            with column:
                _draw_card(one, found, applied=one.field not in open_)


def _apply(one: look.Suggestion, found: Recommendation) -> None:
    """Callback: this value into the form, and with it those of the others without which it means nothing, such as a season."""
    changes = {one.field: one.value}
    for other in found.reasons:
        try:
            Config(**settled({**values_of_form(), **changes}))
            break
        except ValueError:
            changes[other.field] = other.value
    set_values(changes)


def _draw_card(one: look.Suggestion, found: Recommendation, *, applied: bool) -> None:
    with st.container(border=True, height="stretch", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"**{FIELDS[one.field].label}: {value_in_words(one.value)}**", width="content")
            st.button(
                "Applied" if applied else "Apply", key=f"look_apply {one.field}", on_click=_apply, disabled=applied,
                args=(one, found), icon=":material/check:" if applied else None,
            )  # fmt: skip
        st.caption(escaped(one.reason, 300))


# --- charts


def _draw_seasonal(subject: Subject) -> None:
    found = findings.seasons(subject.key, subject)
    st.markdown("**Seasonal plot**")
    if not found:
        st.caption(
            "No season stands out: nothing repeats at a fixed number of records by more than chance, so there are no "
            "seasons to lay side by side."
        )
        return
    at = 0
    if len(found) > 1:
        at = st.segmented_control(
            "Season", range(len(found)), default=0, key=f"look_season:{subject.key[0].data}:{subject.name}",
            format_func=lambda k: _named(found[k]), required=True, label_visibility="collapsed",
        )  # fmt: skip
    _draw_chart(lambda: findings.seasonal(subject.key, at, subject), "look_seasonal", (subject.key, at))
    st.caption(f"Season of {_named(found[at])}. {escaped(found[at].why, 400)}")


def _named(season: look.Season) -> str:
    length = f"{season.period:.6g} records" if season.name else f"{season.period:.4g} records"
    return f"{length} (a {season.name})" if season.name else length


def _draw_spectrum(subject: Subject) -> None:
    st.markdown("**Spectrum**")
    _draw_chart(lambda: findings.spectral(subject.key, subject), "look_spectrum", subject.key)
    st.caption(
        "How much of the movement lies at each period, by a periodogram of the series less its trend line. Noise of the same "
        "colour crosses the dashed line anywhere in one series of a hundred; dotted lines are the seasons."
    )


def _draw_correlogram(subject: Subject) -> None:
    st.markdown("**Autocorrelation**")
    _draw_chart(lambda: findings.correlations(subject.key, subject)[0], "look_acf", subject.key)
    st.caption(
        "How alike records are that lie so many apart. The band is Bartlett’s: where nothing but the shorter lags is at work, "
        "95 of 100 values stay inside."
    )


def _draw_partial(subject: Subject) -> None:
    st.markdown("**Partial autocorrelation**")
    _draw_chart(lambda: findings.correlations(subject.key, subject)[1], "look_pacf", subject.key)
    st.caption(
        "What a lag adds to all the shorter ones. The band is ±1.96 / √n, which noise leaves once in twenty lags."
    )


def _draw_chart(make: Callable[[], tuple[go.Figure, str]], key: str, identity: object) -> None:
    """The chart, or the sentence that says why there is none."""
    try:
        figure, words = make()
    except ValueError as error:
        st.caption(escaped(str(error), 400))
        return
    live_chart(figure, key=key, identity=repr(identity), alt=words, height=HEIGHT)


# --- sentences and numbers


def _draw_stationarity(subject: Subject) -> None:
    st.markdown("**Does it stay where it is?**")
    try:
        found = findings.stationarity(subject.key, subject)
    except ValueError as error:
        st.caption(escaped(str(error), 400))
        return
    st.markdown(found.sentence)
    lines = [verdict.sentence for verdict in found.verdicts]
    st.caption("  \n".join(escaped(line, 300) for line in (*lines, *([found.note] if found.note else []))))


def _draw_summary(choice: Choice, series: Series) -> None:
    st.markdown("**In numbers**")
    lines = findings.summary(choice, series.name)
    st.dataframe(
        pd.DataFrame([_as_row(one) for one in lines]), hide_index=True, placeholder="–",
        height=min(36 * (len(lines) + 1) + 3, 36 * 9), row_height=36,
    )  # fmt: skip


def _as_row(one: look.Summary) -> dict[str, str]:
    return {
        "Column": one.name,
        "Values": f"{one.count:,}",
        "Missing": f"{one.missing:,}",
        "Mean": _number(one.mean),
        "Median": _number(one.median),
        "Deviation": _number(one.deviation),
        "Lowest": _at(one.lowest, one.lowest_at),
        "Highest": _at(one.highest, one.highest_at),
        "First": _at(one.first, one.first_at),
        "Last": _at(one.last, one.last_at),
        "Zeros": f"{one.zeros:.1%}",
        "Skew": _number(one.skew),
        "Different": f"{one.distinct:,}",
        "Course": one.monotone or "up and down",
    }


def _number(value: float | None) -> str:
    """Whole numbers whole, others in four digits."""
    if value is None:
        return "–"
    if (value == round(value) and abs(value) < 1e9) or 1e4 <= abs(value) < 1e9:
        return f"{value:,.0f}"
    return number(value)


def _at(value: float | None, when: Any) -> str:
    words = _number(value)
    if value is None or when is None or (isinstance(when, np.datetime64) and np.isnat(when)):
        return words
    return f"{words} at {moment(when)}"
