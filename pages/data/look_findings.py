"""What the look at a series found, computed once for each choice: the section that draws it is pages.data.look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from rnn.data import look
from rnn.ui import repair_choice
from rnn.ui.chosen_series import Choice
from rnn.ui.figures.correlogram import alt_correlogram, correlogram_figure
from rnn.ui.figures.seasonal import alt_seasonal, seasonal_figure
from rnn.ui.figures.spectrum import alt_spectrum, spectrum_figure


@dataclass(frozen=True)
class Subject:
    """What is looked at: one target of one series. key: tells it from all others, for the caches."""

    key: tuple[Any, ...]
    name: str
    values: NDArray[np.float64]
    times: NDArray[Any]
    frequency: str | None


@st.cache_resource(max_entries=32, show_spinner=False)
def seasons(key: tuple[Any, ...], _subject: Subject) -> tuple[look.Season, ...]:
    try:
        seen = spectrum(key, _subject)
    except ValueError:
        return ()
    return look.find_seasons(_subject.values, _subject.frequency, seen=seen)


@st.cache_resource(max_entries=8, show_spinner=False)
def spectrum(key: tuple[Any, ...], _subject: Subject) -> look.Spectrum:
    return look.spectrum(_subject.values)


@st.cache_resource(max_entries=32, show_spinner=False)
def seasonal(key: tuple[Any, ...], at: int, _subject: Subject) -> tuple[go.Figure, str]:
    season = seasons(key, _subject)[at]
    found = look.seasonal_profile(_subject.values, _subject.times, _subject.frequency, season.period)
    parts: tuple[Any, ...] = (found.labels, found.median, found.low, found.high)
    more: dict[str, Any] = {"lines": found.lines, "seasons": found.seasons, "by": found.by}
    unit = f"{_subject.name}, about the trend"
    return seasonal_figure(*parts, **more, unit=unit), alt_seasonal(*parts, **more, unit=unit)


@st.cache_resource(max_entries=32, show_spinner=False)
def spectral(key: tuple[Any, ...], _subject: Subject) -> tuple[go.Figure, str]:
    found = spectrum(key, _subject)
    parts = (found.frequencies, found.power, found.threshold())
    periods = [one.period for one in seasons(key, _subject)]
    return spectrum_figure(*parts, periods=periods), alt_spectrum(*parts, periods=periods)


@st.cache_resource(max_entries=32, show_spinner=False)
def correlations(key: tuple[Any, ...], _subject: Subject) -> tuple[tuple[go.Figure, str], tuple[go.Figure, str]]:
    periods = [one.period for one in seasons(key, _subject)]
    most = round(2.5 * max(periods, default=0))
    lags = min(max(40, most), 800, len(_subject.values) // 2)
    found = look.autocorrelation(_subject.values, max(lags, 1))
    both = ((found.acf, found.bound, "autocorrelation"), (found.pacf, found.partial_bound, "partial autocorrelation"))
    made = [
        (
            correlogram_figure(values, bound, title=title, periods=periods),
            alt_correlogram(values, bound, title=title, periods=periods),
        )
        for values, bound, title in both
    ]
    return made[0], made[1]


@st.cache_resource(max_entries=32, show_spinner=False)
def stationarity(key: tuple[Any, ...], _subject: Subject) -> look.Stationarity:
    return look.stationarity(_subject.values, [one.period for one in seasons(key, _subject)])


@st.cache_resource(max_entries=16, show_spinner=False)
def summary(choice: Choice, name: str) -> tuple[look.Summary, ...]:
    """Of the cells as they stand in the file, before any repair; name: of many series the one."""
    parts = repair_choice.parts_of(choice)
    part = next((one for one in parts if one.name == name), parts[0])
    return look.summary(part.frame, part.times)
