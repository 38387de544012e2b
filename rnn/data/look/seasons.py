"""The likely seasons of a series: what stands out of its spectrum and repeats in its autocorrelation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .natural import natural_periods, nearest_natural
from .pattern import alike, strength_of, without_pattern, without_trend
from .spectrum import LEAST, Spectrum, spectrum
from .usable import usable

Array64 = NDArray[np.float64]

FALSE_ALARM = 0.01  # share of series without a season in which one may be found, of the calendar's and of the others
WEAKEST = 0.03  # share of the movement within a season; a million records make even less than that certain, and useless
FEWEST = 3  # whole seasons: fewer cannot be told from a trend
SHORTEST = 3.0  # records; what goes up and down by turns is no season
_HARMONICS = 6  # lines of a natural season that are looked at together
_SAME = 0.02  # of a frequency: lines so near to that of a season, or its multiple, belong to it
_ROUGH = 0.05  # … and so wide is the line of a cycle that is never quite the same
_MOST = 3  # seasons that no calendar explains; from then on it is the shape of the noise
_LINES = 40  # peaks that are followed up


@dataclass(frozen=True)
class Season:
    """period: records in one, seldom whole. strength: 0 … 1, the share of the movement about the trend that repeats from season
    to season, what shorter seasons explain not counted again. why: one sentence. name: "day", "week", "year", … where the
    calendar has it.
    """

    period: float
    strength: float
    why: str
    name: str = ""

    @property
    def records(self) -> int:
        """The period as a whole number of records."""
        return round(self.period)


def find_seasons(
    values: ArrayLike, frequency: str | None = None, *, seen: Spectrum | None = None
) -> tuple[Season, ...]:
    """The seasons of values (N,), the strongest first; () where there is none, and for constant and very short series.

    frequency: a pandas offset alias; its natural seasons (24 and 168 hours, 7 and 365.25 days, 12 months, …) are looked for
    first, each by the power of its line and of the multiples together. seen: the spectrum, where it is known already. Any other
    line must stand out of the whole spectrum (`Spectrum.threshold`). Each must then show in the autocorrelation as well, and
    is told from its own multiples. Of 100 series without a season, one is found in
    two at most: 1 % for the natural ones together and 1 % for all other lines.
    """
    try:
        array = usable(values, LEAST)
    except ValueError:
        return ()
    lines = seen or spectrum(array)
    found = _natural(array, lines, frequency)
    found += _others(array, lines, frequency, found)
    return _described(array, lines, found)


def _natural(array: Array64, lines: Spectrum, frequency: str | None) -> list[tuple[str, float]]:
    periods = {name: p for name, p in natural_periods(frequency).items() if FEWEST * p <= len(array) + 1}
    found: list[tuple[str, float]] = []
    for name, period in periods.items():
        chance = _chance_of_comb(lines, period, [other for _, other in found])
        if chance * len(periods) < FALSE_ALARM and _repeats(array, period, [other for _, other in found]):
            found.append((name, period))
    return found


def _chance_of_comb(lines: Spectrum, period: float, shorter: Sequence[float]) -> float:
    """How likely noise alone gives as much power at 1 / period alone, or there and at its multiples together (those of
    shorter seasons left out); twice the smaller of the two, for it had two tries."""
    multiples = [k / period for k in range(1, min(_HARMONICS, int(period / 2)) + 1)]
    own = [one for one in multiples if not any(_belongs(one, other, lines.records) for other in shorter)]
    places = [place for one in own if (place := round(one * lines.records) - 1) < len(lines.power)]
    surprises = lines.surprises(places)
    alone = _chance(surprises[:1]) if own and own[0] == multiples[0] else 1.0
    return min(1.0, 2 * min(alone, _chance(surprises)))


def _chance(surprises: Sequence[float]) -> float:
    """Survival of the gamma variable that J unit exponentials add up to: a sum of J Poisson terms."""
    total = math.fsum(surprises)
    if total <= 0:
        return 1.0
    return math.fsum(math.exp(-total + k * math.log(total) - math.lgamma(k + 1)) for k in range(len(surprises)))


def _others(
    array: Array64, lines: Spectrum, frequency: str | None, known: Sequence[tuple[str, float]]
) -> list[tuple[str, float]]:
    """Lines above the threshold that belong to no season found before, the clearest first."""
    found: list[tuple[str, float]] = []
    for place in _peaks(lines):
        line = _between_bins(lines, place)
        taken = [period for _, period in (*known, *found)]
        if 1 / line < SHORTEST or any(_belongs(line, period, lines.records) for period in taken):
            continue
        period = _fundamental(array, lines, 1 / line)
        # Half a bin is as near as a line can be told.
        near = nearest_natural(period, frequency, min(0.1, max(0.01, 0.5 * period / len(array))))
        name, period = near or ("", period)
        if FEWEST * period <= len(array) + 1 and _repeats(array, period, [one for one in taken if one < period]):
            found.append((name, period))
        if len(found) == _MOST:
            break
    return found


def _peaks(lines: Spectrum) -> list[int]:
    """Bins that stand above their neighbours and the threshold, the highest over its background first."""
    ratio = lines.ratio
    inner = ratio[FEWEST - 1 :]
    before, after = ratio[FEWEST - 2 : -1], np.append(ratio[FEWEST:], 0.0)
    over = lines.power[FEWEST - 1 :] > lines.threshold(FALSE_ALARM)[FEWEST - 1 :]
    places = np.flatnonzero((inner >= before) & (inner > after) & over) + FEWEST - 1
    return [int(place) for place in places[np.argsort(-ratio[places], kind="stable")][:_LINES]]


def _between_bins(lines: Spectrum, place: int) -> float:
    """The frequency of a peak between the bins: the top of the parabola through the logarithms of three neighbours, which is
    right to a few hundredths of a bin under a Hann taper."""
    if not 0 < place < len(lines.power) - 1:
        return float(lines.frequencies[place])
    return (place + 1 + _top(np.log(lines.power[place - 1 : place + 2]))) / lines.records


def _top(three: Array64) -> float:
    """Where, from the middle of three points one apart, their parabola is highest; at most half a step away."""
    bend = three[0] - 2 * three[1] + three[2]
    return float(np.clip(0.5 * (three[0] - three[2]) / bend, -0.5, 0.5)) if bend < 0 else 0.0


def _belongs(line: float, period: float, records: int) -> bool:
    """Whether a line is that of a season, or one of its multiples, as near as lines can be told."""
    multiple = round(line * period)
    wide = _ROUGH if multiple == 1 else _SAME
    return multiple >= 1 and abs(line - multiple / period) <= max(1.5 / records, wide * line)


def _fundamental(array: Array64, lines: Spectrum, period: float) -> float:
    """The period itself, or the multiple of which it is an overtone: there the series is clearly more alike."""
    rest = without_trend(array, period)
    best, likeness = period, alike(rest, period)
    for multiple in range(2, 9):
        longer = multiple * period
        if FEWEST * longer > len(array):
            break
        place = round(lines.records / longer) - 1
        near = slice(max(place - 1, 0), place + 2)
        if not (lines.power[near] > lines.threshold(FALSE_ALARM)[near]).any():
            continue
        there = alike(without_trend(array, longer), longer)
        if there > likeness + 0.1:
            best, likeness = longer, there
    return best


def _repeats(array: Array64, period: float, shorter: Sequence[float]) -> bool:
    """Whether records a season apart are alike, more than records half a season apart, and by enough to matter."""
    rest = without_trend(array, period)
    for other in shorter:
        rest = without_pattern(rest, other)
    there, half = alike(rest, period), alike(rest, period / 2, near=False)
    bound = 2.58 / math.sqrt(len(rest))
    return there > max(bound, half) and strength_of(rest, period) >= WEAKEST


def _described(array: Array64, lines: Spectrum, found: Sequence[tuple[str, float]]) -> tuple[Season, ...]:
    seasons, shorter, left = [], [], 1.0
    for name, period in sorted(found, key=lambda one: one[1]):
        rest = without_trend(array, period)
        for other in shorter:
            rest = without_pattern(rest, other)
        share = strength_of(rest, period)
        shorter.append(period)
        if share >= WEAKEST:
            why = _why(lines, period, alike(rest, period), share * left)
            seasons.append(Season(period, share * left, why, name))
            left *= 1 - share
    return tuple(sorted(seasons, key=lambda one: -one.strength))


def _why(lines: Spectrum, period: float, likeness: float, strength: float) -> str:
    places = [round(k * lines.records / period) - 1 for k in range(1, min(_HARMONICS, int(period / 2)) + 1)]
    highest = max(float(lines.ratio[place]) for place in places if place < len(lines.power))
    return (
        f"Records {round(period):,} apart are alike (autocorrelation {likeness:.2f} about the trend), the spectrum stands "
        f"{_times(highest)} above its surroundings there, and {strength:.0%} of the movement about the trend repeats."
    )


def _times(ratio: float) -> str:
    return f"{ratio:.0f} times" if ratio < 1000 else "more than 1,000 times"
