"""The spectrum of a series: how much of its movement lies at each frequency, and how much would by chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .usable import usable, without_line

Array64 = NDArray[np.float64]

LEAST = 16  # records
_WIDEST = 4000  # bins on either side that the background is taken from
_FEWEST = 5  # … and at least so many
_LOW = 12  # bins from which the background's window fits on both sides
_ANCHORS = 96  # places, evenly spaced in log frequency, where the background is measured
_MEDIAN_OF_EXPONENTIAL = math.log(2)
# The median of m ordinates is as sure of a mean as m / 2.08 ordinates averaged; Hann's taper makes neighbours alike, and
# m of them tell as much as two thirds of m.
_EFFECTIVE = 1.5 * 2.08


@dataclass(frozen=True, eq=False)
class Spectrum:
    """The periodogram of N records with its background, F = N // 2 frequencies.

    frequencies: (F,) cycles a record, k / N for k = 1 … F; a period is 1 / frequency. power: (F,) squared units, scaled so
    that its sum is the variance about the trend line. background: (F,) what the power is around each frequency, peaks set
    aside. certainty: (F,) of how many averaged ordinates the background is worth.
    """

    frequencies: Array64
    power: Array64
    background: Array64
    certainty: Array64

    @property
    def records(self) -> int:
        return round(1 / float(self.frequencies[0]))

    @cached_property
    def ratio(self) -> Array64:
        """(F,) power over background: 1 on average where nothing repeats."""
        ratio: Array64 = self.power / self.background
        return ratio

    def surprises(self, places: Sequence[int]) -> list[float]:
        """−log of the probability that noise has as much power as there is at each of these ordinates.

        The background is taken from what is left when all of them, and their neighbours into which the taper spreads them, are
        set aside: what a line is held against must not contain it. An ordinate of noise over its background, an average of
        ν ordinates, exceeds r with probability (1 + r / ν)^−ν (the F distribution on 2 and 2ν degrees of freedom).
        """
        keep = np.ones(len(self.power), dtype=np.bool_)
        for place in places:
            keep[max(place - 1, 0) : place + 2] = False
        slope = _slope(self.power[: 2 * _LOW], keep[: 2 * _LOW])
        found = []
        for place in places:
            level, certainty = _level(self.power, keep, slope, place + 1)
            found.append(certainty * math.log1p(float(self.power[place]) / level / certainty))
        return found

    def threshold(self, false_alarm: float = 0.01) -> Array64:
        """(F,) the power that only one series in 1 / false_alarm without any season exceeds anywhere.

        Chance as in `surprises`; Šidák's rule spreads the alarm over the F ordinates.
        """
        single = -math.expm1(math.log1p(-false_alarm) / len(self.power))
        reach = self.certainty * np.expm1(-math.log(single) / self.certainty)
        threshold: Array64 = reach * self.background
        return threshold


def spectrum(values: ArrayLike) -> Spectrum:
    """The periodogram of values (N,), N ≥ 16, less their trend line and tapered by a Hann window (scipy.signal.periodogram).

    The taper keeps a trend that is not straight from leaking into every period. The background is the median of the
    ordinates between half and one and a half times each frequency, as in Mann and Lees 1996 (robust red noise), but without
    their model: it follows white noise, a random walk and anything between. At the lowest frequencies, where there is little
    below, a power law is fitted first (Siegel's repeated medians). Raises ValueError as `usable` does.
    """
    from scipy import signal  # takes half a second to import, and pages without a look can do without

    array = usable(values, LEAST)
    rest = without_line(array)
    size = float(np.abs(rest).max()) or 1.0  # in units of its own: squares of 1e200 have no number
    frequencies, density = signal.periodogram(rest / size, window="hann", detrend=False)
    frequencies, power = frequencies[1:], density[1:] / len(array)
    # What is left of exact arithmetic must not become a peak: rounding makes a floor of its own.
    floor = (np.finfo(np.float64).eps * 16) ** 2 * max(1.0, float(np.abs(array).max()) / size) ** 2 / len(array)
    power = np.maximum(power, floor)
    background, certainty = _background(power)
    # Squares below the least number would leave no power at all, and no number is the logarithm of none.
    unit = max(size**2, np.finfo(np.float64).tiny / floor)
    return Spectrum(frequencies, power * unit, background * unit, certainty)


def _background(power: Array64) -> tuple[Array64, Array64]:
    """(F,) the level around each ordinate and its certainty, straight lines between places where they are measured."""
    count = len(power)
    keep = np.ones(count, dtype=np.bool_)
    slope = _slope(power[: 2 * _LOW], keep[: 2 * _LOW])
    bins = np.unique(np.rint(np.geomspace(1, count, min(count, _ANCHORS))).astype(int))
    levels, sure = np.array([_level(power, keep, slope, k) for k in bins.tolist()]).T
    every, known = np.log(np.arange(1.0, count + 1)), np.log(bins)
    background: Array64 = np.exp(np.interp(every, known, np.log(levels)))
    return background, np.interp(every, known, sure)


def _level(power: Array64, keep: NDArray[np.bool_], slope: float, k: int) -> tuple[float, float]:
    """The mean power of noise at bin k (from 1), by the median of what is kept around it; and of how many ordinates."""
    half = min(max(k // 2, _FEWEST), _WIDEST)
    low = k < _LOW  # down there the window reaches higher than lower, so the slope is taken out first
    window = slice(0, max(2 * k, 2 * _FEWEST + 1)) if low else slice(k - 1 - half, k + half)
    around, kept = power[window], keep[window]
    if low:
        around = around * (np.arange(1, len(around) + 1) / k) ** -slope
    around = around[kept] if kept.any() else around
    return float(np.median(around)) / _MEDIAN_OF_EXPONENTIAL, max(len(around) / _EFFECTIVE, 1.0)


def _slope(low: Array64, keep: NDArray[np.bool_]) -> float:
    """b of power ∝ frequency^b at the lowest frequencies: −4 (smooth) … 0 (white noise), by medians, so that a peak is
    no slope."""
    from scipy import stats

    places = np.log(np.arange(1, len(low) + 1.0))
    if keep.sum() < _FEWEST:
        keep = np.ones_like(keep)
    return float(np.clip(stats.siegelslopes(np.log(low[keep]), places[keep]).slope, -4.0, 0.0))
