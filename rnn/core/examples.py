"""The windows that a network is trained on, framed: what it reads and what it should say, batch by batch."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.config import Config
from rnn.core.framing import Framing
from rnn.core.network import Network
from rnn.core.series import Series
from rnn.core.windows import Starts, chunks

Floats = NDArray[np.floating[Any]]

# Beyond these, sums over a window and a layer may no longer be finite.
LARGEST = {"float32": 1e30, "float64": 1e150}
# Numbers that are kept framed: a small series is read hundreds of times, and framing a batch takes longer than a small
# network's pass over it. Larger ones are framed batch by batch, which takes no memory and is hidden by the pass.
MOST_KEPT = 4_000_000
WINDOWS_AT_ONCE = 256


class Examples:
    """windows: the first records of those trained on. What is kept is the same numbers as what is framed anew: each window
    is framed by itself. Many learners can share one. Raises ValueError for values beyond config.dtype."""

    def __init__(self, config: Config, network: Network, series: Series, framing: Framing, windows: Starts) -> None:
        self.framing, self.windows, self.dtype = framing, windows, np.dtype(config.dtype)
        self.prepared = _prepared(config, series, framing)
        self._shape, self._points = (config.steps, network.channels), network.points

    def fill(self, starts: Starts, x: Floats) -> Floats:
        """Write the windows that start at these records into x (T, B, C); returns what they should say, (B, O), in the
        network's units."""
        if self._kept is None:
            return self._fill(starts, x)
        inputs, outputs, places = self._kept
        rows = places[starts]
        x[...] = inputs[rows].swapaxes(0, 1)
        found: Floats = outputs[rows]
        return found

    def _fill(self, starts: Starts, x: Floats) -> Floats:
        anchor = self.framing.inputs(self.prepared, starts, x)
        return self.framing.outputs(self.prepared, starts, anchor).astype(self.dtype, copy=False)

    @cached_property
    def _kept(self) -> tuple[Floats, Floats, Starts] | None:
        """inputs (n, T, C) and outputs (n, O) of all windows, and which of them starts at each record; None for too many."""
        count, points = len(self.windows), self._points
        if count * (math.prod(self._shape) + points) > MOST_KEPT:
            return None
        inputs: Floats = np.empty((count, *self._shape), self.dtype)
        outputs: Floats = np.empty((count, points), self.dtype)
        for part in chunks(count, WINDOWS_AT_ONCE):
            outputs[part] = self._fill(self.windows[part], inputs[part].swapaxes(0, 1))
        places = np.zeros(int(self.windows.max(initial=0)) + 1, np.intp)
        places[self.windows] = np.arange(count)
        return inputs, outputs, places


def _prepared(config: Config, series: Series, framing: Framing) -> Floats:
    prepared = framing.prepare(series.values)
    largest = float(np.abs(prepared).max())
    if largest > LARGEST[config.dtype]:
        raise ValueError(
            f"After scaling={config.scaling!r} the largest value is {largest:.3g}, too much for dtype={config.dtype!r}; "
            "take scaling='standard', or dtype='float64'."
        )
    # Where windows have units of their own, what is rounding beside the whole series may be large beside a window.
    return prepared if framing.anchored else prepared.astype(config.dtype)
