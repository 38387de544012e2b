"""What leaves Unroll: a run as one safe file, its weights, its settings, a script that reproduces it, an ONNX file, or all in a
zip."""

from rnn.export.config_toml import config_from_toml, config_to_toml
from rnn.export.fit_file import fit_from_bytes, fit_to_bytes, load, save
from rnn.export.settings_in import settings_in
from rnn.export.torch_names import from_torch, to_torch
from rnn.export.weights_file import torch_to_bytes, weights_from_bytes, weights_to_bytes

__all__ = [
    "config_from_toml", "config_to_toml", "fit_from_bytes", "fit_to_bytes", "from_torch", "load", "save", "settings_in",
    "to_torch", "torch_to_bytes", "weights_from_bytes", "weights_to_bytes",
]  # fmt: skip
