"""The level of a series that changes from one row to the next and stays changed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..findings import counted
from ..repair.record import Repair
from .diagnosis import Diagnosis, Remedy, around
from .probe import Probe, main_season
from .steps import Shift, steps_in

_LEAST = 30
_MOST_POINTS = 1000
Array = NDArray[np.float64]


def level_shifts(probe: Probe) -> list[Diagnosis]:
    """Steps in the mean of a column, its season taken out; see `steps_in` for the rule.

    Long series are examined in about 1000 equal blocks, in whole seasons where there is one, so
    of a million rows a shift must last for some thousands; its row is then found within the block.
    """
    known = np.flatnonzero(probe.sound)
    if len(known) < _LEAST:
        return []
    steps = probe.steps
    season = main_season(probe.y[known], steps[known], [one for one in probe.seasons if one <= len(known) // 4])
    whole = max([one for one in probe.seasons if one <= len(known) // 100], default=1)
    # What is missing or named already is put on a line: left out, it would close up two ends that do not fit.
    at = np.arange(known[0], known[-1] + 1)
    values = np.interp(at, known, _without_season(probe.y[known], steps[known], season))
    points, size = _blocks(values, whole)
    found = [_refined(values, steps[at], shift, size, season) for shift in steps_in(points)]
    if not found:
        return []
    marked = np.zeros(len(probe.y), dtype=bool)
    marked[[at[shift.at] for shift in found]] = True
    rows = probe.rows[marked]
    largest = max(found, key=lambda shift: abs(shift.by))
    place = int(at[largest.at])
    side = "rises" if largest.by > 0 else "falls"
    when = f" ({str(probe.x[place])[:10]})" if probe.x.dtype.kind == "M" else ""
    others = f"; {counted(len(found), 'such shift')} in all, in rows {', '.join(map(str, rows[:8]))}"
    message = (
        f"The level of {probe.name!r} {side} by about {abs(largest.by):.4g} from row {probe.rows[place]} on{when}"
        f"{others if len(found) > 1 else ''}."
    )
    picture = around(probe.x, probe.y, marked, (place, place + 1), max(60, len(values) // 4))
    return [
        Diagnosis("level-shift", probe.name, len(found), rows, message, picture, _remedies(probe, place, largest.by))
    ]


def _remedies(probe: Probe, place: int, by: float) -> tuple[Remedy, ...]:
    row = int(probe.rows[place])
    if row < 1:
        return ()
    trim = {"start": str(probe.x[place])} if probe.x.dtype.kind == "M" else {"first_row": row}
    return (
        Remedy(
            "Keep what comes after", "Where the past was another world; it is left out.", Repair("trim", None, trim)
        ),
        Remedy(
            "Level the past with the present",
            "For a sensor that was moved or a definition that changed; not for what really happened.",
            Repair("shift", probe.name, {"row": row, "by": float(f"{by:.6g}")}),
        ),
    )


def _without_season(values: Array, at: NDArray[np.intp], season: int) -> Array:
    """Less the mean of its phase, the mean of those kept. at: (n,) the rows where the values stand."""
    if season < 2:
        return values
    phase = at % season
    count = np.bincount(phase, minlength=season)
    mean = np.bincount(phase, weights=values, minlength=season) / np.maximum(count, 1)
    return values - (mean - mean[count > 0].mean())[phase]


def _blocks(values: Array, whole: int) -> tuple[Array, int]:
    """Means of equal blocks of rows, about _MOST_POINTS of them and each a multiple of `whole`, and their size."""
    size = -(-len(values) // _MOST_POINTS)
    if size == 1:
        return values, 1
    size = -(-size // whole) * whole
    return values[: len(values) // size * size].reshape(-1, size).mean(axis=1), size


def _refined(values: Array, at: NDArray[np.intp], shift: Shift, size: int, season: int) -> Shift:
    """The place within two blocks to either side that parts the values best, their season taken out."""
    if size == 1:
        return shift
    middle, reach = shift.at * size, 2 * size
    wide = max(reach, 10 * season)
    start, stop = max(0, middle - wide), min(len(values), middle + wide)
    part = values[start:stop]
    level = np.where(np.arange(start, stop) < middle, 0.0, shift.by)
    part = _without_season(part - level, at[start:stop], season) + level if season > 1 else part
    low, high = max(middle - reach, start) - start, min(middle + reach, stop) - start
    part = part[low:high]
    after = np.cumsum((part - part.mean())[::-1])[::-1]
    k = np.arange(len(part))
    gain = after**2 / np.maximum(k * (len(part) - k), 1)
    return Shift(start + low + int(np.argmax(gain)), shift.by, shift.t)
