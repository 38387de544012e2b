"""One line of numbers for each column: what stands in it, before anything is done to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Summary:
    """A column of N cells, its numbers in original units.

    count: cells with a number; missing: without one. mean, median, deviation (of the sample, over count − 1), lowest, highest,
    first, last and skew (adjusted, as pandas) are None where there are too few numbers for them. lowest_at, highest_at,
    first_at, last_at: when, the first time where there are several; None without times. zeros: share of the count. distinct:
    different values. monotone: "rising", "never falling", "falling", "never rising", "constant" or "".
    """

    name: str
    count: int
    missing: int
    mean: float | None = None
    median: float | None = None
    deviation: float | None = None
    lowest: float | None = None
    lowest_at: Any = None
    highest: float | None = None
    highest_at: Any = None
    first: float | None = None
    first_at: Any = None
    last: float | None = None
    last_at: Any = None
    zeros: float = 0.0
    skew: float | None = None
    distinct: int = 0
    monotone: str = ""


def summary(values: pd.DataFrame | ArrayLike, times: ArrayLike | None = None) -> tuple[Summary, ...]:
    """values: a frame of numbers, or (N,) or (N, D), infinite ones counted as missing. times: (N,) in the same order, or None.

    Raises ValueError where times and values differ in length.
    """
    frame = values if isinstance(values, pd.DataFrame) else _frame(values)
    moments = None if times is None else np.asarray(times)
    if moments is not None and len(moments) != len(frame):
        raise ValueError(f"times must have one entry a row, got {len(moments)} for {len(frame)} rows.")
    return tuple(
        _of_column(str(name), frame.iloc[:, at].to_numpy(dtype=np.float64, na_value=np.nan), moments)
        for at, name in enumerate(frame.columns)
    )


def _frame(values: ArrayLike) -> pd.DataFrame:
    array = np.asarray(values, dtype=np.float64)
    frame = pd.DataFrame(array[:, None] if array.ndim == 1 else array)
    return frame.set_axis([f"value{k}" if k else "value" for k in range(frame.shape[1])], axis=1)


def _of_column(name: str, column: NDArray[np.float64], times: NDArray[Any] | None) -> Summary:
    there = np.isfinite(column)
    rows, kept = np.flatnonzero(there), column[there]
    if len(kept) == 0:
        return Summary(name, 0, len(column))
    low, high = int(np.argmin(kept)), int(np.argmax(kept))

    def at(place: int) -> Any:
        return None if times is None else times[rows[place]]

    numbers = pd.Series(kept)
    with np.errstate(over="ignore", invalid="ignore"):  # squares and cubes of 1e200: no number, said as None
        deviation, skew = numbers.std(), numbers.skew()
    return Summary(
        name, len(kept), len(column) - len(kept), _number(np.mean(kept)), _number(np.median(kept)), _number(deviation),
        float(kept[low]), at(low), float(kept[high]), at(high), float(kept[0]), at(0), float(kept[-1]), at(-1),
        float(np.mean(kept == 0)), _number(skew), int(numbers.nunique()), _monotone(kept),
    )  # fmt: skip


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None


def _monotone(kept: NDArray[np.float64]) -> str:
    if len(kept) < 2:
        return ""
    steps = np.diff(kept)
    low, high = steps.min(), steps.max()
    if low == high == 0:
        return "constant"
    if low >= 0:
        return "rising" if low > 0 else "never falling"
    if high <= 0:
        return "falling" if high < 0 else "never rising"
    return ""
