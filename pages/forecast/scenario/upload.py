"""A scenario from a second file: its columns by name, its rows by time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from pages.forecast import future_table
from pages.forecast.scenario import named
from rnn.core.fit import Fit
from rnn.data import BadFile
from rnn.data.future_file import FutureFile, read_future
from rnn.export.spreadsheet import spreadsheet_bytes
from rnn.forecast import future_times
from rnn.runs.records import Run
from rnn.ui import session
from rnn.ui.series_future import Future
from rnn.ui.wording import escaped

_TAKEN = "scenario_files"


def draw(run: Run, fit: Fit, base: str, future: Future, needed: int, *, into_base: bool) -> None:
    """into_base: the file says what is not known yet, instead of what would be different."""
    names = ", ".join(f"`{escaped(name)}`" for name in future.written)
    st.caption(
        f"One row a step, with a column of times and any of the columns {names}, named as in the file that was learned from."
    )
    st.download_button(
        "An empty file to fill in", lambda: _template(fit, future, needed), mime="text/csv", on_click="ignore",
        file_name="scenario.csv", icon=":material/download:", key="scenario_template", type="tertiary",
    )  # fmt: skip
    uploaded = st.file_uploader("Scenario file", key=f"scenario_file:{base}", label_visibility="collapsed")
    if uploaded is None:
        return
    try:
        found = _read(run, fit, future, needed, uploaded.name, uploaded.getvalue())
    except BadFile as error:
        st.error(escaped(str(error), 600), icon=":material/error:")
        return
    taken = st.session_state.setdefault(_TAKEN, set())
    if (base, uploaded.file_id) not in taken:
        taken.add((base, uploaded.file_id))
        _take(base, found, future, into_base)
        st.rerun()
    st.success(f"{escaped(uploaded.name)} was read.", icon=":material/check:")


def _read(run: Run, fit: Fit, future: Future, needed: int, name: str, content: bytes) -> FutureFile:
    reading = session.store().series_reading(run.series_hash).get("choices", {})
    return read_future(
        content, future.written, _steps(fit, future, needed), only=fit.series.name, name=Path(name).stem,
        day_first=reading.get("day_first"),
    )  # fmt: skip


def _steps(fit: Fit, future: Future, needed: int) -> np.ndarray:
    """Further than is asked for now, so that more steps can be asked for later."""
    for far in (1000, needed):
        try:
            return future_times(fit.series, max(far, needed, future.ahead))
        except ValueError:  # the calendar ends before
            continue
    return future_times(fit.series, needed)


def _take(base: str, found: FutureFile, future: Future, into_base: bool) -> None:
    own = future.filled({}, len(found.values))
    cells = {
        (step, name): float(found.values[step, place])
        for place, name in enumerate(future.written)
        for step in np.flatnonzero(np.isfinite(found.values[:, place])).tolist()
        if found.values[step, place] != own[step, future.known.index(name)]
    }
    if into_base:
        future_table.give(base, {**future_table.given_of(base), **cells})
    else:
        named.add(base, found.name, cells, found.notes)


def _template(fit: Fit, future: Future, needed: int) -> bytes:
    """The times of the steps, and what is known of the columns."""

    values = future.filled({}, needed)[:needed]
    columns = {name: values[:, future.known.index(name)] for name in future.written}
    frame = pd.DataFrame({"time": future_times(fit.series, needed), **columns})
    return spreadsheet_bytes(frame)
