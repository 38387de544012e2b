"""One window of the series as the network sees it, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.model import Model
from rnn.core.series import Series

START = np.array([0])


@dataclass(frozen=True, eq=False)
class Window:
    """The window that begins at row `first` of the series."""

    model: Model
    series: Series
    first: int

    @property
    def rows(self) -> slice:
        """All records that the prediction reads."""
        return slice(self.first, self.first + self.model.config.reach)

    @property
    def ahead(self) -> slice:
        """The records that it predicts."""
        return slice(self.rows.stop, self.rows.stop + self.model.config.horizon)

    @property
    def step_times(self) -> NDArray[Any]:
        """(T,): the time of the last record that each step has read."""
        config = self.model.config
        begin = self.rows.stop - config.window
        return self.series.times[begin + config.patch - 1 : self.rows.stop : config.patch]

    @cached_property
    def framed(self) -> tuple[NDArray[np.float64], NDArray[np.floating]]:
        """x (T, 1, C) and y (1, horizon · K), in the network's units."""
        framing = self.model.framing
        prepared = framing.prepare(self.series.values[self.rows.start : self.ahead.stop])
        x = np.empty((self.model.config.steps, 1, framing.channels))
        anchor = framing.inputs(prepared, START, x)
        return x, framing.outputs(prepared, START, anchor)

    @property
    def x(self) -> NDArray[np.float64]:
        return self.framed[0]

    @property
    def predicted(self) -> NDArray[np.float64]:
        """(horizon, K), original units."""
        known = [self.series.names.index(name) for name in self.model.known]
        ahead = self.series.values[None, self.ahead, known] if known else None
        return self.model.predict(self.series.values[None, self.rows], ahead)[0]
