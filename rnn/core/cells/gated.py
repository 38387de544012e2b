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

import math
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from rnn.core.cells.layer import Floats, LayerSpec, Shape
from rnn.core.cells.vanishing import Vanishing, largest

LINE = 64
"""Bytes of a cache line, and of the widest vector register."""

COLUMNS, LONGEST = 512, 64
"""A chunk has at most LONGEST steps and about COLUMNS windows × steps: enough for a product at full speed, few enough
for its operands to stay in the second-level cache."""

SMALL, FEWEST = 1_000_000, 16
"""OpenBLAS multiplies without packing, a fifth faster, where rows × inner × columns are at most SMALL (on processors
with AVX-512); blocks of fewer than FEWEST rows gain nothing."""


def row_blocks(rows: int, inner: int, columns: int) -> int:
    """Into how many equal blocks of rows the first factor of a product (rows, inner) · (inner, columns) is best cut."""
    for count in range(1, rows // FEWEST + 1):
        if rows % count == 0 and rows // count * inner * columns <= SMALL:
            return count
    return 1


def product_of(blocks: int) -> Callable[[Floats, Floats, Floats], Any]:
    """(weights, s, out) → out = weights · s, for weights and out cut into that many blocks, a first axis of theirs."""
    return np.dot if blocks == 1 else np.matmul


def in_blocks(matrix: Floats, blocks: int) -> Floats:
    """The matrix, or where `blocks` > 1 its blocks of rows, as a view."""
    return matrix if blocks == 1 else matrix.reshape(blocks, -1, matrix.shape[1])


def records(count: int, floats: int, dtype: np.dtype[Any]) -> Floats:
    """(count, floats) of zeros, every row contiguous and starting on a cache line (rows may have a gap between them)."""
    per_line = LINE // dtype.itemsize
    row = math.ceil(floats / per_line) * per_line
    memory = np.zeros(count * row + per_line, dtype)
    skip = (-memory.ctypes.data % LINE) // dtype.itemsize
    rows: Floats = memory[skip : skip + count * row].reshape(count, row)[:, :floats]
    return rows


def block(shape: Shape, dtype: np.dtype[Any]) -> Floats:
    """A contiguous array of zeros that starts on a cache line."""
    array: Floats = records(1, math.prod(shape), dtype)[0].reshape(shape)
    return array


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


class Gated:
    """Weights, buffers and the frame of the backward pass; what is particular to a cell is its subclass's.

    A record of the backward pass has `blocks` blocks of H·B. Those of `errors` end as ∂loss/∂ pre-activations, the last
    G of them in the order of the contract.
    """

    gates: ClassVar[int]
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
        self.forward_blocks = row_blocks(*self.forward_weights.shape, batch)
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
        self.backward_weights = block((H, self.gates * H), self.dtype)
        self.backward_blocks = row_blocks(*self.backward_weights.shape, B)
        self.stack_work = block(self.gradient.stack.shape, self.dtype)
        if B > 1:
            rows = (self.errors.stop - self.errors.start) * H
            self.errors_work = block((rows * self.chunk * B,), self.dtype)
            self.states_work = block((self.rows * self.chunk * B,), self.dtype)
        if self.gradient.inputs is not None:
            self.inputs_work = block((self.chunk, *self.gradient.inputs.shape[1:]), self.dtype)
        self.dx_rows = block((T, D, B), self.dtype)
        self.dx = self.dx_rows.transpose(0, 2, 1)

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
        self._begin()
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
        gone = False
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
            self._collect(t, end, add=add, want_dx=want_dx)
            add = True
        return t

    def _begin(self) -> None:
        """Before the first step back; dh holds ∂loss/∂h at the last step."""

    def _travelling(self) -> float:
        """max|error| that goes on to the step before."""
        raise NotImplementedError

    def _prepare(self, start: int, end: int) -> None:
        """Fill the records of a chunk, steps start … end − 1, with factors."""
        raise NotImplementedError

    def _back(self, start: int, end: int, entering: Floats | None) -> None:
        """Travel back over the steps end − 1 … start of one chunk. entering (T, H, B): errors from above."""
        raise NotImplementedError

    def _stack_gradient(self, errors: Floats, states: Floats, out: Floats, *, add: bool) -> None:
        """∂loss/∂ stack from errors (rows, columns) and states (K, columns) into out."""
        raise NotImplementedError

    def _slot(self, t: int) -> int:
        """The record of step t: chunk by chunk from the last step backwards, in the order of time within a chunk."""
        return self.chunk - 1 - (self.spec.steps - 1 - t) % self.chunk

    def _records(self, start: int, end: int) -> Floats:
        """Records of the steps start … end − 1 of one chunk, (end − start, blocks · H · B)."""
        first = self._slot(start)
        return self.factors[first : first + end - start]

    def _collect(self, start: int, end: int, *, add: bool, want_dx: bool) -> None:
        """What the steps start … end − 1 of one chunk give for the weights and, if wanted, for x."""
        errors, states = self._side_by_side(start, end)
        out = self.stack_work if add else self.gradient.stack
        self._stack_gradient(errors, states, out, add=add)
        if add:
            np.add(self.gradient.stack, out, self.gradient.stack)
        by_step = errors[-len(out) :].reshape(len(out), -1, self.batch).transpose(1, 0, 2)
        if self.gradient.inputs is not None:
            self._input_gradient(by_step, start, end, add=add)
        if want_dx:
            D, H = self.spec.inputs, self.spec.hidden
            if self.weights.inputs is None:
                weights = self.weights.stack[:, H : H + D].T
            else:
                weights = self.weights.inputs[start:end].transpose(0, 2, 1)
            np.matmul(weights, by_step, self.dx_rows[start:end])

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
