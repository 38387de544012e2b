"""The mean of the first network and Theta as a row of its own, where seasons are few."""

from __future__ import annotations

from rnn.core.series import Series
from rnn.forecast.backtest import Backtest
from rnn.forecast.backtest.with_theta import NAME, with_mean
from rnn.forecast.with_theta import suits

LABEL = "network + Theta"
WORDS = (
    f"{LABEL}: the mean of the first network's forecast and Theta's, at no further training. Here it has no intervals; on the "
    "Forecast page it has its own."
)


def with_theta(found: Backtest, whole: Series) -> Backtest:
    """The backtest with that row; as it is where the first network has no season, or the series many of them."""
    first = next(iter(found.networks), None)
    if first is None or not suits(found.networks[first], whole):
        return found
    return with_mean(found, first)


def notes_of(found: Backtest) -> tuple[str, ...]:
    """What the reader should know, of that row as well."""
    return (*found.notes, WORDS) if (found.frame["method"] == NAME).any() else found.notes
