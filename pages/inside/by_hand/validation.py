"""The error over all validation windows with weights that were changed by hand."""

from __future__ import annotations

import numpy as np

from rnn.core.ensemble import combined
from rnn.core.evaluation import Evaluator
from rnn.core.model import Model
from rnn.core.series import Series
from rnn.core.windows import chunks, split_windows

# Multiplications that take about 0.2 s in float32 on one thread: measured 6 to 11 thousand million a second, for windows of
# 24 to 150 steps and 32 to 256 hidden units.
AT_ONCE = 1.2e9
_WINDOWS_AT_ONCE = 1024


def work(model: Model, series: Series) -> float:
    """Multiplications for one pass over the validation windows."""
    split, network = split_windows(model.config, len(series)), model.network
    return float(split.validation) * model.config.steps * network.size * model.config.seeds


def validation_rmse(model: Model, series: Series) -> float:
    """Root mean squared error over all validation windows of one series, in its own units; not finite where the network's
    numbers overflow. As `Fit.metrics["val_rmse"]` of a run on a single series."""
    split, network, framing = split_windows(model.config, len(series)), model.network, model.framing
    evaluator = Evaluator(model.config, series, framing)
    outputs = []
    with np.errstate(all="ignore"):
        for part in chunks(split.validation, _WINDOWS_AT_ONCE):
            starts = split.validation_starts[part]
            x = np.empty((model.config.steps, len(starts), framing.channels))
            framing.inputs(evaluator.prepared, starts, x)
            levels = combined([network.predict_levels(params, x) for params in model.members])
            outputs.append(levels.reshape(len(starts), -1))
        return evaluator.evaluate(split.validation_starts, np.concatenate(outputs)).rmse
