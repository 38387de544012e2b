"""The naive forecasts and the linear autoregression, on exactly the validation points that the network is judged on.

Each baseline sees what the network sees: the records before the first one predicted, and the linear one, which has a use for
them, the known columns at the steps predicted. All in original units.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from rnn.core.metrics import rmse
from rnn.core.scaling import fit_scaler
from rnn.core.series import Series
from rnn.core.windows import Split, chunks, gather_targets

Array = NDArray[np.float64]
Starts = NDArray[np.intp]

# More windows than make up this many numbers change the fit of a linear model by less than its noise, and cost seconds.
REGRESSION_NUMBERS = 4_000_000
# A longer window enters the regression with its last records only, so that sixteen windows remain for each weight.
REGRESSION_WEIGHTS = 500


@dataclass(frozen=True)
class Baseline:
    """predict(series, split, season) → (validation windows, horizon, K), or None where it has no meaning."""

    label: str
    predict: Callable[[Series, Split, int | None], Array | None]


def _validation_starts(split: Split) -> Starts:
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
    """Linear autoregression with an intercept on the window (all inputs) and on the known columns at the steps predicted
    (ARX), fitted by least squares on the training windows; scaled first, so that columns of very different size are solved
    alike."""
    scaler = fit_scaler("standard", series.values, split.scaler_rows)
    scaled, columns = scaler.transform(series.values), series.target_columns
    known = [series.names.index(name) for name in series.known]
    design = _designs(scaled, split, known)
    starts = _validation_starts(split)
    outputs = split.horizon * len(columns)
    regressors = min(split.window * scaled.shape[1], REGRESSION_WEIGHTS) + split.horizon * len(known)
    train = np.arange(0, split.train, -(-split.train * max(regressors, outputs) // REGRESSION_NUMBERS))
    target = gather_targets(scaled[:, columns], train, split.window, split.horizon)
    weights, *_ = np.linalg.lstsq(design(train), target, rcond=None)
    predicted = np.empty((len(starts), outputs))
    for part in chunks(len(starts), max(1, REGRESSION_NUMBERS // regressors)):
        np.dot(design(starts[part]), weights, out=predicted[part])
    return scaler.inverse(predicted.reshape(len(starts), split.horizon, -1), columns)


def _designs(scaled: Array, split: Split, known: list[int]) -> Callable[[Starts], Array]:
    """starts (B,) → the regressors of those windows, (B, records · D + H · F + 1): their last records, the F known columns at
    the H steps predicted, then a one."""
    columns = scaled.shape[1]
    records = min(split.window, max(1, REGRESSION_WEIGHTS // columns))
    windows = sliding_window_view(scaled[split.window - records :], records, axis=0)

    ahead = split.window + np.arange(split.horizon)

    def design(starts: Starts) -> Array:
        told = scaled[(starts[:, None] + ahead)[:, :, None], known].reshape(len(starts), -1)
        return np.column_stack([windows[starts].reshape(len(starts), records * columns), told, np.ones(len(starts))])

    return design


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
