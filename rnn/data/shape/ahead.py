"""Columns known ahead: the rows after a series' last value that hold them, and the calendar, are its future."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rnn.core.series import Series

from ..findings import Finding, counted, finding, row_list
from .calendar import calendar_columns, moments_ahead
from .roles import Columns

AHEAD = "known ahead"
CALENDAR_STEPS = 1000  # of future that the calendar gives where no column of the file ends it
_HARMLESS = ("sort", "duplicates", "drop", "trim")  # repairs that change no value and make no row


@dataclass(frozen=True, eq=False)
class Ahead:
    """frame, times: what is left to prepare. future: (M, columns known in the file) and moments: (M,) of the rows after the
    last value of a target; left_out: those rows by reason."""

    frame: pd.DataFrame
    times: NDArray[Any] | None
    future: pd.DataFrame | None = None
    moments: NDArray[Any] | None = None
    left_out: tuple[tuple[str, int], ...] = ()
    findings: tuple[Finding, ...] = ()


def split_ahead(frame: pd.DataFrame, times: NDArray[Any] | None, columns: Columns) -> Ahead:
    """Take the rows away that come after the last value of any target and hold all known columns, up to the first that does
    not. Where every known column is the calendar's, no row is taken: it needs none."""
    held = [name for name in columns.known if name not in columns.made]
    if not held or not len(frame):
        return Ahead(frame, times)
    if times is None:
        order = np.arange(len(frame))
    else:
        dated = np.flatnonzero(~pd.isna(times))
        order = dated[np.argsort(times[dated], kind="stable")]
    targets = np.isfinite(frame[list(columns.targets)].to_numpy()[order]).any(axis=1)
    after = order[len(order) - int(np.argmax(targets[::-1])) :] if targets.any() else order[:0]
    there = np.isfinite(frame[held].to_numpy()[after]).all(axis=1)
    after = after[: len(there) if there.all() else int(np.argmin(there))]
    if not len(after):
        return Ahead(frame, times)
    rows = frame.index.to_numpy()[after]
    message = (
        f"{counted(len(after), 'row')} after the last value hold {', '.join(map(repr, held[:5]))} alone ({row_list(rows)}): "
        "they are what is known of the future, and nothing is learned from them."
    )
    rest = np.setdiff1d(np.arange(len(frame)), after)
    return Ahead(
        frame.iloc[rest], None if times is None else times[rest], frame[held].iloc[after],
        None if times is None else times[after], ((AHEAD, len(after)),), (finding("known-ahead", message, rows),),
    )  # fmt: skip


def with_future(series: Series, ahead: Ahead, columns: Columns, repairs: Sequence[Any]) -> tuple[Series, list[Finding]]:
    """The series with what its known columns hold after its last record, in the order of `series.known`."""
    held = [name for name in columns.known if name not in columns.made]
    changed = _changed(held, repairs)
    if held and (ahead.future is None or changed):
        why = f"{changed} changes them or their steps" if changed else "no row after the last value holds them"
        return series, [finding("no-future", f"The future of the known columns is not known: {why}.", count=len(held))]
    steps = CALENDAR_STEPS if ahead.future is None else len(ahead.future)
    moments = _moments(series, ahead, steps)
    if columns.calendars and moments is None:
        message = (
            "The calendar of the future is not known, because the times are irregular; resample the series to a grid."
        )
        return series, [finding("no-future", message, count=len(columns.calendars))]
    found = _off_the_grid(series, moments) if held else []
    values = {} if ahead.future is None else {name: ahead.future[name].to_numpy() for name in held}
    for name in columns.calendars:
        assert moments is not None
        names, numbers = calendar_columns(name, moments)
        values |= {one: numbers[:, k] for k, one in enumerate(names)}
    future = np.column_stack([values[name] for name in series.known])
    return dataclasses.replace(series, future=future), found


def _moments(series: Series, ahead: Ahead, steps: int) -> NDArray[Any] | None:
    if ahead.moments is not None:
        return ahead.moments
    if series.frequency is None or series.times.dtype.kind != "M":
        return None
    return moments_ahead(series.times[-1], series.frequency, steps)


def _changed(held: Sequence[str], repairs: Sequence[Any]) -> str | None:
    """The first repair after which the file's future rows would not go on as the records end."""
    for one in repairs:
        if one.kind not in _HARMLESS and (one.column is None or one.column in held):
            return f"the repair {one.kind!r}"
    return None


def _off_the_grid(series: Series, moments: NDArray[Any] | None) -> list[Finding]:
    """Future rows whose times do not go on as the records' do."""
    if moments is None or moments.dtype.kind != "M" or series.frequency is None:
        return []
    expected = moments_ahead(series.times[-1], series.frequency, len(moments))
    if np.array_equal(expected.astype("datetime64[s]"), moments.astype("datetime64[s]")):
        return []
    message = (
        f"The rows known ahead do not follow each other in steps of {series.frequency!r} from {series.times[-1]} on; they are "
        "taken one after the other."
    )
    return [finding("uneven-future", message, count=len(moments))]
