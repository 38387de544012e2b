"""Autocorrelation and partial autocorrelation, with the bounds that noise keeps within."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .usable import usable

Array64 = NDArray[np.float64]

CONFIDENCE = 0.95
_NORMAL = 1.959964  # the 97.5 % point of the normal distribution
_MOST_PARTIAL = 400  # lags; the recursion takes lags² steps


@dataclass(frozen=True, eq=False)
class Correlogram:
    """Of N records at the lags 1 … L.

    acf: (L,) autocorrelation; its bound is Bartlett's, (L,), wider the more the shorter lags hold already. pacf: (M ≤ L,)
    partial autocorrelation, what a lag adds to all the shorter ones; its bound is ±1.96 / √N at every lag.
    Within its bound a value is what 95 of 100 series of nothing but the shorter lags would show as well.
    """

    records: int
    acf: Array64
    bound: Array64
    pacf: Array64
    partial_bound: float

    @property
    def last_partial(self) -> int:
        """The last of the lags from 1 on that all stand out of the bound; 0 where even the first does not."""
        inside = np.abs(self.pacf) <= self.partial_bound
        return int(np.argmax(inside)) if inside.any() else len(self.pacf)


def autocorrelation(values: ArrayLike, lags: int | None = None) -> Correlogram:
    """The correlogram of values (N,), by statsmodels: autocovariances by FFT, partial ones by the Levinson–Durbin recursion
    (Yule–Walker with denominator N, so that none exceeds 1).

    lags: at most N − 1 are used, and for the partial ones N // 2 − 1 or 400; None: 10 log₁₀ N, the usual. The bound at lag k is
    1.96 √((1 + 2 Σ_{j<k} r_j²) / N) (Bartlett 1946). Raises ValueError for a constant series and for fewer than 8 records.
    """
    from statsmodels.tsa.stattools import acovf, levinson_durbin  # seconds to import: only where it is needed

    array = usable(values)
    count = len(array)
    asked = round(10 * math.log10(count)) if lags is None else int(lags)
    if asked < 1:
        raise ValueError(f"lags={asked} is not allowed; take at least 1.")
    asked = min(asked, count - 1)
    # In units of its own and about zero: squares of 1e200 have no number, and those of 1e-200 none either.
    rest = array - array.mean()
    rest /= float(np.abs(rest).max())
    covariances = acovf(rest, fft=True, nlag=asked, demean=True)
    acf = covariances[1:] / covariances[0]
    before = np.concatenate(([0.0], np.cumsum(acf[:-1] ** 2)))
    partial = max(1, min(asked, count // 2 - 1, _MOST_PARTIAL))
    pacf = levinson_durbin(covariances[: partial + 1], nlags=partial, isacov=True)[2][1:]
    bound = _NORMAL * np.sqrt((1 + 2 * before) / count)
    return Correlogram(count, acf, bound, np.clip(pacf, -1, 1), _NORMAL / math.sqrt(count))
