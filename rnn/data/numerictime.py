"""Numbers that are dates: years, compact dates such as 20200131, and Unix time."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .dates import Datetimes

# Unix time between 1973 and 2096, by unit
_UNIX = (("s", 1e8, 4e9), ("ms", 1e11, 4e12), ("us", 1e14, 4e15), ("ns", 1e17, 4e18))
_YEARS = (1500, 2150)
_TELLING_NAME = re.compile(r"time|date|stamp|unix|epoch|^ts?$", re.IGNORECASE)


def from_numbers(numbers: NDArray[np.float64], name: str, chosen: bool = False) -> Datetimes | None:
    """The moments that a column of numbers stands for, or None where it is just numbers.

    numbers: (N,), all must be there. chosen: the user called it the time, so its order proves nothing and need not.
    """
    if len(numbers) < 2 or not np.isfinite(numbers).all() or numbers.min() < 1 or numbers.max() > _UNIX[-1][2]:
        return None
    steps = np.diff(numbers)
    ordered = bool((steps >= 0).all() or (steps <= 0).all()) and bool(steps.any())
    if not (ordered or chosen):
        return _compact_days(numbers)
    distinct = chosen or bool((steps != 0).all())
    whole = bool((numbers == np.rint(numbers)).all())
    earliest, latest = (1, 9999) if chosen else _YEARS
    even = chosen or (distinct and _share_of_commonest(steps) >= 0.9)
    if whole and numbers.min() >= earliest and numbers.max() <= latest and even:
        return (numbers.astype(np.int64) - 1970).astype("datetime64[Y]").astype("datetime64[s]")
    if whole:
        compact = _compact_months(numbers) if distinct else None
        compact = _compact_days(numbers) if compact is None else compact
        if compact is not None:
            return compact
    for unit, low, high in _UNIX:
        if low <= numbers.min() and numbers.max() <= high:
            telling = chosen or _TELLING_NAME.search(name) or _share_of_commonest(steps[steps != 0]) >= 0.5
            return _unix(numbers, unit) if telling else None
    return None


def _share_of_commonest(steps: NDArray[Any]) -> float:
    return float(np.unique(steps, return_counts=True)[1].max() / len(steps))


def _compact_months(numbers: NDArray[np.float64]) -> Datetimes | None:
    if numbers.min() < 180001 or numbers.max() > 220012:
        return None
    years, months = np.divmod(numbers.astype(np.int64), 100)
    if months.min() < 1 or months.max() > 12:
        return None
    return ((years - 1970) * 12 + months - 1).astype("datetime64[M]").astype("datetime64[s]")


def _compact_days(numbers: NDArray[np.float64]) -> Datetimes | None:
    if numbers.min() < 18000101 or numbers.max() > 22001231 or (numbers != np.rint(numbers)).any():
        return None
    text = pd.Series(numbers.astype(np.int64)).astype("str")
    moments = pd.to_datetime(text, format="%Y%m%d", errors="coerce")
    return None if moments.isna().any() else moments.to_numpy()


def _unix(numbers: NDArray[np.float64], unit: str) -> Datetimes:
    per_second = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}[unit]
    return np.rint(numbers / per_second * 1e6).astype(np.int64).astype("datetime64[us]")
