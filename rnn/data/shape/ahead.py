"""Columns known ahead and their future: from the file's rows after the last record, and from the calendar."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rnn.core.series import Series

from ..findings import Receipt, finding
from ..future_rows import rows_ahead, with_future
from ..repair.record import Repair
from .calendar import calendar_columns, moments_ahead
from .roles import Columns

CALENDAR_STEPS = 1000  # of future that the calendar gives where no column of the file ends it
_HARMLESS = ("sort", "duplicates", "drop", "trim")  # repairs that change no value and make no row

Prepare = Callable[[pd.DataFrame, NDArray[Any] | None], tuple[Series, Receipt]]


def prepare_ahead(
    at: slice | NDArray[np.int64], times: NDArray[Any] | None, columns: Columns, missing: str, repairs: Sequence[Repair],
    prepare: Prepare,
) -> tuple[Series, Receipt]:  # fmt: skip
    """What `prepare(frame, times)` gives for the rows `at` of the table, with the known columns and their future.

    The future ends with the first row after the last record that lacks a known column, or does not follow a step after the
    row before; where the calendar alone is known it is CALENDAR_STEPS long.
    """
    frame = columns.frame(at)
    held = [name for name in columns.known if name not in columns.made]
    changed = next((one.kind for one in repairs if _changes(one, held)), None)
    if not held or changed:
        series, receipt = prepare(frame, times)
        series = dataclasses.replace(series, known=columns.known)
        if changed:
            why = f"The future of the known columns is not known, because the repair {changed!r} changes them or their steps."
            return series, _saying(receipt, "no-future", why, len(held))
        return _by_calendar(series, receipt, columns)
    after = rows_ahead(frame, times, columns.known, missing)
    lacking = columns.lacking[at][after]
    after = after[: int(np.argmax(lacking))] if lacking.any() else after
    record = np.delete(np.arange(len(frame)), after)
    series, receipt = prepare(frame.iloc[record], None if times is None else times[record])
    return with_future(series, receipt, frame.iloc[after], None if times is None else times[after], columns.known)


def _changes(repair: Repair, held: Sequence[str]) -> bool:
    """Whether the file's future rows would not go on as the records end after this repair."""
    return bool(held) and repair.kind not in _HARMLESS and (repair.column is None or repair.column in held)


def _by_calendar(series: Series, receipt: Receipt, columns: Columns) -> tuple[Series, Receipt]:
    if series.frequency is None or series.times.dtype.kind != "M":
        message = "The times are irregular, so the calendar's future is not known; resample them to a grid to have it."
        return series, _saying(receipt, "no-future", message, len(columns.calendars))
    moments = moments_ahead(series.times[-1], series.frequency, CALENDAR_STEPS)
    parts = [calendar_columns(name, moments) for name in columns.calendars]
    values = {one: numbers[:, k] for names, numbers in parts for k, one in enumerate(names)}
    return dataclasses.replace(series, future=np.column_stack([values[name] for name in series.known])), receipt


def _saying(receipt: Receipt, kind: str, message: str, count: int) -> Receipt:
    return dataclasses.replace(receipt, findings=(*receipt.findings, finding(kind, message, count=count)))
