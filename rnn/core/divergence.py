"""What to say of a run whose numbers are no longer finite: which parameter went first, and by how much it had grown."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.events import Finished
from rnn.core.learner import Learner
from rnn.core.network import Params
from rnn.core.state import TrainingState

LEAST_SIZE = 0.1  # of a parameter to begin with: growth from zero would be infinite


class Growth:
    """Remembers how large each parameter was to begin with."""

    def __init__(self, params: Params) -> None:
        self._base = {name: max(_size(array), LEAST_SIZE) for name, array in params.items()}

    def diverged(self, learner: Learner, state: TrainingState, where: str) -> Finished:
        """Which parameter went first: one that is not finite itself, else one whose gradient is not, else the one that
        has grown most; among several, again the one that has grown most. where: "gradient", "training" or "validation"."""
        growth = {name: _size(array) / self._base[name] for name, array in learner.params.items()}
        parameter = max(learner.not_finite() or list(growth), key=lambda name: growth[name])
        step = state.count + (1 if where == "gradient" else 0)
        grown = f"{growth[parameter]:.3g} times its initial size" if growth[parameter] < 1e38 else "beyond all numbers"
        message = (
            f"The {where} {'is' if where == 'gradient' else 'loss is'} no longer a finite number at step {step}, in epoch "
            f"{state.epoch + 1}; {parameter} had grown to {grown}. The weights of epoch {state.best_epoch} are kept."
        )
        return Finished("diverged", state.best_epoch, state.epoch, parameter, step, message)


def _size(array: NDArray[np.floating[Any]]) -> float:
    return float(np.abs(np.nan_to_num(array.astype(np.float64), nan=np.inf)).max())
