"""What every unit follows, measured once for weights and a quantity, and in words."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.inside import epoch_choice
from pages.inside.states.quantities import QUANTITIES
from pages.inside.view import View
from rnn.core.following import CLEAR, Course, Following, following
from rnn.core.unit_courses import Units
from rnn.core.windows import split_windows
from rnn.data.look.natural import natural_periods, nearest_natural

# While a run is played, networks that take longer over their sample are shown without it.
QUICK = 10_000_000


def units_of(view: View, letter: str) -> Units:
    return Units(view.fit.model, view.part.params, view.series, view.part.layer, letter)


def identity(view: View, letter: str) -> tuple[str, ...]:
    """Names the weights and what is looked at of them, for what is kept of a computation."""
    return (view.run.id, view.subject.id, str(view.epoch), view.part.identity, letter)


def starts(view: View) -> NDArray[np.intp]:
    """The first records of all training and validation windows."""
    split = split_windows(view.config, len(view.series))
    return np.concatenate([split.train_starts, split.validation_starts])


def measured(view: View, letter: str) -> Following | None:
    """None while the run is played and the network is too large to keep up."""
    units = units_of(view, letter)
    if epoch_choice.place_of(view.run).playing and units.cost > QUICK:
        return None
    return _measured(identity(view, letter), units, starts(view), _seasons(view))


@st.cache_resource(max_entries=32, show_spinner="Comparing every unit with every input …")
def _measured(identity: tuple[str, ...], _units: Units, _starts: NDArray[np.intp], _seasons: list[float]) -> Following:
    config = _units.model.config
    activation = QUANTITIES[config.cell][_units.letter].activation or config.activation
    return following(_units, _starts, _seasons, sigmoid=activation == "sigmoid")


def _seasons(view: View) -> list[float]:
    """The one of the settings, and those of the calendar that a few windows hold."""
    season = view.config.season
    found = [float(season)] if season and season > 2 else []
    rows = len(view.series)
    natural = natural_periods(view.series.frequency).values()
    return found + [period for period in natural if period <= rows / 2 and abs(period - (season or 0)) > 0.5]


def clause(measure: Following, unit: int, view: View) -> str:
    """follows temp_max, 3 steps late, r +0.91"""
    if measure.constant[unit]:
        return "is always the same"
    r, course = measure.r[unit], measure.course(unit)
    if course is None:
        nearest = in_words(measure.courses[measure.best[unit]], view)
        return f"follows nothing clearly; nearest is {nearest}, r {r:+.2f}".replace("-", "−")
    verb = "follows" if r > 0 else "runs against"
    return f"{verb} {in_words(course, view)}, r {r:+.2f}".replace("r -", "r −")


def in_words(course: Course, view: View) -> str:
    """temp_max, 3 steps late · the change of temp_max · the season of 12 steps"""
    step = "record" if view.config.patch > 1 else "step"
    late = f", {course.lag} {step}{'s' if course.lag > 1 else ''} late" if course.lag else ""
    match course.kind:
        case "level":
            return f"{course.column}{late}"
        case "change":
            return f"the change of {course.column}{late}"
        case "mean":
            return f"the mean of {course.column} over {course.span:.0f} {step}s"
        case "ahead":
            return f"what {course.column} will be {course.lag} {step}{'s' if course.lag > 1 else ''} ahead"
        case "season":
            named = nearest_natural(course.span, view.series.frequency, 0.01)
            return f"the {named[0]}" if named else f"the season of {course.span:.0f} {step}s"
    return "the position in the window"


def short(measure: Following, unit: int, view: View) -> str:
    """temp_max −3 · Δ temp_max · week: for where there is little room."""
    if measure.constant[unit]:
        return "always the same"
    course = measure.course(unit)
    if course is None:
        return "–"
    sign = "" if measure.r[unit] > 0 else "− "
    late = f" −{course.lag}" if course.lag else ""
    match course.kind:
        case "level":
            return f"{sign}{course.column}{late}"
        case "change":
            return f"{sign}Δ {course.column}{late}"
        case "mean":
            return f"{sign}ø {course.column}"
        case "ahead":
            return f"{sign}{course.column} +{course.lag}"
        case "season":
            return in_words(course, view).removeprefix("the ")
    return f"{sign}position"


def explain(measure: Following) -> str:
    share = "all" if measure.windows == measure.of else f"{measure.windows:,} of"
    return (
        f"What a unit follows is the input whose course its own is most like, over {share} {measure.of:,} windows: r is their "
        f"correlation, 1 for alike, −1 for upside down; below {CLEAR:g} it is called nothing clearly. Inputs are taken as the "
        "network reads them. In the labels −3 is three steps late, Δ a change, ø a mean, and a minus in front runs against."
    )
