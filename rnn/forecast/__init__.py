"""Forecasts in original units, their intervals and what these hold, and the naive forecasts that they have to beat."""

from rnn.forecast.baselines import BASELINES, Baseline, baseline_errors
from rnn.forecast.bias import bias_of, measured_bias
from rnn.forecast.by_horizon import Tracks, errors_by_horizon, tracks
from rnn.forecast.coverage import coverage_sentence, measured_coverage
from rnn.forecast.diagnosis import ResidualDiagnosis, diagnose_residuals
from rnn.forecast.future import future_times
from rnn.forecast.multi_step import check_request, forecast
from rnn.forecast.noise import baseline_losses
from rnn.forecast.verdict import Verdict, error_on_test, judge

__all__ = [
    "BASELINES", "Baseline", "ResidualDiagnosis", "Tracks", "Verdict", "baseline_errors", "baseline_losses", "bias_of",
    "check_request", "coverage_sentence", "diagnose_residuals", "error_on_test", "errors_by_horizon", "forecast",
    "future_times", "judge", "measured_bias", "measured_coverage", "tracks",
]  # fmt: skip
