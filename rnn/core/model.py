"""A trained network with what it needs to speak in original units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.config import Config
from rnn.core.ensemble import combined, parted
from rnn.core.evaluation import in_order
from rnn.core.framing import Framing
from rnn.core.losses import middle_level
from rnn.core.network import Network, Params

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Model:
    """Weights and framing. params: those of an ensemble carry the prefixes of `rnn.core.ensemble`."""

    config: Config
    params: Params
    framing: Framing

    @property
    def names(self) -> tuple[str, ...]:
        """The input columns, static ones included."""
        return self.framing.names

    @property
    def targets(self) -> tuple[str, ...]:
        """The columns that are predicted."""
        return self.framing.targets

    @property
    def network(self) -> Network:
        """The network of each member."""
        static = len(self.framing.static)
        return Network(self.config, len(self.names) - static, len(self.targets), static)

    @property
    def members(self) -> list[Params]:
        """The weights of each network of the ensemble, one where there is no other."""
        return parted(self.params, self.config.seeds)

    def predict(self, windows: Floats) -> NDArray[np.float64]:
        """windows (B, reach, D), original units, oldest record first → (B, horizon, K), original units. `config.reach` is
        the window, and what differencing and seasonal residuals read before it."""
        return np.ascontiguousarray(self.predict_levels(windows)[..., middle_level(self.config)])

    def predict_levels(self, windows: Floats) -> NDArray[np.float64]:
        """As `predict`, with every level of loss="quantile", in rising order: (B, horizon, K, levels); one level for other
        losses. Levels that cross are sorted. With differencing the levels
        beyond the first step are sums of levels, which are wider than levels of the sum."""
        windows = np.asarray(windows)
        config, names = self.config, self.names
        if windows.ndim != 3 or windows.shape[1:] != (config.reach, len(names)):
            kind = "window" if config.reach == config.window else "reach"
            raise ValueError(
                f"windows must have the shape (B, {kind}={config.reach}, D={len(names)}), got {windows.shape}."
            )
        if not np.isfinite(windows).all():
            window, row, column = (int(place[0]) for place in np.nonzero(~np.isfinite(windows)))
            raise ValueError(
                f"windows must be finite numbers, but window {window + 1} has {windows[window, row, column]} in row {row + 1}, "
                f"column {names[column]!r}; fill or leave out missing values first."
            )
        network, framing = self.network, self.framing
        # One long series of windows end to end; no window reads across a seam.
        values = windows.reshape(-1, len(names))
        starts = np.arange(len(windows)) * config.reach
        prepared = framing.prepare(values)
        x = np.empty((config.steps, len(windows), network.channels))
        anchor = framing.inputs(prepared, starts, x)
        levels = combined([network.predict_levels(params, x) for params in self.members])
        outputs = np.moveaxis(in_order(levels), 2, 0)
        return np.stack([framing.restore(level, values, starts, anchor) for level in outputs], axis=-1)
