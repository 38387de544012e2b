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
from rnn.forecast.backtest.method import Request, reaches_of
from rnn.forecast.backtest.plan import parts_of
from rnn.forecast.backtest.rows import level_name
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
    the first. Columns as of `rnn.forecast`; lo and hi are NaN for methods whose intervals would take long.

    method: a key of METHODS. config: whose season, window and preparation it takes. future: of many series, id → what its known
    columns hold after its last record; without it a method does without them.

    Raises ValueError for a method that there is not, and for one that has no meaning here.
    """
    import pandas as pd  # here, so that a worker process, which forecasts nothing, starts without it

    if method not in METHODS:
        raise ValueError(f"{method!r} is not a method; the methods are {', '.join(METHODS)}.")
    request = Request(method, config, steps, levels)
    histories = [_told(part, (future or {}).get(part.name, part.future)) for part in parts_of(series)]
    means = [request.forecast(history) for history in histories]
    if any(mean is None for mean in means):
        raise ValueError(f"{METHODS[method].label} has no meaning without a season; set season, such as season=12.")
    scales = np.stack([scale_of(history, config.season) for history in histories])
    units = np.where(scales > 0, scales, 1.0)
    reaches = reaches_of(request, histories, units, lambda: None)
    nothing = dict.fromkeys(levels, np.full((steps, len(series.targets)), np.nan))
    frames = []
    for history, mean, unit in zip(histories, means, units, strict=True):
        columns: dict[str, object] = {"id": history.name} if series.lengths else {}
        columns["time"] = future_times(history, steps)
        widths = {level: reach * unit for level, reach in (reaches or nothing).items()}
        frames.append(pd.DataFrame(columns | _columns(series.targets, np.asarray(mean), widths)))
    return pd.concat(frames, ignore_index=True) if series.lengths else frames[0]


def _columns(targets: Sequence[str], mean: Array, widths: Mapping[float, Array]) -> dict[str, Array]:
    """mean and widths: (steps, K)."""
    columns = {}
    for k, target in enumerate(targets):
        prefix = f"{target}." if len(targets) > 1 else ""
        columns[f"{prefix}mean"] = mean[:, k]
        for level, width in widths.items():
            columns[f"{prefix}lo{level_name(level)}"] = mean[:, k] - width[:, k]
            columns[f"{prefix}hi{level_name(level)}"] = mean[:, k] + width[:, k]
    return columns


def _told(part: Series, future: ArrayLike | None) -> Series:
    return replace(part, future=None if future is None or not part.known else np.asarray(future, np.float64))
