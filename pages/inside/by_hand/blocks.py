"""The network’s weights as matrices that a person can point into: a block for each parameter, of gated cells for each gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pages.inside.states.quantities import QUANTITIES
from pages.inside.weights.blocks import input_names, output_names, skip_names
from rnn.core.inspection import GATES
from rnn.core.model import Model
from rnn.core.network import Network
from rnn.ui.wording import escaped

Floats = NDArray[np.floating[Any]]

_MEANINGS = {
    "W_x": "from what a step reads",
    "W_h": "from the states of the step before",
    "b": "bias",
    "b_hn": "bias inside the reset gate",
    "readout.W": "readout, from the last state to the outputs",
    "readout.b": "readout, bias",
    "skip.W": "linear skip, from the window straight to the outputs",
}


@dataclass(frozen=True)
class Block:
    """One parameter, or its columns for one gate. letter: the gate's, "" where there is but one."""

    parameter: str
    letter: str = ""

    def of(self, params: Mapping[str, Floats], cell: str) -> Floats:
        """(rows, columns): a row is a unit (of readout bias and skip an output), a column what it reads (of the readout an
        output). A view of a C-contiguous parameter, so that writing into it changes that parameter."""
        array = params[self.parameter]
        matrix = array.reshape(-1, array.shape[-1])
        if self.letter:
            wide = matrix.shape[1] // len(GATES[cell])
            first = GATES[cell].index(self.letter) * wide
            matrix = matrix[:, first : first + wide]
        return matrix if self.parameter == "readout.W" else matrix.T

    def label(self, network: Network) -> str:
        """layer1.W_h, forget gate f: from the states of the step before"""
        own = self.parameter.partition(".")[2] if self.parameter.startswith("layer") else self.parameter
        gate = f", {QUANTITIES[network.config.cell][self.letter].name.lower()}" if self.letter else ""
        meaning = _MEANINGS[own]
        if own == "W_x" and not self.parameter.startswith("layer0."):
            meaning = "from the states of the layer below"
        return f"{self.parameter}{gate}: {meaning}"


def blocks_of(network: Network) -> list[Block]:
    """All of a network's weights, in the order in which the numbers pass through them."""
    found = []
    gates = GATES[network.config.cell]
    for name in network.shapes:
        gated = name.startswith("layer") and len(gates) > 1 and not name.endswith(".b_hn")
        found += [Block(name, letter) for letter in (gates if gated else ("",))]
    return found


def row_names(block: Block, model: Model) -> list[str]:
    """Names of the rows of `Block.of`, as plain text."""
    if block.parameter in ("readout.b", "skip.W"):
        return output_names(model)
    return [f"unit {unit}" for unit in range(model.config.hidden)]


def column_names(block: Block, model: Model) -> list[str]:
    """Names of the columns of `Block.of`, as plain text."""
    own = block.parameter.partition(".")[2]
    if block.parameter == "readout.W":
        return output_names(model)
    if block.parameter == "skip.W":
        return skip_names(model)
    if own == "W_x" and block.parameter.startswith("layer0."):
        return input_names(model)
    if own in ("W_x", "W_h"):
        return [f"unit {unit}" for unit in range(model.config.hidden)]
    return ["1"]


def entry_in_words(block: Block, row: int, column: int, model: Model) -> str:
    """`layer0.W_h`, unit 3 from unit 5 · Markdown"""
    rows, columns = row_names(block, model), column_names(block, model)
    gate = f" gate {block.letter}," if block.letter else ""
    to = escaped(rows[row])
    if len(columns) == 1:
        return f"`{block.parameter}`,{gate} {to}"
    word = "to" if block.parameter == "readout.W" else "from"
    return f"`{block.parameter}`,{gate} {to} {word} {escaped(columns[column])}"
