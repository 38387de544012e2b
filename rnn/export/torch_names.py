"""Weights under PyTorch's names and in its shapes, and back, so that a trained network moves to nn.LSTM and from it.

PyTorch itself is not needed here: a state dict is a dict from names to arrays. The module that it belongs to has `rnn`
(nn.RNN, nn.GRU or nn.LSTM, time-major), `readout` (nn.Linear on the last hidden state) and, with a linear skip, `skip`
(nn.Linear without bias, on the window record by record). Names, shapes and gate order are those of torch.nn.RNN, GRU and
LSTM (PyTorch 2). Only the network moves: scaling, differencing and residual stay with the Config and the Model.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from rnn.core.config import Config
from rnn.core.network import Floats, Network, Params, Shape

CLASSES = {"elman": "nn.RNN", "gru": "nn.GRU", "lstm": "nn.LSTM"}


def to_torch(config: Config, params: Mapping[str, Floats]) -> dict[str, np.ndarray]:
    """The parameters as the state dict of a PyTorch module, new arrays in config.dtype.

    `rnn.weight_ih_l0` (G·H, C), `rnn.weight_hh_l0` (G·H, H), `rnn.bias_ih_l0` and `rnn.bias_hh_l0` (G·H,) and so on for
    each layer, `readout.weight` (O, H), `readout.bias` (O,), `skip.weight` (O, window · D + S); shapes of the parameters:
    see `rnn.core.network.Network`. PyTorch has two biases a gate where one would do: ours becomes bias_ih, and bias_hh is
    zero but for the GRU's n gate, where it is b_hn. Raises ValueError for what the PyTorch classes cannot express and
    for parameters that do not fit the config.
    """
    check_expressible(config)
    shapes = {name: np.shape(array) for name, array in params.items()}
    network = _network(config, shapes, "layer0.W_x", "readout.W", "skip.W", turned=False)
    weights = network.views(network.flat(params))
    found = {_torch_name(name): np.array(array.T, order="C") for name, array in weights.items()}
    for layer in range(config.layers if config.bias else 0):
        second = np.zeros_like(found[f"rnn.bias_ih_l{layer}"])
        if config.cell == "gru":
            second[-config.hidden :] = weights[f"layer{layer}.b_hn"]
        found[f"rnn.bias_hh_l{layer}"] = second
    return {name: found[name] for name in _torch_shapes(network)}


def from_torch(config: Config, state_dict: Mapping[str, Any]) -> Params:
    """The parameters that `Network` takes from a module's state dict: tensors on the CPU, or anything else that
    np.asarray takes. New arrays in config.dtype; PyTorch's two biases are added up, but for the GRU's n gate.

    `from_torch(config, to_torch(config, params))` gives the same bits back. Raises ValueError where a tensor is missing,
    unknown, of another shape than the config wants, or holds what is not a finite number; and for a config that the
    PyTorch classes cannot express.
    """
    check_expressible(config)
    if not isinstance(state_dict, Mapping):
        raise ValueError(
            f"from_torch takes a state dict, as module.state_dict() gives it, got {type(state_dict).__name__}."
        )
    arrays = {str(name): _array(str(name), tensor) for name, tensor in state_dict.items()}
    shapes = {name: array.shape for name, array in arrays.items()}
    network = _network(config, shapes, "rnn.weight_ih_l0", "readout.weight", "skip.weight", turned=True)
    _check_tensors(config, shapes, _torch_shapes(network))
    params: Params = {}
    for name in network.shapes:
        part, own = name.split(".")
        array = arrays[_torch_name(name)]
        if own == "b_hn":
            array = array[-config.hidden :]
        elif own == "b" and part.startswith("layer"):
            array = _joined(array, arrays[_torch_name(f"{part}.b_hn")], config)
        params[name] = _cast(_torch_name(name), array.T, config.dtype)
    return params


def check_expressible(config: Config) -> None:
    """Raises ValueError for what no module of nn.RNN, nn.GRU or nn.LSTM computes."""
    if config.cell not in CLASSES:
        raise ValueError(f"cell={config.cell!r} has no counterpart in PyTorch; {', '.join(CLASSES)} have one.")
    if config.cell == "elman" and config.activation not in ("tanh", "relu"):
        raise ValueError(
            f"activation={config.activation!r} cannot be expressed by PyTorch's nn.RNN, which knows tanh and relu."
        )
    if config.input_weights == "per_step":
        raise ValueError(
            f"input_weights='per_step' cannot be expressed by PyTorch's {CLASSES[config.cell]}, which has one set of "
            "input weights for all steps."
        )
    if config.seeds > 1:
        raise ValueError(
            f"seeds={config.seeds} is an ensemble of {config.seeds} networks, and a PyTorch module is one; take its members "
            "one by one (model.members), with config.replace(seeds=1)."
        )


def _network(
    config: Config, shapes: Mapping[str, Shape], inputs: str, readout: str, skip: str, *, turned: bool
) -> Network:
    """The network of these arrays; the sizes that no Config holds are read from the three that are named.

    turned: the arrays are PyTorch's, (out, in). C = patch · D + S columns enter a step, and the skip reads window · D + S:
    two equations for D and S. Without a skip any D and S of that C give the same shapes.
    """
    columns, outputs = _axis(shapes, inputs, 0, turned), _axis(shapes, readout, 1, turned)
    if columns == 0:
        raise ValueError(f"{inputs!r} has the shape {shapes[inputs]}: a network needs at least one input.")
    dynamic, rest = columns // config.patch, 0
    if config.skip != "none":
        beyond = _axis(shapes, skip, 0, turned) - columns
        dynamic, rest = divmod(beyond, config.window - config.patch) if config.steps > 1 else (dynamic, beyond)
    static = columns - config.patch * dynamic
    if rest or dynamic < 0 or static < 0:
        raise ValueError(
            f"{skip!r} has the shape {shapes[skip]} and {inputs!r} {shapes[inputs]}: no number of input columns and static "
            f"values gives both (window={config.window}, patch={config.patch})."
        )
    levels = len(config.quantiles) if config.loss == "quantile" else 1
    if outputs == 0 or outputs % (config.horizon * levels):
        quantiles = f" and {levels} quantiles" if config.loss == "quantile" else ""
        raise ValueError(
            f"{readout!r} has the shape {shapes[readout]}: with horizon={config.horizon}{quantiles} the outputs must be a "
            f"multiple of {config.horizon * levels}, got {outputs}."
        )
    return Network(config, dynamic, outputs // (config.horizon * levels), static)


def _axis(shapes: Mapping[str, Shape], name: str, axis: int, turned: bool) -> int:
    """The length of an axis, counted as in the project's layout (in, out)."""
    if name not in shapes:
        raise ValueError(f"{name!r} is missing; given {'are' if shapes else 'is'} {_listed(shapes)}.")
    if len(shapes[name]) != 2:
        raise ValueError(f"{name!r} must have two axes, got the shape {shapes[name]}.")
    return shapes[name][1 - axis if turned else axis]


