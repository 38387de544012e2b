"""The pattern that repeats within a season: taking the trend away, the pattern itself, and how much of the rest it is."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array64 = NDArray[np.float64]

MOST_PLACES = 96  # within a season; a year of hours is seen in steps of about four days
_FRACTION_PLACES = 24  # of a short season that is not a whole number of records
_LONG_ENOUGH = 8  # records, from which on a fraction of one is a small part of the season


def without_trend(values: Array64, period: float) -> Array64:
    """values (N,) less their centred moving average over one season; (N − P,) for an even P, else (N − P + 1,).

    An even average is over P + 1 records, of which both ends count half, as is usual in decompositions.
    """
    width = max(2, round(period))
    sums = np.concatenate(([0.0], np.cumsum(values - values.mean())))
    average = (sums[width:] - sums[:-width]) / width
    if width % 2 == 0:
        average = (average[1:] + average[:-1]) / 2
    first = width // 2
    rest: Array64 = (values - values.mean())[first : first + len(average)] - average
    return rest


def alike(rest: Array64, period: float, *, near: bool = True) -> float:
    """Correlation of records a period apart; of the two whole lags beside it (a share of the period on either side where the
    cycle is a rough one) the better. near=False: the nearest lag alone."""
    lag = round(period)
    lags = {lag} if not near else {math.floor(period), math.ceil(period), lag}
    power = float(rest @ rest)
    if power == 0:
        return 0.0
    found = [
        float(rest[one:] @ rest[:-one]) * len(rest) / (len(rest) - one) / power for one in lags if 0 < one < len(rest)
    ]
    return min(max(found, default=0.0), 1.0)


def places(count: int, period: float) -> tuple[NDArray[np.intp], int]:
    """The place within its season of each of `count` records, and how many places there are: one a record where the period
    is whole or not short, and at most MOST_PLACES."""
    whole = abs(period - round(period)) < 0.02 * period / _FRACTION_PLACES
    many = round(period) if whole or period >= _LONG_ENOUGH else _FRACTION_PLACES
    many = max(2, min(many, MOST_PLACES))
    at = (np.arange(count) % period) * (many / period)
    return np.minimum(at.astype(np.intp), many - 1), many


def _means(rest: Array64, period: float) -> tuple[Array64, NDArray[np.intp], int]:
    at, many = places(len(rest), period)
    counts = np.bincount(at, minlength=many)
    means = np.bincount(at, rest, many) / np.maximum(counts, 1)
    return means, at, int((counts > 0).sum())


def without_pattern(rest: Array64, period: float) -> Array64:
    """rest (N,) less the mean of each place within the season."""
    means, at, _ = _means(rest, period)
    left: Array64 = rest - means[at]
    return left


def pattern_of(values: Array64, period: float) -> Array64:
    """values (N,) → (N,) the pattern that repeats in them: the mean of each place within the season about the trend."""
    rest = without_trend(values, period)
    # The trend takes half a season off the start, so the places of `rest` begin there.
    first = (max(2, round(period))) // 2
    at, many = places(first + len(rest), period)
    counts = np.bincount(at[first:], minlength=many)
    means = np.bincount(at[first:], rest, many) / np.maximum(counts, 1)
    pattern: Array64 = (means - means.mean())[places(len(values), period)[0]]
    return pattern


def strength_of(rest: Array64, period: float) -> float:
    """The share of the variance of rest (N,) that the means of the places explain, chance taken off (adjusted R²)."""
    means, at, many = _means(rest, period)
    total = float(((rest - rest.mean()) ** 2).sum())
    if total == 0 or len(rest) <= many:
        return 0.0
    left = float(((rest - means[at]) ** 2).sum())
    return max(0.0, 1 - left / (len(rest) - many) / (total / (len(rest) - 1)))
