"""The forecast of a method without a network, as a frame of the same form as `rnn.forecast` gives for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.forecast.backtest.fold import Array, scale_of
from rnn.forecast.backtest.method import Request, forecasts_of
from rnn.forecast.backtest.plan import parts_of
from rnn.forecast.backtest.rows import Forecast, level_name
from rnn.forecast.future import future_times
from rnn.forecast.methods import METHODS

if TYPE_CHECKING:
    import pandas as pd


def forecast_without_network(
    method: str,
    series: Series,
    config: Config,
    steps: int,
    levels: Sequence[float] = (80, 95),
    *,
    future: Mapping[str, ArrayLike | None] | None = None,
) -> pd.DataFrame:
    """The `steps` records after the end of the series, original units; of many in one all of them, told apart by a column `id`,
    the first. Columns as of `rnn.forecast`; intervals are those of `rnn.forecast.backtest.method`,
    NaN where the history is too short for the level.

    method: a key of METHODS. config: whose season, window and preparation it takes. future: of many series, id → what its known
    columns hold after its last record; without it a method does without them.

    Raises ValueError for a method that there is not, and for one that has no meaning here.
    """
    import pandas as pd  # here, so that a worker process, which forecasts nothing, starts without it

    if method not in METHODS:
        raise ValueError(f"{method!r} is not a method; the methods are {', '.join(METHODS)}.")
    histories = [_told(part, (future or {}).get(part.name, part.future)) for part in parts_of(series)]
    scales = np.stack([scale_of(history, config.season) for history in histories])
    found = forecasts_of(Request(method, config, steps, levels), histories, scales)
    if np.isnan(found.predicted).all():
        raise ValueError(f"{METHODS[method].label} has no meaning without a season; set season, such as season=12.")
    frames = []
    for number, history in enumerate(histories):
        columns: dict[str, object] = {"id": history.name} if series.lengths else {}
        columns["time"] = future_times(history, steps)
        frames.append(pd.DataFrame(columns | _columns(series.targets, found, number)))
    return pd.concat(frames, ignore_index=True) if series.lengths else frames[0]


def _columns(targets: Sequence[str], found: Forecast, number: int) -> dict[str, Array]:
    """Those of series `number`."""
    columns = {}
    for k, target in enumerate(targets):
        prefix = f"{target}." if len(targets) > 1 else ""
        columns[f"{prefix}mean"] = found.predicted[number, :, k]
        for level in found.low:
            columns[f"{prefix}lo{level_name(level)}"] = found.low[level][number, :, k]
            columns[f"{prefix}hi{level_name(level)}"] = found.high[level][number, :, k]
    return columns


def _told(part: Series, future: ArrayLike | None) -> Series:
    return replace(part, future=None if future is None or not part.known else np.asarray(future, np.float64))
