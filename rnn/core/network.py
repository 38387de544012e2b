"""The network: recurrent layer and linear readout, prediction, loss and gradients.

`Network` is the public face, on dicts of arrays. `Workspace` is what it and training run on: all parameters in one flat
vector, their gradients in another, and the buffers for a fixed number of windows, allocated once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.cells import CELLS
from rnn.core.config import Config
from rnn.core.initialisation import initial_weights
from rnn.core.losses import LOSSES

Floats = NDArray[np.floating[Any]]
Params = dict[str, Floats]
Shape = tuple[int, ...]


class Network:
    """A recurrent network from T steps of D inputs to `horizon` steps of K targets.

    config: only the architecture and loss fields are read. n_inputs: D. n_targets: K.
    Parameters (`shapes`): layer0.W_h (H, H), layer0.W_x (D, H), or (T, D, H) with per-step input weights, layer0.b (H,),
    readout.W (H, O), readout.b (O,), with O = horizon · K. Without `bias` there is neither b.
    """

    def __init__(self, config: Config, n_inputs: int, n_targets: int) -> None:
        for name, value in (("n_inputs", n_inputs), ("n_targets", n_targets)):
            if value < 1:
                raise ValueError(f"{name} must be at least 1, got {value}.")
        self.config, self.n_inputs, self.n_targets = config, n_inputs, n_targets
        self.outputs = config.horizon * n_targets
        self.shapes: dict[str, Shape] = CELLS[config.cell].shapes(
            0, config.window, n_inputs, config.hidden,
            per_step=config.input_weights == "per_step", bias=config.bias,
        )  # fmt: skip
        self.shapes["readout.W"] = (config.hidden, self.outputs)
        if config.bias:
            self.shapes["readout.b"] = (self.outputs,)
        self.size = sum(math.prod(shape) for shape in self.shapes.values())

    def init(self, rng: np.random.Generator) -> Params:
        """Fresh parameters of `config.init`, in `config.dtype`."""
        return initial_weights(self.shapes, self.config.init, rng, self.config.dtype)

    def views(self, vector: Floats) -> Params:
        """The flat vector (size,) as one array a parameter; they share its memory."""
        arrays, start = {}, 0
        for name, shape in self.shapes.items():
            end = start + math.prod(shape)
            arrays[name] = vector[start:end].reshape(shape)
            start = end
        return arrays

    def flat(self, params: Mapping[str, Floats]) -> Floats:
        """The parameters as one vector (size,) in config.dtype. Raises ValueError for a missing name or wrong shape."""
        for name in (*self.shapes, *params):
            shape = np.shape(params[name]) if name in params else None
            if shape != self.shapes.get(name):
                raise ValueError(f"Parameter {name!r} must have the shape {self.shapes.get(name)}, got {shape}.")
        vector: Floats = np.concatenate([np.ravel(params[name]) for name in self.shapes])
        return vector.astype(self.config.dtype, copy=False)

    def predict(self, params: Mapping[str, Floats], x: Floats) -> Floats:
        """ŷ (B, horizon · K) for x (T, B, D), both in scaled units; the targets of the first step ahead come first."""
        x = self._check_inputs(x)
        work = Workspace(self, x.shape[1], training=False, params=self.flat(params))
        return work.forward(lambda t, out: np.copyto(out, x[t])).copy()

    def loss_and_gradients(self, params: Mapping[str, Floats], x: Floats, y: Floats) -> tuple[float, Params]:
        """The config's loss over the batch and its gradient for every parameter, by truncated BPTT (Werbos 1990;
        Williams and Peng 1990).

        x: (T, B, D), y: (B, horizon · K), scaled units. With `config.truncate` = n the error travels back over the last
        n steps and the hidden state before them counts as a constant; None or T gives the full gradient.
        """
        x = self._check_inputs(x)
        y = np.asarray(y, self.config.dtype)
        if y.shape != (x.shape[1], self.outputs):
            raise ValueError(f"y must have the shape {(x.shape[1], self.outputs)}, got {y.shape}.")
        work = Workspace(self, x.shape[1], params=self.flat(params))
        work.forward(lambda t, out: np.copyto(out, x[t]))
        return work.backward(y), self.views(work.gradient)

    def _check_inputs(self, x: Floats) -> Floats:
        x = np.asarray(x, self.config.dtype)
        if x.ndim != 3 or (x.shape[0], x.shape[2]) != (self.config.window, self.n_inputs):
            raise ValueError(f"x must have the shape (T={self.config.window}, B, D={self.n_inputs}), got {x.shape}.")
        return x


class Workspace:
    """Vectors and buffers of a network for `batch` windows.

    params, gradient: (size,) flat vectors, which several workspaces (the full batch and the last, smaller one) may share.
    """

    def __init__(
        self,
        network: Network,
        batch: int,
        *,
        params: Floats,
        gradient: Floats | None = None,
        training: bool = True,
    ) -> None:
        config = network.config
        self.network, self.batch = network, batch
        self.params = params
        self.gradient = np.empty_like(params) if gradient is None else gradient
        readout = network.outputs * (config.hidden + (1 if config.bias else 0))
        cut = network.size - readout
        self.layer = CELLS[config.cell](
            self.params[:cut], self.gradient[:cut], steps=config.window, batch=batch, inputs=network.n_inputs,
            hidden=config.hidden, activation=config.activation, per_step=config.input_weights == "per_step",
            bias=config.bias, training=training,
        )  # fmt: skip
        self.weights, self.gradients = network.views(self.params), network.views(self.gradient)
        self.y_hat = np.empty((batch, network.outputs), params.dtype)
        self.loss = LOSSES[config.loss]

    def forward(self, read: Callable[[int, Floats], Any]) -> Floats:
        """ŷ (B, O), a buffer that the next call overwrites. read(t, out) must copy step t of the inputs into out (B, D)."""
        layer = self.layer
        layer.begin()
        for t in range(layer.steps):
            read(t, layer.x[t % layer.slots])
            layer.step(t)
        np.dot(layer.last, self.weights["readout.W"], out=self.y_hat)
        if "readout.b" in self.weights:
            self.y_hat += self.weights["readout.b"]
        return self.y_hat

    def backward(self, y: Floats) -> float:
        """The loss of the last `forward` against y (B, O); fills `gradient`."""
        loss = self.loss.total(self.y_hat, y) / y.size
        dy = self.loss.derivative(self.y_hat, y)
        np.dot(self.layer.last.T, dy, out=self.gradients["readout.W"])
        if "readout.b" in self.gradients:
            np.sum(dy, axis=0, out=self.gradients["readout.b"])
        self.layer.backward(dy @ self.weights["readout.W"].T, self.network.config.truncate)
        return loss
