"""The Elman layer (Elman 1990): h_t = f(x_t W_x + h_{t−1} W_h + b), its forward pass and its BPTT.

T steps, B windows, D inputs, H hidden; time-major. A buffer S (T + 1, B, C) holds the columns [h_{t−1} | 1 | x_t], so
that a forward step is one matrix product with the stacked weights [W_h; b; W_x] and one activation, which writes into
the next step's h columns. A backward step is one matrix product and one multiplication into the errors
A (T, B, H) = ∂loss/∂a, which hold the slopes f′ before; all weight gradients are one product of S and A at the end.
Where every step has its own input weights (the article's U), the x columns are left out of S and the input products of
all steps are made before the loop.

Memory in training: T · B · (2 H + 2 D + 1) numbers and three times the parameters, linear in each; to predict,
T · B · (H + D + 1), per step T · B · (2 H + D + 1).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any, ClassVar

import numpy as np

from rnn.core.activations import ACTIVATIONS
from rnn.core.cells.buffers import block
from rnn.core.cells.layer import Floats, LayerSpec, Shape
from rnn.core.cells.vanishing import Vanishing, largest

SMALL_PRODUCT, LEAST_WINDOWS, MOST_WINDOWS = 650_000, 32, 256
"""A tile's rule. Matrix products below about a million multiplications are made without packing by OpenBLAS's AVX-512
kernels, up to a tenth faster; below 32 windows the gain is lost again, and above 256 none is left (the AVX2 kernels
care for neither)."""

SWEEP = 64
"""Steps whose slopes are prepared at once: few calls, and little in vain where the error vanishes early."""

Product = Callable[[Floats, Floats], Any]


def _rows(spec: LayerSpec) -> int:
    """Rows of the weights' stack, which are the columns of S."""
    return spec.hidden + (1 if spec.bias else 0) + (0 if spec.per_step else spec.inputs)


