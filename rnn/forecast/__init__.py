"""Forecasts in original units, their intervals, and the naive forecasts that they have to beat."""

from rnn.forecast.baselines import BASELINES, Baseline, baseline_errors
from rnn.forecast.future import future_times
from rnn.forecast.multi_step import check_request, forecast
from rnn.forecast.noise import baseline_losses
from rnn.forecast.verdict import Verdict, error_on_test, judge

__all__ = [
    "BASELINES", "Baseline", "Verdict", "baseline_errors", "baseline_losses", "check_request", "error_on_test", "forecast",
    "future_times", "judge",
]  # fmt: skip
