"""The network: recurrent layers, linear readout and linear skip; prediction, loss and gradients.

`Network` is the public face, on dicts of arrays. `Workspace` (`rnn.core.workspace`) is what it and training run on: all
parameters in one flat vector, their gradients in another, and buffers that are allocated once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.cells import CELLS
from rnn.core.cells.layer import LayerSpec
from rnn.core.config import Config
from rnn.core.initialisation import initial_weights
from rnn.core.losses import level_count, middle_level
from rnn.core.windows import even_parts
from rnn.core.workspace import Workspace

Floats = NDArray[np.floating[Any]]
Params = dict[str, Floats]
Shape = tuple[int, ...]

# A tile of windows is cut smaller where its buffers would hold more numbers than these.
TILE_NUMBERS = 50_000_000


def beside(config: Config, n_static: int, n_known: int) -> int:
    """S: how many values stand beside a window: the static columns, then what the known ones hold at each step predicted."""
    return n_static + config.horizon * n_known


class Network:
    """A recurrent network from a window of D inputs (and S values beside it) to `horizon` steps of K targets.

    config: only the architecture and loss fields are read. n_inputs: D. n_targets: K. n_static: S, values that a window has
    once: static ones, and what is known of the steps predicted (see `beside`).
    Parameters (`shapes`), with G gates (Elman 1, GRU 3: r, z, n, LSTM 4: i, f, g, o), C = patch · D + S input columns a
    step and O = horizon · K outputs (times the number of levels for loss="quantile"): layer0.W_h (H, G·H), layer0.W_x
    (C, G·H), or (T, C, G·H) with per-step input weights, layer0.b (G·H,), for the GRU layer0.b_hn (H,); layers above the
    first read the H states below them; readout.W (H, O), readout.b (O,); with a linear skip skip.W (window · D + S, O).
    Without `bias` there are no b.
    """

    def __init__(self, config: Config, n_inputs: int, n_targets: int, n_static: int = 0) -> None:
        for name, value, least in (
            ("n_inputs", n_inputs, 0 if n_static else 1), ("n_targets", n_targets, 1), ("n_static", n_static, 0),
        ):  # fmt: skip
            if value < least:
                raise ValueError(f"{name} must be at least {least}, got {value}.")
        self.config, self.n_inputs, self.n_targets, self.n_static = config, n_inputs, n_targets, n_static
        self.levels = level_count(config)
        self.points = config.horizon * n_targets
        self.outputs = self.points * self.levels
        self.channels = config.patch * n_inputs + n_static
        self.cell = CELLS[config.cell]
        self.specs = [
            LayerSpec(
                config.steps, self.channels if layer == 0 else config.hidden, config.hidden, config.activation,
                config.input_weights == "per_step" and layer == 0, config.bias,
            )
            for layer in range(config.layers)
        ]  # fmt: skip
        self._layer_shapes = [self.cell.shapes(spec) for spec in self.specs]
        self.layer_sizes = [sum(map(math.prod, shapes.values())) for shapes in self._layer_shapes]
        self.shapes = self._shapes()
        self.size = sum(math.prod(shape) for shape in self.shapes.values())
        # A tile of windows passes through all layers at once; a rule of the shape, so that the bits are the same anywhere.
        self.tile = min(max(1, TILE_NUMBERS // self.numbers_a_window), *(self.cell.tile(spec) for spec in self.specs))

    @property
    def numbers_a_window(self) -> int:
        """How many numbers the buffers of one window hold in training, about: linear in the window and the layers."""
        kept = self.cell.gates + 2
        return sum(spec.steps * (kept * spec.hidden + spec.inputs) for spec in self.specs)

    def _shapes(self) -> dict[str, Shape]:
        config = self.config
        shapes: dict[str, Shape] = {
            f"layer{layer}.{name}": shape for layer, own in enumerate(self._layer_shapes) for name, shape in own.items()
        }
        shapes["readout.W"] = (config.hidden, self.outputs)
        if config.bias:
            shapes["readout.b"] = (self.outputs,)
        if config.skip != "none":
            shapes["skip.W"] = (config.window * self.n_inputs + self.n_static, self.outputs)
        return shapes

    def init(self, rng: np.random.Generator) -> Params:
        """Fresh parameters of `config.init`, in `config.dtype`."""
        return initial_weights(self.shapes, self.config, rng)

    def layer_slices(self, vector: Floats) -> Iterator[Floats]:
        """The part of a flat vector (size,) that belongs to each layer."""
        start = 0
        for size in self.layer_sizes:
            yield vector[start : start + size]
            start += size

    def views(self, vector: Floats) -> Params:
        """The flat vector (size,) as one array a parameter; they share its memory and may be strided."""
        arrays: Params = {}
        for layer, (part, spec) in enumerate(zip(self.layer_slices(vector), self.specs, strict=True)):
            views = self.cell.views(part, spec)
            arrays |= {f"layer{layer}.{name}": views[name] for name in self._layer_shapes[layer]}
        start = sum(self.layer_sizes)
        for name, shape in self.shapes.items():
            if name not in arrays:
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
        vector: Floats = np.empty(self.size, self.config.dtype)
        for name, view in self.views(vector).items():
            view[...] = params[name]
        return vector

    def predict(
        self,
        params: Mapping[str, Floats],
        x: Floats,
        *,
        static: Floats | None = None,
        state: Mapping[str, Floats] | None = None,
    ) -> Floats:
        """The forecast ŷ (B, horizon · K) for x (T, B, D), both in scaled units; the targets of the first step ahead come
        first. With loss="quantile" it is the level nearest 0.5.

        x: with patches (window, B, D), or (T, B, C) as the steps see it, static values included. static: (B, S), what stands
        beside the windows.
        state: "layer0.h" → (B, H), for the LSTM also "layer0.c": the state before the first step (default zero).
        """
        outputs = self.predict_levels(params, x, static=static, state=state)
        return np.ascontiguousarray(outputs[:, :, middle_level(self.config)])

    def predict_levels(
        self,
        params: Mapping[str, Floats],
        x: Floats,
        *,
        static: Floats | None = None,
        state: Mapping[str, Floats] | None = None,
    ) -> Floats:
        """As `predict`, but every level of loss="quantile": (B, horizon · K, levels); one level for other losses."""
        x = self.as_steps(x, static)
        vector = self.flat(params)
        batch = x.shape[1]
        outputs = np.empty((batch, self.points, self.levels), vector.dtype)
        for part in even_parts(batch, self.tile):
            work = Workspace(self, part.stop - part.start, params=vector, training=False)
            work.refresh()
            work.x[...] = x[:, part]
            work.set_state(state, part)
            outputs[part] = work.forward().reshape(-1, self.points, self.levels)
        return outputs

    def loss_and_gradients(
        self,
        params: Mapping[str, Floats],
        x: Floats,
        y: Floats,
        *,
        static: Floats | None = None,
        state: Mapping[str, Floats] | None = None,
    ) -> tuple[float, Params]:
        """The config's loss over the batch and its gradient for every parameter, by truncated BPTT (Werbos 1990;
        Williams and Peng 1990).

        x, static, state: as for `predict`. y: (B, horizon · K), scaled units. With `config.truncate` = n the error travels
        back over the last n steps and the states before them count as constants; None or T gives the full gradient.
        """
        gradient: Floats = np.zeros(self.size, self.config.dtype)
        loss, _ = self._pass(params, x, y, static, state, gradient, want_dx=False)
        return loss, self.views(gradient)

    def input_gradients(
        self,
        params: Mapping[str, Floats],
        x: Floats,
        y: Floats,
        *,
        static: Floats | None = None,
        state: Mapping[str, Floats] | None = None,
    ) -> Floats:
        """∂loss/∂x (T, B, C) by the same rule: what each input of each window does to the loss."""
        _, dx = self._pass(params, x, y, static, state, np.zeros(self.size, self.config.dtype), want_dx=True)
        return dx

    def _pass(
        self,
        params: Mapping[str, Floats],
        x: Floats,
        y: Floats,
        static: Floats | None,
        state: Mapping[str, Floats] | None,
        gradient: Floats,
        *,
        want_dx: bool,
    ) -> tuple[float, Floats]:
        x = self.as_steps(x, static)
        y = np.asarray(y, self.config.dtype)
        batch = x.shape[1]
        self.check_targets(y, batch)
        vector, total = self.flat(params), 0.0
        dx = np.empty_like(x) if want_dx else x
        for part in even_parts(batch, self.tile):
            work = Workspace(self, part.stop - part.start, params=vector, gradient=gradient, want_dx=want_dx)
            work.refresh()
            work.x[...] = x[:, part]
            work.set_state(state, part)
            work.forward()
            total += work.backward(y[part], batch, add=part.start > 0)
            if want_dx:
                dx[:, part] = work.dx
        return total / y.size, dx

    def check_targets(self, y: Floats, batch: int) -> None:
        """Raises ValueError where y is not of the shape (B, horizon · K)."""
        if y.shape != (batch, self.points):
            raise ValueError(f"y must have the shape {(batch, self.points)}, got {y.shape}.")

    def as_steps(self, x: Floats, static: Floats | None) -> Floats:
        """Inputs and static values as `predict` takes them → (T, B, C), as the steps see them. Raises ValueError for other
        shapes."""
        x = np.asarray(x, self.config.dtype)
        config, D, S = self.config, self.n_inputs, self.n_static
        if static is None and x.ndim == 3 and (x.shape[0], x.shape[2]) == (config.steps, self.channels):
            return x
        if x.ndim != 3 or (x.shape[0], x.shape[2]) != (config.window, D):
            steps = f"T={config.steps}, B, D={self.channels}"
            whole = f", or (window={config.window}, B, D={D})" if config.patch > 1 or S else ""
            raise ValueError(f"x must have the shape ({steps}){whole}, got {x.shape}.")
        batch = x.shape[1]
        steps_of_x = x.reshape(config.steps, config.patch, batch, D).swapaxes(1, 2).reshape(config.steps, batch, -1)
        beside = np.zeros((batch, 0)) if static is None else np.asarray(static, self.config.dtype)
        if beside.shape != (batch, S):
            raise ValueError(f"static must have the shape (B={batch}, S={S}), got {beside.shape}.")
        repeated = np.broadcast_to(beside, (config.steps, batch, S))
        return np.concatenate([steps_of_x, repeated], axis=2, dtype=x.dtype)
