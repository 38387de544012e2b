"""The times that come after a series."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rnn.core.series import Series


def future_times(series: Series, steps: int) -> NDArray[Any]:
    """(steps,) times after the last one: by the series' frequency where it has one, else by its median spacing."""
    last = series.times[-1]
    if np.issubdtype(series.times.dtype, np.datetime64):
        if series.frequency:
            # Asked from the last time itself: where it does not lie on the grid, the first grid point after it counts.
            dates = pd.date_range(last, periods=steps + 1, freq=series.frequency)
            return (dates[dates > last][:steps]).to_numpy()
        step = np.median(np.diff(series.times).astype(np.int64)) if len(series) > 1 else 1
        unit = np.datetime_data(series.times.dtype)[0]
        return last + (np.arange(1, steps + 1) * max(int(step), 1)).astype(f"timedelta64[{unit}]")
    spacing = float(np.median(np.diff(series.times))) if len(series) > 1 else 1.0
    times = last + np.arange(1, steps + 1) * (spacing or 1.0)
    return times.astype(series.times.dtype) if spacing.is_integer() else times
