"""What the columns known ahead hold after the last record of the series shown: from its file, and from the calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from rnn.core.fit import Fit
from rnn.core.series import Series
from rnn.data import BadFile
from rnn.data.shape.calendar import calendar_columns, calendar_of
from rnn.forecast import future_times
from rnn.runs.records import Run
from rnn.ui import session
from rnn.ui.chosen_series import Choice, choice_of_reading, read_table

Array = NDArray[np.float64]
Given = Mapping[tuple[int, str], float]


@dataclass(frozen=True, eq=False)
class Future:
    """Of one series. known: the columns known ahead. own: (M, F), what its file says of them, or None."""

    series: Series
    own: Array | None

    @property
    def known(self) -> tuple[str, ...]:
        return self.series.known

    @property
    def written(self) -> tuple[str, ...]:
        """Those that the calendar does not give."""
        return tuple(name for name in self.known if calendar_of(name) is None)

    @property
    def ahead(self) -> int:
        """For how many steps the file says what they hold."""
        return 0 if self.own is None else len(self.own)

    @property
    def last(self) -> Array:
        """(F,), what they hold in the last record."""
        values: Array = self.series.values[-1, [self.series.names.index(name) for name in self.known]]
        return values

    def filled(self, given: Given, needed: int) -> Array:
        """(≥ needed, F): the file's future, the calendar's beyond it, and over both what was written in by hand, by step (from
        0) and column; NaN where nothing is known."""
        values = np.full((max(needed, self.ahead), len(self.known)), np.nan)
        if self.own is not None:
            values[: self.ahead] = self.own
        beyond = slice(self.ahead, None)
        if len(values) > self.ahead and len(self.written) < len(self.known):
            times = future_times(self.series, len(values))[beyond]
            for place, name in enumerate(self.known):
                if (source := calendar_of(name)) is not None:
                    made, columns = calendar_columns(source, times)
                    values[beyond, place] = columns[:, made.index(name)]
        for (step, name), value in given.items():
            if step < len(values):
                values[step, self.known.index(name)] = value
        return values


def of(run: Run, fit: Fit) -> Future:
    """Of the series of the fit; of one of many series in one (`Fit.of`) by its name."""
    whole = session.series_of_run(run)
    own = _futures(run.series_hash).get(fit.series.name) if whole.lengths else fit.series.future
    return Future(fit.series, own)


def of_all(run: Run) -> dict[str, Future]:
    """Of many series in one, each by its name."""
    found = _futures(run.series_hash)
    return {one.name: Future(one, found.get(one.name)) for one in session.series_of_run(run).apart()}


@st.cache_resource(max_entries=8, show_spinner="Reading the future of the known columns …")
def _futures(series_hash: str) -> dict[str, Array | None]:
    """Of many series in one the future of each; nothing where its file is no longer here."""
    choice: Choice | None = choice_of_reading(session.store().series_reading(series_hash))
    if choice is None:
        return {}
    try:
        return read_table(choice.data, choice.reading).futures(**choice.asked)
    except (BadFile, LookupError):
        return {}
