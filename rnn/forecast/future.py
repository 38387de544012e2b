"""The times that come after a series."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.series import Series


def future_times(series: Series, steps: int) -> NDArray[Any]:
    """(steps,) times after the last one: by the series' frequency where it has one, else by its median spacing.

    Raises ValueError where the calendar ends before the forecast does, or where pandas does not know the frequency.
    """
    if not np.issubdtype(series.times.dtype, np.datetime64):
        return _numbers(series.times, steps)
    if series.frequency:
        return _by_frequency(series.times[-1], series.frequency, steps)
    return _by_spacing(series.times, steps)


def _by_frequency(last: np.datetime64, frequency: str, steps: int) -> NDArray[Any]:
    import pandas as pd  # here, so that a worker process, which forecasts nothing, starts without it

    try:
        # Asked from the last time itself: where it does not lie on the grid, the first grid point after it counts.
        dates = pd.date_range(last, periods=steps + 1, freq=frequency)
    except (pd.errors.OutOfBoundsDatetime, OverflowError):
        raise ValueError(
            f"{steps} steps of frequency {frequency!r} after {last} go beyond the last date that can be written; take "
            "fewer steps."
        ) from None
    except ValueError as error:
        raise ValueError(f"frequency={frequency!r} is not one that pandas knows, such as D, h or MS.") from error
    return (dates[dates > last][:steps]).to_numpy()


def _by_spacing(times: NDArray[Any], steps: int) -> NDArray[Any]:
    spacing = (times[:1] - times[:1]).dtype  # the unit of the times, be it days or thirty minutes
    step = max(1, int(_median_spacing(times.astype(np.int64))))
    last = int(times[-1].astype(np.int64))
    if last + steps * step > np.iinfo(np.int64).max:
        raise ValueError(
            f"{steps} steps after {times[-1]} go beyond the last date that can be written; take fewer steps."
        )
    return times[-1] + (np.arange(1, steps + 1) * step).astype(spacing)


def _numbers(times: NDArray[Any], steps: int) -> NDArray[Any]:
    ahead = np.arange(1, steps + 1)
    whole = np.issubdtype(times.dtype, np.integer)
    # Whole numbers stay whole, in 64 bits: those that the series came in (int8, say) may end right after it.
    spacing = _median_spacing(times.astype(np.int64) if whole else times.astype(np.float64))
    if whole and spacing.is_integer():
        return int(times[-1]) + ahead * int(spacing)
    # 0.1, not the 0.09999999999999998 that a difference of floats gives.
    return float(times[-1]) + ahead * float(f"{spacing:.12g}")


def _median_spacing(times: NDArray[Any]) -> float:
    """The median of the steps forward; 1 where there is none. Times that repeat are not a step."""
    steps = np.diff(times)
    steps = steps[steps > 0]
    return float(np.median(steps)) if len(steps) else 1.0
