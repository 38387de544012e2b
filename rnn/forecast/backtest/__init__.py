"""Backtests: forecasts from several cut-offs in the past, judged by what came after."""

from rnn.forecast.backtest.engine import backtest
from rnn.forecast.backtest.plan import Cutoff, Plan, cutoffs
from rnn.forecast.backtest.result import Backtest

__all__ = ["Backtest", "Cutoff", "Plan", "backtest", "cutoffs"]
