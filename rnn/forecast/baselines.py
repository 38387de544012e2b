"""The naive forecasts and the linear autoregression, on exactly the validation points that the network is judged on.

Each baseline sees what the network sees: the records before the first one predicted. All in original units.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from rnn.core.metrics import rmse
from rnn.core.series import Series
from rnn.core.windows import Split, gather_targets

Array = NDArray[np.float64]

# More windows than make up this many numbers change the fit of a linear model by less than its noise, and cost seconds.
REGRESSION_NUMBERS = 4_000_000


@dataclass(frozen=True)
class Baseline:
    """predict(series, split, season) → (validation windows, horizon, K), or None where it has no meaning."""

    label: str
    predict: Callable[[Series, Split, int | None], Array | None]


def _validation_starts(split: Split) -> NDArray[np.intp]:
    return split.first_validation_window + np.arange(split.validation)


def _naive(series: Series, split: Split, season: int | None) -> Array:
    """The last value seen, for every step ahead."""
    last = series.values[_validation_starts(split) + split.window - 1][:, series.target_columns]
    return np.repeat(last[:, None, :], split.horizon, axis=1)


def _seasonal_naive(series: Series, split: Split, season: int | None) -> Array | None:
    """The value one season before the step predicted (the last whole season seen, repeated)."""
    if season is None or season < 2 or split.first_validation_window + split.window < season:
        return None
    ahead = np.arange(split.horizon) % season - season
    rows = (_validation_starts(split) + split.window)[:, None] + ahead
    return series.values[rows][:, :, series.target_columns]


def _linear(series: Series, split: Split, season: int | None) -> Array:
    """Linear autoregression with an intercept on the whole window (all inputs), fitted by least squares on the training
    windows; scaled first, so that columns of very different size are solved alike."""
    rows = split.scaler_rows
    centre, scale = series.values[:rows].mean(axis=0), series.values[:rows].std(axis=0)
    scaled = (series.values - centre) / np.where(scale > 0, scale, 1.0)
    windows = sliding_window_view(scaled, split.window, axis=0).reshape(-1, scaled.shape[1], split.window)
    every = -(-split.train * split.window * scaled.shape[1] // REGRESSION_NUMBERS)
    train = np.arange(0, split.train, every)
    design = _with_intercept(windows[train].reshape(len(train), -1))
    columns = series.target_columns
    target = gather_targets(scaled[:, columns], train, split.window, split.horizon)
    weights, *_ = np.linalg.lstsq(design, target, rcond=None)
    starts = _validation_starts(split)
    predicted = _with_intercept(windows[starts].reshape(len(starts), -1)) @ weights
    shaped = predicted.reshape(len(starts), split.horizon, len(columns))
    return shaped * np.where(scale > 0, scale, 1.0)[columns] + centre[columns]


def _with_intercept(design: Array) -> Array:
    return np.column_stack([design, np.ones(len(design))])


BASELINES: dict[str, Baseline] = {
    "naive": Baseline("last value (naive)", _naive),
    "seasonal": Baseline("last season (seasonal naive)", _seasonal_naive),
    "linear": Baseline("linear autoregression", _linear),
}


def validation_actual(series: Series, split: Split) -> Array:
    """What the validation windows should predict: (windows, horizon, K), original units."""
    targets = series.values[:, series.target_columns]
    actual = gather_targets(targets, _validation_starts(split), split.window, split.horizon)
    return np.asarray(actual, np.float64).reshape(split.validation, split.horizon, -1)


def baseline_errors(series: Series, split: Split, season: int | None = None) -> dict[str, float]:
    """RMSE of every baseline that has a meaning here, on the validation points, in original units."""
    actual = validation_actual(series, split)
    errors = {}
    for name, baseline in BASELINES.items():
        predicted = baseline.predict(series, split, season)
        if predicted is not None:
            errors[name] = rmse(actual, predicted)
    return errors
