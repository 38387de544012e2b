"""What a network has to stand beside: simple, linear and classical forecasts of one series, from its records up to an origin.

`METHODS[key].forecast(history, config, steps)` → (steps, K) in original units. history: a single series that ends just before
the first record predicted; where it has known columns, its `future` holds them in the steps after. config: the network's own
settings, of which a method takes the season (`config.season`), and the linear ones the window, the horizon and the
preparation. A method never raises for short, constant, negative or zero data and never gives a number that is not finite: the
rules for each stand with it, and the last of them all is the last value (`naive`). `banded` gives the forecast with intervals
where the method has a model of its errors; `rnn.forecast.backtest.method` measures those of the others.
"""

from rnn.forecast.methods.method import METHODS, Method

__all__ = ["METHODS", "Method"]
