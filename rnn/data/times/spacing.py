"""What is irregular in the times of a table: order, repeats, changes of the clock, gaps, jitter, no even step at all."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..findings import Finding, counted, finding, row_list
from .daylight import Daylight, find_daylight
from .frequency import infer_frequency
from .moments import Datetimes

_ODD = 0.1  # of the middle step, beyond which a step is odd
_SIDE = 5  # moments that a part with a spacing of its own must have
_GAPPY = 0.2  # absent steps to moments from which it is asked whether the spacing changes
_UNITS = ((86_400_000_000, "day"), (3_600_000_000, "h"), (60_000_000, "min"), (1_000_000, "s"), (1_000, "ms"))
_FIXED = pd.tseries.offsets.Tick | pd.tseries.offsets.Day


def spacing(frame: pd.DataFrame, time: str | None) -> tuple[str | None, list[Finding]]:
    """The frequency of the time column, and what is irregular in it."""
    if time is None:
        message = "No column holds dates; the rows are numbered 0, 1, 2, … in file order."
        return None, [finding("no-time-column", message, count=1)]
    moments = frame[time].to_numpy()
    if moments.dtype.kind != "M":
        return None, []
    known = ~np.isnat(moments)
    ordered, rows, findings = _in_order(moments[known], frame.index.to_numpy()[known], time)
    same = np.concatenate(([False], ordered[1:] == ordered[:-1]))[: len(ordered)]
    local = find_daylight(ordered)
    if local is not None:
        findings.append(_changed_clock(local, rows[local.repeated], time))
        same &= ~local.repeated
    if same.any():
        repeats = rows[same]
        count = counted(len(repeats), "row")
        message = f"{count} with the time of an earlier row ({row_list(repeats)}); a series keeps them all."
        findings.append(finding("repeated-times", message, repeats, column=time))
    frequency, absent = infer_frequency(ordered)
    absent -= local.skipped if local is not None else 0
    change = _change(ordered, rows, frequency, absent, time)
    if change is not None:
        return None, [*findings, change]
    if absent > 0:
        steps = counted(absent, "time step")
        message = f"{steps} of {frequency!r} absent between the first and the last row; a series passes over them."
        findings.append(finding("gaps", message, _before_gaps(ordered, rows), absent, time))
    uneven = _irregular(ordered, rows, time) if frequency is None else _jitter(ordered, rows, frequency, time)
    return frequency, [*findings, *uneven]


def _in_order(
    moments: Datetimes, rows: NDArray[np.int64], time: str
) -> tuple[Datetimes, NDArray[np.int64], list[Finding]]:
    back = moments[1:] < moments[:-1]
    if not back.any():
        return moments, rows, []
    how = "newest first" if back.all() else "not in time order"
    message = f"The rows are {how} ({row_list(rows[1:][back])} earlier than the row above); a series is sorted by time."
    found = finding("unsorted", message, rows[1:][back], column=time)
    order = np.argsort(moments, kind="stable")
    return moments[order], rows[order], [found]


def _changed_clock(local: Daylight, repeats: NDArray[np.int64], time: str) -> Finding:
    changes = (("forward", local.forward), ("back", local.back))
    moved = " and ".join(f"{word} {counted(count, 'time')}" for word, count in changes if count)
    shown = f" {counted(len(repeats), 'row')} with a time that the clock showed before ({row_list(repeats)})."
    passed = f" {counted(local.skipped, 'time step')} that the clock skipped."
    message = (
        f"The times in {time!r} are local: the clock was put {moved}, as in {local.zone} and zones with the same rule."
        f"{shown if len(repeats) else ''}{passed if local.skipped else ''} Choose timezone={local.zone}, or the zone that is "
        "right, to convert them to UTC, where every hour comes once."
    )
    return finding("daylight-saving", message, repeats, len(repeats) + local.skipped, time)


def _before_gaps(ordered: Datetimes, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """The rows after which the longest steps follow, longest first."""
    steps = np.diff(ordered).astype(np.int64)
    longer = np.flatnonzero(steps > 1.5 * np.median(steps))
    return rows[longer[np.argsort(-steps[longer], kind="stable")][:5]]


def _distinct(ordered: Datetimes, rows: NDArray[np.int64]) -> tuple[Datetimes, NDArray[np.int64]]:
    new = np.concatenate(([True], ordered[1:] != ordered[:-1]))
    return ordered[new].astype("datetime64[us]"), rows[new]


def _change(
    ordered: Datetimes, rows: NDArray[np.int64], frequency: str | None, absent: int, time: str
) -> Finding | None:
    """Two parts with a spacing each ("D", then "MS"): split where the logarithms of the steps fall best into two levels."""
    if len(ordered) < 2 * _SIDE or (frequency is not None and absent <= _GAPPY * len(ordered)):
        return None
    moments, at = _distinct(ordered, rows)
    count = len(moments) - 1
    if count < 2 * _SIDE:
        return None
    total = np.cumsum(np.log(np.diff(moments).astype(np.float64)))
    sizes = np.arange(1, count)
    gain = (total[:-1] - total[-1] * sizes / count) ** 2 / (sizes * (count - sizes))
    split = int(np.argmax(gain)) + 1  # steps before the change
    if min(split + 1, count - split + 1) < _SIDE:
        return None
    first, second = infer_frequency(moments[: split + 1]), infer_frequency(moments[split:])
    if None in (first[0], second[0]) or first[0] == second[0]:
        return None
    if frequency is not None and first[1] + second[1] > absent / 2:
        return None
    where = str(moments[split].astype("datetime64[s]")).replace("T", " ")
    message = (
        f"The spacing of {time!r} changes at row {at[split]} ({where}): {first[0]!r} before it, {second[0]!r} after it. A "
        "network takes the rows one after the other; bring them to one spacing, or leave one part out."
    )
    return finding("mixed-resolution", message, at[split : split + 1], column=time)


def _irregular(ordered: Datetimes, rows: NDArray[np.int64], time: str) -> list[Finding]:
    if not len(ordered):
        return []
    moments, at = _distinct(ordered, rows)
    if len(moments) < 3:
        return []
    steps = np.diff(moments).astype(np.float64)
    middle = float(np.median(steps))
    odd = np.abs(steps - middle) > _ODD * middle
    message = (
        f"The times in {time!r} follow no even step: the middle one is {spoken(middle)}, and {odd.mean():.0%} of the steps "
        f"differ from it by more than {_ODD:.0%}. A series takes the rows one after the other."
    )
    return [finding("irregular", message, at[1:][odd], column=time)]


def _jitter(ordered: Datetimes, rows: NDArray[np.int64], frequency: str, time: str) -> list[Finding]:
    """Times a little off their even grid; for steps of a fixed length alone, and where more than a few are."""
    offset = pd.tseries.frequencies.to_offset(frequency)
    if not isinstance(offset, _FIXED):
        return []
    moments, at = _distinct(ordered, rows)
    step = pd.Timedelta(offset.n, "D") if isinstance(offset, pd.tseries.offsets.Day) else pd.Timedelta(offset)
    size = step / pd.Timedelta(1, "us")
    since = (moments - moments[0]).astype(np.float64) / size
    strays = since - np.rint(since)
    strays = np.abs(strays - np.median(strays)) * size
    off = strays > max(1_000.0, 1e-6 * size)
    if off.mean() < 0.01:
        return []
    message = (
        f"{counted(int(off.sum()), 'time')} of {time!r} up to {spoken(float(strays.max()))} off an even step of {frequency!r}; "
        "a series takes the rows as evenly spaced."
    )
    return [finding("jitter", message, at[off], column=time)]


def spoken(microseconds: float) -> str:
    """A length of time in its two largest units: "3 h 12 min", "2 days", "250 ms"."""
    left, words = round(microseconds), []
    for size, unit in _UNITS:
        count, left = divmod(left, size)
        if count:
            words.append(f"{count:,} {unit}{'s' if unit == 'day' and count > 1 else ''}")
        if len(words) == 2 or (words and not count):
            break
    return " ".join(words) or f"{microseconds:g} µs"
