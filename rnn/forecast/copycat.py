"""The copy-cat: a network that has learned to repeat the last value looks like a good forecast on every chart, one step late.

Its predictions lie closest to the actual values at lag 1, not at lag 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnn.core.panel import AnySplit
from rnn.core.series import Series

# Clearly closer, that is: a forecast far from both values, or the mean of them all, lies about as far from either.
CLOSENESS = 0.7


@dataclass(frozen=True)
class CopyCat:
    """lag0: RMSE of the predictions beside what they should predict. lag1: beside the last value that the network saw, which at
    one step ahead is the actual series one record late; at a horizon the same last value stands beside every step. Original
    units; of many series in one, in each one's own usual step. copies: they lie clearly closer to that."""

    lag0: float
    lag1: float
    copies: bool


NO_COPY = CopyCat(math.nan, math.nan, False)


def copycat(
    series: Series,
    split: AnySplit,
    predicted: NDArray[np.floating],
    error: float,
    unit: NDArray[np.float64] | float = 1.0,
) -> CopyCat:
    """predicted: (validation windows, horizon, K), divided by `unit` as `error` is, their RMSE. Where that is no finite number
    nothing is copied."""
    last = series.values[split.validation_starts + split.window - 1][:, None, series.target_columns] / unit
    apart = np.subtract(predicted, last, dtype=np.float64)
    late = math.sqrt(float(np.einsum("whk,whk->", apart, apart)) / max(1, apart.size))
    return CopyCat(error, late, bool(np.isfinite(error) and late < CLOSENESS * error))
