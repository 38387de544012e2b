"""What a network runs on: the buffers for a tile of windows, allocated once, and the two passes through all layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.losses import LOSSES, parameter

if TYPE_CHECKING:
    from rnn.core.network import Network

Floats = NDArray[np.floating[Any]]


class Workspace:
    """Vectors and buffers of a network for `batch` windows.

    params, gradient: (size,) flat vectors, which several workspaces (tiles of different sizes) may share.
    x: (T, B, C) view to be filled before `forward`. y_hat: (B, O), what `forward` found. dx: (T, B, C), ∂loss/∂x, filled by
    `backward` where `want_dx` was asked for. stopped: the step at which each layer's error stopped, top layer last.
    Memory: about T · B · ((G + 2) H + C) numbers a layer in training, half of that to predict; linear in T, B and H.
    """

    def __init__(
        self,
        network: Network,
        batch: int,
        *,
        params: Floats,
        gradient: Floats | None = None,
        training: bool = True,
        want_dx: bool = False,
    ) -> None:
        config = network.config
        self.network, self.batch, self.want_dx = network, batch, want_dx
        # To predict, no gradient is written: the parameters stand in for the vector that the layers want to view.
        own = np.zeros_like(params) if training else params
        self.gradient = own if gradient is None else gradient
        slices = zip(network.layer_slices(params), network.layer_slices(self.gradient), network.specs, strict=True)
        self.layers = [
            network.cell(weights, errors, spec, batch, training=training) for weights, errors, spec in slices
        ]
        self.x = self.layers[0].x
        self.weights = network.views(params)
        self.y_hat = np.empty((batch, network.outputs), params.dtype)
        self.first = 0 if config.truncate is None else max(0, config.steps - config.truncate)
        self.loss, self.loss_parameter = LOSSES[config.loss], parameter(config)
        self.stopped = [self.first] * config.layers
        self.masks: list[Floats] = []
        if "skip.W" in self.weights:
            self._make_skip(config.steps)
        if training:
            self._make_backward()

    def _make_skip(self, steps: int) -> None:
        network, dtype = self.network, self.y_hat.dtype
        dynamic = network.channels - network.n_static
        self.flat_x = np.empty((self.batch, steps * dynamic + network.n_static), dtype)
        self._flat_steps = self.flat_x[:, : steps * dynamic].reshape(self.batch, steps, dynamic).swapaxes(0, 1)
        self._flat_static = self.flat_x[:, steps * dynamic :]
        self._skipped = np.empty_like(self.y_hat)

    def _make_backward(self) -> None:
        network, dtype = self.network, self.y_hat.dtype
        self.gradients = network.views(self.gradient)
        self.dy = np.empty_like(self.y_hat)
        self.d_last = np.empty((self.batch, network.config.hidden), dtype)
        self._ones = np.ones(self.batch, dtype)
        shared = ("readout.W", "readout.b", "skip.W")
        self._parts: dict[str, Floats] = {
            name: np.empty_like(self.gradients[name]) for name in shared if name in self.gradients
        }
        if self.want_dx:
            self.dx = np.empty(self.x.shape, dtype)

    def refresh(self) -> None:
        """The weights have changed: layers bring their inner copies up to date."""
        for layer in self.layers:
            layer.refresh()

    def set_state(self, state: Mapping[str, Floats] | None, part: slice) -> None:
        """Start the windows `part` of a batch from this state ("layer0.h" → (B, H), …); None: from zero."""
        for name in state or {}:
            known = {f"layer{n}.{own}" for n, layer in enumerate(self.layers) for own in layer.initial}
            if name not in known:
                raise ValueError(f"state {name!r} is unknown; this network has {', '.join(sorted(known))}.")
        for n, layer in enumerate(self.layers):
            for own, initial in layer.initial.items():
                given = None if state is None else state.get(f"layer{n}.{own}")
                initial[...] = 0 if given is None else given[part]

    def draw_dropout(self, rng: np.random.Generator, share: float) -> None:
        """A fresh mask for every step and unit between layers, scaled so that the mean stays (Zaremba, Sutskever and Vinyals
        2014, inverted); it holds for the passes that follow."""
        if not self.masks:
            # Laid out in memory as the states are, whatever the cell.
            self.masks = [np.empty_like(layer.states) for layer in self.layers[:-1]]
        for mask in self.masks:
            rng.random(out=mask.ravel(order="K"), dtype=mask.dtype.type)
            np.greater_equal(mask, share, out=mask, casting="unsafe")
            mask *= 1 / (1 - share)

    def forward(self) -> Floats:
        """ŷ (B, O), a buffer that the next call overwrites."""
        for n, layer in enumerate(self.layers):
            if n > 0:
                below = self.layers[n - 1].states
                if self.masks:
                    np.multiply(below, self.masks[n - 1], out=layer.x)
                else:
                    np.copyto(layer.x, below)
            layer.forward()
        np.dot(self.layers[-1].last, self.weights["readout.W"], out=self.y_hat)
        if "readout.b" in self.weights:
            self.y_hat += self.weights["readout.b"]
        if "skip.W" in self.weights:
            dynamic = self._flat_steps.shape[2]
            np.copyto(self._flat_steps, self.x[:, :, :dynamic])
            np.copyto(self._flat_static, self.x[-1, :, dynamic:])
            np.dot(self.flat_x, self.weights["skip.W"], out=self._skipped)
            self.y_hat += self._skipped
        return self.y_hat

    def backward(self, y: Floats, windows: int, *, add: bool) -> float:
        """The loss of the last `forward` against y (B, horizon · K), as a sum over its entries; fills `gradient`, or with
        `add` adds to it, with this tile's share of the gradient of the mean over all `windows` windows of the batch."""
        total = self.loss.total(self.y_hat, y, self.loss_parameter)
        self.loss.derivative(self.y_hat, y, self.loss_parameter, self.dy)
        if windows != self.batch:
            self.dy *= self.batch / windows
        self.send_back(add=add)
        return total

    def send_back(self, *, add: bool) -> None:
        """What `backward` does once `dy` (B, O) is known; for derivatives of something else than the loss, fill it first."""
        last = self.layers[-1].last
        self._put("readout.W", last.T, self.dy, add)
        if "readout.b" in self.gradients:
            self._put("readout.b", self._ones, self.dy, add)
        if "skip.W" in self.gradients:
            self._put("skip.W", self.flat_x.T, self.dy, add)
        np.dot(self.dy, self.weights["readout.W"].T, out=self.d_last)
        d_last: Floats | None = self.d_last
        d_states: Floats | None = None
        for n in reversed(range(len(self.layers))):
            layer, want_dx = self.layers[n], n > 0 or self.want_dx
            self.stopped[n] = layer.backward(d_last, d_states, self.first, add=add, want_dx=want_dx)
            if n > 0:
                d_last, d_states = None, layer.dx
                if self.masks:
                    d_states *= self.masks[n - 1]
        if self.want_dx:
            self._finish_dx()

    def _put(self, name: str, left: Floats, right: Floats, add: bool) -> None:
        if add:
            np.dot(left, right, out=self._parts[name])
            self.gradients[name] += self._parts[name]
        else:
            np.dot(left, right, out=self.gradients[name])

    def _finish_dx(self) -> None:
        np.copyto(self.dx, self.layers[0].dx)
        if "skip.W" in self.weights:
            through = self.dy @ self.weights["skip.W"].T
            dynamic = self._flat_steps.shape[2]
            steps = len(self.dx)
            self.dx[:, :, :dynamic] += through[:, : steps * dynamic].reshape(self.batch, steps, dynamic).swapaxes(0, 1)
            # The skip reads the static values once; of the T copies that the steps see, the last one stands for it.
            self.dx[-1, :, dynamic:] += through[:, steps * dynamic :]
