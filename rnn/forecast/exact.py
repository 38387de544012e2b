"""When an error is none: what is left of it is but the rounding of the numbers.

A network counts in single precision, after its window is put on a scale of its own, so even one that is exactly right misses by
about a ten-millionth of what the series moves. Two such remainders have no meaningful ratio, and none of them is the smaller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

# Shares of how far the actual values lie apart, and of the largest of them: below either an error is rounding.
OF_SPAN, OF_SIZE = 1e-6, 1e-9


def rounding_of(actual: NDArray[np.floating]) -> float:
    """The largest error, in the unit of the actual values (any shape, not empty), that is but rounding."""
    return float(max(OF_SPAN * np.ptp(actual), OF_SIZE * np.abs(actual).max()))


def unrounded(frame: pd.DataFrame) -> pd.Series:
    """The column predicted of a backtest's rows, with the actual value where they differ by rounding alone; each series
    (id) and target by its own values, where these columns are there."""
    keys = [frame[name] for name in ("id", "target") if name in frame]
    actual = frame["actual"].astype(float)
    own = actual.groupby(keys, sort=False) if keys else actual.groupby(np.zeros(len(frame)))
    low, high = own.transform("min"), own.transform("max")
    largest = np.maximum(low.abs(), high.abs())
    rounding = np.maximum(OF_SPAN * (high - low), OF_SIZE * largest)
    return frame["predicted"].mask((actual - frame["predicted"]).abs() <= rounding, actual)
