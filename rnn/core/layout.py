"""Which of many series in one a record belongs to, and how large the usual step of each is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnn.core.series import Series

Array64 = NDArray[np.float64]
Starts = NDArray[np.intp]

# What changes less than this share of its size has but the rounding of its numbers.
ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Layout:
    """Which series the records of an array belong to: from record `firsts[n]` on (n,), rising, it is number `numbers[n]`."""

    firsts: Starts
    numbers: Starts

    @classmethod
    def of(cls, series: Series) -> Layout:
        """As the records of the series itself lie."""
        return cls(np.array([part.start for part in series.parts]), np.arange(len(series.parts)))

    def at(self, records: Starts) -> Starts:
        """The series' number at each of these records (…)."""
        found: Starts = self.numbers[np.searchsorted(self.firsts, records, side="right") - 1]
        return found


def usual_steps(series: Series, seen_rows: Sequence[int]) -> Array64:
    """(P, K): of each of P series and each target the root mean square of the change from record to record in its first
    `seen_rows` rows, original units; the size of its values where nothing changes, 1 where that is nothing, too, and where
    there is but one series.

    Errors are divided by it, so that a series of millions and one of ones weigh alike: the root mean squared scaled error of
    the M5 competition (Makridakis, Spiliotis and Assimakopoulos 2022), after Hyndman and Koehler (2006).
    """
    found = np.ones((len(series.parts), len(series.targets)))
    if len(found) == 1:
        return found
    for number, (part, rows) in enumerate(zip(series.parts, seen_rows, strict=True)):
        values = series.values[part][:rows][:, series.target_columns]
        size = np.abs(values).max(axis=0)
        change = np.sqrt(np.square(np.diff(values, axis=0)).mean(axis=0)) if len(values) > 1 else np.zeros_like(size)
        found[number] = np.where(change > ROUNDING * size, change, np.where(size > 0, size, 1.0))
    return found
