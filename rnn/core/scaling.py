"""Scalers, fitted on the training part only, and the units of a single window.

A scaler maps original units to scaled units and back, one centre and one scale a column for the whole series. With
scaling="window" each window is measured by its own level and its own restlessness on top of that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array64 = NDArray[np.float64]
Floats = NDArray[np.floating[Any]]

# A window's scale is never below this share of what is usual in training, so that a flat window does not blow up.
LEAST_SHARE = 0.1


@dataclass(frozen=True, eq=False)
class Scaler:
    """scaled = (value − centre) / scale, column by column; centre and scale are (D,), in original units.

    rows: how many rows, from the first on, it was fitted on. Of many series in one each has its own: centre and scale are
    (P, D), rows those of all of them, and only `of` can be called.
    """

    centre: Array64
    scale: Array64
    rows: int

    def of(self, numbers: NDArray[np.intp] | int) -> Scaler:
        """The scaler whose row n is that of series `numbers[n]`, for values (n, D); or that of one series."""
        return Scaler(self.centre[numbers], self.scale[numbers], self.rows)

    def transform(self, values: Floats) -> Array64:
        """(…, D) original → (…, D) scaled."""
        scaled: Array64 = (np.asarray(values, np.float64) - self.centre) / self.scale
        return scaled

    def inverse(self, scaled: Floats, columns: list[int]) -> Array64:
        """(…, K) scaled values of the given columns → original; from a scaler made by `of`, (n, H, K)."""
        scale, centre = self.scale[..., columns], self.centre[..., columns]
        if scale.ndim > 1:
            scale, centre = scale[:, None], centre[:, None]
        original: Array64 = np.asarray(scaled, np.float64) * scale + centre
        return original


def joined(scalers: Sequence[Scaler]) -> Scaler:
    """The scalers of many series as one."""
    return Scaler(
        np.stack([one.centre for one in scalers]),
        np.stack([one.scale for one in scalers]),
        sum(one.rows for one in scalers),
    )


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


def fit_scaler(scaling: str, values: Array64, rows: int, rounding: Array64 | float = 0.0) -> Scaler:
    """Fit on the first `rows` rows of values (N, D). A constant column is centred and left at its size (scale 1).

    rounding (D,): how far values that ought to be equal may lie apart, where that is more than their own size tells:
    the differences of large values carry the rounding of those.
    """
    centre, scale = SCALINGS[scaling](values[:rows])
    # Rounding leaves a constant column with a deviation of about 1e-17 of its size, not always exactly zero.
    flat = scale <= np.maximum(1e-12 * np.maximum(np.abs(values[:rows]).max(axis=0), 1e-300), rounding)
    return Scaler(centre, np.where(flat, 1.0, scale), rows)


def usual_change(scaled: Array64, rounding: Array64 | float = 0.0) -> Array64:
    """(D,): the mean absolute difference of neighbouring rows of scaled (n, D), n ≥ 2; 0 where it is but rounding."""
    change = np.abs(np.diff(scaled, axis=0)).mean(axis=0)
    return np.where(change <= rounding, 0.0, change)


def least_scale(usual: Array64, window: int) -> Array64:
    """The least scale (D,) of a window: a tenth of the `usual` change (D,), or 1 where nothing changes usually. A window of
    one record, which has no change of its own, is given all of the usual one."""
    share = LEAST_SHARE if window > 1 else 1.0
    return np.where(usual > 0, share * usual, 1.0)


def window_units(records: Floats, season: int | None, least: Array64) -> tuple[Floats, Floats]:
    """Centre and scale (B, D) of each of B windows, records (W, B, D) in scaled units, for scaling="window".

    centre: the mean of the window's last season where there is a season and it fits in, else its last value. scale: the
    mean absolute difference of its neighbouring values, at least `least`, (D,) or (B, D). It has the spirit of Salinas et al.
    (2020) and of the winner of the M4 competition (Smyl 2020), in a variant of its own: DeepAR divides by the mean value and
    does not centre, Smyl divides by an exponentially smoothed level; this one does not care where zero is, and measures in
    what a naive forecast errs by.
    """
    if season is None or season > len(records):
        centre = records[-1].copy()
    else:
        centre = np.add.reduce(records[-season:], axis=0)
        centre /= season
    change = records[1:] - records[:-1]
    scale: Floats = np.add.reduce(np.abs(change, out=change), axis=0)
    scale /= max(1, len(change))
    return centre, np.maximum(scale, least, out=scale)
