"""The mean of a network and Theta as one more method of a backtest that holds both: nothing is trained again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from rnn.forecast.backtest.result import Backtest
from rnn.forecast.with_theta import mean_with

if TYPE_CHECKING:
    import pandas as pd

NAME = "network-theta"
_POINT = ["id", "target", "fold", "step"]


def with_mean(found: Backtest, network: str, name: str = NAME) -> Backtest:
    """The backtest with rows of a method `name`, the mean of the network so called and "theta", as `forecast_with_theta` gives
    it; as it is where one of the two is missing. It has no intervals (NaN): those of the two say nothing of their mean.
    Seconds are those of both."""
    import pandas as pd

    frame = found.frame
    methods = set(frame["method"])
    if not {network, "theta"} <= methods or name in methods:
        return found
    rows = frame[frame["method"] == network].reset_index(drop=True)
    theta = _beside(rows, frame[frame["method"] == "theta"])
    mean = mean_with(rows["predicted"].to_numpy(), theta, found.networks[network].log)
    edges = [column for column in frame if column.startswith(("lo", "hi"))]
    rows = rows.assign(method=name, predicted=mean, **dict.fromkeys(edges, np.nan))
    seconds = {**found.seconds, name: found.seconds.get(network, 0.0) + found.seconds.get("theta", 0.0)}
    return replace(found, frame=pd.concat([frame, rows], ignore_index=True), seconds=seconds)


def _beside(rows: pd.DataFrame, theta: pd.DataFrame) -> np.ndarray:
    """What Theta forecasts at the points of the rows."""
    points = rows[_POINT].merge(theta[[*_POINT, "predicted"]], on=_POINT, how="left", validate="one_to_one")
    return points["predicted"].to_numpy()
