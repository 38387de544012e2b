"""The recurrent layers as ONNX's own RNN, GRU and LSTM nodes.

ONNX has the gates in another order (LSTM i, o, f, c; GRU z, r, h) and each with a bias for the input and one for the state.
Its GRU with linear_before_reset is ours: the reset gate acts after the recurrent product.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rnn.core.config import Config
from rnn.core.network import Params
from rnn.export.onnx.graph import Graph

NODES = {"elman": "RNN", "gru": "GRU", "lstm": "LSTM"}
# Which of our gates stands in each of ONNX's places.
ORDER = {"elman": (0,), "gru": (1, 0, 2), "lstm": (0, 3, 1, 2)}


def layer_states(graph: Graph, config: Config, params: Params, layer: int, x: str) -> tuple[str, str]:
    """x (T, B, C) → the states of every step (T, B, H), and the last one (B, H); float32, as x is."""
    own = {name: params[f"layer{layer}.{name}"] for name in ("W_h", "W_x")}
    W_x = own["W_x"]
    if W_x.ndim == 3:  # a step's own weights are applied before the node, which then takes what comes as it is
        x = graph.op("MatMul", x, graph.constant(W_x, "float32"))
        W_x = np.eye(W_x.shape[2], dtype="float32")
    weights = [graph.constant(_by_gate(config, array.T)[None], "float32") for array in (W_x, own["W_h"])]
    attributes: dict[str, object] = {"hidden_size": config.hidden}
    if config.cell == "elman":
        attributes["activations"] = [config.activation.capitalize()]
    if config.cell == "gru":
        attributes["linear_before_reset"] = 1
    bias = graph.constant(_biases(config, params, layer)[None], "float32")
    states, last = graph.ops(NODES[config.cell], x, *weights, bias, outputs=2, **attributes)
    squeezed = graph.op("Squeeze", states, graph.constant([1], "int64"))
    return squeezed, graph.op("Squeeze", last, graph.constant([0], "int64"))


def _by_gate(config: Config, array: NDArray[np.floating]) -> NDArray[np.floating]:
    """(G · H, …) in our order → in ONNX's."""
    gates = np.split(np.asarray(array), len(ORDER[config.cell]), axis=0)
    return np.concatenate([gates[place] for place in ORDER[config.cell]])


def _biases(config: Config, params: Params, layer: int) -> NDArray[np.floating]:
    """(2 · G · H,): those of the input, then those of the state."""
    size = len(ORDER[config.cell]) * config.hidden
    both = np.zeros(2 * size, "float32")
    if config.bias:
        both[:size] = _by_gate(config, params[f"layer{layer}.b"])
        if config.cell == "gru":
            both[-config.hidden :] = params[f"layer{layer}.b_hn"]
    return both
