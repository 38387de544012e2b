"""What leaves Unroll: a fit as one safe file, a network's weights as a PyTorch state dict."""

from rnn.export.fit_file import fit_from_bytes, fit_to_bytes, load, save
from rnn.export.torch_names import from_torch, to_torch

__all__ = ["fit_from_bytes", "fit_to_bytes", "from_torch", "load", "save", "to_torch"]
