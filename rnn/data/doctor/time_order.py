"""What can be wrong with the times: their order, repeats, absent steps, no step at all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..findings import counted
from ..repair.aggregates import likely_aggregate
from ..repair.record import Repair
from ..times.frequency import infer_frequency
from .diagnosis import Diagnosis, Picture, Remedy, around, where
from .probe import Probe

_STEPS = ("min", "5min", "10min", "15min", "30min", "h", "3h", "6h", "12h", "D", "W", "MS", "QS", "YS")
_SECONDS = (60, 300, 600, 900, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86400, 604800, 2.63e6, 7.89e6, 3.156e7)


def unsorted(rows: NDArray[Any], times: NDArray[Any]) -> list[Diagnosis]:
    """rows, times: in file order, every time known."""
    back = np.flatnonzero(times[1:] < times[:-1]) + 1
    if not len(back):
        return []
    newest = len(back) == len(times) - 1
    marked = np.zeros(len(times), dtype=bool)
    marked[back] = not newest
    height = (times - times.min()).astype(np.float64)
    how = "newest first" if newest else "not in time order"
    message = f"The rows are {how}: {counted(len(back), 'row')} earlier than the row above{where(rows[back])}."
    picture = around(np.arange(len(times)), height, marked, (int(back[0]), int(back[0]) + 1))
    remedy = Remedy("Sort by time", "A series needs this order; it is done at the end if not before.", Repair("sort"))
    return [Diagnosis("unsorted", None, len(back), rows[back], message, picture, (remedy,))]


def repeated(probe: Probe, values: NDArray[np.float64]) -> list[Diagnosis]:
    """probe: the column to draw. values: (N, D) all columns, in time order."""
    same = np.zeros(len(probe.x), dtype=bool)
    same[1:] = probe.x[1:] == probe.x[:-1]
    count = int(same.sum())
    if not count:
        return []
    at = np.flatnonzero(same)
    equal = (values[at] == values[at - 1]) | (np.isnan(values[at]) & np.isnan(values[at - 1]))
    copies = int(equal.all(axis=1).sum())
    message = f"{counted(count, 'row')} with the time of an earlier row{where(probe.rows[same])}"
    if copies == count:
        message += ", and the same values: copies."
    elif count > len(same) / 2:
        message += (
            ". So many: perhaps the file holds several series one below the other; then name the column that tells them "
            "apart."
        )
    else:
        message += f", {copies:,} of them with the same values." if copies else ", with other values."
    marked = same | np.append(same[1:], False)
    picture = around(probe.x, probe.y, marked, (int(at[0]) - 1, int(at[0]) + 1), 15)
    return [
        Diagnosis(
            "repeated-times", None, count, probe.rows[same], message, picture, _for_repeats(copies == count, probe)
        )
    ]


def _for_repeats(copies: bool, probe: Probe) -> tuple[Remedy, ...]:
    def repair(how: str) -> Repair:
        return Repair("duplicates", None, {"how": how})

    average = Remedy("Average them", "Several readings of one moment become one.", repair("average"))
    first = Remedy("Keep the first", "The others are left out, and counted.", repair("first"))
    last = Remedy("Keep the last", "For corrections that were written below what they correct.", repair("last"))
    total = Remedy("Add them up", "Where each row is a part of the amount.", repair("sum"))
    if copies:
        return first, last, average
    parts = likely_aggregate(probe.name, probe.y)[0] == "sum"
    return (total, average, last, first) if parts else (average, last, first, total)


def gaps(probe: Probe, frequency: str | None) -> list[Diagnosis]:
    """Steps of the frequency that are absent; without a frequency, that there is none."""
    if probe.x.dtype.kind != "M" or len(probe.x) < 3:
        return []
    found, absent = infer_frequency(probe.x)
    if frequency is None and found is None:
        return _irregular(probe)
    if not absent or found is None:
        return []
    steps = np.diff(probe.x).astype(np.float64)
    after = np.flatnonzero(steps > 1.5 * np.median(steps[steps > 0]))
    if not len(after):
        return []
    longest = int(after[np.argmax(steps[after])])
    marked = np.zeros(len(probe.x), dtype=bool)
    marked[[longest, longest + 1]] = True
    after_rows = where(probe.rows[after]).replace("(", "(after ")
    message = f"{counted(absent, 'step')} of {found!r} absent in {counted(len(after), 'gap')}{after_rows}"
    message += f"; the longest follows row {probe.rows[longest]}." if len(after) > 1 else "."
    picture = around(probe.x, probe.y, marked, (longest, longest + 2), 20)
    return [Diagnosis("gaps", None, absent, probe.rows[after], message, picture, _for_gaps(found))]


def _for_gaps(frequency: str) -> tuple[Remedy, ...]:
    def repair(fill: str) -> Repair:
        return Repair("grid", None, {"frequency": frequency, "fill": fill})

    return (
        Remedy("Make the steps, interpolated", "Each step has its row; new ones lie on a line.", repair("interpolate")),
        Remedy(
            "Make the steps, with the last value", "Never looks ahead; for prices and standings.", repair("forward")
        ),
        Remedy("Make the steps, with zero", "For amounts where no row means nothing happened.", repair("zero")),
    )


def _irregular(probe: Probe) -> list[Diagnosis]:
    steps = np.diff(probe.x).astype("timedelta64[us]").astype(np.float64) / 1e6
    steps = steps[steps > 0]
    if len(steps) < 10:
        return []
    middle = float(np.median(steps))
    frequency = _STEPS[int(np.argmin(np.abs(np.log(np.array(_SECONDS) / middle))))]
    low, high = (pd.Timedelta(seconds=float(one)).round("s") for one in np.quantile(steps, [0.05, 0.95]))
    message = (
        f"The times have no regular step: most lie between {low} and {high} apart, and a network counts rows, not time."
    )
    how, why = likely_aggregate(probe.name, probe.y)
    label = f"Put on a grid of {frequency!r}"
    why = f"The usual step is about that; {probe.name!r} is taken by {how}, because {why}."
    repair = Repair("grid", None, {"frequency": frequency, "fill": "interpolate"})
    picture = Picture(probe.x[:80], probe.y[:80], np.zeros(min(80, len(probe.x)), dtype=bool))
    return [Diagnosis("irregular", None, len(steps), probe.rows[:0], message, picture, (Remedy(label, why, repair),))]
