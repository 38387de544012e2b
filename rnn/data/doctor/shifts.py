"""The level of a series that changes from one row to the next and stays changed."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..findings import counted
from ..repair.record import Repair
from .diagnosis import Diagnosis, Remedy, around
from .probe import Probe, main_season

THRESHOLD = 4.5
MARGIN = 10.0
SMOOTH = 8
VISIBLE = 1.5
MOST_MEMORY = 0.5
_EDGE = 5
_BESIDE = 25
_LEAST = 30
_MOST_POINTS = 1000
_MOST_SHIFTS = 12
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Shift:
    """at: the first place of the new level. by: how much higher it is. t: the statistic."""

    at: int
    by: float
    t: float


def level_shifts(probe: Probe) -> list[Diagnosis]:
    """Steps in the mean of a column, each beside a straight line through the whole stretch.

    See `steps_in` for the rule. Long series are examined in about 1000 equal blocks, in whole seasons where there is one, so
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


def steps_in(y: Array) -> list[Shift]:
    """The level shifts of a series without season, y (n,) all finite, in order.

    A smooth curve (a polynomial of degree 1 to SMOOTH + 1, as high as pays) is set against the same with one step or two, at
    the places that explain most, by Schwarz' criterion (1978). Steps count where they win by MARGIN or more, and where each
    - has |t| > THRESHOLD + 30 / n, t being the step over its standard error, enlarged by √((1 + ρ) / (1 − ρ)) for the first
      autocorrelation ρ of what remains (the long-run variance of an AR(1)), and ρ is at most MOST_MEMORY;
    - is at least VISIBLE standard deviations of what remains, so that it can be seen;
    - is a jump: the medians of the 25 values before and after it are 0.6 of it apart.
    Levels that last for less than a 25th of the series are left to other looks; the stretches between found steps are
    examined again. The curve keeps trends and slow waves from being taken for steps,
    the bound on ρ random walks, the jump what wanders. False alarms by simulation: about 1 series in 100 or fewer of 100 or
    more values (tests/data/test_doctor_alarms.py).
    """
    found = _search(np.asarray(y, dtype=np.float64), 0, max(_EDGE, len(y) // 25))
    return sorted(found, key=lambda shift: shift.at)[:_MOST_SHIFTS]


def _search(y: Array, offset: int, edge: int) -> list[Shift]:
    """edge: how many values a level lasts at least."""
    if len(y) < max(_LEAST, 4 * edge) or y.min() == y.max():
        return []
    basis, places = _best_model((y - y.mean()) / y.std(), edge)
    steps = _tested(y, basis, places) if places else []
    if not steps:
        return []
    ends = [0, *(step.at for step in steps), len(y)]
    inner = [
        shift for start, stop in itertools.pairwise(ends) for shift in _search(y[start:stop], offset + start, edge)
    ]
    return [*(Shift(step.at + offset, step.by, step.t) for step in steps), *inner]


def _best_model(y: Array, edge: int) -> tuple[Array, list[int]]:
    """The smooth basis (n, m) and the places of the steps that win by Schwarz' criterion; no places where none does."""
    n, best = len(y), {}
    for degree in range(1, 2 + min(SMOOTH, n // 20)):
        basis = np.linalg.qr(_curve(n, degree))[0]
        for places in _candidates(y, basis, edge):
            full = _with_steps(basis, places)
            left = float(((y - full @ (full.T @ y)) ** 2).sum())
            score = n * np.log(max(left, 1e-12 * n) / n) + (basis.shape[1] + 2 * len(places)) * np.log(n)
            stepped = bool(places)
            if stepped not in best or score < best[stepped][0]:
                best[stepped] = score, basis, places
    if True in best and best[True][0] < best[False][0] - MARGIN:
        return best[True][1], best[True][2]
    return best[False][1], []


def _curve(n: int, degree: int) -> Array:
    return np.polynomial.legendre.legvander(np.linspace(-1, 1, n), degree)


def _step(n: int, place: int) -> Array:
    return (np.arange(n) >= place).astype(np.float64)


def _with_steps(basis: Array, places: list[int]) -> Array:
    """An orthonormal basis (n, m + steps) of the curve and the steps."""
    for place in places:
        step = _step(len(basis), place)
        step -= basis @ (basis.T @ step)
        basis = np.column_stack([basis, step / np.linalg.norm(step)])
    return basis


def _candidates(y: Array, basis: Array, edge: int) -> list[list[int]]:
    """No step, the best one, and the best two that greed and one round of refinement find."""
    first = _next_place(y, basis, [], edge)
    if first is None:
        return [[]]
    second = _next_place(y, _with_steps(basis, [first]), [first], edge)
    if second is None:
        return [[], [first]]
    for _ in range(2):
        first, second = second, _next_place(y, _with_steps(basis, [second]), [second], edge)
    return [[], [_next_place(y, basis, [], edge)], sorted((first, second))]


def _next_place(y: Array, basis: Array, taken: list[int], edge: int) -> int | None:
    """Where one more step explains most of y beside the basis, `edge` values or more from the ends and from those taken."""
    n = len(y)
    rest = y - basis @ (basis.T @ y)
    after = np.cumsum(rest[::-1])[::-1]  # the step from k on, times what is left
    shared = np.cumsum(basis[::-1], axis=0)[::-1]
    own = np.arange(n, 0, -1) - (shared**2).sum(axis=1)  # what of that step the basis does not hold already
    allowed = own > 1.0
    allowed[:edge] = allowed[n - edge + 1 :] = False
    for place in taken:
        allowed[max(0, place - edge) : place + edge] = False
    if not allowed.any():
        return None
    return int(np.argmax(np.where(allowed, after**2 / np.maximum(own, 1e-9), -1.0)))


def _tested(y: Array, basis: Array, places: list[int]) -> list[Shift]:
    """The steps with their sizes, if each is beyond doubt."""
    design = np.column_stack([basis, *(_step(len(y), place) for place in places)])
    inverse = np.linalg.pinv(design.T @ design)
    weights = inverse @ (design.T @ y)
    rest = y - design @ weights
    power = max(float(rest @ rest), 1e-18 * float(y @ y))
    memory = float(rest[1:] @ rest[:-1]) / power
    memory = max(0.0, memory + (design.shape[1] + 1 + 3 * memory) / len(y))  # it is underestimated in short series
    if memory > MOST_MEMORY:
        return []
    noise = power / (len(y) - design.shape[1]) * (1 + memory) / (1 - memory)
    sizes = weights[basis.shape[1] :]
    t = sizes / np.sqrt(noise * np.diag(inverse)[basis.shape[1] :])
    spread = np.sqrt(power / (len(y) - design.shape[1]))
    doubtful = (np.abs(t) <= THRESHOLD + 30 / len(y)) | (np.abs(sizes) < VISIBLE * spread)
    if doubtful.any() or not all(_jumps(y, places, k, float(by)) for k, by in enumerate(sizes)):
        return []
    return [Shift(place, float(by), float(one)) for place, by, one in zip(places, sizes, t, strict=True)]


def _jumps(y: Array, places: list[int], k: int, by: float) -> bool:
    """Whether the medians of up to 25 values on either side of the k-th place are most of the step apart: what wanders to
    another level without a jump is no shift."""
    ends = [0, *places, len(y)]
    width = min(_BESIDE, ends[k + 1] - ends[k], ends[k + 2] - ends[k + 1])
    place = places[k]
    jump = np.median(y[place : place + width]) - np.median(y[place - width : place])
    return bool(jump * np.sign(by) >= 0.6 * abs(by))


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
