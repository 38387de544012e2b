"""How far back in time the error of some windows travels before nothing of it is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.network import Network
from rnn.core.workspace import Workspace

Floats = NDArray[np.floating[Any]]


def error_reach(network: Network, params: Mapping[str, Floats], x: Floats, y: Floats) -> list[int]:
    """Steps that the error of these windows travels back, layer by layer, lowest first: T (or `config.truncate`) where it
    goes all the way, fewer where the vanishing guard (`rnn.core.cells.vanishing`) ended the backward pass.

    x: (T, B, C), y: (B, horizon · K), scaled units. It is the pass of `Network.loss_and_gradients`, in the config's dtype.
    Raises ValueError for weights or arrays of another shape than the network's.
    """
    config, x = network.config, network.as_steps(x, None)
    y, batch = np.asarray(y, config.dtype), x.shape[1]
    network.check_targets(y, batch)
    vector = network.flat(params)
    work = Workspace(network, batch, params=vector, gradient=np.zeros_like(vector))
    work.refresh()
    work.x[...] = x
    work.forward()
    work.backward(y, batch, add=False)
    return [config.steps - stopped for stopped in work.stopped]
