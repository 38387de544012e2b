"""Stretches in another unit: a factor of 10, 100 or 1000, or °F among °C, found by the jumps at their ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..findings import counted
from ..repair.record import Repair
from ..repair.row_ranges import ranges_of
from .diagnosis import Diagnosis, Remedy, around, where
from .probe import Probe, sample

_BIG = 4.0  # times what 95 % of the steps stay below
_USUAL = 1.5  # the same, for a step that the right unit makes ordinary
_LEAST = 30
_BESIDE = 25
Array = NDArray[np.float64]


@dataclass(frozen=True)
class _Unit:
    """A wrong unit. words: for the message. factor, offset: what leads back. logarithmic: whether steps are ratios.
    least: rows that a stretch must have, the more the likelier such a step is by chance."""

    words: str
    factor: float
    offset: float = 0.0
    logarithmic: bool = True
    least: int = 1

    def back(self, values: Array) -> Array:
        return values * self.factor + self.offset


_SIZES = ((1000.0, 1), (100.0, 1), (10.0, 2))
_UNITS = (
    *(_Unit(f"{size:g} times too large", 1 / size, least=least) for size, least in _SIZES),
    *(_Unit(f"{size:g} times too small", size, least=least) for size, least in _SIZES),
    _Unit("in °F among °C", 5 / 9, -160 / 9, logarithmic=False, least=3),
    _Unit("in °C among °F", 9 / 5, 32.0, logarithmic=False, least=3),
)


def mixed_units(probe: Probe) -> list[Diagnosis]:
    """The unit that explains most rows, where any does.

    A stretch begins with a step far beyond the usual ones that the change of unit makes usual, and ends at the next such
    step, which must be its reverse, or with the series; all stretches hold less than half of the rows. Single rows need a
    factor of 100 or more, and °F three rows: shorter ones may be spikes of just that height.
    """
    at = np.flatnonzero(probe.sound)
    values = probe.y[at]
    if len(values) < _LEAST or len(np.unique(values[:1000])) < 10:
        return []
    steps = {one: _big_steps(values, one) for one in (True, False)}
    explained = [(_rows_off(values, unit, *steps[unit.logarithmic]), unit) for unit in _UNITS]
    (best, count), unit = max(explained, key=lambda one: (one[0][1], -one[0][0].sum()))
    if not count:
        return []
    marked = np.zeros(len(probe.y), dtype=bool)
    marked[at[best]] = True
    rows = probe.rows[marked]
    message = f"{counted(len(rows), 'value')} of {probe.name!r} seem to be {unit.words}{where(rows)}."
    options = {"factor": unit.factor, "offset": unit.offset, "rows": ranges_of(rows[rows > 0])}
    plus = f", {unit.offset:+.4g}" if unit.offset else ""
    convert = Remedy(
        f"Convert them (× {unit.factor:.4g}{plus})",
        "They then continue the rows around them.",
        Repair("unit", probe.name, options),
    )
    mask = Repair("mask", probe.name, {"rows": options["rows"]})
    out = Remedy("Take them out", "They count as missing and are filled.", mask)
    first = int(np.argmax(marked))
    picture = around(probe.x, probe.y, marked, (first, first + 1))
    return [Diagnosis("mixed-units", probe.name, len(rows), rows, message, picture, (convert, out))]


def _big_steps(values: Array, logarithmic: bool) -> tuple[NDArray[np.intp], float]:
    """The places after which a step is far beyond the usual, and what 95 % of the steps stay below."""
    if logarithmic and values.min() <= 0:
        return np.empty(0, dtype=np.intp), 0.0
    step = np.abs(np.diff(np.log(values) if logarithmic else values))
    usual = float(np.quantile(sample(step), 0.95))
    return (np.flatnonzero(step > _BIG * usual) if usual else np.empty(0, dtype=np.intp)), usual


def _rows_off(values: Array, unit: _Unit, big: NDArray[np.intp], usual: float) -> tuple[NDArray[np.bool_], int]:
    """Mask of the rows in this unit, and how many big steps that explains. big, usual: see `_big_steps`."""
    off, none = np.zeros(len(values), dtype=bool), np.zeros(len(values), dtype=bool)
    if not len(big):
        return none, 0
    measure: Callable[[Array], Array] = np.log if unit.logarithmic else np.asarray
    before, after = values[big], values[big + 1]
    explained = 0
    with np.errstate(invalid="ignore", divide="ignore"):
        into = np.abs(measure(unit.back(after)) - measure(before)) <= _USUAL * usual
        out = np.abs(measure(after) - measure(unit.back(before))) <= _USUAL * usual
    for start, stop in _stretches(big, into, out, len(values)):
        if stop - start >= unit.least and _fits_around(values, start, stop, unit, measure):
            off[start:stop] = True
            explained += (start > 0) + (stop < len(values))
    return (off, explained) if off.mean() < 0.5 else (none, 0)


def _fits_around(values: Array, start: int, stop: int, unit: _Unit, measure: Callable[[Array], Array]) -> bool:
    """Whether the rows beside the stretch are far from it as it is, and near once it is converted; a stretch at an end of
    the series, which one step speaks for, must fit better."""
    inside = np.median(values[start : min(start + _BESIDE, stop)])
    outside = np.median(values[max(0, start - _BESIDE) : start] if start else values[stop : stop + _BESIDE])
    with np.errstate(invalid="ignore", divide="ignore"):
        as_is, converted = measure(inside) - measure(outside), measure(unit.back(inside)) - measure(outside)
    near = 0.25 if start and stop < len(values) else 0.1
    return bool(np.abs(converted) < near * np.abs(as_is))


def _stretches(
    big: NDArray[np.intp], into: NDArray[np.bool_], out: NDArray[np.bool_], count: int
) -> Iterator[tuple[int, int]]:
    """From each step into the wrong unit to the next big step, which must lead out of it. A step out that comes first ends
    a stretch that the series began with, a step in that comes last begins one that the series ends with."""
    last = len(big) - 1
    if out[0]:
        yield 0, int(big[0]) + 1
    for k in np.flatnonzero(into).tolist():
        if k == last:
            yield int(big[k]) + 1, count
        elif out[k + 1]:
            yield int(big[k]) + 1, int(big[k + 1]) + 1
