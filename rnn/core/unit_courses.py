"""The courses of hidden units, a state or a gate step by step, over many windows of a series.

T steps, B windows, H hidden.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.inspection import gate_activations, hidden_states
from rnn.core.model import Model
from rnn.core.network import Network, Params
from rnn.core.series import Series
from rnn.core.windows import Starts, even_parts

Array64 = NDArray[np.float64]
Floats = NDArray[np.floating[Any]]

# Numbers of states that are held at once.
AT_ONCE = 4_000_000


@dataclass(frozen=True, eq=False)
class Units:
    """The units of one layer (0 is the lowest) of a network of the model, on a series of its own (one of many by itself).

    letter: what is looked at, "h" for the state, else a gate or cell state as `rnn.core.inspection` names them.
    """

    model: Model
    params: Params
    series: Series
    layer: int
    letter: str = "h"

    @property
    def network(self) -> Network:
        return self.model.network

    @cached_property
    def prepared(self) -> Array64:
        """(N − lag, D): the series as `Framing.prepare` makes it."""
        return self.model.framing.prepare(self.series.values)

    @property
    def cost(self) -> int:
        """Multiplications of one window, about."""
        gates = self.network.cell.gates
        return sum(
            spec.steps * (spec.inputs + spec.hidden + 8) * gates * spec.hidden for spec in self.network.specs
        )  # 8: an activation takes about as long as so many of them

    def read(self, starts: Starts) -> Array64:
        """(T, B, C): what the network reads of the windows that start at these records."""
        x = np.empty((self.model.config.steps, len(starts), self.network.channels))
        self.model.framing.inputs(self.prepared, starts, x)
        return x

    def of(self, x: Floats) -> Floats:
        """(T, B, H) of windows x (T, B, C)."""
        if self.letter == "h":
            return hidden_states(self.network, self.params, x, self.layer)
        return gate_activations(self.network, self.params, x, self.layer)[self.letter]

    def of_one(self, starts: Starts, unit: int) -> Array64:
        """(T, B): the course of one unit over many windows, a part of them after the other."""
        config = self.model.config
        found = np.empty((config.steps, len(starts)))
        most = min(self.network.tile, max(1, AT_ONCE // (config.steps * config.hidden * self.network.cell.gates)))
        for part in even_parts(len(starts), most):
            found[:, part] = self.of(self.read(starts[part]))[:, :, unit]
        return found


def spread_out(count: int, most: int) -> Starts:
    """At most `most` of `count` places, rising and about evenly apart, yet in step with no season: within its share of the
    places each lies where the golden ratio puts it."""
    if count <= most:
        return np.arange(count)
    k = np.arange(most)
    places: Starts = ((k + (k * 0.6180339887498949) % 1) * count / most).astype(np.intp)
    return places
