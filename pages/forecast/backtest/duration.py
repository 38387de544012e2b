"""About how long a backtest will take, said before it runs."""

from __future__ import annotations

from pages.forecast.backtest.form import Asked
from pages.runs.results import results_of
from rnn.core.series import Series
from rnn.forecast.backtest import cutoffs
from rnn.forecast.methods import METHODS
from rnn.runs.records import Run
from rnn.ui.wording import seconds_in_words

# Seconds of the other methods in one fold: for each series, most of it the search of exponential smoothing; and for the linear
# ones, which are fitted again and again for their intervals, where that is done: not for many series. A long history costs no
# more. Measured on series of 200 to 200,000 records.
A_SERIES, LINEAR, MOST_WITH_INTERVALS = 1.0, 3.0, 3
# A second training beside the first: no evaluations, and more records.
AGAIN = 0.9


def seconds_of(run: Run, asked: Asked, whole: Series) -> float:
    """By what the trainings of its runs took: each training anew costs the share of the records that it learns from."""
    parts = whole.apart() if whole.lengths else [whole]
    longest = max(len(part) for part in parts)
    shares = [one.record / longest for one in cutoffs(whole, list(asked.networks.values()), asked.plan)]
    trainings = sum(shares) if asked.plan.retrain else shares[0]
    seconds = 0.0
    for one in asked.runs:
        alone = asked.seeds / one.config.seeds if asked.seeds > 1 else 0
        again = AGAIN if one.config.refit else 0
        seconds += results_of(one).seconds * trainings * (1 + alone) * (1 + again)
    methods = A_SERIES * len(parts) + (LINEAR if len(parts) <= MOST_WITH_INTERVALS else 0)
    return seconds + asked.plan.folds * methods


def in_words(run: Run, asked: Asked, whole: Series) -> str:
    count = asked.plan.folds if asked.plan.retrain else 1
    each = len(asked.runs) * (1 + (asked.seeds if asked.seeds > 1 else 0))
    trainings = f"{count * each:,} trainings" if count * each > 1 else "One training"
    about = seconds_in_words(max(1.0, seconds_of(run, asked, whole)))
    return f"{trainings} and {len(METHODS)} other methods in each fold: about {about} on one core."
