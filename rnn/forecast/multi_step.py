"""Forecasts over many steps, direct or free-running, with split-conformal intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rnn.core.fit import Fit
from rnn.core.model import Model
from rnn.core.series import Series
from rnn.core.windows import split_windows
from rnn.forecast.future import future_times

Array = NDArray[np.float64]

# Validation origins that intervals are measured from: enough for a 99 % interval, and quick to run.
MOST_ORIGINS = 1000


def forecast(fit: Fit, steps: int, levels: Sequence[float] = (80, 95), *, series: Series | None = None) -> pd.DataFrame:
    """The `steps` records after the end of the series, in original units, from the best weights.

    Up to the model's horizon the forecast is direct; beyond it the network is fed its own predictions (free-running),
    which needs every input to be a target. Intervals are split conformal (Papadopoulos et al. 2002; Vovk et al. 2005) on
    the absolute residuals of the validation part, at the same step ahead and by the same procedure; since the validation
    part also chose the epoch, they are a little optimistic. Where too few residuals exist for a level, lo and hi are NaN.

    series: to forecast from instead of the one trained on (same columns). Returns a frame with `time` and for each
    target mean, lo80, hi80, … (with several targets the names are `target.mean`, …).
    Raises ValueError for steps or levels out of range, or inputs that are not predicted.
    """
    series = fit.series if series is None else series
    _check(fit.model, series, steps, levels)
    window = fit.config.window
    mean = predict_ahead(fit.model, series.values[None, -window:], steps)[0]
    residuals = validation_residuals(fit, steps)
    columns: dict[str, object] = {"time": future_times(series, steps)}
    for k, target in enumerate(fit.model.targets):
        prefix = f"{target}." if len(fit.model.targets) > 1 else ""
        columns[f"{prefix}mean"] = mean[:, k]
        for level in levels:
            reach = np.array([conformal_reach(residuals[step][:, k], level) for step in range(steps)])
            columns[f"{prefix}lo{level:g}"] = mean[:, k] - reach
            columns[f"{prefix}hi{level:g}"] = mean[:, k] + reach
    return pd.DataFrame(columns)


def predict_ahead(model: Model, windows: NDArray[np.floating], steps: int) -> Array:
    """windows (B, window, D) → (B, steps, K): direct for the first horizon, then on its own predictions."""
    order = [model.names.index(target) for target in model.targets]
    windows = np.asarray(windows, np.float64)
    parts, done = [], 0
    while done < steps:
        predicted = model.predict(windows)
        parts.append(predicted)
        done += predicted.shape[1]
        if done < steps:
            fed_back = np.empty((len(windows), predicted.shape[1], len(model.names)))
            fed_back[:, :, order] = predicted
            windows = np.concatenate([windows, fed_back], axis=1)[:, -model.config.window :]
    return np.concatenate(parts, axis=1)[:, :steps]


def validation_residuals(fit: Fit, steps: int) -> list[Array]:
    """For each step ahead the absolute residuals (origins, K) over the validation part, original units.

    An origin's forecast starts where a validation window's does; steps that reach past the end of the series are left
    out, so later steps have fewer residuals.
    """
    series, window = fit.series, fit.config.window
    split = split_windows(fit.config, len(series))
    first = split.first_validation_window
    starts = np.arange(first, len(series) - window)
    if len(starts) > MOST_ORIGINS:
        starts = starts[np.linspace(0, len(starts) - 1, MOST_ORIGINS).astype(int)]
    rows = starts[:, None] + np.arange(window)
    # Not further than the longest forecast that any origin can be checked against.
    reach = min(steps, len(series) - window - first)
    predicted = predict_ahead(fit.model, series.values[rows], reach)
    actual = series.values[:, series.target_columns]
    residuals = []
    for step in range(steps):
        known = starts + window + step < len(series)
        if not known.any():
            residuals.append(np.empty((0, actual.shape[1])))
            continue
        residuals.append(np.abs(actual[starts[known] + window + step] - predicted[known, step]))
    return residuals


def conformal_reach(residuals: Array, level: float) -> float:
    """Half the width of the split-conformal interval: the ⌈(n + 1) · level⌉-th smallest absolute residual of n, or NaN
    where n is too small for the level."""
    rank = math.ceil((len(residuals) + 1) * level / 100)
    if rank > len(residuals):
        return math.nan
    return float(np.partition(residuals, rank - 1)[rank - 1])


def _check(model: Model, series: Series, steps: int, levels: Sequence[float]) -> None:
    if isinstance(steps, bool) or not isinstance(steps, int | np.integer) or not 1 <= steps <= 100_000:
        raise ValueError(f"steps={steps!r} is not allowed; allowed: a whole number from 1 to 100000.")
    for level in levels:
        if not 0 < level < 100:
            raise ValueError(f"levels: {level!r} is not allowed; allowed: percentages above 0 and below 100.")
    if len(set(levels)) != len(levels):
        raise ValueError(f"levels must differ, got {tuple(levels)}.")
    if series.names != model.names:
        raise ValueError(f"The series must have the model's columns {model.names}, got {series.names}.")
    if len(series) < model.config.window:
        raise ValueError(f"The model reads {model.config.window} records, but the series has only {len(series)}.")
    others = [name for name in model.names if name not in model.targets]
    if steps > model.config.horizon and others:
        raise ValueError(
            f"steps={steps} goes beyond the horizon ({model.config.horizon}), where the future of {', '.join(others)} "
            f"would be needed; train with horizon={steps}, or make these columns targets too."
        )
