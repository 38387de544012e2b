"""Recurrent cells: one file a cell, all of one shape (`Layer`), listed in CELLS."""

from __future__ import annotations

from rnn.core.cells.elman import Elman
from rnn.core.cells.gru import GRU
from rnn.core.cells.layer import Floats, Layer, LayerSpec, Shape
from rnn.core.cells.lstm import LSTM

CELLS: dict[str, type[Layer]] = {"elman": Elman, "gru": GRU, "lstm": LSTM}

__all__ = ["CELLS", "GRU", "LSTM", "Elman", "Floats", "Layer", "LayerSpec", "Shape"]
