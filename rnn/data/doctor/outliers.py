"""Single values far from their neighbours that no season repeats."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..findings import counted
from ..repair.record import Repair
from ..repair.row_ranges import ranges_of
from .diagnosis import Diagnosis, Remedy, around, where
from .probe import Probe, sample

NEIGHBOURS = 7  # values whose median a value is compared with, its own included
SIGMAS = 6.0
TAIL = 4.0
_REPEATED = 0.4  # of its height that a spike must reach one season before and after to count as the season's own
_LEAST = 20
Array = NDArray[np.float64]


def outliers(probe: Probe) -> list[Diagnosis]:
    """A Hampel filter (Hampel 1974) with two guards.

    A value is far where its distance from the median of the 7 around it exceeds both 6 robust standard deviations (1.4826
    times the median of those distances) and 4 times their 95th percentile: the second keeps series with heavy tails and
    busy days from being flooded. A spike that stands at the same phase of most neighbouring seasons is the season's own.
    Where values never fall below zero, a value must be far on the logarithmic scale as well, since their swings grow with
    their level.
    """
    from scipy.ndimage import median_filter  # here: a page without findings need not wait for its import

    at = np.flatnonzero(probe.sound)
    values = probe.y[at]
    if len(values) < _LEAST:
        return []
    off = values - median_filter(values, size=NEIGHBOURS, mode="mirror")
    limit = _limit(np.abs(off))
    far = np.flatnonzero(np.abs(off) > limit)
    if len(far) and values.min() >= 0:
        far = far[_far_in_logarithm(values, far)]
    for season in probe.seasons:
        far = far[~_repeated(off, far, season)]
    if not len(far):
        return []
    marked = np.zeros(len(probe.y), dtype=bool)
    marked[at[far]] = True
    return [_diagnosis(probe, marked, values, far, off)]


def _limit(distance: Array) -> float:
    middle, tail = np.quantile(sample(distance), [0.5, 0.95])
    if middle == 0:  # more than half of the values lie on their neighbours' median: judge by those that move
        moving = distance[distance > 0]
        if len(moving) < _LEAST:
            return np.inf
        middle, tail = np.quantile(sample(moving), [0.5, 0.95])
    return float(max(SIGMAS * 1.4826 * middle, TAIL * tail))


def _far_in_logarithm(values: Array, far: NDArray[np.intp]) -> NDArray[np.bool_]:
    positive = values[values > 0]
    if not len(positive):
        return np.ones(len(far), dtype=bool)
    unit = float(np.median(positive))

    def off(places: NDArray[np.intp]) -> Array:
        reach = np.arange(NEIGHBOURS) - NEIGHBOURS // 2
        around = np.clip(places[:, None] + reach, 0, len(values) - 1)
        level = np.log1p(values[around] / unit)
        return np.abs(level[:, NEIGHBOURS // 2] - np.median(level, axis=1))

    return off(far) > _limit(off(sample(np.arange(len(values)))))


def _repeated(off: Array, far: NDArray[np.intp], season: int) -> NDArray[np.bool_]:
    """Whether half or more of up to four neighbouring seasons have a spike of the same sign and near the same height there.
    A year may be a row longer or shorter than another, so long seasons are looked at one row to each side as well."""
    height = np.abs(off[far])
    seen, alike = np.zeros(len(far)), np.zeros(len(far))
    for cycles in (-2, -1, 1, 2):
        best = np.full(len(far), -np.inf)
        for jitter in (-1, 0, 1) if season >= 50 else (0,):
            place = far + cycles * season + jitter
            inside = (place >= 0) & (place < len(off))
            same = off[np.where(inside, place, 0)] * np.sign(off[far])
            best = np.maximum(best, np.where(inside, same, -np.inf))
        seen += np.isfinite(best)
        alike += best >= _REPEATED * height
    return (seen > 0) & (alike >= 0.5 * seen)


def _diagnosis(probe: Probe, marked: NDArray[np.bool_], values: Array, far: NDArray[np.intp], off: Array) -> Diagnosis:
    rows = probe.rows[marked]
    worst = far[int(np.argmax(np.abs(off[far])))]
    place = int(np.flatnonzero(probe.sound)[worst])
    message = (
        f"{counted(len(rows), 'value')} of {probe.name!r} far from the values around{where(rows)}; the farthest is "
        f"{values[worst]:g} in row {probe.rows[place]}, where {values[worst] - off[worst]:g} would be usual."
    )
    others = np.delete(values, far)
    named = ranges_of(rows[rows > 0])
    bounds = {"low": float(others.min()), "high": float(others.max()), "rows": named}
    clip = f"To the range of all others, {bounds['low']:.4g} to {bounds['high']:.4g}."
    remedies = [
        Remedy(
            "Take them out",
            "They count as missing from here on and are filled.",
            Repair("mask", probe.name, {"rows": named}),
        ),
        Remedy("Clip them", clip, Repair("clip", probe.name, bounds)),
    ]
    if (values[far] >= others.min()).all() and (values[far] <= others.max()).all():
        remedies.pop()  # they stand within the range of the others, so clipping would change nothing
    picture = around(probe.x, probe.y, marked, (place, place + 1))
    return Diagnosis("outliers", probe.name, len(rows), rows, message, picture, tuple(remedies))