_NAMES = {"W_x": "weight_ih", "W_h": "weight_hh", "b": "bias_ih", "b_hn": "bias_hh"}


def _torch_name(name: str) -> str:
    """layer1.W_x → rnn.weight_ih_l1; readout.W → readout.weight."""
    part, own = name.split(".")
    if part.startswith("layer"):
        return f"rnn.{_NAMES[own]}_l{part.removeprefix('layer')}"
    return f"{part}.{'weight' if own == 'W' else 'bias'}"


def _torch_shapes(network: Network) -> dict[str, Shape]:
    """Names and shapes of the module's tensors, in PyTorch's order."""
    shapes: dict[str, Shape] = {}
    for layer in range(network.config.layers):
        own = {name: network.shapes.get(f"layer{layer}.{name}") for name in ("W_x", "W_h", "b")}
        own["b_hn"] = own["b"]
        shapes |= {_torch_name(f"layer{layer}.{name}"): shape[::-1] for name, shape in own.items() if shape}
    rest = {name: shape for name, shape in network.shapes.items() if not name.startswith("layer")}
    return shapes | {_torch_name(name): shape[::-1] for name, shape in rest.items()}


def _check_tensors(config: Config, found: Mapping[str, Shape], needed: Mapping[str, Shape]) -> None:
    """Every tensor that the config needs is there, of its shape, and no other."""
    module = (
        f"an {CLASSES[config.cell]} with {config.layers} layer{'s' if config.layers > 1 else ''} of {config.hidden} hidden "
        f"units {'and' if config.bias else 'without'} biases"
    )
    for name, shape in needed.items():
        if name not in found:
            raise ValueError(f"{name!r} is missing; {module} needs it with the shape {shape}.")
        if found[name] != shape:
            raise ValueError(f"{name!r} has the shape {found[name]}; {module} needs {shape}.")
    for name in found:
        if name not in needed:
            raise ValueError(f"{name!r} is not known: {_why_unknown(name)} {module} has {_listed(needed)}.")


def _why_unknown(name: str) -> str:
    if name.endswith("_reverse"):
        return "it belongs to a bidirectional network, which Unroll does not have;"
    if ".weight_hr" in name:
        return "it belongs to a network with proj_size, which Unroll does not have;"
    return "it would be lost;"


def _array(name: str, tensor: Any) -> np.ndarray:
    try:
        array = np.asarray(tensor)
    except (TypeError, ValueError, RuntimeError) as error:
        # A tensor on a GPU, one that still records gradients, or of a type that NumPy does not have.
        raise ValueError(
            f"{name!r} cannot be read as an array ({' '.join(str(error).split()).rstrip('.')}); give it as a dense tensor on "
            "the CPU, such as tensor.detach().cpu().float()."
        ) from error
    if array.dtype.kind not in "fiu":
        raise ValueError(f"{name!r} must hold real numbers, got {array.dtype}.")
    return array


def _joined(bias_ih: np.ndarray, bias_hh: np.ndarray, config: Config) -> np.ndarray:
    """One bias of PyTorch's two; for the GRU's n gate the first alone, because the reset gate acts on the second."""
    second = bias_hh.astype(np.float64)
    if config.cell == "gru":
        second[-config.hidden :] = 0
    # A zero is left out, not added: -0.0 + 0.0 would lose its sign.
    return np.where(second == 0, bias_ih, bias_ih + second)


def _cast(name: str, array: np.ndarray, dtype: str) -> Floats:
    with np.errstate(over="ignore"):  # an overflow is found below
        cast: Floats = np.array(array, dtype, order="C")
    if not np.isfinite(cast).all():
        raise ValueError(f"{name!r} holds values that are not finite numbers in {dtype}.")
    return cast


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return (", ".join(names[:8]) or "nothing") + more
