"""Other windows in which a hidden unit acts as it does in a given one.

Every window starts from a state of zero, so a unit's course has to be computed window by window. A long series is therefore
searched in two rounds: every n-th window first, then the neighbourhood of the best ones at ever smaller steps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnn.core.unit_courses import Units
from rnn.core.windows import Starts

Array64 = NDArray[np.float64]

FEWEST, MOST, COST = 64, 20_000, 1_200_000_000
"""Windows of the first round, and multiplications that it, and what follows, may take."""

CLOSER, LEAST_REFINED, MOST_REFINED = 4, 2, 24
"""By so much the step is shortened a round; how many of the best places are looked at more closely, as many as `COST`
allows."""


@dataclass(frozen=True, eq=False)
class Match:
    """The window that starts at record `first`. course (T,): the unit's there. distance: the root mean square difference from
    its course in the given window; r: their correlation, NaN where one of them is flat."""

    first: int
    course: Array64
    distance: float
    r: float


@dataclass(frozen=True, eq=False)
class Alike:
    """given: the unit's course in the given window. matches: the nearest first. usual: the median distance of all windows
    looked at, for comparison. looked_at: how many of `of` windows; stride: 1 where it was every one."""

    given: Array64
    matches: tuple[Match, ...]
    usual: float
    looked_at: int
    of: int
    stride: int


def alike(units: Units, unit: int, first: int, starts: Starts, *, most: int = 6) -> Alike:
    """The windows, of those that start at `starts` (rising), in which the unit's course is nearest to the one in the window
    that starts at record `first`: moments at least half a window apart from that and from each other."""
    given = units.of_one(np.array([first]), unit)[:, 0]
    apart = max(1, units.model.config.window // 2)
    stride = max(1, -(-len(starts) // _first_round(units)))
    seen = _Seen(units, unit, given, starts)
    seen.look_at(np.arange(0, len(starts), stride))
    usual = float(np.median(list(seen.distances.values())))
    step, refined = stride, _refined(units, stride)
    while step > 1:
        best = np.array(seen.nearest(first, apart, refined), np.intp)
        step = -(-step // CLOSER)
        around = np.concatenate([best + k * step for k in range(1 - CLOSER, CLOSER)])
        seen.look_at(around[(around >= 0) & (around < len(starts))])
    nearest = seen.nearest(first, apart, most)
    matches = tuple(_match(int(starts[place]), seen.courses([place])[:, 0], given) for place in nearest)
    return Alike(given, matches, usual, len(seen.distances), len(starts), stride)


def work(units: Units, windows: int) -> int:
    """Multiplications of the search in so many windows, at most about."""
    return 2 * min(windows, _first_round(units)) * units.cost


def _first_round(units: Units) -> int:
    return min(MOST, max(FEWEST, COST // units.cost))


def _refined(units: Units, stride: int) -> int:
    rounds = max(1, math.ceil(math.log(stride, CLOSER)))
    return min(MOST_REFINED, max(LEAST_REFINED, COST // (units.cost * 2 * (CLOSER - 1) * rounds)))


class _Seen:
    """Windows looked at so far: place in `starts` → distance from the given course."""

    def __init__(self, units: Units, unit: int, given: Array64, starts: Starts) -> None:
        self._units, self._unit, self._given, self._starts = units, unit, given, starts
        self.distances: dict[int, float] = {}

    def courses(self, places: Sequence[int] | Starts) -> Array64:
        """(T, B)"""
        return self._units.of_one(self._starts[np.asarray(places, np.intp)], self._unit)

    def look_at(self, places: Starts) -> None:
        new = np.array(sorted(set(places.tolist()) - self.distances.keys()), np.intp)
        if len(new):
            distances = np.sqrt(np.square(self.courses(new) - self._given[:, None]).mean(axis=0))
            self.distances.update(zip(new.tolist(), distances.tolist(), strict=True))

    def nearest(self, first: int, apart: int, most: int) -> list[int]:
        """Places of the nearest, none of whose windows starts within `apart` records of another's or of `first`."""
        taken, found = [first], []
        for place in sorted(self.distances, key=lambda place: (self.distances[place], place)):
            start = int(self._starts[place])
            if all(abs(start - other) >= apart for other in taken):
                taken.append(start)
                found.append(place)
                if len(found) == most:
                    break
        return found


def _match(first: int, course: Array64, given: Array64) -> Match:
    distance = float(np.sqrt(np.square(course - given).mean()))
    own, other = course - course.mean(), given - given.mean()
    size = float(np.sqrt(np.square(own).sum() * np.square(other).sum()))
    return Match(first, course, distance, float(own @ other) / size if size > 1e-12 else float("nan"))
