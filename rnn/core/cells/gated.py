"""What the LSTM and the GRU share: their slice of the parameter vector, their buffers and the frame of BPTT.

Everything is feature-major, (features, B), so that the gates of a step are contiguous blocks, one below the other: one
matrix product W (G·H, K) · s (K, B) fills them all, one tanh turns them all, and every call of the loops works on one
contiguous piece of memory. s has the rows [h_{t−1}; x_t; 1], so that the product takes in weights, input weights and
bias at once. Sigmoids come from the same tanh, σ(a) = ½ tanh(a/2) + ½, with the half of a/2 folded into the copy of the
weights that the forward pass uses (exact, as a power of two).

BPTT goes chunk by chunk of steps. By what the travelling error is to be multiplied is worked out for a whole chunk in
sweeps, so that a step is left with two or four calls; then one product adds the chunk's share of all weight gradients.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from rnn.core.cells.buffers import block, in_blocks, records, row_blocks, unbuffered
from rnn.core.cells.layer import Floats, LayerSpec, Shape
from rnn.core.cells.stack import Slice
from rnn.core.cells.vanishing import Vanishing, largest

COLUMNS, LONGEST = 512, 64
"""A chunk has at most LONGEST steps and about COLUMNS windows × steps: enough for a product at full speed, few enough
for its operands to stay in the second-level cache."""


class Gated(ABC):
    """Weights, buffers and the frame of the backward pass; what is particular to a cell is its subclass's.

    A record of the backward pass has `blocks` blocks of H·B. Those of `errors` end as ∂loss/∂ pre-activations, the last
    G of them in the order of the contract.
    """

    gates: ClassVar[int]
    state_names: ClassVar[tuple[str, ...]]
    blocks: ClassVar[int]
    errors: ClassVar[slice]
    dx: Floats

    def __init__(
        self, weights: Floats, gradient: Floats, spec: LayerSpec, batch: int, *, training: bool = True
    ) -> None:
        T, D, H = spec.steps, spec.inputs, spec.hidden
        self.spec, self.batch, self.training, self.dtype = spec, batch, training, weights.dtype
        self.size = H * batch
        self.weights, self.gradient = Slice(weights, spec, self.gates), Slice(gradient, spec, self.gates)
        self.rows = self.weights.stack.shape[1]
        flat = records(T + 1, self.rows * batch, self.dtype)
        self.flat_h = flat[:, : self.size]
        self.state = flat.reshape(T + 1, self.rows, batch)
        if spec.bias:
            self.state[:, -1] = 1
        self.x_rows = block((T, D, batch), self.dtype) if spec.per_step else self.state[:T, H : H + D]
        self.x: Floats = self.x_rows.transpose(0, 2, 1)
        self.states: Floats = self.state[1:, :H].transpose(0, 2, 1)
        self.last: Floats = self.states[-1]
        self.initial: dict[str, Floats] = {"h": self.state[0, :H].T}
        # What the forward pass multiplies s by, in as many blocks of rows as suits the product.
        self.forward_weights = block(self.weights.stack.shape, self.dtype)
        self.forward_blocks = row_blocks(len(self.forward_weights), self.rows, batch)
        # Scalars as arrays without dimensions: NumPy takes them without a conversion and on its shortest path.
        self.half, self.one = np.array(0.5, self.dtype), np.array(1, self.dtype)
        if training:
            self._allocate_backward()

    def _allocate_backward(self) -> None:
        T, D, H, B = self.spec.steps, self.spec.inputs, self.spec.hidden, self.batch
        self.guard = Vanishing(self.dtype)
        self.chunk = min(T, LONGEST, max(1, COLUMNS // B))
        self.factors = records(self.chunk, self.blocks * self.size, self.dtype)
        self.dh = block((H, B), self.dtype)
        self.flat_dh = self.dh.reshape(-1)
        # Errors that travel beside dh: those of the cell's further states.
        self.carried = tuple(block((self.size,), self.dtype) for _ in self.state_names[1:])
        self.backward_weights = block((H, self.gates * H), self.dtype)
        self.backward_blocks = row_blocks(H, self.gates * H, B)
        if self.weights.inputs is None:
            self.dx_weights = block((D, self.gates * H), self.dtype)
            self.dx_blocks = row_blocks(D, self.gates * H, B)
        self.stack_work = block(self.gradient.stack.shape, self.dtype)
        if B > 1:
            rows = (self.errors.stop - self.errors.start) * H
            self.errors_work = block((rows * self.chunk * B,), self.dtype)
            self.states_work = block((self.rows * self.chunk * B,), self.dtype)
        if self.gradient.inputs is not None:
            self.inputs_work = block((self.chunk, *self.gradient.inputs.shape[1:]), self.dtype)
        self.dx_rows = block((T, D, B), self.dtype)
        self.dx = self.dx_rows.transpose(0, 2, 1)

    @property
    def d_initial(self) -> dict[str, Floats]:
        """∂loss/∂ the state before the step to which the last `backward` came: state name → (B, H)."""
        errors = (self.dh, *self.carried)
        return {name: error.reshape(self.dh.shape).T for name, error in zip(self.state_names, errors, strict=True)}

    @classmethod
    def shapes(cls, spec: LayerSpec) -> dict[str, Shape]:
        """Shapes of the parameters by bare name."""
        D, H, wide = spec.inputs, spec.hidden, cls.gates * spec.hidden
        shapes: dict[str, Shape] = {"W_h": (H, wide), "W_x": (spec.steps, D, wide) if spec.per_step else (D, wide)}
        if spec.bias:
            shapes["b"] = (wide,)
        return shapes

    @classmethod
    def views(cls, vector: Floats, spec: LayerSpec) -> dict[str, Floats]:
        """The layer's slice of a flat vector as arrays of `shapes`, sharing its memory; they are strided."""
        return Slice(vector, spec, cls.gates).views(spec)

    def refresh(self) -> None:
        """Bring the inner copies of the weights up to date."""
        with unbuffered():
            self._refresh()
        if self.training and self.weights.inputs is None:
            D, H = self.spec.inputs, self.spec.hidden
            np.copyto(self.dx_weights, self.weights.stack[:, H : H + D].T)

    def forward(self) -> None:
        """All T steps from `x` and `initial`."""
        with unbuffered():
            self._forward()

    def backward(self, d_last: Floats | None, d_states: Floats | None, first: int, *, add: bool, want_dx: bool) -> int:
        """BPTT of the last `forward`; see `Layer.backward`."""
        if d_states is not None:
            entering = d_states.transpose(0, 2, 1)
            self.dh[...] = 0
            self.guard.begin(largest(d_states[-1]))
        elif d_last is not None:
            entering = None
            np.copyto(self.dh, d_last.T)
            self.guard.begin(largest(d_last))
        else:
            raise ValueError("One of d_last and d_states must be given.")
        for error in self.carried:
            error[...] = 0
        with unbuffered():
            stop = self._travel(entering, first, add=add, want_dx=want_dx)
        if self.gradient.inputs is not None and not add:
            self.gradient.inputs[:stop] = 0
        if want_dx:
            self.dx_rows[:stop] = 0
        return stop

    def _travel(self, entering: Floats | None, first: int, *, add: bool, want_dx: bool) -> int:
        """Chunk by chunk back to `first`, or to where the error has vanished; returns the step it came to."""
        t = self.spec.steps
        due = t - self.guard.wait
        gone, begun = False, add
        while t > first and not gone:
            end, start = t, max(first, t - self.chunk)
            self._prepare(start, end)
            while t > start and not gone:
                upto = max(start, due)
                self._back(upto, t, entering)
                t = upto
                if t == due and t > first:
                    gone = self.guard.gone(self._travelling(), None if entering is None else entering[first:t])
                    due = t - self.guard.wait
            errors, states = self._side_by_side(t, end)
            self._collect_stack(errors, states, add=begun)
            begun = True
            self._collect_by_step(t, end, add=add, want_dx=want_dx)
        return t

    @abstractmethod
    def _refresh(self) -> None: ...

    @abstractmethod
    def _forward(self) -> None: ...

    @abstractmethod
    def _prepare(self, start: int, end: int) -> None:
        """Fill the records of a chunk, steps start … end − 1, with factors."""

    @abstractmethod
    def _back(self, start: int, end: int, entering: Floats | None) -> None:
        """Travel back over the steps end − 1 … start of one chunk. entering (T, H, B): errors from above."""

    @abstractmethod
    def _stack_gradient(self, errors: Floats, states: Floats, out: Floats, *, add: bool) -> None:
        """∂loss/∂ stack from errors (rows, columns) and states (K, columns) into out."""

    def _travelling(self) -> float:
        """max|error| that goes on to the step before."""
        return max(largest(error) for error in (self.dh, *self.carried))

    def _slot(self, t: int) -> int:
        """The record of step t: chunk by chunk from the last step backwards, in the order of time within a chunk."""
        return self.chunk - 1 - (self.spec.steps - 1 - t) % self.chunk

    def _records(self, start: int, end: int) -> Floats:
        """Records of the steps start … end − 1 of one chunk, (end − start, blocks · H · B)."""
        first = self._slot(start)
        return self.factors[first : first + end - start]

    def _collect_stack(self, errors: Floats, states: Floats, *, add: bool) -> None:
        """What a chunk gives for the stack: errors (rows, columns) and states (K, columns) of it, side by side."""
        out = self.stack_work if add else self.gradient.stack
        self._stack_gradient(errors, states, out, add=add)
        if add:
            np.add(self.gradient.stack, out, self.gradient.stack)

    def _collect_by_step(self, start: int, end: int, *, add: bool, want_dx: bool) -> None:
        """What the steps start … end − 1 of one chunk give for weights of their own and, if wanted, for x."""
        stop, wide = self.errors.stop * self.size, self.gates * self.size
        by_step = self._records(start, end)[:, stop - wide : stop].reshape(end - start, -1, self.batch)
        if self.gradient.inputs is not None:
            self._input_gradient(by_step, start, end, add=add)
        if not want_dx:
            return
        dx = self.dx_rows[start:end]
        if self.weights.inputs is not None:
            np.matmul(self.weights.inputs[start:end].transpose(0, 2, 1), by_step, dx)
        else:
            weights = in_blocks(self.dx_weights, self.dx_blocks)
            np.matmul(weights, by_step[:, None], dx.reshape(len(dx), self.dx_blocks, -1, self.batch))

    def _input_gradient(self, by_step: Floats, start: int, end: int, *, add: bool) -> None:
        """The gradient of per-step input weights. by_step: (steps, G·H, B)."""
        assert self.gradient.inputs is not None
        gradient, x = self.gradient.inputs[start:end], self.x_rows[start:end].transpose(0, 2, 1)
        if add:
            work = self.inputs_work[: end - start]
            np.add(gradient, np.matmul(by_step, x, work), gradient)
        else:
            np.matmul(by_step, x, gradient)

    def _side_by_side(self, start: int, end: int) -> tuple[Floats, Floats]:
        """Errors (rows, columns) and states (K, columns) of a chunk, one column a step and window, step by step."""
        steps, B = end - start, self.batch
        errors = self._records(start, end)[:, self.errors.start * self.size : self.errors.stop * self.size]
        errors, states = errors.reshape(steps, -1, B), self.state[start:end]
        if B == 1:
            return errors[:, :, 0].T, states[:, :, 0].T
        # Copied in runs of B numbers: the one place where the layout by step does not suit.
        sides = []
        for by_step, work in ((errors, self.errors_work), (states, self.states_work)):
            side = work[: by_step.size].reshape(-1, steps, B)
            np.copyto(side, by_step.transpose(1, 0, 2))
            sides.append(side.reshape(-1, steps * B))
        return sides[0], sides[1]
