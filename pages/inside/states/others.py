"""Other windows in which the picked unit acts as it does in the chosen one."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.inside import epoch_choice, window_choice
from pages.inside.states import followed
from pages.inside.states.choices import Choice
from pages.inside.view import View
from pages.inside.window import Window
from rnn.core.alike import Alike, Match, alike, work
from rnn.core.unit_courses import Units
from rnn.ui.figures import alike_figure, alt_alike
from rnn.ui.figures.style import moment
from rnn.ui.live_chart import live_chart
from rnn.ui.wording import number_in_words

HEIGHT, ACROSS = 130, 3
MOST_STEPS = 200

AT_ONCE = 1_000_000_000
"""Multiplications, about a third of a second, up to which the search is made without being asked for."""


def draw(view: View, choice: Choice, unit: int) -> None:
    st.markdown(f"##### Other windows in which unit {unit} acts alike")
    starts = followed.starts(view)
    units = followed.units_of(view, choice.letter)
    if work(units, len(starts)) > AT_ONCE and not st.toggle(
        "Look for them", key=f"alike_wanted:{view.run.id}", persist_state="session",
        help="With a network and windows of this size it takes a second or more, so it is done on demand.",
    ):  # fmt: skip
        return
    found = _alike(followed.identity(view, choice.letter), unit, view.window.first, units, starts)
    if not found.matches:
        st.caption("The series has no other window that begins at least half a window apart.")
        return
    _explain(view, found)
    courses = [found.given, *(match.course for match in found.matches)]
    span = (float(min(course.min() for course in courses)), float(max(course.max() for course in courses)))
    for first in range(0, len(found.matches), ACROSS):
        for place, column in enumerate(st.columns(ACROSS), start=first):
            if place < len(found.matches):
                with column:
                    _draw_match(view, found, place, span)


@st.cache_resource(max_entries=64, show_spinner="Looking for windows in which the unit acts alike …")
def _alike(identity: tuple[str, ...], unit: int, first: int, _units: Units, _starts: np.ndarray) -> Alike:
    return alike(_units, unit, first, _starts)


def _draw_match(view: View, found: Alike, place: int, span: tuple[float, float]) -> None:
    match = found.matches[place]
    window = Window(view.fit.model, view.series, match.first)
    times, rows = view.series.times, window.rows
    when = f"{moment(times[rows.start])} to {moment(times[rows.stop - 1])}"
    steps = np.linspace(0, len(found.given) - 1, min(len(found.given), MOST_STEPS)).round().astype(np.intp)
    live_chart(
        alike_figure(match.course[steps], found.given[steps], span), key=f"alike_{place}", height=HEIGHT,
        identity=f"{view.identity}:{place}", file=f"alike_{match.first}",
        alt=alt_alike(match.course[steps], found.given[steps], when=when, distance=match.distance, r=match.r),
    )  # fmt: skip
    # A callback runs before the fragment alone; what stands above it has to be drawn anew, too.
    if st.button(
        when, key=f"alike_show_{place}", icon=":material/visibility:", width="stretch", help="Make it the chosen window.",
        on_click=_choose, args=(view, match.first),
    ):  # fmt: skip
        st.rerun()
    st.caption(_in_words(match))


def _choose(view: View, first: int) -> None:
    epoch_choice.pause(view.run)
    window_choice.choose(view.subject, view.run, first)


def _in_words(match: Match) -> str:
    like = f", r {match.r:+.3f}" if np.isfinite(match.r) else ""
    return f"differs by {number_in_words(match.distance)}{like}".replace("r -", "r −")


def _explain(view: View, found: Alike) -> None:
    looked = "every one" if found.stride == 1 else f"every {found.stride:,}th"
    closer = "" if found.stride == 1 else ", then the neighbourhood of the best"
    st.caption(
        f"Solid its course there, dashed in the chosen window. Of {found.of:,} training and validation windows {looked} was "
        f"compared{closer}; the nearest are shown, all at least half a window apart. Usually windows differ by "
        f"{number_in_words(found.usual)} (root mean square over the steps)."
    )
