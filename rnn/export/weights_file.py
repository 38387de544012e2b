"""A network's weights alone as safetensors, with the config as JSON in the file's metadata; or as PyTorch names them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors import numpy as tensors

from rnn.core.config import Config
from rnn.core.ensemble import parted
from rnn.core.model import Model
from rnn.core.network import Floats, Network, Params
from rnn.export.torch_names import from_torch, to_torch

FORMAT, TORCH_FORMAT = "unroll-weights", "unroll-torch"


def weights_to_bytes(model: Model) -> bytes:
    """The parameters under their own names (`rnn.core.network.Network`; those of an ensemble with their prefixes).

    Beside them, for who wants to use them elsewhere: "scaler.centre", "scaler.scale" (D,), or (P, D) of many series.
    Metadata: format, config (JSON), names, targets, static, known, ids (JSON lists).
    """
    scaler = model.framing.scaler
    arrays = {**model.params, "scaler.centre": scaler.centre, "scaler.scale": scaler.scale}
    return _saved(arrays, FORMAT, model)


def torch_to_bytes(model: Model, member: int = 0) -> bytes:
    """A PyTorch state dict as safetensors: `module.load_state_dict(safetensors.torch.load_file(path))`, for the module that
    `rnn.export.to_torch` describes. member: which network of an ensemble.

    Raises ValueError for what the PyTorch classes cannot express, and for a member that there is not.
    """
    members = parted(model.params, model.config.seeds)
    if not 0 <= member < len(members):
        raise ValueError(f"member={member} is not one of the {len(members)} networks, which count from 0.")
    return _saved(to_torch(model.config.replace(seeds=1), members[member]), TORCH_FORMAT, model)


def weights_from_bytes(content: bytes, name: str = "The file") -> tuple[Config, Params]:
    """Config and parameters of a file of either kind. Raises ValueError for anything else, and for weights that do not fit
    the config. Of an ensemble's file in PyTorch's names it is the one network that was written, with seeds=1."""
    try:
        arrays = tensors.load(content)
        metadata = _metadata(content)
        kind, config = metadata["format"], Config.from_json(metadata["config"])
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise ValueError(f"{name} does not hold weights saved by Unroll ({reason}).") from None
    try:
        if kind == TORCH_FORMAT:
            one = config.replace(seeds=1)
            return one, from_torch(one, arrays)
        if kind != FORMAT:
            raise ValueError(f"its format is {kind!r}")
        return config, _checked(config, {key: array for key, array in arrays.items() if not key.startswith("scaler.")})
    except (ValueError, KeyError) as error:
        raise ValueError(f"{name} does not hold together as weights: {error}") from None


def _checked(config: Config, params: Params) -> Params:
    """The parameters, if they are those of a network of this config."""
    # A network's own names and shapes, back and forth, tell whether anything is missing or of another size.
    for member in parted(params, config.seeds):
        _of_their_network(config, member)
    return {name: np.array(array) for name, array in params.items()}


def _of_their_network(config: Config, params: Mapping[str, Floats]) -> None:
    try:
        inputs, outputs = params["layer0.W_x"].shape[-2], params["readout.W"].shape[1]
    except (KeyError, IndexError) as error:
        raise ValueError(f"{error} is missing or has another shape.") from None
    levels = len(config.quantiles) if config.loss == "quantile" else 1
    targets, left = divmod(outputs, config.horizon * levels)
    if left or not targets:
        raise ValueError(f"readout.W has {outputs} outputs, which horizon={config.horizon} does not divide.")
    # How the inputs of a step divide into columns and what stands beside them does not matter to the shapes.
    Network(config.replace(patch=1, window=config.steps, skip="none"), inputs, targets).flat(
        {name: array for name, array in params.items() if name != "skip.W"}
    )


def _saved(arrays: Mapping[str, Any], kind: str, model: Model) -> bytes:
    lists = {"names": model.names, "targets": model.targets, "static": model.framing.static, "known": model.known}
    metadata = {name: json.dumps(list(value)) for name, value in lists.items()}
    metadata |= {"format": kind, "config": model.config.to_json(), "ids": json.dumps(list(model.ids))}
    return tensors.save({name: np.array(array, order="C") for name, array in arrays.items()}, metadata)


def _metadata(content: bytes) -> dict[str, str]:
    size = int.from_bytes(content[:8], "little")
    found: dict[str, str] = json.loads(content[8 : 8 + size]).get("__metadata__", {})
    return found
