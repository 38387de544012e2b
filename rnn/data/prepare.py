"""From columns as they stand in a file to a Series: repaired as asked, sorted by time, every value finite, every row
accounted for."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from rnn.core.series import LARGEST, Series

from .findings import BadFile, Finding, Receipt, counted, finding, row_list
from .repair.apply import applied, repaired
from .repair.fill import interpolated, runs
from .repair.record import Repair, RepairReceipt
from .repair.sheet import NO_TIME, Sheet, named_rows
from .times.frequency import infer_frequency

MISSING = ("interpolate", "drop", "error")

_AT_ENDS = "missing-at-ends"


def prepare(
    frame: pd.DataFrame,
    times: np.ndarray[Any, Any] | None,
    targets: tuple[str, ...],
    missing: str,
    name: str,
    *,
    repairs: Sequence[Repair] = (),
) -> tuple[Series, Receipt]:
    """The series of all columns of `frame` and its receipt.

    frame: (N rows, D columns) of numbers, its index the file's row numbers. times: (N,) datetime64 (NaT: unreadable) or
    numbers, or None. repairs: done first, in this order. Then comes what a network cannot do without: the order of time, and
    no missing values. missing: one of MISSING; "interpolate" draws a straight line between the neighbours in time and leaves
    out the rows before the first and after the last value. Those defaults stand in the receipt as repairs, marked so.
    Raises BadFile where a repair cannot be done, where a value is missing and may not be, or fewer than 2 rows remain.
    """
    sheet, receipts = repaired(frame, times, repairs)
    _refuse_huge(sheet)
    findings = _without_time(frame, times)
    done = list(receipts)
    sheet, found, sorted_ = _in_time_order(sheet)
    findings += found
    done += sorted_
    drawn = _drawn(sheet)
    sheet, drawn, found, kept = _kept(sheet, drawn, missing)
    findings += found
    done += kept
    if len(sheet) < 2:
        raise BadFile(
            f"Only {counted(len(sheet), 'row')} of {len(frame):,} can be used for {', '.join(targets)}; choose another "
            "target, fewer inputs, fewer repairs or another way to treat missing values."
        )
    sheet, found, filled = _filled(sheet, drawn)
    done += filled
    frequency = infer_frequency(sheet.times)[0] if sheet.times is not None and sheet.times.dtype.kind == "M" else None
    moments = np.arange(len(sheet)) if sheet.times is None else sheet.times
    series = Series(moments, sheet.values, sheet.names, targets, name, frequency)
    return series, _account(len(frame), sheet, (*findings, *found), tuple(done), sum(one.count for one in found))


def _account(
    rows: int, sheet: Sheet, findings: tuple[Finding, ...], done: tuple[RepairReceipt, ...], filled: int
) -> Receipt:
    """The receipt of a sheet that came from so many rows of the file."""
    return Receipt(
        rows=rows,
        used=len(sheet),
        left_out=rows - int(sheet.weights.sum()),
        reasons=_added_up(sheet.left),
        filled=filled,
        findings=findings,
        repairs=done,
        added=int((sheet.weights == 0).sum()),
        merged=int(np.maximum(sheet.weights - 1, 0).sum()),
    )


def _added_up(left: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
    """One entry a reason: two repairs may leave rows out for the same one."""
    sums: dict[str, int] = {}
    for reason, count in left:
        sums[reason] = sums.get(reason, 0) + count
    return tuple(sums.items())


def _refuse_huge(sheet: Sheet) -> None:
    huge = np.abs(sheet.values) > LARGEST
    if huge.any():
        row, column = (int(k) for k in np.argwhere(huge)[0])
        raise BadFile(
            f"Row {sheet.rows[row]} of column {sheet.names[column]!r} holds {sheet.values[row, column]:g}, and values beyond "
            f"{LARGEST:g} cannot be computed with; correct it in the file, or use a larger unit."
        )


def _without_time(frame: pd.DataFrame, times: np.ndarray | None) -> list[Finding]:
    if times is None:
        return []
    unknown = np.isnat(times) if times.dtype.kind == "M" else ~np.isfinite(times)
    if not unknown.any():
        return []
    rows = frame.index.to_numpy()[unknown]
    message = f"{counted(len(rows), 'row')} left out because the time cannot be read ({row_list(rows)})."
    return [finding(NO_TIME, message, rows)]


def _in_time_order(sheet: Sheet) -> tuple[Sheet, list[Finding], list[RepairReceipt]]:
    if sheet.times is None:
        return sheet, [], []
    findings, receipts = [], []
    back = sheet.times[1:] < sheet.times[:-1]
    if back.any():
        late = named_rows(sheet.rows[1:][back])
        how = "newest first" if back.all() else "not in time order"
        message = f"The rows are {how} ({row_list(late)} earlier than the row above); sorted by time."
        findings.append(finding("unsorted", message, late, count=int(back.sum())))
        sheet, receipt = applied(sheet, Repair("sort"))
        receipts.append(dataclasses.replace(receipt, default=True))
    same = np.flatnonzero(sheet.times[1:] == sheet.times[:-1]) + 1
    if len(same):
        again = named_rows(sheet.rows[same])
        repeated = counted(len(same), "row")
        message = f"{repeated} with the time of an earlier row ({row_list(again)}); all kept, in file order."
        findings.append(finding("repeated-times", message, again, count=len(same)))
    return sheet, findings, receipts


def _drawn(sheet: Sheet) -> np.ndarray:
    """The values with straight lines across the gaps, in time where the times all differ and by row otherwise; what lies
    before the first or after the last value of its column stays missing."""
    values = sheet.values
    gaps = np.isnan(values)
    for k in np.flatnonzero(gaps.any(axis=0)).tolist():
        values = values.copy() if values is sheet.values else values
        values[:, k] = interpolated(values[:, k], gaps[:, k], sheet.positions)
    return values


def _kept(
    sheet: Sheet, drawn: np.ndarray, missing: str
) -> tuple[Sheet, np.ndarray, list[Finding], list[RepairReceipt]]:
    """Which rows stay; what is said of those that go."""
    gaps = np.isnan(sheet.values)
    lacking = gaps.any(axis=1)
    if not lacking.any():
        return sheet, drawn, [], []
    if missing == "error":
        row, column = (int(k) for k in np.argwhere(gaps)[0])
        where = f"Row {sheet.rows[row]} has" if sheet.rows[row] else "A row that a repair made has"
        raise BadFile(
            f"{where} no value in column {sheet.names[column]!r} ({counted(int(gaps.sum()), 'value')} missing in all); "
            "fill it in the file, or choose missing='interpolate' or 'drop'."
        )
    if missing == "drop":
        out, reason, kind, words = lacking, "missing", "dropped", "with missing values left out"
    else:
        out, reason, kind = np.isnan(drawn).any(axis=1), _AT_ENDS, _AT_ENDS
        words = "left out at the ends, where a missing value has no neighbour"
    if not out.any():
        return sheet, drawn, [], []
    rows = named_rows(sheet.rows[out])
    message = f"{counted(int(out.sum()), 'row')} {words}{_listed(rows)}."
    after = sheet.keep(~out, reason)
    receipt = RepairReceipt(
        Repair("drop"), message, len(sheet), len(after), rows=_first_rows(rows), left_out=int(out.sum()), default=True
    )
    return after, drawn[~out], [finding(kind, message, rows, count=int(out.sum()))], [receipt]


def _filled(sheet: Sheet, drawn: np.ndarray) -> tuple[Sheet, list[Finding], list[RepairReceipt]]:
    """The sheet with the values drawn across its gaps, and what is said of each column that had any."""
    gaps = np.isnan(sheet.values)
    findings, receipts = [], []
    for k in np.flatnonzero(gaps.any(axis=0)).tolist():
        hole, name = gaps[:, k], sheet.names[k]
        rows, count = named_rows(sheet.rows[hole]), int(hole.sum())
        starts, stops = runs(hole)
        where = f"{row_list(rows)}; " if len(rows) else ""
        message = (
            f"{counted(count, 'missing value')} of {name!r} filled on a straight line between the neighbours "
            f"({where}the longest run is {int((stops - starts).max()):,})."
        )
        findings.append(finding("filled", message, rows, count=count, column=str(name)))
        receipts.append(
            RepairReceipt(
                Repair("fill", str(name)), message, len(sheet), len(sheet), count, _first_rows(rows), default=True
            )
        )
    return sheet.with_values(drawn), findings, receipts


def _listed(rows: np.ndarray) -> str:
    return f" ({row_list(rows)})" if len(rows) else ""


def _first_rows(rows: np.ndarray) -> tuple[int, ...]:
    return finding("", "", rows).rows
