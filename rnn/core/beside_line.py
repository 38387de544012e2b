"""skip="mean": a network and a linear forecast that learn apart, whose mean is the forecast (Bates and Granger 1969).

Both end in the same two places, the readout and the skip, and are linear there: so the mean of the two forecasts is that of
one network with the mean of those weights. While it trains the outputs are averaged; what is kept are averaged weights.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.learner import Learner
from rnn.core.network import Params
from rnn.core.windows import Starts

Floats = NDArray[np.floating[Any]]


def mean_with(line: Params | None, params: Params) -> Params:
    """Copies of the weights, the readout's and the skip's averaged with the line's where there is one."""
    own = line or {}
    return {name: (array + own[name]) / 2 if name in own else array.copy() for name, array in params.items()}


def line_in(kept: Params) -> Params:
    """The line's own weights, from those that a run keeps before its first epoch."""
    return {name: array for name, array in kept.items() if name.endswith(("readout.W", "readout.b", "skip.W"))}


class BesideLine:
    """Predictions of a learner in training, averaged with those of the line. line: a learner with its weights."""

    def __init__(self, learner: Learner, line: Learner) -> None:
        self._learner, self._line = learner, line
        self._known: dict[tuple[int, int], Floats] = {}

    def predict(self, starts: Starts) -> Floats:
        """As `Learner.predict`. The line does not change, so each part of the series is predicted with it once."""
        mean: Floats = (self._learner.predict(starts) + self.line(starts)) / 2
        return mean

    def line(self, starts: Starts) -> Floats:
        """What the line alone predicts."""
        key = (int(starts[0]), len(starts))
        if key not in self._known:
            self._known[key] = self._line.predict(starts)
        return self._known[key]
