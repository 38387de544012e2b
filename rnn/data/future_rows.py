"""Rows after the last record that still hold the columns known ahead: the future that a forecast reads.

`prepare_known` finds them (`rows_ahead`), has the other rows made into a series, and adds what they say (`with_future`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from rnn.core.series import Series

from .findings import Finding, Receipt, counted, finding, row_list

Times = np.ndarray[Any, Any]
Places = np.ndarray[Any, np.dtype[np.intp]]

# Of a step, by which times that are a step apart may miss it.
JITTER = 0.01


def prepare_known(
    frame: pd.DataFrame,
    times: Times | None,
    known: Sequence[str],
    missing: str,
    prepare: Callable[[pd.DataFrame, Times | None], tuple[Series, Receipt]],
) -> tuple[Series, Receipt]:
    """What `prepare(frame, times)` gives for the rows of the record, with the known columns and their future from the rows
    after it; without known columns, for all rows. frame, times, missing: as for `rows_ahead`."""
    if not known:
        return prepare(frame, times)
    after = rows_ahead(frame, times, known, missing)
    record = np.delete(np.arange(len(frame)), after)
    series, receipt = prepare(frame.iloc[record], None if times is None else times[record])
    return with_future(series, receipt, frame.iloc[after], None if times is None else times[after], known)


def rows_ahead(frame: pd.DataFrame, times: Times | None, known: Sequence[str], missing: str) -> Places:
    """Places in `frame`, in time order, of the rows right after the last record in which all known columns have a value.

    frame: (N rows, D columns) of numbers, all that the series is made of. times: (N,), NaT or NaN where unreadable, or None.
    The last record is the one with which `prepare` ends the series: with missing="interpolate" the last row before some
    column ends for good, else the last row with a value in every column.
    """
    order = _time_order(times) if times is not None else np.arange(len(frame))
    columns = [frame[name].to_numpy(dtype=np.float64, na_value=np.nan)[order] for name in frame.columns]
    present = np.isfinite(np.column_stack(columns))
    ends = _last(present) if missing == "interpolate" else _last(present.all(axis=1, keepdims=True))
    end = int(ends.min()) + 1
    told = present[end:, [name in known for name in frame.columns]].all(axis=1)
    if end == 0 or told.all():
        return order[end:] if end else order[:0]
    return order[end : end + int(np.argmin(told))]


def with_future(
    series: Series, receipt: Receipt, ahead: pd.DataFrame, times: Times | None, known: Sequence[str]
) -> tuple[Series, Receipt]:
    """The series with its known columns, and with their future from the rows `ahead` (M rows, their times (M,) or None) that
    follow its last record step by step; the receipt with an account of these rows. A step that is absent ends the future.
    """
    rows = ahead.index.to_numpy()
    follow = _following(series, times) if times is not None else len(rows)
    future = ahead[list(known)].to_numpy(dtype=np.float64)[:follow] if follow else None
    findings: list[Finding] = []
    if follow:
        message = (
            f"{counted(follow, 'row')} after the last record ({row_list(rows[:follow])}) with values of {', '.join(known)}: "
            "no records to learn from, but the future that a forecast reads."
        )
        findings.append(finding("known-ahead", message, rows[:follow]))
    if follow < len(rows):
        message = (
            f"{counted(len(rows) - follow, 'row')} left out ({row_list(rows[follow:])}): row {rows[follow]} does not come one "
            "step after the row before it, so what is known ahead ends there."
        )
        findings.append(finding("known-ahead-gap", message, rows[follow:]))
    reasons = tuple((one.kind, one.count) for one in findings)
    return dataclasses.replace(series, known=tuple(known), future=future), dataclasses.replace(
        receipt,
        rows=receipt.rows + len(rows),
        left_out=receipt.left_out + len(rows),
        reasons=receipt.reasons + reasons,
        findings=receipt.findings + tuple(findings),
    )


def _time_order(times: Times) -> Places:
    readable = np.flatnonzero(~np.isnat(times) if times.dtype.kind == "M" else np.isfinite(times))
    return readable[np.argsort(times[readable], kind="stable")]


def _last(present: np.ndarray) -> np.ndarray:
    """The last row with a value, column by column; −1 where there is none."""
    turned = present[::-1]
    return np.where(turned.any(axis=0), len(present) - 1 - np.argmax(turned, axis=0), -1)


def _following(series: Series, times: Times) -> int:
    """How many of these times follow the last record, each one step after the one before: by the series' frequency, by its
    spacing where that is one and the same, else by their order alone."""
    if not len(times):
        return 0
    before = np.concatenate((series.times[-1:], times[:-1]))
    if series.frequency:
        expected = pd.date_range(series.times[-1], periods=len(times) + 1, freq=series.frequency)
        expected = expected[expected > pd.Timestamp(series.times[-1])][: len(times)].to_numpy()
        times, step = times[: len(expected)], np.diff(expected, prepend=series.times[-1:])
        right = np.abs(times - expected) <= JITTER * step
    else:
        steps = np.diff(series.times)
        right = times > before
        if len(steps) and (steps == steps[0]).all():
            right &= times - before == steps[0]
    return int(np.argmin(right)) if not right.all() else len(right)
