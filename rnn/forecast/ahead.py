"""What a network says about the steps after a window: one pass of its horizon, and pass after pass on its own predictions."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from rnn.core.model import Model

Array = NDArray[np.float64]

SMALLEST = float(np.finfo(np.float64).tiny)


@np.errstate(over="ignore", invalid="ignore")
def predict_ahead(
    model: Model,
    windows: NDArray[np.floating],
    steps: int,
    future: Array | None = None,
    numbers: NDArray[np.intp] | None = None,
) -> Array:
    """windows (B, reach, D) → (B, steps, K): direct for the first horizon, then on its own predictions; static columns stay
    as they are. What overflows on the way is infinite, and NaN from there on.

    future: (B, A, F), the known columns in the A ≥ max(steps, horizon) steps after the windows, NaN from where they are not
    known, and so is then the forecast. A last pass that would read beyond A starts earlier, and its first steps are left.
    numbers: (B,), which of the model's series each window belongs to, see `Model.predict`.
    """
    config = model.config
    records = np.asarray(windows, np.float64)
    targets, static, known = (
        [model.names.index(name) for name in names] for names in (model.targets, model.framing.static, model.known)
    )
    parts, done, back = [], 0, 0
    while done < steps:
        if future is not None:
            back = max(0, done + config.horizon - future.shape[1])
        windows = records[:, records.shape[1] - back - config.reach : records.shape[1] - back]
        finite = np.isfinite(windows).all(axis=(1, 2))
        ahead = None
        if future is not None:
            ahead = future[:, done - back : done - back + config.horizon]
            finite &= np.isfinite(ahead).all(axis=(1, 2))
        predicted = np.full((len(windows), config.horizon, len(targets)), math.nan)
        if finite.any():
            told, of = (None if given is None else given[finite] for given in (ahead, numbers))
            predicted[finite] = model.predict(windows[finite], told, of)
        parts.append(predicted[:, back:])
        done += config.horizon - back
        if done < steps:
            fed_back = np.empty((len(windows), config.horizon, len(model.names)))
            # The exponential of a very small logarithm is zero, which has no logarithm to be fed back.
            fed_back[:, :, targets] = np.maximum(predicted, SMALLEST) if config.log else predicted
            fed_back[:, :, static] = windows[:, -1:, static]
            fed_back[:, :, known] = ahead if ahead is not None else math.nan
            records = np.concatenate([records, fed_back], axis=1)[:, -config.reach - config.horizon :]
    return np.concatenate(parts, axis=1)[:, :steps]
