"""The LSTM layer (Hochreiter and Schmidhuber 1997; forget gate: Gers, Schmidhuber and Cummins 2000; no peepholes).

    i, f, o = σ(x W_x + h W_h + b), g = tanh(x W_x + h W_h + b), c′ = f c + i g, h′ = o tanh(c′)

Contract order of the gates: i, f, g, o, as in PyTorch. In the forward pass they stand as o, i, f, g with c below: the
three sigmoids adjoin, and i, f lie as g, c do, so that i g and f c are one product.

Memory in floats for training: 7 · T · B · H, besides buffers that do not grow with the window.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import repeat
from typing import ClassVar

import numpy as np

from rnn.core.cells.buffers import block, in_blocks, power_of_two, product_of, records
from rnn.core.cells.gated import Gated
from rnn.core.cells.layer import Floats, LayerSpec


class LSTM(Gated):
    """One layer's buffers for `batch` windows; see `rnn.core.cells.layer.Layer`.

    cells (T, B, H): c after every step, of a layer for training.
    """

    gates: ClassVar[int] = 4
    state_names: ClassVar[tuple[str, ...]] = ("h", "c")
    blocks = 6  # c → c of the step before; i, f, g, o; h → c
    errors = slice(1, 5)

    def __init__(
        self, weights: Floats, gradient: Floats, spec: LayerSpec, batch: int, *, training: bool = True
    ) -> None:
        super().__init__(weights, gradient, spec, batch, training=training)
        T, H, size = spec.steps, spec.hidden, self.size
        self.records = records(T + 1 if training else 2, 5 * size, self.dtype)
        c = self.records[:, 4 * size :].reshape(-1, H, batch)
        self.cells: Floats = c[1:].transpose(0, 2, 1)
        self.c_start = c[0].T
        self.initial["c"] = block((batch, H), self.dtype)
        self.tanh_c = records(T if training else 1, size, self.dtype)
        self.products = block((2 * size,), self.dtype)
        if self.weights.inputs is not None:
            self.input_weights = block(self.weights.inputs.shape, self.dtype)
            self.input_parts = block((T, 4 * H, batch), self.dtype)
        self._forward_steps = [self._forward_views(t) for t in range(T)]
        if training:
            self.dc = block((size,), self.dtype)
            (self.carry,) = self.carried
            self._backward_steps = [self._backward_views(t) for t in reversed(range(T))]
        self.refresh()

    @staticmethod
    def tile(spec: LayerSpec) -> int:
        """How many windows one pass best takes: enough to dwarf the cost of a call, few enough for the caches.

        Measured at hidden 16 … 256 and 50 and 200 steps: within 8 % of the best of 16 … 256 windows.
        """
        return power_of_two(8192 // spec.hidden)

    def gates_of(self) -> dict[str, Floats]:
        """Activations of the last `forward` by gate, (T, B, H) each: views of the buffers of a layer for training."""
        T, H, B = self.spec.steps, self.spec.hidden, self.batch
        o, i, f, g = self.records[:T, : 4 * self.size].reshape(T, 4, H, B).transpose(1, 0, 3, 2)
        return {"i": i, "f": f, "g": g, "o": o}

    def _forward_views(self, t: int) -> tuple[Floats, ...]:
        size = self.size
        record, following = (self.records[at % len(self.records)] for at in (t, t + 1))
        return (
            self.state[t],
            in_blocks(record[: 4 * size].reshape(-1, self.batch), self.forward_blocks),
            record[: 4 * size],
            record[: 3 * size],
            record[size : 3 * size],
            record[3 * size :],
            following[4 * size :],
            self.tanh_c[t % len(self.tanh_c)],
            record[:size],
            self.flat_h[t + 1],
        )

    def _backward_views(self, t: int) -> tuple[Floats, ...]:
        size, record = self.size, self.factors[self._slot(t)]
        return (
            record[4 * size :].reshape(2, size),
            record[5 * size :],
            record[: 4 * size].reshape(4, size),
            record[:size],
            record[size : 5 * size].reshape(-1, self.batch),
        )

    def _refresh(self) -> None:
        """Inner copies of the weights: for the forward pass gates o, i, f, g with σ's half in the first three."""
        pairs = [(self.weights.stack, self.forward_weights)]
        if self.weights.inputs is not None:
            pairs.append((self.weights.inputs, self.input_weights))
        H = self.spec.hidden
        for given, inner in pairs:
            np.multiply(given[..., 3 * H :, :], self.half, inner[..., :H, :])
            np.multiply(given[..., : 2 * H, :], self.half, inner[..., H : 3 * H, :])
            inner[..., 3 * H :, :] = given[..., 2 * H : 3 * H, :]
        if self.training:
            np.copyto(self.backward_weights, self.weights.stack[:, :H].T)

    def _forward(self) -> None:
        np.copyto(self.c_start, self.initial["c"])
        parts: Iterable[Floats | None] = repeat(None)
        if self.weights.inputs is not None:
            parts = np.matmul(self.input_weights, self.x_rows, self.input_parts)
        tanh, multiply, add = np.tanh, np.multiply, np.add
        product, weights = product_of(self.forward_blocks), in_blocks(self.forward_weights, self.forward_blocks)
        half, products = self.half, self.products
        i_g, f_c = products[: self.size], products[self.size :]
        for part, (s, a, gates, sigmoids, i_f, g_c, c, tanh_c, o, h) in zip(parts, self._forward_steps, strict=False):
            product(weights, s, a)
            if part is not None:
                add(a, part, a)
            tanh(gates, gates)
            multiply(sigmoids, half, sigmoids)
            add(sigmoids, half, sigmoids)
            multiply(i_f, g_c, products)
            add(i_g, f_c, c)
            tanh(c, tanh_c)
            multiply(o, tanh_c, h)

    def _back(self, start: int, end: int, entering: Floats | None) -> None:
        """Steps end − 1 … start. `carry` is the part of ∂loss/∂c that the step after lets through its forget gate."""
        T, blocks, multiply, add = self.spec.steps, self.backward_blocks, np.multiply, np.add
        product, weights, out = product_of(blocks), in_blocks(self.backward_weights, blocks), in_blocks(self.dh, blocks)
        dh, flat_dh, dc, carry = self.dh, self.flat_dh, self.dc, self.carry
        arriving: Iterable[Floats | None] = repeat(None) if entering is None else entering[start:end][::-1]
        steps = self._backward_steps[T - end : T - start]
        for arrived, (from_h, to_c, from_c, onward, errors) in zip(arriving, steps, strict=False):
            if arrived is not None:
                add(dh, arrived, dh)
            multiply(from_h, flat_dh, from_h)
            add(to_c, carry, dc)
            multiply(from_c, dc, from_c)
            carry = onward
            product(weights, errors, out)
        np.copyto(self.carry, carry)  # its record is about to be used for another step

    def _prepare(self, start: int, end: int) -> None:
        """Factors: what ∂loss/∂h is to be multiplied by for o and c, and ∂loss/∂c for i, f, g and the c before."""
        size, gates, h = self.size, self.records[start:end], self.flat_h[start + 1 : end + 1]
        o, i, f, g, i_f, g_c = (gates[:, a * size : b * size] for a, b in _FORWARD)
        onward, to_g, to_o, to_c, to_i_f, to_i, spare = (
            self._records(start, end)[:, a * size : b * size] for a, b in _BACKWARD
        )
        tanh_c = self.tanh_c[start:end]
        np.multiply(i_f, g_c, to_i_f)
        np.multiply(to_i, g, to_g)
        np.subtract(i, to_g, to_g)  # i (1 − g²) = i − (i g) g
        np.multiply(to_i_f, i_f, spare)
        np.subtract(to_i_f, spare, to_i_f)  # g i (1 − i) and c f (1 − f)
        np.multiply(h, tanh_c, to_c)
        np.subtract(o, to_c, to_c)  # o (1 − tanh² c) = o − h tanh c
        np.multiply(h, o, to_o)
        np.subtract(h, to_o, to_o)  # tanh(c) o (1 − o) = h − h o
        np.copyto(onward, f)

    def _stack_gradient(self, errors: Floats, states: Floats, out: Floats, *, add: bool) -> None:
        np.matmul(errors, states.T, out)


# Blocks of a record: of the forward pass o, i, f, g, (i, f), (g, c before); of the backward pass onward, g, o, c, (i, f),
# i, (o, c).
_FORWARD = ((0, 1), (1, 2), (2, 3), (3, 4), (1, 3), (3, 5))
_BACKWARD = ((0, 1), (3, 4), (4, 5), (5, 6), (1, 3), (1, 2), (4, 6))
