"""What is measured on the training rows of one series: its scaler, and the least scale of its windows.

Before it come the logarithm and the differences of the targets, whose changes are what is scaled.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.config import Config
from rnn.core.scaling import Scaler, fit_scaler, joined, least_scale, usual_change
from rnn.core.series import Series
from rnn.core.transforms import difference, logarithm

Array64 = NDArray[np.float64]
Floats = NDArray[np.floating[Any]]

# Values that ought to be equal differ by up to about this share of their size once they have been computed with.
ROUNDING = 1e-14


def fitted(config: Config, series: Series, rows: int | Sequence[int]) -> tuple[Scaler, Array64]:
    """The scaler and the least scale of a window (D,), by the first `rows` records; of many series in one each by its own
    first `rows[n]`, (P, D), but static columns by all of them: within one they are constant, and tell it from the others."""
    if isinstance(rows, int | np.integer):
        return _of_one(config, series, series.values[:rows])
    each = [_of_one(config, series, series.values[part][:seen]) for part, seen in zip(series.parts, rows, strict=True)]
    scaler = joined([scaler for scaler, _ in each])
    if series.static and len(each) > 1:
        static = [series.names.index(name) for name in series.static]
        # Of those that have room for a window, the rest being left out of training.
        room = config.reach + config.horizon
        seen = [series.values[part][config.lag : n] for part, n in zip(series.parts, rows, strict=True) if n >= room]
        across = fit_scaler(_scaling(config), np.concatenate(seen)[:, static], sum(len(one) for one in seen))
        scaler.centre[:, static], scaler.scale[:, static] = across.centre, across.scale
    return scaler, np.stack([least for _, least in each])


def _scaling(config: Config) -> str:
    return "standard" if config.scaling == "window" else config.scaling


def _of_one(config: Config, series: Series, seen: Floats) -> tuple[Scaler, Array64]:
    """By the records (n, D) of one series that may be seen."""
    columns = series.target_columns
    if len(seen) < config.lag + 2:  # one of many, so short that nothing can be framed of it
        size = np.maximum(1.0, np.abs(seen).max(axis=0))
        return Scaler(np.zeros_like(size), size, 0), np.ones_like(size)
    transformed = transformed_records(config, seen, columns, series.targets)
    # Differences are small numbers with the rounding of large ones: of an exact season nothing but rounding is left.
    size = np.abs(seen).max(axis=0)
    if config.log:
        size[columns] = np.abs(np.log(seen[:, columns])).max(axis=0)
    scaler = fit_scaler(_scaling(config), transformed, len(transformed), ROUNDING * size if config.lag else 0.0)
    usual = usual_change(scaler.transform(transformed), ROUNDING * size / scaler.scale)
    return scaler, least_scale(usual, config.window)


def transformed_records(config: Config, values: Floats, columns: list[int], targets: tuple[str, ...]) -> Array64:
    """Records (N, D) → (N − lag, D), the target columns logged and differenced as the config says, not yet scaled."""
    levels = np.array(values, np.float64)
    if config.log:
        levels[:, columns] = logarithm(levels[:, columns], targets)
    transformed = levels[config.lag :]
    if config.lag:
        transformed[:, columns] = difference(levels[:, columns], config.lag)
    return transformed
