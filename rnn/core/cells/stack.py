"""How the slice of a flat vector that belongs to an LSTM or GRU layer is laid out."""

from __future__ import annotations

from rnn.core.cells.layer import Floats, LayerSpec


class Slice:
    """A gated layer's slice of a flat vector, taken apart. Gates stand in the order of the contract.

    stack (G·H, K): what is multiplied by s, columns [W_hᵀ | W_xᵀ | b]; with per-step input weights W_x is not in it.
    inputs (T, G·H, D): the per-step input weights, where there are any. rest: what the cell has beyond that.
    """

    def __init__(self, vector: Floats, spec: LayerSpec, gates: int) -> None:
        T, D, H, wide = spec.steps, spec.inputs, spec.hidden, gates * spec.hidden
        columns = H + (0 if spec.per_step else D) + (1 if spec.bias else 0)
        end = wide * columns
        self.stack: Floats = vector[:end].reshape(wide, columns)
        self.inputs: Floats | None = None
        if spec.per_step:
            self.inputs = vector[end : end + T * wide * D].reshape(T, wide, D)
            end += T * wide * D
        self.rest: Floats = vector[end:]

    def views(self, spec: LayerSpec) -> dict[str, Floats]:
        """The arrays of the contract: W_h, W_x and, where there is one, b."""
        D, H = spec.inputs, spec.hidden
        W_x = self.stack[:, H : H + D].T if self.inputs is None else self.inputs.transpose(0, 2, 1)
        views: dict[str, Floats] = {"W_h": self.stack[:, :H].T, "W_x": W_x}
        if spec.bias:
            views["b"] = self.stack[:, -1]
        return views
