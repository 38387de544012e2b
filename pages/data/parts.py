"""The parts of the series as the page draws and moves them: where each begins, and what a move means for the settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.core.windows import Split, split_from, split_windows
from rnn.ui import config_form
from rnn.ui.figures.split import Part
from rnn.ui.live_chart import Handle

MOVED = "split_moved"
_REFUSED = "split_refused"


@dataclass(frozen=True, eq=False)
class Parts:
    """What the form's settings make of one series. config, split: None where they do not fit, and `problem` says why."""

    series: Series
    config: Config | None
    split: Split | None
    problem: str | None

    @property
    def drawn(self) -> list[Part]:
        """Each part with its first and last moment, in the order of time."""
        if self.split is None:
            return []
        split, times = self.split, self.series.times
        named = [
            ("training", split.train_records),
            ("validation", split.validation_records),
            ("test", split.test_records),
            *(("left out", rows) for rows in split.left_out_records),
        ]
        return [
            Part(name, times[rows.start], times[rows.stop - 1], rows.stop - rows.start)
            for name, rows in sorted(named, key=lambda one: one[1].start)
            if rows.stop > rows.start
        ]

    @property
    def begins(self) -> dict[str, int]:
        """The record at which the validation and the test part begin; one past the last for no test part."""
        assert self.split is not None
        return {"validation": self.split.validation_records.start, "test": self.split.test_records.start}


def parts_of(series: Series) -> Parts:
    """The form's settings held against a single series."""
    try:
        config = config_form.config_from_form()
        return Parts(series, config, split_windows(config, len(series)), None)
    except ValueError as error:
        return Parts(series, None, None, str(error))


def handles(parts: Parts) -> list[Handle]:
    """The two lines that can be moved: where validation begins, and where the test part does (at the end: there is none)."""
    split, axis = parts.split, _axis(parts.series.times)
    if split is None or len(axis) < 3:
        return []
    step = float(np.median(np.diff(axis))) or 1.0
    ends = {"low": float(axis[min(split.window, len(axis) - 1)]), "high": float(axis[-1]), "step": step}
    labels = {
        "validation": "Where the validation part begins",
        "test": "Where the test part begins; at the end of the series there is none",
    }
    return [
        Handle(name, labels[name], at=float(axis[min(record, len(axis) - 1)]), **ends)
        for name, record in parts.begins.items()
    ]


def _axis(times: NDArray[Any]) -> NDArray[Any]:
    """Times in the units of the chart's x: milliseconds for dates."""
    return times.astype("datetime64[ms]").astype(np.int64) if times.dtype.kind == "M" else times.astype(np.float64)


def move(parts: Parts, name: str, at: float) -> None:
    """Begin the validation or the test part at the record nearest to this place of the chart. For callbacks."""
    axis = _axis(parts.series.times)
    after = int(np.searchsorted(axis, at).clip(1, len(axis) - 1))
    begin_at(parts, name, after if axis[after] - at <= at - axis[after - 1] else after - 1)


def begin_at(parts: Parts, name: str, record: int) -> None:
    """Begin a part at this record; the other one stays where it is, or is pushed along. What is impossible is refused in a
    sentence and nothing changes. For callbacks."""
    if parts.config is None or parts.split is None:
        return
    begins = {**parts.begins, name: record}
    rows, room = len(parts.series), parts.config.horizon + parts.config.gap
    if begins["test"] > rows - parts.config.horizon:
        begins["test"] = rows  # too near to the end for one prediction: no test part
    if begins["test"] < begins["validation"] + room:
        other = "validation" if name == "test" else "test"
        begins[other] = begins[name] + (room if other == "test" else -room)
    tested = begins["test"] if begins["test"] < rows else None
    try:
        config = split_from(parts.config, rows, begins["validation"], tested)
        split_windows(config, rows)
    except ValueError as error:
        st.session_state[_REFUSED] = str(error)
        return
    st.session_state[_REFUSED] = None
    st.session_state[MOVED] = True
    config_form.set_values({"validation": config.validation, "test": config.test})


def refused() -> str | None:
    """Why the last move was refused; None where it was not."""
    return st.session_state.get(_REFUSED)
