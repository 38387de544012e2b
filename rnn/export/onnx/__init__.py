"""A trained network as an ONNX file."""

from rnn.export.onnx.file import to_onnx

__all__ = ["to_onnx"]
