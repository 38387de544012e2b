"""The values that a look can be taken at: finite, enough of them, and not all the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array64 = NDArray[np.float64]

LEAST = 8  # records below which nothing that is said about a series is more than chance
ROUNDING = 1e-12  # of the largest value; what differs by less differs by rounding alone


def usable(values: ArrayLike, least: int = LEAST) -> Array64:
    """values as (N,) float64. Raises ValueError, a sentence for the reader, where N < least, where a value is missing or
    infinite, and where all are the same."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"values must have the shape (N,), one column, got {array.shape}.")
    if len(array) < least:
        raise ValueError(f"The series has {len(array)} records, and this takes at least {least}.")
    finite = np.isfinite(array)
    if not finite.all():
        row = int(np.argmin(finite))
        raise ValueError(
            f"Record {row + 1} is {array[row]}, and this takes values without gaps; fill or drop it first."
        )
    if is_constant(array):
        raise ValueError(f"All {len(array):,} values are {array[0]:g}; there is nothing to see in a constant.")
    return array


def is_constant(values: Array64) -> bool:
    """Whether the values differ by no more than rounding does."""
    return bool(np.ptp(values) <= ROUNDING * np.abs(values).max())


def without_line(values: Array64) -> Array64:
    """values (N,) less the straight line fitted to them by least squares. The line's share is found from sums, so a million
    points take milliseconds."""
    at = np.arange(len(values)) - (len(values) - 1) / 2
    centred = values - values.mean()
    rest: Array64 = centred - at * (float(at @ centred) / float(at @ at))
    return rest
