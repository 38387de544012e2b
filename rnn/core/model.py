"""A trained network with what it needs to speak in original units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.config import Config
from rnn.core.network import Network, Params
from rnn.core.scaling import Scaler

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Model:
    """Weights, scaler and column names. names: the D input columns; targets: the K of them that are predicted."""

    config: Config
    params: Params
    scaler: Scaler
    names: tuple[str, ...]
    targets: tuple[str, ...]

    @property
    def network(self) -> Network:
        return Network(self.config, len(self.names), len(self.targets))

    def predict(self, windows: Floats) -> NDArray[np.float64]:
        """windows (B, window, D), original units → (B, horizon, K), original units."""
        windows = np.asarray(windows)
        config = self.config
        if windows.ndim != 3 or windows.shape[1:] != (config.window, len(self.names)):
            raise ValueError(
                f"windows must have the shape (B, window={config.window}, D={len(self.names)}), got {windows.shape}."
            )
        x = self.scaler.transform(windows).transpose(1, 0, 2)
        y_hat = self.network.predict(self.params, x)
        columns = [self.names.index(target) for target in self.targets]
        return self.scaler.inverse(y_hat.reshape(len(windows), config.horizon, len(self.targets)), columns)