class Elman:
    """`Layer` of the Elman cell. errors: (T, B, H), ∂loss/∂a of the last `backward` from the step on that it returned."""

    gates: ClassVar[int] = 1
    state_names: ClassVar[tuple[str, ...]] = ("h",)

    def __init__(
        self, weights: Floats, gradient: Floats, spec: LayerSpec, batch: int, *, training: bool = True
    ) -> None:
        T, D, H, dtype = spec.steps, spec.inputs, spec.hidden, weights.dtype
        self.spec, self.batch, self.training = spec, batch, training
        self.activation = ACTIVATIONS[spec.activation]
        self.rows = _rows(spec)
        # With a fold of 1 the passes read the parameters themselves.
        self.weights, folds = weights, self.activation.fold != 1
        self.folded = block(weights.shape, dtype) if folds else weights
        self.stack, self.W_x = self._matrices(self.folded)
        self.state = block((T + 1, batch, self.rows), dtype)
        if spec.bias:
            self.state[:, :, H] = 1
        self.x: Floats = block((T, batch, D), dtype) if spec.per_step else self.state[:T, :, self.rows - D :]
        self.states: Floats = self.state[1:, :, :H]
        self.last: Floats = self.states[-1]
        self.initial: dict[str, Floats] = {"h": self.state[0, :, :H]}
        self.a = block((batch, H), dtype)
        if training or spec.per_step:
            self.errors = block((T, batch, H), dtype)
        self._fresh = False
        self._steps = self._make_steps()
        if training:
            self._make_backward(gradient)

    def _make_steps(self) -> list[tuple[Product, Floats, Floats]]:
        """A step's product, where its result and its activation are computed, and the h columns that they are for.

        Activations run on contiguous memory: on the columns of S, NumPy would buffer them, in new memory and slower. In
        training the place is `errors`, which thereby holds the h that the slopes are made of.
        """
        # A bound method is spared the lookup and the dispatch of np.dot, a sixth of the call at batch 1.
        products = [now.dot for now in self.state]
        if self.batch == 1:
            places = list(self.states)
        elif self.training:
            places = list(self.errors)
        else:
            places = [self.a] * self.spec.steps
        return list(zip(products, places, self.states, strict=False))

    def _make_backward(self, gradient: Floats) -> None:
        spec, dtype = self.spec, gradient.dtype
        T, B, D, H = spec.steps, self.batch, spec.inputs, spec.hidden
        self.gradient, self.part = gradient, block(gradient.shape, dtype)
        self._d_matrices = {False: self._matrices(gradient), True: self._matrices(self.part)}
        self.dh = block((B, H), dtype)
        self.dx: Floats = block((T, B, D), dtype)
        weights = self.views(self.weights, spec)
        self.W_h, self.W_x_T = weights["W_h"], weights["W_x"].swapaxes(-1, -2)
        self.W_h_T = block((H, H), dtype)
        self.guard = Vanishing(dtype)
        self._back: list[tuple[Product, Floats]] = [
            (self.errors[t + 1].dot, self.errors[t]) for t in reversed(range(T - 1))
        ]

    def _matrices(self, vector: Floats) -> tuple[Floats, Floats]:
        """The stack (rows, H) in the slice `vector`, and W_x, which is a part of it or, per step, stands behind it."""
        stack = vector[: self.rows * self.spec.hidden].reshape(self.rows, self.spec.hidden)
        return stack, self.views(vector, self.spec)["W_x"]

    @staticmethod
    def shapes(spec: LayerSpec) -> dict[str, Shape]:
        """W_h (H, H), W_x (D, H) or, per step, (T, D, H), and b (H,)."""
        H, D = spec.hidden, spec.inputs
        shapes: dict[str, Shape] = {"W_h": (H, H), "W_x": (spec.steps, D, H) if spec.per_step else (D, H)}
        if spec.bias:
            shapes["b"] = (H,)
        return shapes

    @staticmethod
    def views(vector: Floats, spec: LayerSpec) -> dict[str, Floats]:
        """The slice holds W_h, b, W_x in that order, so that W_h and b adjoin whatever W_x is."""
        H = spec.hidden
        end = H * H + (H if spec.bias else 0)
        arrays = {"W_h": vector[: H * H].reshape(H, H), "W_x": vector[end:].reshape(Elman.shapes(spec)["W_x"])}
        if spec.bias:
            arrays["b"] = vector[H * H : end]
        return arrays

    @staticmethod
    def tile(spec: LayerSpec) -> int:
        """As many windows as keep a step's product small; from a hidden size on, where these would be few, many."""
        few = SMALL_PRODUCT // (spec.hidden * _rows(spec))
        return min(few, MOST_WINDOWS) if few >= LEAST_WINDOWS else MOST_WINDOWS

    def refresh(self) -> None:
        if self.folded is not self.weights:
            np.multiply(self.weights, self.activation.fold, self.folded)
        if self.training:
            H = self.spec.hidden
            # Rows a large power of two apart fall into the same few cache lines: those matrices are turned in strips.
            strip = 16 if H % 128 == 0 else H
            for start in range(0, H, strip):
                np.copyto(self.W_h_T[:, start : start + strip], self.W_h[start : start + strip].T)

    def forward(self) -> None:
        stack, apply, copy = self.stack, self.activation.apply, np.copyto
        self._fresh = self.training and self.batch > 1
        if self.spec.per_step:
            self._forward_per_step()
        elif self.batch == 1:
            for product, h, _ in self._steps:
                product(stack, h)
                apply(h, h)
        else:
            for product, a, h in self._steps:
                product(stack, a)
                apply(a, a)
                copy(h, a)

    def _forward_per_step(self) -> None:
        stack, own, apply, copy, add = self.stack, self.a, self.activation.apply, np.copyto, np.add
        np.matmul(self.x, self.W_x, self.errors)  # x_t W_x[t] of all steps
        for (product, a, h), from_x in zip(self._steps, self.errors, strict=True):
            product(stack, own)
            add(own, from_x, a)
            apply(a, a)
            copy(h, a)

    def backward(self, d_last: Floats | None, d_states: Floats | None, first: int, *, add: bool, want_dx: bool) -> int:
        if d_states is None:
            assert d_last is not None
            stop = self._errors_from_last(d_last, first)
        else:
            stop = self._errors_from_all(d_states, first)
        self._fresh = False
        self._weight_gradients(stop, add)
        if want_dx:
            self._input_errors(stop)
        return stop

    def _errors_from_last(self, d_last: Floats, first: int) -> int:
        """Fill errors[stop:] from the error at the last step alone; returns stop."""
        guard, dh, W_h_T, multiply = self.guard, self.dh, self.W_h_T, np.multiply
        back, t = iter(self._back), self.spec.steps - 1
        swept = self._sweep(t + 1, first)
        multiply(self.errors[t], d_last, self.errors[t])
        guard.begin(largest(d_last))
        while t > first:
            t -= (count := min(guard.wait, t - first))
            while swept > t:
                swept = self._sweep(swept, first)
            for product, error in islice(back, count):
                product(W_h_T, dh)
                multiply(error, dh, error)
            if t > first and guard.gone(largest(dh)):
                break
        return t

    def _errors_from_all(self, d_states: Floats, first: int) -> int:
        """The same with errors that enter at every step."""
        guard, dh, W_h_T, multiply, plus = self.guard, self.dh, self.W_h_T, np.multiply, np.add
        back, entering, t = iter(self._back), iter(d_states[::-1]), self.spec.steps - 1
        swept = self._sweep(t + 1, first)
        multiply(self.errors[t], next(entering), self.errors[t])
        guard.begin(largest(d_states[t]))
        while t > first:
            t -= (count := min(guard.wait, t - first))
            while swept > t:
                swept = self._sweep(swept, first)
            for (product, error), enters in zip(islice(back, count), entering, strict=False):
                product(W_h_T, dh)
                plus(dh, enters, dh)
                multiply(error, dh, error)
            if t > first and guard.gone(largest(dh), d_states[first:t]):
                break
        return t

    def _sweep(self, end: int, first: int) -> int:
        """Put the slopes of up to SWEEP steps before `end` into `errors`; returns where they begin."""
        start = max(first, end - SWEEP)
        errors = self.errors[start:end]
        if not self._fresh:
            np.copyto(errors, self.states[start:end])
        self.activation.slope(errors)
        return start

    def _weight_gradients(self, stop: int, add: bool) -> None:
        """From the states and errors of the steps from `stop` on; earlier ones contribute nothing."""
        T, H = self.spec.steps, self.spec.hidden
        d_stack, dW_x = self._d_matrices[add]
        errors = self.errors[stop:].reshape(-1, H)
        np.dot(self.state[stop:T].reshape(-1, self.rows).T, errors, d_stack)
        if self.spec.per_step:
            dW_x[:stop] = 0
            np.matmul(self.x[stop:].swapaxes(1, 2), self.errors[stop:], dW_x[stop:])
        if add:
            np.add(self.gradient, self.part, self.gradient)

    def _input_errors(self, stop: int) -> None:
        self.dx[:stop] = 0
        if self.spec.per_step:
            np.matmul(self.errors[stop:], self.W_x_T[stop:], self.dx[stop:])
        else:
            H, D = self.spec.hidden, self.spec.inputs
            np.dot(self.errors[stop:].reshape(-1, H), self.W_x_T, self.dx[stop:].reshape(-1, D))
