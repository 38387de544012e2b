"""The naive forecasts, the drift and the linear autoregression, on exactly the validation points that the network is judged on.

Each baseline sees what the network sees: the records before the first one predicted, and the linear one, which has a use for
them, the known columns at the steps predicted. All in original units.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnn.core.layout import Layout, usual_steps
from rnn.core.metrics import rmse
from rnn.core.panel import AnySplit, each
from rnn.core.scaling import Scaler, fit_scaler, joined
from rnn.core.series import Series
from rnn.core.windows import Starts, gather_targets
from rnn.forecast.autoregression import Autoregression

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Baseline:
    """predict(series, split, season) → (validation windows, horizon, K), or None where it has no meaning."""

    label: str
    predict: Callable[[Series, AnySplit, int | None], Array | None]


def _naive(series: Series, split: AnySplit, season: int | None) -> Array:
    """The last value seen, for every step ahead."""
    last = series.values[split.validation_starts + split.window - 1][:, series.target_columns]
    return np.repeat(last[:, None, :], split.horizon, axis=1)


def _seasonal_naive(series: Series, split: AnySplit, season: int | None) -> Array | None:
    """The value one season before the step predicted (the last whole season seen, repeated). Of many series in one those
    that are shorter than a season take their last value."""
    if season is None or season < 2:
        return None
    ahead = np.arange(split.horizon) % season - season
    origins = split.validation_starts + split.window
    rows = origins[:, None] + ahead
    early = rows[:, 0] < _firsts(series, split)
    if early.all() or (early.any() and not series.lengths):
        return None
    rows[early] = origins[early, None] - 1
    return series.values[rows][:, :, series.target_columns]


def _firsts(series: Series, split: AnySplit) -> Starts:
    """The first record of the series that each validation window belongs to."""
    return np.concatenate([np.full(own.validation, first) for _, first, own in each(split)])


def _drift(series: Series, split: AnySplit, season: int | None) -> Array:
    """The last value and, a step, the mean change of all records seen: the line from the first value to the last, drawn on
    (Hyndman and Athanasopoulos 2021). Where only one record is seen that is the last value."""
    targets, origins = series.values[:, series.target_columns], split.validation_starts + split.window
    first, last = _firsts(series, split), origins - 1
    change = (targets[last] - targets[first]) / np.maximum(1, last - first)[:, None]
    return targets[last][:, None] + change[:, None] * np.arange(1, split.horizon + 1)[:, None]


def _linear(series: Series, split: AnySplit, season: int | None) -> Array:
    """Linear autoregression with an intercept on the window (all inputs) and on the known columns at the steps predicted
    (ARX), fitted by least squares on the training windows; scaled first, so that columns of very different size are solved
    alike. Of many series in one each is scaled by itself, and one regression is fitted across all of them (Montero-Manso and
    Hyndman 2021), as the network is."""
    columns, known = series.target_columns, [series.names.index(name) for name in series.known]
    scaler, layout = _standard(series, split)
    scaled = scaler.of(layout.at(np.arange(len(series)))).transform(series.values)
    starts = split.validation_starts
    line = Autoregression.fit(scaled, split.train_starts, split.window, split.horizon, columns, known)
    return scaler.of(layout.at(starts)).inverse(line.predict(scaled, starts), columns)


def _standard(series: Series, split: AnySplit) -> tuple[Scaler, Layout]:
    """Each series by the mean and deviation of what training may see of it."""
    seen = [split.seen_rows] if isinstance(split.seen_rows, int) else split.seen_rows
    scalers = [fit_scaler("standard", series.values[part], rows) for part, rows in zip(series.parts, seen, strict=True)]
    return joined(scalers), Layout.of(series)


BASELINES: dict[str, Baseline] = {
    "naive": Baseline("last value (naive)", _naive),
    "seasonal": Baseline("last season (seasonal naive)", _seasonal_naive),
    "drift": Baseline("line from first to last value (drift)", _drift),
    "linear": Baseline("linear autoregression", _linear),
}


def baseline_forecasts(series: Series, split: AnySplit, season: int | None) -> Iterator[tuple[str, Array]]:
    """Key and (validation windows, horizon, K), in original units, of every baseline that has a meaning here, one at a time:
    of a long series each takes much memory."""
    for name, baseline in BASELINES.items():
        predicted = baseline.predict(series, split, season)
        if predicted is not None:
            yield name, predicted


def validation_actual(series: Series, split: AnySplit) -> Array:
    """What the validation windows should predict: (windows, horizon, K), original units."""
    return actual_of(series, split, split.validation_starts)


def actual_of(series: Series, split: AnySplit, starts: Starts) -> Array:
    """What the windows that start at these records (n,) should predict: (n, horizon, K), original units."""
    targets = series.values[:, series.target_columns]
    actual = gather_targets(targets, starts, split.window, split.horizon)
    return np.asarray(actual, np.float64).reshape(len(starts), split.horizon, -1)


def units(series: Series, split: AnySplit, starts: Starts) -> Array | float:
    """What the errors of the windows that start at these records (n,) are divided by: 1 for a single series; of many in one
    (n, 1, K), each series' own usual step, so that the largest does not drown the others."""
    if isinstance(split.seen_rows, int):
        return 1.0
    return usual_steps(series, split.seen_rows)[Layout.of(series).at(starts)][:, None]


def baseline_errors(series: Series, split: AnySplit, season: int | None = None) -> dict[str, float]:
    """RMSE of every baseline that has a meaning here, on the validation points, in original units; of many series in one in
    each one's own usual step (`units`)."""
    unit = units(series, split, split.validation_starts)
    actual = validation_actual(series, split) / unit
    return {name: rmse(actual, predicted / unit) for name, predicted in baseline_forecasts(series, split, season)}
