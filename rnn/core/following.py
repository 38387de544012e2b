"""What hidden units follow: for each the course of an input that its own course is most like, over many windows.

A unit's course is compared by Pearson's correlation, over many windows and all their later steps together, with every input
column as the network reads it: its value at the step and at steps before, its change, its mean so far; and with the season's
phase, the position in the window and what is known ahead. For a season it is the multiple correlation with its sine and cosine.

n pairs of window and step, M courses, H units.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.unit_courses import Units, spread_out
from rnn.core.windows import Starts

Array64 = NDArray[np.float64]
Floats = NDArray[np.floating[Any]]

CLEAR = 0.6
"""The least |r| that is called following: a straight line through the input then explains 36 % of the unit's variance."""

LONGEST_LAG, LAGGED_CHANGES = 12, 3
FEWEST, MOST, COST, PAIRS = 3, 256, 600_000_000, 6000
"""Windows of a sample, multiplications that it may take, and pairs of window and step that are compared."""

NEAR = 0.005
"""Of courses that are followed about as closely (a wave and its own past are) the simplest is named, which comes first."""

FLAT = 1e-6
"""A unit whose values span less than this is always the same."""

BINS = 40

IN_CACHE = 131_072
"""Numbers that are worked on at once."""


@dataclass(frozen=True)
class Course:
    """kind: "level" of a column, `lag` records ago; "change" from the record before it, `lag` records ago; "mean" of its last
    `span` records; "ahead": what it holds at step `lag` of those predicted; "season" of `span` records; "position"."""

    kind: str
    column: str = ""
    lag: int = 0
    span: float = 0


@dataclass(frozen=True, eq=False)
class Following:
    """courses: all that were compared; best (H,): which one each unit is most like; r (H,): how closely, with its sign.
    low, high (H,) and counts (H, BINS): the distribution of each unit's values between them, over all steps of the sample.
    extreme (H,): the share of values beyond 0.99 in size (of a sigmoid above 0.99 or below 0.01). windows: how many of `of`."""

    courses: tuple[Course, ...]
    best: NDArray[np.intp]
    r: Array64
    low: Array64
    high: Array64
    counts: NDArray[np.intp]
    extreme: Array64
    windows: int
    of: int

    def course(self, unit: int) -> Course | None:
        """What the unit follows, None where it follows nothing clearly."""
        return self.courses[self.best[unit]] if abs(self.r[unit]) >= CLEAR else None

    @property
    def constant(self) -> NDArray[np.bool_]:
        """(H,): the units that are always the same."""
        return self.high - self.low <= FLAT

    @property
    def order(self) -> NDArray[np.intp]:
        """Unit numbers (H,): those that follow the same together in the order of the courses, the closest first; then those
        that follow nothing clearly, and those that are always the same."""
        size = np.abs(self.r)
        group = np.where(size >= CLEAR, self.best, len(self.courses))
        return np.lexsort((-size, np.where(self.constant, len(self.courses) + 1, group)))


