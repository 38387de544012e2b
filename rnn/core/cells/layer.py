"""What every recurrent layer offers, whatever its cell: buffers for a tile of windows, a forward pass and its BPTT.

T steps, B windows, D inputs, H hidden, G gates; time-major. How a layer lays out its buffers and its slice of the
parameter vector is its own affair: the arrays that it shows have the shapes below and may be strided.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Shape = tuple[int, ...]


@dataclass(frozen=True)
class LayerSpec:
    """The architecture of one layer. activation: read by Elman only. per_step: a W_x for every step, (T, D, G·H)."""

    steps: int
    inputs: int
    hidden: int
    activation: str
    per_step: bool
    bias: bool


class Layer(Protocol):
    """One layer's buffers for `batch` windows.

    weights, gradient: this layer's slices (1-D) of the parameter and gradient vectors, kept as views.
    x: (T, B, D), to be filled before `forward`. states: (T, B, H), the hidden state after every step; last: its last.
    initial: state name → (B, H), the state before the first step, zero unless somebody writes to it.
    dx: (T, B, D), ∂loss/∂x after a `backward` that wanted it.
    """

    gates: ClassVar[int]
    state_names: ClassVar[tuple[str, ...]]
    x: Floats
    states: Floats
    last: Floats
    initial: dict[str, Floats]
    dx: Floats

    def __init__(
        self, weights: Floats, gradient: Floats, spec: LayerSpec, batch: int, *, training: bool = True
    ) -> None: ...

    @staticmethod
    def shapes(spec: LayerSpec) -> dict[str, Shape]:
        """Shapes of the parameters by bare name: W_h (H, G·H), W_x (D, G·H), b (G·H,), for the GRU also b_hn (H,)."""
        ...

    @staticmethod
    def views(vector: Floats, spec: LayerSpec) -> dict[str, Floats]:
        """The layer's slice of a flat vector as arrays of those shapes, sharing its memory."""
        ...

    @staticmethod
    def tile(spec: LayerSpec) -> int:
        """How many windows one pass best takes: a rule of the shape alone, so that the same run gives the same bits
        everywhere."""
        ...

    def refresh(self) -> None:
        """The weights have changed: bring inner copies up to date. Once an update, whatever passes follow."""
        ...

    def forward(self) -> None:
        """All T steps from `x` and `initial`."""
        ...

    def backward(self, d_last: Floats | None, d_states: Floats | None, first: int, *, add: bool, want_dx: bool) -> int:
        """BPTT of the last `forward`; fills the gradient slice, or with `add` adds to it.

        d_last (B, H): the error that enters at the last step; d_states (T, B, H): errors that enter at every step.
        Exactly one is given. The error travels back to step `first`, and the state before that is a constant.
        want_dx: fill `dx`, zero before the step where the error stopped. Returns that step: `first`, or a later one
        where the error has vanished (see `rnn.core.cells.vanishing`).
        """
        ...
