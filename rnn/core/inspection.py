"""Looking into a network that stands still: its hidden states along a window, and what its recurrent weights do.

The states come out of the same layer that trains and predicts; nothing is computed here a second time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.network import Network, Workspace

Floats = NDArray[np.floating[Any]]


def hidden_states(network: Network, params: Mapping[str, Floats], x: Floats) -> Floats:
    """The hidden state after every step, (T, B, H), for windows x (T, B, D) in scaled units; in the config's dtype.

    Raises ValueError for weights or windows of another shape than the network's.
    """
    config = network.config
    x = np.asarray(x, config.dtype)
    if x.ndim != 3 or (x.shape[0], x.shape[2]) != (config.window, network.n_inputs):
        raise ValueError(f"x must have the shape (T={config.window}, B, D={network.n_inputs}), got {x.shape}.")
    layer = Workspace(network, x.shape[1], training=False, params=network.flat(params)).layer
    states = np.empty((config.window, x.shape[1], config.hidden), config.dtype)
    layer.begin()
    for t, (x_t, state) in enumerate(zip(x, states, strict=True)):
        layer.x[t % layer.slots] = x_t
        layer.step(t)
        state[...] = layer.h[(t + 1) % layer.slots]
    return states


def peak_order(states: Floats) -> NDArray[np.intp]:
    """Unit numbers (H,) by the step at which each unit is highest, earliest first; states (T, H)."""
    return np.argsort(np.argmax(states, axis=0), kind="stable")


def spectral_radius(W_h: Floats) -> float:
    """The largest |eigenvalue| of the recurrent weights (H, H): the factor by which a small state grows a step, at most
    in the long run and where the activation is straight."""
    return float(np.abs(np.linalg.eigvals(np.asarray(W_h, np.float64))).max())
