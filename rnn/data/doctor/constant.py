"""Stretches in which a value does not move: a sensor that hangs, a file that repeats its last reading."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..findings import counted
from ..repair.record import Repair
from ..repair.row_ranges import ranges_of
from .diagnosis import Diagnosis, Remedy, around, where
from .probe import Probe

ALARM = 1e-4  # expected number of such runs in a series of this length, below which a run is reported
_LEAST = 5


def constant_stretches(probe: Probe) -> list[Diagnosis]:
    """Runs of one value that are longer than chance allows.

    The chance that a value is followed by itself is counted on all other runs of the same value, so zeros every night or
    weekends without sales are ordinary; a run of L ≥ 5 is reported where N · chance^(L − 1) < ALARM and it is more than twice
    as long as the 95th percentile of the other runs of its value, or where there are ten of those and it is four times as
    long. A column of two values, such as a flag or one kind of weather, is a switch that may rest in either.
    """
    at = np.flatnonzero(probe.sound)
    values = probe.y[at]
    if len(values) < 2 * _LEAST:
        return []
    if values.min() == values.max():
        return [_all_alike(probe, float(values[0]))]
    if np.isin(values, (values.min(), values.max())).all():
        return []
    starts = np.concatenate(([0], np.flatnonzero(np.diff(values) != 0) + 1))
    lengths = np.diff(np.append(starts, len(values)))
    stuck = _too_long(values[starts], lengths, len(values))
    if not stuck.any():
        return []
    marked = np.zeros(len(probe.y), dtype=bool)
    again = np.zeros(len(probe.y), dtype=bool)
    for start, length in zip(starts[stuck], lengths[stuck], strict=True):
        marked[at[start : start + length]] = True
        again[at[start + 1 : start + length]] = True
    longest = int(np.argmax(np.where(stuck, lengths, 0)))
    rows = probe.rows[marked]
    message = (
        f"{probe.name!r} does not move in {counted(int(stuck.sum()), 'stretch').replace('stretchs', 'stretches')}, "
        f"{counted(len(rows), 'row')} in all{where(rows)}; the longest holds {values[starts[longest]]:g} for "
        f"{lengths[longest]:,} rows."
    )
    first = int(at[starts[longest]])
    picture = around(probe.x, probe.y, marked, (first, int(at[starts[longest] + lengths[longest] - 1]) + 1))
    rows_again = probe.rows[again]
    mask = Remedy(
        "Take the repeats out",
        "The first value of each stretch stays; the others count as missing and are filled.",
        Repair("mask", probe.name, {"rows": ranges_of(rows_again[rows_again > 0])}),
    )
    return [Diagnosis("constant", probe.name, len(rows), rows, message, picture, (mask,))]


def _all_alike(probe: Probe, value: float) -> Diagnosis:
    message = f"Every value of {probe.name!r} is {value:g}: there is nothing to learn from it."
    marked = probe.sound
    picture = around(probe.x, probe.y, marked, (0, len(marked)))
    return Diagnosis("constant", probe.name, int(marked.sum()), probe.rows[marked], message, picture)


def _too_long(values: NDArray[np.float64], lengths: NDArray[np.intp], count: int) -> NDArray[np.bool_]:
    """Mask of the runs; values: (R,) what each run holds, lengths: (R,) how long it is."""
    stuck = np.zeros(len(lengths), dtype=bool)
    if lengths.max() < _LEAST:
        return stuck
    repeats = float((lengths - 1).sum())
    pooled = (repeats - lengths.max() + 2) / (count - lengths.max() + 2)
    order = np.lexsort((lengths, values))  # by value, and within a value the shortest run first
    sizes = lengths[order]
    firsts = np.concatenate(([0], np.flatnonzero(np.diff(values[order]) != 0) + 1))
    number = np.diff(np.append(firsts, len(order)))
    group = np.repeat(np.arange(len(firsts)), number)
    rows = np.add.reduceat(sizes, firsts)[group]  # of the same value, in all runs
    runs = number[group]
    others = rows - sizes
    own = (others - (runs - 1) + 2 * pooled) / (others + 2)  # drawn to that of all values where there are few others
    chance = np.clip(np.maximum(own, pooled), 1e-12, 1 - 1e-12)
    usual = np.where(number > 1, sizes[firsts + np.maximum(np.rint(0.95 * (number - 1)).astype(np.intp) - 1, 0)], 1)
    rare = np.log(count) + (sizes - 1) * np.log(chance) < np.log(ALARM)
    usual = usual[group]
    unlike = (runs > 10) & (sizes > 4 * usual)  # as zeros for days among zeros every night
    stuck[order] = (sizes >= _LEAST) & ((rare & (sizes > 2 * usual)) | unlike)
    return stuck