def following(units: Units, starts: Starts, seasons: Sequence[float] = (), *, sigmoid: bool = False) -> Following:
    """By a sample of the windows that start at these records, the same for the same arguments. seasons: how many records each
    of them has. sigmoid: whether the values have gone through one, for `extreme`."""
    most = min(MOST, max(FEWEST, COST // units.cost))
    sample = starts[spread_out(len(starts), most)]
    x = units.read(sample)
    values = units.of(x)
    steps, batch = values.shape[:2]
    first = _first_step(units)
    pairs = _pairs((steps - first) * batch)
    courses, columns = [], []
    for course, over in _courses(units, x, sample, seasons):
        courses.append(course)
        columns.append(over[first:].reshape(-1, *over.shape[2:])[pairs])
    own = values[first:].reshape((steps - first) * batch, -1)[pairs].astype(np.float64)
    best, r = _closest(own, columns)
    everything = values.reshape(steps * batch, -1)
    low, high, counts = _distribution(everything)
    extreme = _beyond(everything, 0.01 if sigmoid else -0.99, 0.99)
    return Following(tuple(courses), best, r, low, high, counts, extreme, len(sample), len(starts))


def _longest_lag(window: int) -> int:
    return max(0, min(LONGEST_LAG, (window - 2) // 2))


def _first_step(units: Units) -> int:
    """From it on every lag and change has its record in the window: all courses are compared over the same steps."""
    config = units.model.config
    needed = _longest_lag(config.window) + 2 if config.window > 1 else 1
    return min(config.steps - 1, -(-needed // config.patch) - 1)


def _pairs(count: int) -> Starts:
    if count <= PAIRS:
        return np.arange(count)
    return np.sort(np.random.default_rng(0).choice(count, PAIRS, replace=False))


def _courses(
    units: Units, x: Array64, sample: Starts, seasons: Sequence[float]
) -> Iterator[tuple[Course, NDArray[np.floating[Any]]]]:
    """Every course over all steps and windows, (T, B), of a season (T, B, 2), simpler ones first. What a step has no record
    for (before the first one compared) is anything."""
    config, framing = units.model.config, units.model.framing
    steps, batch = x.shape[:2]
    dynamic = [name for name in framing.names if name not in framing.static]
    width = config.patch * len(dynamic)
    records = x[:, :, :width].reshape(steps, batch, config.patch, -1).swapaxes(1, 2).reshape(config.window, batch, -1)
    last = np.arange(1, steps + 1) * config.patch - 1
    longest = _longest_lag(config.window)
    changes = np.diff(records, axis=0, prepend=records[:1])
    for column, name in enumerate(dynamic):
        for lag in range(longest + 1):
            yield Course("level", name, lag), records[last - lag, :, column]
            if config.window > 1 and lag < LAGGED_CHANGES:
                yield Course("change", name, lag), changes[last - lag, :, column]
        if longest > 1:
            span = next((int(season) for season in seasons if 2 < season <= longest + 1), longest + 1)
            yield Course("mean", name, span=span), np.mean([records[last - k, :, column] for k in range(span)], axis=0)
    for number, name in enumerate(framing.known):
        place = width + len(framing.static) + number
        for ahead in range(min(config.horizon, LONGEST_LAG)):
            yield Course("ahead", name, ahead + 1), x[:, :, place + ahead * len(framing.known)]
    if steps > 2:
        yield Course("position"), np.broadcast_to(np.arange(steps)[:, None], (steps, batch))
    for season in seasons:
        row = sample + (config.reach - config.window) + last[:, None]
        angle = 2 * np.pi * row / season
        yield Course("season", span=season), np.stack([np.cos(angle), np.sin(angle)], axis=2)


def _closest(own: Array64, courses: list[Floats]) -> tuple[NDArray[np.intp], Array64]:
    """own (n, H), overwritten; courses: (n,) or (n, 2) each → of each unit which course, (H,), and its correlation, (H,)."""
    largest = np.maximum(own.max(axis=0), -own.min(axis=0))
    own -= own.mean(axis=0)
    length = np.sqrt(np.einsum("nh,nh->h", own, own))
    flat = _is_flat(length, len(own), largest)
    # Columns side by side, so that one product finds all: one for a course, two for a season.
    bases = [_orthonormal(course.reshape(len(own), -1)) for course in courses]
    shares = np.where(flat, 0, (np.concatenate(bases, axis=1).T @ own) / np.where(flat, 1, length))
    found = np.empty((len(courses), own.shape[1]))
    row = 0
    for k, course in enumerate(courses):
        wide = bases[k].shape[1]
        found[k] = shares[row] if course.ndim == 1 else np.sqrt(np.square(shares[row : row + wide]).sum(axis=0))
        row += wide
    size = np.abs(found)
    best = np.argmax(size >= size.max(axis=0) - NEAR, axis=0)
    return best, np.take_along_axis(found, best[None], axis=0)[0].clip(-1, 1)


def _orthonormal(columns: Floats) -> Array64:
    """One column or more (n, M) less their means, as an orthonormal basis; 0 for one that does not vary."""
    centred = columns - columns.mean(axis=0, dtype=np.float64)
    length = np.sqrt(np.square(centred).sum(axis=0))
    flat = _is_flat(length, len(columns), np.abs(columns).max(axis=0))
    scaled: Array64 = np.where(flat, 0, centred / np.where(flat, 1, length))
    if columns.shape[1] == 1:
        return scaled
    basis, sizes, _ = np.linalg.svd(scaled, full_matrices=False)
    kept: Array64 = basis * (sizes > FLAT)
    return kept


def _is_flat(length: Array64, count: int, largest: Floats) -> NDArray[np.bool_]:
    """Whether so many numbers of this length about their mean, none beyond `largest` in size, are all the same."""
    flat: NDArray[np.bool_] = length <= FLAT * np.sqrt(count) * np.maximum(1e-3, largest)
    return flat


def _distribution(values: Floats) -> tuple[Array64, Array64, NDArray[np.intp]]:
    """Lowest and highest of each unit (H,) and how many values lie in each of BINS equal parts between them."""
    low, high = values.min(axis=0).astype(np.float64), values.max(axis=0).astype(np.float64)
    scale = BINS / np.where(high > low, high - low, 1)
    hidden = values.shape[1]
    first = BINS * np.arange(hidden)
    counts = np.zeros(hidden * BINS, np.intp)
    for some in _parts(values):
        above = some - low
        above *= scale
        bins = above.astype(np.intp)
        np.minimum(bins, BINS - 1, out=bins)
        bins += first
        counts += np.bincount(bins.ravel(), minlength=hidden * BINS)
    return low, high, counts.reshape(hidden, BINS)


def _beyond(values: Floats, low: float, high: float) -> Array64:
    """Of each unit the share of its values that lie below `low` or above `high`, (H,)."""
    found = np.zeros(values.shape[1], np.intp)
    for some in _parts(values):
        found += ((some > high) | (some < low)).sum(axis=0)
    share: Array64 = found / len(values)
    return share


def _parts(values: Floats) -> Iterator[Floats]:
    """Some rows after the other: what is made of them stays in the processor's cache."""
    rows = max(1, IN_CACHE // values.shape[1])
    for begin in range(0, len(values), rows):
        yield values[begin : begin + rows]
