"""What a training that has ended came to, in the numbers that a lesson is judged by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.config import Config
from rnn.core.events import Epoch
from rnn.core.examples import Examples
from rnn.core.fit import Fit
from rnn.core.metrics import rmse
from rnn.core.panel import split_series
from rnn.core.series import Series
from rnn.core.through_time import describe_flow, error_norms
from rnn.forecast.baselines import validation_actual
from rnn.ui.lessons.outcomes import Measured

# Windows over which the error's way back is averaged.
MOST_WINDOWS = 128


@dataclass(frozen=True, eq=False)
class Ended:
    """A training as it ended, from wherever it is kept. predicted: (validation windows, horizon, K) by the best weights,
    None where there are none. rmse: their validation error; naive: that of the last value, in the same units. blew_up, finite:
    whether, and after how many epochs with finite losses. fit: the best weights, where the way of the error is asked for."""

    config: Config
    series: Series
    history: Sequence[Epoch]
    predicted: NDArray[np.float64] | None
    rmse: float
    naive: float
    blew_up: bool
    finite: int
    parameter: str
    fit: Fit | None = None


def measured(ended: Ended) -> Measured:
    history = ended.history
    return Measured(
        blew_up=ended.blew_up,
        epochs=ended.finite,
        val_losses=tuple(epoch.val_loss for epoch in history),
        rmse=ended.rmse,
        last_rmse=history[-1].val_rmse if history else math.nan,
        naive=ended.naive,
        clipped=float(np.mean([epoch.clipped for epoch in history])) if history else 0.0,
        window=ended.config.window,
        parameter=ended.parameter,
        left=error_left(ended.fit) if ended.fit is not None and not ended.blew_up else None,
        **_levels(ended),
    )


def _levels(ended: Ended) -> dict[str, float]:
    """Of the first target what was known, what came and what was predicted; of many series in one there is no one level."""
    series = ended.series
    if series.lengths:
        return dict.fromkeys(("mean", "highest_known", "highest_actual", "highest_predicted"), math.nan)
    split = split_series(ended.config, series)
    known, actual = series.values[: split.seen_rows, series.target_columns], validation_actual(series, split)
    predicted = math.nan if ended.predicted is None else float(np.max(ended.predicted[..., 0]))
    return {
        "mean": rmse(actual, np.broadcast_to(known.mean(axis=0), actual.shape)),
        "highest_known": float(known[:, 0].max()),
        "highest_actual": float(actual[..., 0].max()),
        "highest_predicted": predicted,
    }


def error_left(fit: Fit) -> float | None:
    """Share of the error at the last step of a window that arrives at its first, in the lowest layer, over training windows;
    of an ensemble by its first network. None where no error travels."""
    config, network = fit.config, fit.model.network
    if config.gradient != "bptt":
        return None  # the article's rule sends no error back
    starts = split_series(config, fit.series).train_starts
    starts = starts[:: -(-len(starts) // MOST_WINDOWS)]
    examples = Examples(config, network, fit.series, fit.model.framing, starts)
    x: NDArray[np.floating[Any]] = np.empty((config.steps, len(starts), network.channels), config.dtype)
    y = examples.fill(starts, x)
    left = describe_flow(error_norms(network, fit.model.members[0], x, y)[0], config.truncate).left
    return left if math.isfinite(left) else None
