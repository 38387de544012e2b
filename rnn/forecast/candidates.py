"""What Auto tries: the rule, the rule with another starting point, and forecasts without a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.forecast.backtest.with_theta import NAME as WITH_THETA
from rnn.forecast.methods import METHODS
from rnn.forecast.with_theta import suits

# Where there are more series in one, the choice is made on so many of them, evenly spread.
MOST_SERIES = 30
RULE = "rule"


@dataclass(frozen=True)
class Candidate:
    """config: of a network; None for a method, whose key stands in METHODS. words: what it is. mixed: the mean of the rule's
    network, whose config it bears, and Theta."""

    key: str
    label: str
    words: str
    config: Config | None = None
    mixed: bool = False

    @property
    def trained(self) -> bool:
        """Whether the trial trains it; others are methods, or made of what is there already."""
        return self.config is not None and not self.mixed


# Beside the rule: (key, label, words, fields that are set).
_CHANGES: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("from-last", "network from the last value", "The rule, but the network adds to the last value.",
     {"residual": "last"}),
    ("from-season", "network from the last season", "The rule, but the network adds to the value a season before.",
     {"residual": "seasonal"}),
    ("from-seasons", "network from the mean of seasons", "The rule, but the network adds to the mean over the last seasons.",
     {"residual": "seasons"}),
    ("no-season", "network without a season", "The rule for a series in which nothing repeats.",
     {"season": None}),
)  # fmt: skip
_METHODS = {
    "naive": "The last value goes on; no network.",
    "seasonal": "The last season repeats; no network.",
    "ridge": "Ridge regression on the network's window, in its preparation; no network.",
    "theta": "Theta, the M3 competition's winner: a line and exponential smoothing, halved; no network.",
}
_MEAN = "The mean of the network by the rule and Theta."


def candidates_of(series: Series, horizon: int | None, fixed: Mapping[str, Any]) -> list[Candidate]:
    """The rule first. What does not differ from an earlier one is left out, and so is what asks for a season where the rule
    sees none. The mean with Theta stands where seasons are few."""
    from rnn.data.look import recommended

    rule = recommended(series, horizon, **fixed)
    found = [Candidate(RULE, "network by the rule", "The settings that the rule gives for this series.", rule)]
    seasonal = (rule.season or 0) >= 2
    for key, label, words, changes in _CHANGES if seasonal else ():
        if fixed.keys() & changes.keys():
            continue
        config = recommended(series, rule.horizon, **{**fixed, **changes})
        taken = all(getattr(config, name) == value for name, value in changes.items())
        if taken and config not in [one.config for one in found]:
            found.append(Candidate(key, label, words, config))
    if suits(rule, series):
        found.append(Candidate(WITH_THETA, "mean of network and Theta", _MEAN, rule, mixed=True))
    found += [
        Candidate(key, METHODS[key].label, words) for key, words in _METHODS.items() if seasonal or key != "seasonal"
    ]
    return found


def subset(series: Series) -> Series:
    """The series, or an even sample of many in one that has at most MOST_SERIES of them."""
    if len(series.lengths) <= MOST_SERIES:
        return series
    # Longest first would choose by length alone, so every k-th in the order of the file.
    chosen = np.unique(np.linspace(0, len(series.lengths) - 1, MOST_SERIES).astype(int))
    parts = series.apart()
    return Series.joined([parts[k] for k in chosen], [series.ids[k] for k in chosen], series.name)
