"""The long frame of a backtest: one row for each method, series, target, fold and step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from rnn.forecast.backtest.fold import Array, Fold

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("method", "id", "target", "fold", "cutoff", "step", "time", "actual", "predicted", "scale")


@dataclass(frozen=True, eq=False)
class Forecast:
    """predicted (P, steps, K), and for each level the ends of its interval, likewise; levels without one are left out."""

    predicted: Array
    low: Mapping[float, Array] = field(default_factory=dict)
    high: Mapping[float, Array] = field(default_factory=dict)


def nothing(fold: Fold) -> Forecast:
    """The forecast of a method that has none here: NaN."""
    return Forecast(np.full(fold.actual.shape, np.nan))


def level_name(level: float) -> str:
    """As it stands in the name of a column: 80, 97.5."""
    return f"{level:.10g}"


def rows_of(
    method: str, fold: Fold, forecast: Forecast, targets: Sequence[str], levels: Sequence[float]
) -> pd.DataFrame:
    """The rows of one method in one fold: series by series, target by target, step by step.

    Columns: COLUMNS, then lo and hi of each level (NaN where there is none). cutoff: the time of the first record predicted;
    time: that of the record; scale: what its error is divided by for the MASE.
    """
    import pandas as pd

    parts, steps, count = fold.actual.shape
    shape = (parts, count, steps)

    def flat(array: Array) -> Array:
        return np.ascontiguousarray(np.swapaxes(array, 1, 2)).reshape(-1)

    def each_target(per_target: np.ndarray) -> np.ndarray:
        return np.broadcast_to(per_target, shape).reshape(-1)

    columns: dict[str, object] = {
        "method": method,
        "id": each_target(np.array(fold.ids, dtype=object)[:, None, None]),
        "target": each_target(np.array(targets, dtype=object)[None, :, None]),
        "fold": fold.cutoff.number,
        "cutoff": each_target(fold.times[:, :1, None]),
        "step": each_target(np.arange(1, steps + 1)),
        "time": each_target(fold.times[:, None, :]),
        "actual": flat(fold.actual),
        "predicted": flat(forecast.predicted),
        "scale": each_target(fold.scale[:, :, None]),
    }
    absent = np.full(fold.actual.shape, np.nan)
    for level in levels:
        columns[f"lo{level_name(level)}"] = flat(forecast.low.get(level, absent))
        columns[f"hi{level_name(level)}"] = flat(forecast.high.get(level, absent))
    return pd.DataFrame(columns)


def mean_absolute_error(fold: Fold, forecast: Forecast) -> float:
    """Over everything that the fold judges, original units; NaN where any of it has no forecast."""
    return float(np.abs(fold.actual - forecast.predicted).mean())
