"""The weights over the epochs: how their values spread, the spectral radius of W_h, and how far they moved from their start."""

from __future__ import annotations

from functools import partial

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from pages.inside import at_epoch
from pages.inside.view import View
from pages.inside.weights import course as courses
from pages.inside.weights.blocks import READOUT, W_H, W_X, Place
from pages.inside.weights.course import LEVELS, MOST_UNITS, Course
from rnn.ui import session
from rnn.ui.figures.course import LINES, alt_courses, alt_spread, courses_figure, marked, spread_figure
from rnn.ui.kept import kept
from rnn.ui.live_chart import live_chart
from rnn.ui.wording import escaped, number_in_words

HEIGHT = 260
BINS = 60
SECONDS = 0.25


def draw(view: View, place: Place, course: Course, complete: bool) -> None:
    """A fragment, run again until all epochs are digested."""
    epochs = at_epoch.kept_epochs(view.run)
    if len(epochs) < 2:
        return
    if not complete:
        complete = courses.go_on(course, place, epochs, partial(session.store().params_at, view.run.id), SECONDS)
        if complete:
            st.rerun(scope="app")
    known, wanted = len(course.matrices), len(courses.sampled(epochs, courses.MOST_EPOCHS, course.matrices))
    note = (
        ""
        if complete
        else f" :gray[:material/hourglass_top: computing, {min(known, wanted)} of {wanted} epochs so far]"
    )
    st.markdown(f"##### Over the epochs{note}")
    for name, column in zip((W_X, W_H, READOUT), st.columns(3, gap="medium"), strict=True):
        with column:
            _draw_spread(view, place, course, name)
    left, right = st.columns(2, gap="medium")
    with left:
        _draw_radius(view, place, course)
    with right:
        _draw_moved(view, place, course)


def _draw_spread(view: View, place: Place, course: Course, name: str) -> None:
    epochs, quantiles, _ = courses.arranged(course, name)
    lines = {percent: quantiles[:, np.abs(LEVELS - percent / 100).argmin()] for percent in LINES}
    st.markdown(f"**Values of {escaped(name)}**")

    def picture() -> go.Figure:
        low, high = float(quantiles.min()), float(quantiles.max())
        room = 0.02 * (high - low) or 1e-6
        edges = np.linspace(low - room, high + room, BINS + 1)
        return spread_figure(epochs, edges, courses.shares(quantiles, edges), lines)

    figure = kept(f"spread_{name}", (view.run.id, place, len(epochs)), picture)
    live_chart(
        marked(figure, view.epoch),
        key=f"spread_{place.full(name)}", identity=f"{view.identity}:{place.letter}", height=HEIGHT,
        alt=alt_spread(epochs, lines, name=name, at=view.epoch),
    )  # fmt: skip


def _draw_radius(view: View, place: Place, course: Course) -> None:
    gate = "" if place.cell == "elman" else f", gate {place.letter}"
    st.markdown(f"**Spectral radius of W\\_h{gate}**")
    if view.config.hidden > MOST_UNITS:
        st.caption(f"Not computed for more than {MOST_UNITS:,} units: it takes minutes.")
        return
    found = sorted(course.radii.items())
    epochs, radii = {"spectral radius": [one for one, _ in found]}, {"spectral radius": [radius for _, radius in found]}
    figure = kept(
        "inside_radius", (view.run.id, place, len(found)),
        lambda: courses_figure(epochs, radii, "spectral radius", level=1.0),
    )  # fmt: skip
    live_chart(
        marked(figure, view.epoch), key="inside_radius", identity=f"{view.identity}:{place.letter}", height=HEIGHT,
        alt=alt_courses(epochs, radii, what=f"Spectral radius of W_h{gate}", at=view.epoch),
    )  # fmt: skip
    st.caption(
        "The factor by which W\\_h alone multiplies a small state at each step, in the long run. At the dotted line, 1, what "
        "was read long ago keeps its size; below it fades, above it grows."
    )


def _draw_moved(view: View, place: Place, course: Course) -> None:
    st.markdown("**Way from the start**")
    epochs, moved, last = {}, {}, []
    for name in (W_X, W_H, READOUT):
        at, _, numbers = courses.arranged(course, name)
        if np.isfinite(numbers["moved"]).any():
            epochs[name], moved[name] = at, 100 * numbers["moved"]
            last.append(f"{escaped(name)} {number_in_words(float(moved[name][-1]))} %")
    if not moved:
        st.caption(
            "The weights before training are not kept, or are all zero, so there is no way to measure from them."
        )
        return
    figure = kept(
        "inside_moved", (view.run.id, place, len(course.matrices)),
        lambda: courses_figure(epochs, moved, "% of the start"),
    )  # fmt: skip
    live_chart(
        marked(figure, view.epoch), key="inside_moved", identity=f"{view.identity}:{place.letter}", height=HEIGHT,
        alt=alt_courses(epochs, moved, what="Way from the start in per cent of the start's own length", at=view.epoch),
    )  # fmt: skip
    st.caption(
        f"The length of the way from the first weights to those of an epoch, as a share of the first weights' own length (root "
        f"of the sum of squares). By the last epoch: {', '.join(last)}."
    )
