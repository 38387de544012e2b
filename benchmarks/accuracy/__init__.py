"""How good the forecasts are that a person gets who uploads values and presses Train: `python -m benchmarks.accuracy`."""
