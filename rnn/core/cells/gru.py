"""The GRU layer (Cho et al. 2014, in the variant of cuDNN and PyTorch: the reset gate acts after the recurrent product).

    r, z = σ(x W_x + h W_h + b), n = tanh(x W_xn + b_n + r (h W_hn + b_hn)), h′ = (1 − z) n + z h

Contract order of the gates: r, z, n. The recurrent product of a step gives r, z and m = h W_hn + b_hn, one below the
other; the input's part of n is had for all steps at once before the loop.

Memory in floats for training: 5 · T · B · H, besides buffers that do not grow with the window.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import repeat
from typing import ClassVar

import numpy as np

from rnn.core.cells.buffers import block, in_blocks, power_of_two, product_of, records
from rnn.core.cells.gated import Gated
from rnn.core.cells.layer import Floats, LayerSpec, Shape
from rnn.core.cells.stack import Slice


class GRU(Gated):
    """One layer's buffers for `batch` windows; see `rnn.core.cells.layer.Layer`."""

    gates: ClassVar[int] = 3
    state_names: ClassVar[tuple[str, ...]] = ("h",)
    blocks = 5  # m, r, z, n, h → h of the step before
    errors = slice(0, 4)

    def __init__(
        self, weights: Floats, gradient: Floats, spec: LayerSpec, batch: int, *, training: bool = True
    ) -> None:
        super().__init__(weights, gradient, spec, batch, training=training)
        T, H, size = spec.steps, spec.hidden, self.size
        self.records = records(T if training else 1, 3 * size, self.dtype)
        self.n = records(T, size, self.dtype)
        self.n_rows = self.n.reshape(T, H, batch)
        self.gated, self.change = block((size,), self.dtype), block((size,), self.dtype)
        if self.weights.inputs is not None:
            self.input_weights = block(self.weights.inputs.shape, self.dtype)
            self.input_parts = block((T, 3 * H, batch), self.dtype)
            self.gate_parts = self.input_parts[:, : 2 * H].reshape(T, -1)
        self._forward_steps = [self._forward_views(t) for t in range(T)]
        if training:
            self.recurrent = block((H, batch), self.dtype)
            self._backward_steps = [self._backward_views(t) for t in reversed(range(T))]
        self.refresh()

    @classmethod
    def shapes(cls, spec: LayerSpec) -> dict[str, Shape]:
        """Shapes of the parameters by bare name."""
        return super().shapes(spec) | ({"b_hn": (spec.hidden,)} if spec.bias else {})

    @classmethod
    def views(cls, vector: Floats, spec: LayerSpec) -> dict[str, Floats]:
        """The layer's slice of a flat vector as arrays of `shapes`, sharing its memory; they are strided."""
        parts = Slice(vector, spec, cls.gates)
        return parts.views(spec) | ({"b_hn": parts.rest} if spec.bias else {})

    @staticmethod
    def tile(spec: LayerSpec) -> int:
        """How many windows one pass best takes: enough to dwarf the cost of a call, few enough for the caches.

        Measured at hidden 16 … 256 and 50 and 200 steps: within 8 % of the best of 16 … 256 windows.
        """
        return power_of_two(16384 // spec.hidden)

    def gates_of(self) -> dict[str, Floats]:
        """Activations of the last `forward` by gate, (T, B, H) each: views of the buffers of a layer for training."""
        T, H, B = self.spec.steps, self.spec.hidden, self.batch
        r, z, _ = self.records.reshape(T, 3, H, B).transpose(1, 0, 3, 2)
        return {"r": r, "z": z, "n": self.n_rows.transpose(0, 2, 1)}

    def _forward_views(self, t: int) -> tuple[Floats, ...]:
        size, record = self.size, self.records[t % len(self.records)]
        return (
            self.state[t],
            in_blocks(record.reshape(-1, self.batch), self.forward_blocks),
            record[: 2 * size],
            record[:size],
            record[size : 2 * size],
            record[2 * size :],
            self.n[t],
            self.flat_h[t],
            self.flat_h[t + 1],
        )

    def _backward_views(self, t: int) -> tuple[Floats, ...]:
        size, record = self.size, self.factors[self._slot(t)]
        return record.reshape(5, size), record[: 3 * size].reshape(-1, self.batch), record[4 * size :]

    def _refresh(self) -> None:
        """Inner copies of the weights: for the forward pass with σ's half in those of r and z, and m's in place of n's."""
        H, inner, given = self.spec.hidden, self.forward_weights, self.weights.stack
        np.multiply(given[: 2 * H], self.half, inner[: 2 * H])
        inner[2 * H :, :H] = given[2 * H :, :H]
        inner[2 * H :, H:] = 0  # the input does not pass the reset gate
        if self.spec.bias:
            inner[2 * H :, -1] = self.weights.rest
        if self.weights.inputs is not None:
            np.multiply(self.weights.inputs[:, : 2 * H], self.half, self.input_weights[:, : 2 * H])
            self.input_weights[:, 2 * H :] = self.weights.inputs[:, 2 * H :]
        if self.training:
            self.backward_weights[:, :H] = given[2 * H :, :H].T
            self.backward_weights[:, H:] = given[: 2 * H, :H].T

    def _forward(self) -> None:
        parts: Iterable[Floats | None] = self._inputs_of_n()
        tanh, multiply, add, subtract = np.tanh, np.multiply, np.add, np.subtract
        product, weights = product_of(self.forward_blocks), in_blocks(self.forward_weights, self.forward_blocks)
        half, gated, change = self.half, self.gated, self.change
        for part, (s, a, gates, r, z, m, n, h, h_next) in zip(parts, self._forward_steps, strict=False):
            product(weights, s, a)
            if part is not None:
                add(gates, part, gates)
            tanh(gates, gates)
            multiply(gates, half, gates)
            add(gates, half, gates)
            multiply(r, m, gated)
            add(n, gated, n)
            tanh(n, n)
            subtract(h, n, change)
            multiply(z, change, gated)
            add(n, gated, h_next)

    def _inputs_of_n(self) -> Iterable[Floats | None]:
        """Fill n with x W_xn + b_n at every step; returns what x adds to r and z there, if that is not in the stack."""
        H, n = self.spec.hidden, self.n_rows
        if self.rows > H:
            np.matmul(self.weights.stack[2 * H :, H:], self.state[:-1, H:], n)
        else:
            n[...] = 0
        if self.weights.inputs is None:
            return repeat(None)
        np.matmul(self.input_weights, self.x_rows, self.input_parts)
        np.add(n, self.input_parts[:, 2 * H :], n)
        return self.gate_parts

    def _back(self, start: int, end: int, entering: Floats | None) -> None:
        """Steps end − 1 … start."""
        T, blocks, multiply, add = self.spec.steps, self.backward_blocks, np.multiply, np.add
        product, weights = product_of(blocks), in_blocks(self.backward_weights, blocks)
        recurrent, flat_recurrent = in_blocks(self.recurrent, blocks), self.recurrent.reshape(-1)
        dh, flat_dh = self.dh, self.flat_dh
        arriving: Iterable[Floats | None] = repeat(None) if entering is None else entering[start:end][::-1]
        steps = self._backward_steps[T - end : T - start]
        for arrived, (from_h, errors, onward) in zip(arriving, steps, strict=False):
            if arrived is not None:
                add(dh, arrived, dh)
            multiply(from_h, flat_dh, from_h)
            product(weights, errors, recurrent)
            add(flat_recurrent, onward, flat_dh)

    def _prepare(self, start: int, end: int) -> None:
        """Factors: what ∂loss/∂h is to be multiplied by for m, r, z, n and the h before by way of z."""
        size, n, h, one = self.size, self.n[start:end], self.flat_h[start:end], self.one
        r, z, m = (self.records[start:end, at * size : (at + 1) * size] for at in range(3))
        factors = self._records(start, end)
        to_m, to_r, to_z, to_n, onward = (factors[:, at * size : (at + 1) * size] for at in range(5))
        np.subtract(one, z, onward)
        np.multiply(n, n, to_n)
        np.subtract(one, to_n, to_n)
        np.multiply(to_n, onward, to_n)  # (1 − z) (1 − n²)
        np.multiply(to_n, r, to_m)
        np.subtract(one, r, to_r)
        np.multiply(to_r, m, to_r)
        np.multiply(to_r, to_m, to_r)  # (1 − z) (1 − n²) m r (1 − r)
        np.multiply(onward, z, onward)
        np.subtract(h, n, to_z)
        np.multiply(to_z, onward, to_z)  # (h − n) z (1 − z)
        np.copyto(onward, z)

    def _stack_gradient(self, errors: Floats, states: Floats, out: Floats, *, add: bool) -> None:
        H = self.spec.hidden
        m, r_z, n = errors[:H], errors[H : 3 * H], errors[3 * H :]
        np.matmul(r_z, states.T, out[: 2 * H])
        np.matmul(m, states.T, out[2 * H :])
        if self.spec.bias:
            if add:
                self.gradient.rest += out[2 * H :, -1]
            else:
                self.gradient.rest[...] = out[2 * H :, -1]
        if self.rows > H:
            np.matmul(n, states[H:].T, out[2 * H :, H:])
