"""Linear autoregression on a window: one regression for all steps ahead, by least squares, on standardised columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from rnn.core.windows import Starts, chunks, gather_targets

Array = NDArray[np.float64]

# More windows than make up this many numbers change the fit of a linear model by less than its noise, and cost seconds.
REGRESSION_NUMBERS = 4_000_000
# A longer window enters the regression with its last records only, so that sixteen windows remain for each weight.
REGRESSION_WEIGHTS = 500


@dataclass(frozen=True, eq=False)
class Autoregression:
    """Least squares with an intercept of the H steps after a window on its records, all D columns of them, and on the F known
    columns at those steps (ARX).

    window: records from a window's start to the first step predicted. columns: the K columns predicted. known: the F columns
    known ahead. weights: (records · D + H · F + 1, H · K), of scaled values.
    """

    window: int
    horizon: int
    columns: list[int]
    known: list[int]
    weights: Array

    @classmethod
    def fit(
        cls, scaled: Array, starts: Starts, window: int, horizon: int, columns: list[int], known: list[int]
    ) -> Autoregression:
        """scaled: (N, D), columns of about the same size, so that they are solved alike. starts: the first records of the
        windows to learn from, of which an even sample is used where they are very many."""
        design = _designs(scaled, window, horizon, known)
        outputs = horizon * len(columns)
        taken = starts[
            :: -(-len(starts) * max(_regressors(scaled, window, horizon, known), outputs) // REGRESSION_NUMBERS)
        ]
        target = gather_targets(scaled[:, columns], taken, window, horizon)
        weights, *_ = np.linalg.lstsq(design(taken), target, rcond=None)
        return cls(window, horizon, columns, known, weights)

    def predict(self, scaled: Array, starts: Starts) -> Array:
        """The windows that start at these records (B,) → (B, H, K), scaled; of what comes after a window only the known
        columns are read."""
        design = _designs(scaled, self.window, self.horizon, self.known)
        regressors = _regressors(scaled, self.window, self.horizon, self.known)
        predicted = np.empty((len(starts), self.weights.shape[1]))
        for part in chunks(len(starts), max(1, REGRESSION_NUMBERS // regressors)):
            np.dot(design(starts[part]), self.weights, out=predicted[part])
        return predicted.reshape(len(starts), self.horizon, -1)


def _regressors(scaled: Array, window: int, horizon: int, known: list[int]) -> int:
    return min(window * scaled.shape[1], REGRESSION_WEIGHTS) + horizon * len(known)


def _designs(scaled: Array, window: int, horizon: int, known: list[int]) -> Callable[[Starts], Array]:
    """starts (B,) → the regressors of those windows, (B, records · D + H · F + 1): their last records, the F known columns at
    the H steps predicted, then a one."""
    columns = scaled.shape[1]
    records = min(window, max(1, REGRESSION_WEIGHTS // columns))
    windows = sliding_window_view(scaled[window - records :], records, axis=0)
    ahead = window + np.arange(horizon)

    def design(starts: Starts) -> Array:
        told = scaled[(starts[:, None] + ahead)[:, :, None], known].reshape(len(starts), -1)
        return np.column_stack([windows[starts].reshape(len(starts), records * columns), told, np.ones(len(starts))])

    return design
