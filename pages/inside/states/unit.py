"""One unit: what it follows, how its values are spread, and the windows in which it acts alike."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.inside.states import followed, others, picked
from pages.inside.states.choices import Choice
from pages.inside.states.hidden_states import MOST_STEPS, activation_of, quantity_of
from pages.inside.states.quantities import QUANTITIES
from pages.inside.view import View
from rnn.core.following import Course, Following
from rnn.ui.figures import (
    UNBOUNDED,
    alt_distribution,
    alt_unit,
    distribution_figure,
    unit_figure,
)
from rnn.ui.live_chart import live_chart
from rnn.ui.wording import escaped

HEIGHT = 260
SATURATED = 0.5
MOST_NAMED = 12


def draw(view: View, choice: Choice, measure: Following, order: NDArray[np.intp]) -> None:
    st.markdown("##### One unit")
    _draw_summary(view, choice, measure)
    unit = picked.draw(view, measure, order)
    shown = QUANTITIES[view.config.cell][choice.letter].name.lower()
    st.markdown(_in_words(view, choice, measure, unit))
    course, spread = st.columns([3, 2])
    with course:
        _draw_course(view, choice, measure, unit, shown)
    with spread:
        of_it = (float(measure.low[unit]), float(measure.high[unit]), measure.counts[unit])
        live_chart(
            distribution_figure(*of_it, shown=shown), key="unit_distribution", height=HEIGHT,
            identity=f"{view.identity}:{unit}:{choice.letter}",
            alt=alt_distribution(*of_it, unit=unit, shown=shown),
        )  # fmt: skip
    others.draw(view, choice, unit)


def _draw_course(view: View, choice: Choice, measure: Following, unit: int, shown: str) -> None:
    values = quantity_of(view.part, view.window, choice.letter)[:, unit]
    steps = np.linspace(0, len(values) - 1, min(len(values), MOST_STEPS)).round().astype(np.intp)
    course = measure.course(unit)
    drawn = (
        course if course is not None and course.column and course.kind != "ahead" else Course("level", choice.column)
    )
    upside_down = drawn is course and bool(measure.r[unit] < 0)
    at = view.window.step_times[steps]
    figure = unit_figure(
        at, values[steps], _course_of(view, drawn)[steps], unit=unit, shown=shown,
        named=followed.in_words(drawn, view), upside_down=upside_down,
        time_label="" if np.issubdtype(view.series.times.dtype, np.datetime64) else "record",
    )  # fmt: skip
    clause = followed.clause(measure, unit, view)
    live_chart(
        figure, key="unit_course", identity=f"{view.identity}:{view.window.first}:{unit}:{choice.letter}", height=HEIGHT,
        alt=alt_unit(at, values[steps], unit=unit, shown=shown, clause=clause),
    )  # fmt: skip


def _course_of(view: View, course: Course) -> NDArray[np.float64]:
    """(T,): the course in this window as the network reads it, in original units where these differ by a scale alone; NaN
    where it reaches back before the window."""
    model, config = view.fit.model, view.config
    names = [name for name in model.names if name not in model.framing.static]
    column = names.index(course.column)
    read = view.window.x[:, 0, : config.patch * len(names)].reshape(config.window, len(names))[:, column]
    as_read = config.scaling == "window" or (course.column in model.targets and (config.log or config.lag))
    if not as_read:
        own = model.names.index(course.column)
        read = read * model.framing.scaler.scale[own] + model.framing.scaler.centre[own]
    rows = (np.arange(config.steps) + 1) * config.patch - 1 - course.lag
    padded = np.concatenate([np.full(course.lag + int(course.span) + 1, np.nan), read])
    rows += course.lag + int(course.span) + 1
    if course.kind == "change":
        return padded[rows] - padded[rows - 1]
    return np.mean([padded[rows - back] for back in range(max(1, int(course.span)))], axis=0)


def _in_words(view: View, choice: Choice, measure: Following, unit: int) -> str:
    clause = f"It **{escaped(followed.clause(measure, unit, view), 300)}**."
    return f"{clause} {_extremes(view, choice, measure, unit)}".strip()


def _extremes(view: View, choice: Choice, measure: Following, unit: int) -> str:
    """What a saturated or a dead unit means; empty for others."""
    activation = activation_of(view, QUANTITIES[view.config.cell][choice.letter])
    if measure.constant[unit]:
        kind = "It is dead: it " if activation == "relu" and measure.high[unit] == 0 else "It "
        return f"{kind}does not change with what the network reads, so it adds nothing but a constant."
    if activation in ("relu", UNBOUNDED) or measure.extreme[unit] < 0.01:
        return ""
    bounds = "above 0.99 or below 0.01" if activation == "sigmoid" else "beyond ±0.99"
    more = ""
    if measure.extreme[unit] > SATURATED:
        more = ": it is saturated, a switch that hardly any error gets through"
    return f"{100 * measure.extreme[unit]:.0f} % of its steps lie {bounds}{more}."


def _draw_summary(view: View, choice: Choice, measure: Following) -> None:
    """Dead and saturated units of the layer by their numbers."""
    activation = activation_of(view, QUANTITIES[view.config.cell][choice.letter])
    said = [_listed(np.flatnonzero(measure.constant), "always the same")]
    if activation not in ("relu", UNBOUNDED):
        saturated = np.flatnonzero((measure.extreme > SATURATED) & ~measure.constant)
        said.append(_listed(saturated, "saturated (beyond 0.99 in more than half of all steps)"))
    st.caption(f"Of {view.config.hidden:,} units {' and '.join(said)}.")


def _listed(units: NDArray[np.intp], what: str) -> str:
    if not len(units):
        return f"none is {what}"
    named = ", ".join(str(unit) for unit in units[:MOST_NAMED])
    more = f" and {len(units) - MOST_NAMED:,} more" if len(units) > MOST_NAMED else ""
    return f"{len(units):,} {'is' if len(units) == 1 else 'are'} {what} ({named}{more})"
