"""What a run is measured with: made once, however often the network is judged while it learns."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnn.core.panel import AnySplit
from rnn.core.series import Series
from rnn.forecast.baselines import actual_of, units
from rnn.forecast.noise import BETTER, baseline_losses, baseline_rmse, losses_of, standing

Array = NDArray[np.float64]

# Training windows whose naive error is measured; more would change it by less than it matters.
MOST_WINDOWS = 20_000


@dataclass(frozen=True, eq=False)
class Yardstick:
    """losses: baseline → (windows,), its mean squared error in each validation window (`baseline_losses`). rmse: the root of
    their mean. naive: RMSE of the last value on the training and on the validation windows. learnable: a simple forecast beats
    it by more than noise. windows: how many validate."""

    losses: dict[str, Array]
    rmse: dict[str, float]
    naive: tuple[float, float]
    learnable: bool
    windows: int


def yardstick(series: Series, split: AnySplit, season: int | None = None) -> Yardstick:
    """All in original units; of many series in one in each one's own usual step."""
    losses = baseline_losses(series, split, season)
    errors, last = baseline_rmse(losses), losses["naive"]
    learnable = any(standing(one, last, split) == BETTER for name, one in losses.items() if name != "naive")
    return Yardstick(losses, errors, (_naive_on_training(series, split), errors["naive"]), learnable, split.validation)


def _naive_on_training(series: Series, split: AnySplit) -> float:
    starts = split.train_starts[:: -(-split.train // MOST_WINDOWS)]
    targets = series.values[:, series.target_columns]
    unit = units(series, split, starts)
    actual = actual_of(series, split, starts)
    last = targets[starts + split.window - 1][:, None]
    return math.sqrt(float(losses_of(actual / unit, np.broadcast_to(last / unit, actual.shape)).mean()))
