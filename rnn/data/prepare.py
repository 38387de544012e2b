"""From columns as they stand in a file to a Series: sorted by time, every value finite, every row accounted for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from rnn.core.series import LARGEST, Series

from .findings import BadFile, Finding, Receipt, counted, finding, row_list
from .frequency import infer_frequency

MISSING = ("interpolate", "drop", "error")


def prepare(
    frame: pd.DataFrame, times: np.ndarray[Any, Any] | None, targets: tuple[str, ...], missing: str, name: str
) -> tuple[Series, Receipt]:
    """The series of all columns of `frame` and its receipt.

    frame: (N rows, D columns) of numbers, its index the file's row numbers. times: (N,) datetime64 (NaT: unreadable) or
    numbers, or None. missing: one of MISSING; "interpolate" draws a straight line between the neighbours in time and leaves
    out the rows before the first and after the last value. Raises BadFile where a value is missing and may not be, or fewer
    than 2 rows remain.
    """
    rows = frame.index.to_numpy()
    values = np.column_stack([frame[column].to_numpy(dtype=np.float64, na_value=np.nan) for column in frame.columns])
    values[~np.isfinite(values)] = np.nan
    _refuse_huge(rows, values, frame.columns)
    findings: list[Finding] = []
    reasons: list[tuple[str, int]] = []
    if times is not None:
        rows, values, times, timed = _in_time_order(rows, values, times)
        findings += timed
        reasons += [(one.kind, one.count) for one in timed if one.kind == "no-time"]
    keep, found, why = _kept(rows, values, frame.columns, missing)
    findings += found
    reasons += why
    rows, values, times = rows[keep], values[keep], times[keep] if times is not None else None
    if len(rows) < 2:
        raise BadFile(
            f"Only {counted(len(rows), 'row')} of {len(frame):,} can be used for {', '.join(targets)}; choose another target, "
            "fewer inputs or another way to treat missing values."
        )
    values, filled = _filled(rows, values, times, frame.columns)
    findings += filled
    frequency = infer_frequency(times)[0] if times is not None and times.dtype.kind == "M" else None
    moments = np.arange(len(rows)) if times is None else times
    series = Series(moments, values, tuple(frame.columns), targets, name, frequency)
    receipt = Receipt(
        rows=len(frame),
        used=len(rows),
        left_out=len(frame) - len(rows),
        reasons=tuple(reasons),
        filled=sum(one.count for one in filled),
        findings=tuple(findings),
    )
    return series, receipt


def _refuse_huge(rows: np.ndarray, values: np.ndarray, columns: pd.Index) -> None:
    huge = np.abs(values) > LARGEST
    if huge.any():
        row, column = (int(k) for k in np.argwhere(huge)[0])
        raise BadFile(
            f"Row {rows[row]} of column {columns[column]!r} holds {values[row, column]:g}, and values beyond {LARGEST:g} "
            "cannot be computed with; correct it in the file, or use a larger unit."
        )


def _in_time_order(
    rows: np.ndarray, values: np.ndarray, times: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[Finding]]:
    findings = []
    unknown = np.isnat(times) if times.dtype.kind == "M" else ~np.isfinite(times)
    if unknown.any():
        message = f"{counted(int(unknown.sum()), 'row')} left out because the time cannot be read ({row_list(rows[unknown])})."
        findings.append(finding("no-time", message, rows[unknown]))
        rows, values, times = rows[~unknown], values[~unknown], times[~unknown]
    back = times[1:] < times[:-1]
    if back.any():
        order = np.argsort(times, kind="stable")
        late = rows[1:][back]
        how = "newest first" if back.all() else "not in time order"
        message = f"The rows are {how} ({row_list(late)} earlier than the row above); sorted by time."
        findings.append(finding("unsorted", message, late))
        rows, values, times = rows[order], values[order], times[order]
    same = np.flatnonzero(times[1:] == times[:-1]) + 1
    if len(same):
        repeated = counted(len(same), "row")
        message = f"{repeated} with the time of an earlier row ({row_list(rows[same])}); all kept, in file order."
        findings.append(finding("repeated-times", message, rows[same]))
    return rows, values, times, findings


def _kept(
    rows: np.ndarray, values: np.ndarray, columns: pd.Index, missing: str
) -> tuple[np.ndarray, list[Finding], list[tuple[str, int]]]:
    """Which rows stay; what is said of those that go."""
    gaps = np.isnan(values)
    lacking = gaps.any(axis=1)
    if not lacking.any():
        return np.ones(len(rows), dtype=bool), [], []
    if missing == "error":
        row, column = (int(k) for k in np.argwhere(gaps)[0])
        raise BadFile(
            f"Row {rows[row]} has no value in column {columns[column]!r} ({counted(int(gaps.sum()), 'value')} missing in all); "
            "fill it in the file, or choose missing='interpolate' or 'drop'."
        )
    if missing == "drop":
        message = f"{counted(int(lacking.sum()), 'row')} with missing values left out ({row_list(rows[lacking])})."
        return ~lacking, [finding("dropped", message, rows[lacking])], [("missing", int(lacking.sum()))]
    keep = np.zeros(len(rows), dtype=bool)
    first = max(_first(~gaps[:, k]) for k in range(gaps.shape[1]))
    last = min(len(rows) - _first(~gaps[::-1, k]) for k in range(gaps.shape[1]))
    keep[first:last] = True
    out = rows[~keep]
    if not len(out):
        return keep, [], []
    message = (
        f"{counted(len(out), 'row')} left out at the ends, where a missing value has no neighbour ({row_list(out)})."
    )
    return keep, [finding("missing-at-ends", message, out)], [("missing-at-ends", len(out))]


def _first(present: np.ndarray) -> int:
    return int(np.argmax(present)) if present.any() else len(present)


def _filled(
    rows: np.ndarray, values: np.ndarray, times: np.ndarray | None, columns: pd.Index
) -> tuple[np.ndarray, list[Finding]]:
    """Straight lines across the gaps, in time where the times all differ and by row otherwise."""
    gaps = np.isnan(values)
    if not gaps.any():
        return values, []
    at = np.arange(len(rows), dtype=np.float64)
    if times is not None and (times[1:] > times[:-1]).all():
        at = (times - times[0]).astype(np.float64)
    values, findings = values.copy(), []
    for k in (int(column) for column in np.flatnonzero(gaps.any(axis=0))):
        hole = gaps[:, k]
        values[hole, k] = np.interp(at[hole], at[~hole], values[~hole, k])
        message = (
            f"{counted(int(hole.sum()), 'missing value')} of {columns[k]!r} filled on a straight line between the neighbours "
            f"({row_list(rows[hole])}; the longest run is {_longest(hole):,})."
        )
        findings.append(finding("filled", message, rows[hole], column=str(columns[k])))
    return values, findings


def _longest(hole: np.ndarray) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], hole.astype(np.int8), [0]))))
    return int((edges[1::2] - edges[::2]).max())
