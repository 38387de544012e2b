"""What a press of the button comes to, through the public names: a series of values, the settings that follow from it,
training, and a forecast with its intervals."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

import rnn


@dataclass(frozen=True, eq=False)
class Forecast:
    """mean: (H,). covered: the share of the actual values within the 80 % and the 95 % interval, NaN where there is none.
    seconds: of the processor, for everything."""

    mean: np.ndarray
    covered: np.ndarray
    seconds: float
    config: rnn.Config


def press(values: np.ndarray, actual: np.ndarray, fixed: dict[str, Any], frequency: str | None = None) -> Forecast:
    """values: (N,), without dates."""
    started = time.process_time()
    series = rnn.Series.from_values(values)
    config = rnn.recommended(series, horizon=len(actual), **fixed)
    frame = rnn.forecast(rnn.fit(config, series), steps=len(actual))
    seconds = time.process_time() - started
    covered = [
        np.mean((actual >= frame[f"lo{level}"]) & (actual <= frame[f"hi{level}"]))
        if np.isfinite(frame[f"lo{level}"]).all()
        else np.nan
        for level in (80, 95)
    ]
    return Forecast(frame["mean"].to_numpy(), np.array(covered), seconds, config)
