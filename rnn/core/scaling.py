"""Scalers, fitted on the training part only; they map original units to scaled units and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Scaler:
    """scaled = (value − centre) / scale, column by column; centre and scale are (D,), in original units.

    rows: how many rows, from the first on, it was fitted on.
    """

    centre: Array64
    scale: Array64
    rows: int

    def transform(self, values: NDArray[np.floating[Any]]) -> Array64:
        """(…, D) original → (…, D) scaled."""
        scaled: Array64 = (np.asarray(values, np.float64) - self.centre) / self.scale
        return scaled

    def inverse(self, scaled: NDArray[np.floating[Any]], columns: list[int]) -> Array64:
        """(…, K) scaled values of the given columns → original."""
        original: Array64 = np.asarray(scaled, np.float64) * self.scale[columns] + self.centre[columns]
        return original


def _none(values: Array64) -> tuple[Array64, Array64]:
    return np.zeros(values.shape[1]), np.ones(values.shape[1])


def _standard(values: Array64) -> tuple[Array64, Array64]:
    return values.mean(axis=0), values.std(axis=0)


def _minmax(values: Array64) -> tuple[Array64, Array64]:
    low, high = values.min(axis=0), values.max(axis=0)
    return low, high - low


# name → fit(values (n, D)) → centre (D,), scale (D,)
SCALINGS: dict[str, Callable[[Array64], tuple[Array64, Array64]]] = {
    "none": _none,
    "standard": _standard,
    "minmax": _minmax,
}


def fit_scaler(scaling: str, values: Array64, rows: int) -> Scaler:
    """Fit on the first `rows` rows of values (N, D). A constant column is centred and left at its size (scale 1)."""
    centre, scale = SCALINGS[scaling](values[:rows])
    # Rounding leaves a constant column with a deviation of about 1e-17 of its size, not always exactly zero.
    flat = scale <= 1e-12 * np.maximum(np.abs(values[:rows]).max(axis=0), 1e-300)
    return Scaler(centre, np.where(flat, 1.0, scale), rows)
