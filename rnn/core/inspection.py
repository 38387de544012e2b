"""Looking into a network that stands still: its states and gates along a window, and what its recurrent weights do.

All of it comes out of the same layers that train and predict; nothing is computed here a second time.
T steps, B windows, C inputs a step, H hidden, G gates.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.cells import GRU, LSTM, Layer
from rnn.core.network import Network
from rnn.core.workspace import Workspace

Floats = NDArray[np.floating[Any]]

GATES: dict[str, tuple[str, ...]] = {"elman": ("h",), "gru": ("r", "z", "n"), "lstm": ("i", "f", "g", "o")}
"""What stands side by side in the H · G columns of a cell's weights; of Elman the new state itself."""


def hidden_states(
    network: Network,
    params: Mapping[str, Floats],
    x: Floats,
    layer: int = -1,
    *,
    static: Floats | None = None,
    state: Mapping[str, Floats] | None = None,
) -> Floats:
    """The hidden state of a layer (−1: the top one) after every step, (T, B, H), for windows in scaled units; in the
    config's dtype. x, static, state: as for `Network.predict`.

    Raises ValueError for weights or windows of another shape than the network's, and for a layer that it does not have.
    """
    return _seen(network, params, x, layer, static, state, training=False).states.copy()


def gate_activations(
    network: Network,
    params: Mapping[str, Floats],
    x: Floats,
    layer: int = -1,
    *,
    static: Floats | None = None,
    state: Mapping[str, Floats] | None = None,
) -> dict[str, Floats]:
    """What the gates of a layer let through at every step: letter → (T, B, H), r, z, n for the GRU and i, f, g, o for the
    LSTM, followed by its cell state c; empty for Elman. Else as `hidden_states`.
    """
    # In prediction the layers keep the gates of the step at hand only.
    own = _seen(network, params, x, layer, static, state, training=True)
    if not isinstance(own, GRU | LSTM):
        return {}
    gates = {letter: array.copy() for letter, array in own.gates_of().items()}
    if isinstance(own, LSTM):
        gates["c"] = own.cells.copy()
    return gates


def _seen(
    network: Network,
    params: Mapping[str, Floats],
    x: Floats,
    layer: int,
    static: Floats | None,
    state: Mapping[str, Floats] | None,
    *,
    training: bool,
) -> Layer:
    """The layer after a forward pass over these windows."""
    if not -network.config.layers <= layer < network.config.layers:
        raise ValueError(f"layer must be from 0 to {network.config.layers - 1}, or −1 for the top one, got {layer}.")
    windows = network.as_steps(x, static)
    vector = network.flat(params)
    work = Workspace(network, windows.shape[1], params=vector, training=training)
    work.refresh()
    work.x[...] = windows
    work.set_state(state, slice(None))
    work.forward()
    return work.layers[layer]


def peak_order(states: Floats) -> NDArray[np.intp]:
    """Unit numbers (H,) by the step at which each unit is highest, earliest first; states (T, H)."""
    return np.argsort(np.argmax(states, axis=0), kind="stable")


def spectral_radius(W_h: Floats) -> float:
    """The largest |eigenvalue| of recurrent weights (H, H): the factor by which a small state grows a step, at most in the
    long run and where the activation is straight."""
    return float(np.abs(np.linalg.eigvals(np.asarray(W_h, np.float64))).max())


def gate_blocks(cell: str, weights: Floats) -> dict[str, Floats]:
    """Weights or biases (…, G · H) of a cell by gate: letter → (…, H), in the order of their columns; views."""
    letters = GATES[cell]
    return dict(zip(letters, np.split(weights, len(letters), axis=-1), strict=True))


def spectral_radii(cell: str, W_h: Floats) -> dict[str, float]:
    """`spectral_radius` of every gate's block of recurrent weights (H, G · H), by the gate's letter."""
    return {letter: spectral_radius(block) for letter, block in gate_blocks(cell, W_h).items()}
