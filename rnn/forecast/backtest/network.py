"""A network in a backtest: trained on what a fold may learn from, and its forecast of what the fold judges."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from rnn.core.config import Config
from rnn.core.fit import Fit, fit
from rnn.forecast.backtest.fold import Array, Fold, together
from rnn.forecast.backtest.rows import Forecast, level_name
from rnn.forecast.multi_step import forecast


def trained(config: Config, fold: Fold, many: bool, stop: Callable[[], bool]) -> Fit:
    """The network, trained on the fold's histories and on nothing else, by the config's own validation part; a test part,
    which nothing here would use, is given back to it."""
    return fit(config.replace(test=0), together(fold.histories, many), stop)


def forecast_of(trained: Fit, fold: Fold, levels: Sequence[float]) -> Forecast:
    """The forecast of every series of the fold from the end of its history, as `rnn.forecast` gives it: intervals come from
    residuals that the training held out, never from the points that are judged. Raises ValueError where it grows beyond all
    numbers."""
    steps, targets = fold.actual.shape[1:]
    histories, model = fold.histories, trained.model
    many = bool(model.ids)
    series = together(histories, many)
    future = {one.name: one.future for one in histories} if many and model.known else None
    frame = forecast(trained, steps, tuple(levels), series=series, future=future)
    names = [f"{target}." if targets > 1 else "" for target in model.targets]

    def column(name: str) -> Array:
        stacked = np.stack([frame[f"{prefix}{name}"].to_numpy(np.float64) for prefix in names], axis=-1)
        return stacked.reshape(len(histories), steps, targets)

    lows, highs = ({level: column(f"{side}{level_name(level)}") for level in levels} for side in ("lo", "hi"))
    return Forecast(column("mean"), lows, highs)


def is_untrained(trained: Fit) -> bool:
    """Whether a training diverged before it had any weights worth keeping; a linear skip has them from its start."""
    finished = trained.finished
    return finished.reason == "diverged" and finished.best_epoch == 0 and trained.config.skip == "none"


def words_on(trained: Fit) -> str:
    """What the reader should know of a training that did not end as it should; empty where it did."""
    if trained.finished.reason != "diverged":
        return trained.finished.message
    without = " and has no forecast" if is_untrained(trained) else ""
    return f"the training diverged{without}. {trained.finished.message}"
