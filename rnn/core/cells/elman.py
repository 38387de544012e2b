"""The Elman layer (Elman 1990): h_t = f(x_t W_x + h_{t−1} W_h + b), its forward pass and its BPTT.

T steps, B windows, D inputs, H hidden; time-major. For shared input weights a buffer S (T + 1, B, H + D + 1) holds the
columns [h_{t−1} | x_t | 1], so that a forward step is one matrix product with the stacked weights [W_h; W_x; b] and one
activation in place, and all weight gradients are one product at the end. With per-step input weights (the article's U)
the x columns are left out of the stack and multiplied by their own step's matrix.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.activations import ACTIVATIONS

Floats = NDArray[np.floating[Any]]
Shape = tuple[int, ...]


def layer_shapes(layer: int, steps: int, inputs: int, hidden: int, *, per_step: bool, bias: bool) -> dict[str, Shape]:
    """Shapes of the parameters of layer number `layer`; W_h, W_x, b stand in the order in which they are stacked."""
    shapes: dict[str, Shape] = {
        f"layer{layer}.W_h": (hidden, hidden),
        f"layer{layer}.W_x": (steps, inputs, hidden) if per_step else (inputs, hidden),
    }
    if bias:
        shapes[f"layer{layer}.b"] = (hidden,)
    return shapes


class Elman:
    """The layer's buffers for B windows, and the two passes over them.

    weights: the flat slice of the parameter vector that holds this layer, in the order of `layer_shapes`;
    gradient: the same slice of the gradient vector. Both are kept as views, so an update of the vector is seen here.
    """

    shapes = staticmethod(layer_shapes)

    def __init__(
        self,
        weights: Floats,
        gradient: Floats,
        *,
        steps: int,
        batch: int,
        inputs: int,
        hidden: int,
        activation: str,
        per_step: bool,
        bias: bool,
        training: bool = True,
    ) -> None:
        self.steps, self.batch, self.inputs, self.hidden = steps, batch, inputs, hidden
        self.activation = ACTIVATIONS[activation]
        self.per_step, self.bias = per_step, bias
        dtype = weights.dtype
        self._view_weights(weights, gradient)
        # Prediction alone needs only two steps of the buffer, whatever the window: they are used in turn.
        self.slots = steps + 1 if training else 2
        stacked_inputs = 0 if per_step else inputs
        columns = hidden + stacked_inputs + (1 if bias else 0)
        self.state = np.zeros((self.slots, batch, columns), dtype)
        if bias:
            self.state[:, :, -1] = 1
        self.h = self.state[:, :, :hidden]
        self.x = (
            np.zeros((self.slots, batch, inputs), dtype) if per_step else self.state[:, :, hidden : hidden + inputs]
        )
        self.a = np.empty((batch, hidden), dtype)
        if training:
            self.da = np.empty((steps, batch, hidden), dtype)
            self.dh = np.empty((batch, hidden), dtype)
            self.W_h_T = np.empty((hidden, hidden), dtype)
            self._dW = np.empty_like(self.stack)

    def _view_weights(self, weights: Floats, gradient: Floats) -> None:
        H, D = self.hidden, self.inputs
        if not self.per_step:
            self.stack = weights.reshape(-1, H)
            self.dstack = gradient.reshape(-1, H)
            return
        ends = (H * H, H * H + self.steps * D * H)
        self.W_x = weights[ends[0] : ends[1]].reshape(self.steps, D, H)
        self.dW_x = gradient[ends[0] : ends[1]].reshape(self.steps, D, H)
        # W_h and b do not adjoin in the vector when W_x stands between them; `forward` refreshes this copy.
        self._W_h = weights[: ends[0]].reshape(H, H)
        self._b = weights[ends[1] :]
        self._dW_h = gradient[: ends[0]].reshape(H, H)
        self._db = gradient[ends[1] :]
        self.stack = np.empty((H + (1 if self.bias else 0), H), weights.dtype)

    def begin(self) -> None:
        """Start a forward pass: h_{−1} = 0."""
        self.h[0] = 0
        if self.per_step:
            self.stack[: self.hidden] = self._W_h
            if self.bias:
                self.stack[-1] = self._b

    def step(self, t: int) -> None:
        """h_t from h_{t−1} and the x_t that stands in `x[t % slots]`; h_t is written to `h[(t + 1) % slots]`."""
        now = t % self.slots
        np.dot(self.state[now], self.stack, out=self.a)
        if self.per_step:
            self.a += self.x[now] @ self.W_x[t]
        self.activation.apply(self.a, self.h[(t + 1) % self.slots])

    @property
    def last(self) -> Floats:
        """(B, H): the hidden state after the last step."""
        final: Floats = self.h[self.steps % self.slots]
        return final

    def backward(self, dh_last: Floats, truncate: int | None) -> None:
        """BPTT from ∂loss/∂h_{T−1} (B, H): fills this layer's slice of the gradient vector.

        The error travels back over the last `truncate` steps (None: all); the state before them counts as a constant.
        """
        first = 0 if truncate is None else max(0, self.steps - truncate)
        W_h = self.stack[: self.hidden]
        # A contiguous transposed copy, once a pass: the loop's products then run at full speed.
        np.copyto(self.W_h_T, W_h.T)
        self.dh[...] = dh_last
        tiny = np.finfo(self.dh.dtype).tiny * 1e8
        t = self.steps - 1
        while True:
            self.activation.backward(self.dh, self.h[t + 1], self.da[t])
            if t == first:
                break
            np.dot(self.da[t], self.W_h_T, out=self.dh)
            # An error this small changes no weight, and once it is denormal each step costs up to 60 times more.
            if t % 8 == 0 and np.abs(self.dh).max() < tiny:
                first = t
                break
            t -= 1
        self._weight_gradients(first)

    def _weight_gradients(self, first: int) -> None:
        """From the errors da[first:] and the states; earlier steps contribute nothing."""
        T, B, H = self.steps, self.batch, self.hidden
        states = self.state[first:T].reshape((T - first) * B, -1)
        errors = self.da[first:T].reshape((T - first) * B, H)
        if not self.per_step:
            np.dot(states.T, errors, out=self.dstack)
            return
        np.dot(states.T, errors, out=self._dW)
        self._dW_h[...] = self._dW[:H]
        if self.bias:
            self._db[...] = self._dW[-1]
        self.dW_x[:first] = 0
        np.matmul(self.x[first:T].transpose(0, 2, 1), self.da[first:T], out=self.dW_x[first:])
