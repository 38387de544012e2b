"""How good the predictions of some windows are: the loss in the network's units, errors in original units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.config import Config
from rnn.core.framing import Anchor, Framing
from rnn.core.losses import LOSSES, level_count, middle_level, parameter
from rnn.core.metrics import mae, rmse
from rnn.core.series import Series
from rnn.core.windows import chunks, gather_targets

Floats = NDArray[np.floating[Any]]
Starts = NDArray[np.intp]

# Windows whose targets are framed at once: enough for few calls, few enough for little memory.
WINDOWS_AT_ONCE = 4096


@dataclass(frozen=True, eq=False)
class Evaluation:
    """One part of the series, predicted: (windows, horizon, K) in original units, and its errors (`Evaluator`)."""

    predicted: NDArray[np.float64]
    loss: float
    rmse: float
    mae: float


def in_order(levels: Floats) -> Floats:
    """Levels (…, Q) of a quantile loss that cross, sorted (Chernozhukov, Fernández-Val and Galichon 2010)."""
    return np.sort(levels, axis=-1) if levels.shape[-1] > 1 else levels


class Evaluator:
    """Knows the actual values, in both units, of every window of a series.

    rmse and mae are in original units; of many series in one each error is divided by its own series' `unit` (P, K), since
    those of a large series would otherwise be all that one sees.
    """

    def __init__(
        self, config: Config, series: Series, framing: Framing, unit: NDArray[np.float64] | None = None
    ) -> None:
        self.unit = unit
        self.config, self.series, self.framing = config, series, framing
        self.prepared = framing.prepare(series.values)
        self.actual = series.values[:, series.target_columns]
        self.loss, self.parameter = LOSSES[config.loss], parameter(config)
        self.middle = middle_level(config)

    def evaluate(self, starts: Starts, outputs: Floats) -> Evaluation:
        """outputs: (windows, O), what the network gave for the windows that start at these rows, in its units."""
        config = self.config
        levels = outputs.reshape(len(starts), -1, level_count(config))
        points = in_order(levels)[:, :, self.middle]
        restored, total = [], 0.0
        for part in chunks(len(starts), WINDOWS_AT_ONCE):
            anchor = self._anchor(starts[part])
            restored.append(self.framing.restore(points[part], self.series.values, starts[part], anchor))
            total += self._loss_total(starts[part], outputs[part], anchor)
        predicted = np.concatenate(restored)
        actual = gather_targets(self.actual, starts, config.reach, config.horizon).reshape(predicted.shape)
        compared = (actual, predicted)
        if self.unit is not None and self.framing.layout is not None:
            unit = self.unit[self.framing.layout.at(starts)][:, None]
            compared = (actual / unit, predicted / unit)
        return Evaluation(predicted, total / actual.size, rmse(*compared), mae(*compared))

    def total_loss(self, starts: Starts, outputs: Floats) -> float:
        """The config's loss, summed over all windows, steps ahead and targets."""
        parts = chunks(len(starts), WINDOWS_AT_ONCE)
        return sum(self._loss_total(starts[part], outputs[part], self._anchor(starts[part])) for part in parts)

    def _loss_total(self, starts: Starts, outputs: Floats, anchor: Anchor | None) -> float:
        return self.loss.total(outputs, self.framing.outputs(self.prepared, starts, anchor), self.parameter)

    def _anchor(self, starts: Starts) -> Anchor | None:
        """What the outputs of these windows are measured from."""
        if not self.framing.anchored:
            return None
        return self.framing.inputs(
            self.prepared, starts, np.empty((self.config.steps, len(starts), self.framing.channels))
        )
