"""What is measured on the training rows of one series: its scaler, and the least scale of its windows.

Before it come the logarithm and the differences of the targets, whose changes are what is scaled.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.config import Config
from rnn.core.scaling import Scaler, fit_scaler, least_scale, usual_change
from rnn.core.series import Series
from rnn.core.transforms import difference, logarithm

Array64 = NDArray[np.float64]
Floats = NDArray[np.floating[Any]]

# Values that ought to be equal differ by up to about this share of their size once they have been computed with.
ROUNDING = 1e-14


def fitted(config: Config, series: Series, seen: Floats) -> tuple[Scaler, Array64]:
    """The scaler and the least scale of a window (D,) for one series, by its records seen (n, D)."""
    columns = series.target_columns
    if len(seen) < config.lag + 2:  # one of many, so short that nothing can be framed of it
        return Scaler(np.zeros(seen.shape[1]), np.ones(seen.shape[1]), 0), np.ones(seen.shape[1])
    transformed = transformed_records(config, seen, columns, series.targets)
    # Differences are small numbers with the rounding of large ones: of an exact season nothing but rounding is left.
    size = np.abs(seen).max(axis=0)
    if config.log:
        size[columns] = np.abs(np.log(seen[:, columns])).max(axis=0)
    scaling = "standard" if config.scaling == "window" else config.scaling
    scaler = fit_scaler(scaling, transformed, len(transformed), ROUNDING * size if config.lag else 0.0)
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
