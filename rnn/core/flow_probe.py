"""How the error travels back through time in a run at work, measured on the same few training windows at every epoch."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.config import Config
from rnn.core.ensemble import EnsembleLearner
from rnn.core.inspection import GATES
from rnn.core.learner import GradientLearner
from rnn.core.through_time import error_norms
from rnn.core.train import Trainer

Array64 = NDArray[np.float64]

MOST_WINDOWS, FEWEST_WINDOWS = 32, 4
# Multiplications of all windows in one forward pass: large networks are measured on fewer windows, within a second or two.
MOST_WORK = 1e9


class FlowProbe:
    """Training windows, spread evenly over all of them (of many series in one: over all series), and what the network at
    hand does to their errors. Of an ensemble the first member is measured; of skip="mean" the network beside the line.

    It reads the trainer and changes nothing in it. Raises ValueError for the article's published rule, which sends no error
    back through time.
    """

    def __init__(self, trainer: Trainer) -> None:
        learner = trainer.learner
        member = learner.members[0] if isinstance(learner, EnsembleLearner) else learner
        if not isinstance(member, GradientLearner):
            raise ValueError("gradient='published' (the article's algorithm) sends no error back through time.")
        self.network, self._params = member.network, member.params
        windows = member.examples.windows
        count = min(len(windows), _windows(member.config))
        starts = windows[np.linspace(0, len(windows) - 1, count).round().astype(np.intp)]
        self.x: NDArray[np.floating[Any]] = np.empty(
            (member.config.steps, count, self.network.channels), member.config.dtype
        )
        self.y = member.examples.fill(starts, self.x)

    def norms(self) -> Array64:
        """(L, T): `rnn.core.through_time.error_norms` of the weights as they stand."""
        return error_norms(self.network, self._params, self.x, self.y)


def _windows(config: Config) -> int:
    """A rule of the network's shape, so that every epoch and every worker measures the same ones."""
    a_window = config.layers * config.steps * len(GATES[config.cell]) * config.hidden**2
    return int(np.clip(MOST_WORK // a_window, FEWEST_WINDOWS, MOST_WINDOWS))
