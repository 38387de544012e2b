"""What a network says about the steps after a window: one pass of its horizon, and pass after pass on its own predictions."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from rnn.core.losses import level_count, middle_level
from rnn.core.model import Model

Array = NDArray[np.float64]

SMALLEST = float(np.finfo(np.float64).tiny)


def predict_ahead(
    model: Model,
    windows: NDArray[np.floating],
    steps: int,
    future: Array | None = None,
    numbers: NDArray[np.intp] | None = None,
    *,
    stride: int | None = None,
) -> Array:
    """windows (B, reach, D) → (B, steps, K): direct for the first horizon, then on its own predictions; static columns stay
    as they are. What overflows on the way is infinite, and NaN from there on; so is what other inputs would be needed for.

    future: (B, A, F), the known columns in the A ≥ max(steps, horizon) steps after the windows, NaN from where they are not
    known, and so is then the forecast. A pass that would read beyond A starts earlier, and its first steps are left.
    numbers: (B,), which of the model's series each window belongs to, see `Model.predict`. stride: how many steps of each
    pass are kept and fed back; all of the horizon unless said, and 1 is a network that runs freely on its first step alone.
    """
    levels = predict_levels_ahead(model, windows, steps, future, numbers, stride=stride)
    return np.ascontiguousarray(levels[..., middle_level(model.config)])


@np.errstate(over="ignore", invalid="ignore")
def predict_levels_ahead(
    model: Model,
    windows: NDArray[np.floating],
    steps: int,
    future: Array | None = None,
    numbers: NDArray[np.intp] | None = None,
    *,
    stride: int | None = None,
) -> Array:
    """As `predict_ahead`, with every level of loss="quantile": (B, steps, K, levels), one level for other losses. What is fed
    back is the middle level, so that from the second pass on the levels know nothing of what was uncertain before them."""
    config = model.config
    middle = middle_level(config)
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
        predicted = np.full((len(windows), config.horizon, len(targets), level_count(config)), math.nan)
        if finite.any():
            told, of = (None if given is None else given[finite] for given in (ahead, numbers))
            predicted[finite] = model.predict_levels(windows[finite], told, of)
        new = predicted[:, back : back + (stride or config.horizon)]
        parts.append(new)
        if done + new.shape[1] < steps:
            fed_back = np.full((*new.shape[:2], len(model.names)), math.nan)  # as inputs stay that nothing predicts
            # The exponential of a very small logarithm is zero, which has no logarithm to be fed back.
            fed_back[:, :, targets] = np.maximum(new[..., middle], SMALLEST) if config.log else new[..., middle]
            fed_back[:, :, static] = windows[:, -1:, static]
            fed_back[:, :, known] = math.nan if future is None else future[:, done : done + new.shape[1]]
            records = np.concatenate([records, fed_back], axis=1)[:, -config.reach - config.horizon :]
        done += new.shape[1]
    return np.concatenate(parts, axis=1)[:, :steps]
