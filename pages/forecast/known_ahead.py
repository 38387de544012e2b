"""The columns known ahead: how far their future is known, and a table to write in what is not."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.forecast import future_table
from pages.forecast.future_table import Cells
from rnn.core.fit import Fit
from rnn.forecast import future_times
from rnn.forecast.known_future import steps_needed
from rnn.runs.records import Run
from rnn.ui import series_future
from rnn.ui.figures.style import moment
from rnn.ui.series_future import Future
from rnn.ui.wording import escaped

MOST_NAMED = 5


def draw(run: Run, fit: Fit, steps: int, *, title: str = "The future of") -> tuple[NDArray[np.float64] | None, bool]:
    """Draws what is known and, where something has to be written in, the table for it. Returns the known columns in the steps
    after the last record, None for a network without any, and whether there is enough for the forecast. title: of the table,
    before the columns' names."""
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
    given = _draw_table(subject_of(run, fit.series.name), future, fit, needed, title)
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


def subject_of(run: Run, id_: str) -> str:
    """Under which name the session keeps what has been written in for one of the run's series."""
    return f"{run.id}:{id_}"


def given_of(run: Run, id_: str) -> dict[tuple[int, str], float]:
    """What has been written in for one of the run's series, by step (from 0) and column."""
    return future_table.given_of(subject_of(run, id_))


def _how_far(future: Future, fit: Fit, steps: int, needed: int) -> str:
    names = listed(future.written)
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


def _draw_table(subject: str, future: Future, fit: Fit, needed: int, title: str) -> Cells:
    """The table, and what has been written into it so far."""
    given = future_table.given_of(subject)
    with st.expander(f"{title} {listed(future.written)}", expanded=future.ahead < needed or bool(given)):
        given = future_table.draw(subject, future, fit, needed, caption=f"The columns known ahead, {needed} steps")
        st.button(
            "Fill what is empty with the last value", icon=":material/vertical_align_bottom:", key="fill_future",
            on_click=future_table.fill, args=(subject, future, needed),
            disabled=not np.isnan(future.filled(given, needed)).any(),
        )  # fmt: skip
    return given


def listed(names: tuple[str, ...]) -> str:
    some = ", ".join(escaped(name) for name in names[:MOST_NAMED])
    return some + (f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else "")
