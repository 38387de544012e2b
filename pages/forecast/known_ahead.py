"""The columns known ahead: how far their future is known, and a table to write in what is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from rnn.core.fit import Fit
from rnn.forecast import future_times
from rnn.forecast.known_future import steps_needed
from rnn.runs.records import Run
from rnn.ui import series_future
from rnn.ui.figures.style import moment
from rnn.ui.series_future import Future
from rnn.ui.wording import escaped

_GIVEN, _BASE, _TABLES = "future_given", "future_base", "future_tables"
MOST_NAMED = 5


def draw(run: Run, fit: Fit, steps: int) -> tuple[NDArray[np.float64] | None, bool]:
    """Draws what is known and, where something has to be written in, the table for it. Returns the known columns in the steps
    after the last record, None for a network without any, and whether there is enough for the forecast."""
    known = fit.model.known
    if not known:
        return None, True
    future = series_future.of(run, fit)
    needed = steps_needed(fit.config, steps)
    written = future.written
    if not written:
        st.caption(
            ":material/calendar_month: The calendar is all that is known ahead here, and it is known as far as you like."
        )
        return future.filled({}, needed), True
    st.caption(_how_far(future, fit, steps, needed))
    given = _draw_table(f"{run.id}:{fit.series.name}:{needed}", f"{run.id}:{fit.series.name}", future, fit, needed)
    values = future.filled(given, needed)
    lacking = {name: int(np.isnan(values[:needed, known.index(name)]).sum()) for name in written}
    if any(lacking.values()):
        st.info(_what_to_do(lacking, future.ahead, fit.config.horizon, steps), icon=":material/edit_calendar:")
        return values, False
    return values, True


def reach(run: Run, fit: Fit) -> int | None:
    """For how many steps all that is known ahead is known; None where that has no end, or there is nothing of the kind."""
    future = series_future.of(run, fit) if fit.model.known else None
    return future.ahead if future is not None and future.written else None


def given_of(run: Run, id_: str) -> dict[tuple[int, str], float]:
    """What has been written in for one of the run's series."""
    found: dict[tuple[int, str], float] = st.session_state.get(_GIVEN, {}).get(f"{run.id}:{id_}", {})
    return found


def _how_far(future: Future, fit: Fit, steps: int, needed: int) -> str:
    names = _listed(future.written)
    verb = "is" if len(future.written) == 1 else "are"
    until = ""
    if future.ahead:
        until = f", to {escaped(moment(future_times(fit.series, future.ahead)[-1]))}"
    count = f"**{future.ahead:,}** {'step' if future.ahead == 1 else 'steps'}" if future.ahead else "no step"
    far = f"for {count} after the last record{until}"
    reads = f"this forecast reads **{needed:,}**"
    if needed > steps:
        reads += f", as the network reads its whole horizon of {fit.config.horizon:,} at once"
    return f":material/event_upcoming: {names} {verb} known {far}; {reads}."


def _what_to_do(lacking: dict[str, int], ahead: int, horizon: int, steps: int) -> str:
    cells = [f"{escaped(name)} ({count:,})" for name, count in lacking.items() if count]
    text = f"**Write in what is still empty in the table above:** {', '.join(cells[:MOST_NAMED])}"
    text += f" and {len(cells) - MOST_NAMED:,} more columns" if len(cells) > MOST_NAMED else ""
    if horizon <= ahead < steps:
        text += f". Or ask for {ahead:,} {'steps' if ahead > 1 else 'step'} at most"
    return f"{text}. The forecast follows at once."


def _draw_table(key: str, subject: str, future: Future, fit: Fit, needed: int) -> dict[tuple[int, str], float]:
    """The table, and what has been written into it so far, by step (from 0) and column; it stays when steps change."""
    given: dict[tuple[int, str], float] = st.session_state.setdefault(_GIVEN, {}).setdefault(subject, {})
    widget = f"future_editor:{key}:{st.session_state.get(_TABLES, 0)}"
    with st.expander(f"The future of {_listed(future.written)}", expanded=future.ahead < needed or bool(given)):
        # The table that the browser edits must not change under it: it is made anew only where the browser's is new, too.
        base = st.session_state.get(_BASE)
        if base is None or base[0] != widget or widget not in st.session_state:
            base = st.session_state[_BASE] = (widget, _frame(future, fit, given, needed))
        edited = st.data_editor(
            base[1], key=widget, hide_index=True, disabled=["Step", "Time"], height=min(36 * (needed + 1) + 3, 36 * 9),
            row_height=36, placeholder="write in", alt=f"The columns known ahead, {needed} steps",
            column_config={name: st.column_config.NumberColumn(name) for name in future.written},
        )  # fmt: skip
        changed = _written(edited, future, needed)
        if changed != {place: value for place, value in given.items() if place[0] < needed}:
            st.session_state[_GIVEN][subject] = given = {
                **{place: value for place, value in given.items() if place[0] >= needed}, **changed
            }  # fmt: skip
        st.button(
            "Fill what is empty with the last value", icon=":material/vertical_align_bottom:", key="fill_future",
            on_click=_fill, args=(subject, future, needed), disabled=not np.isnan(future.filled(given, needed)).any(),
        )  # fmt: skip
    return given


def _frame(future: Future, fit: Fit, given: dict[tuple[int, str], float], needed: int) -> pd.DataFrame:
    values = future.filled(given, needed)[:needed]
    times = future_times(fit.series, needed)
    columns = {name: values[:, future.known.index(name)] for name in future.written}
    return pd.DataFrame({"Step": np.arange(1, needed + 1), "Time": [moment(time) for time in times]} | columns)


def _written(edited: pd.DataFrame, future: Future, needed: int) -> dict[tuple[int, str], float]:
    """What stands in the table and not in the series' own future."""
    own = future.filled({}, needed)
    found = {}
    for name in future.written:
        column = pd.to_numeric(edited[name], errors="coerce").to_numpy(np.float64)
        was = own[:needed, future.known.index(name)]
        for step in np.flatnonzero((column != was) & ~(np.isnan(column) & np.isnan(was))):
            found[int(step), name] = float(column[step])
    return found


def _fill(subject: str, future: Future, needed: int) -> None:
    """Callback: every empty cell takes the value above it, the first that of the last record."""
    given = dict(st.session_state[_GIVEN].get(subject, {}))
    values = future.filled(given, needed)
    for name in future.written:
        place = future.known.index(name)
        last = future.last[place]
        for step in range(needed):
            if np.isnan(values[step, place]):
                given[step, name] = float(last)
            else:
                last = values[step, place]
    st.session_state[_GIVEN][subject] = given
    st.session_state[_TABLES] = st.session_state.get(_TABLES, 0) + 1


def _listed(names: tuple[str, ...]) -> str:
    some = ", ".join(escaped(name) for name in names[:MOST_NAMED])
    return some + (f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else "")
