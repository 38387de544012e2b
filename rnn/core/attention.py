"""What a prediction attends to: its derivative with respect to every value that it is made from, in original units.

The way is the one that `Model.predict` goes, walked back: `restore`, the ensemble's median, the network by BPTT over the whole
window (whatever `truncate` says of training), the window's own units, the scaler, differences and the logarithm.

B windows, D columns of which F are known ahead, K targets, H steps ahead; reach as in `rnn.core.config.Config.reach`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.ensemble import combined
from rnn.core.evaluation import in_order
from rnn.core.framing_back import pull_of_restore, pulled_back
from rnn.core.losses import middle_level
from rnn.core.model import Model
from rnn.core.network import Network, Params
from rnn.core.windows import even_parts
from rnn.core.workspace import Workspace

Array64 = NDArray[np.float64]
Floats = NDArray[np.floating[Any]]

RECURRENT, SKIP, FRAMING = "recurrent", "skip", "framing"
"""The paths from a value to the prediction: through the recurrent layers; through the linear skip; and past the network,
through what its output is measured from (a residual, the window's own units, the record that a difference is added to)."""


@dataclass(frozen=True, eq=False)
class Attention:
    """predicted: (B,), original units. paths: name → what a unit more of each value adds to the prediction on that path: of
    the windows' records (B, reach, D), and of the columns known ahead (B, H, F); only paths that there are."""

    predicted: Array64
    paths: dict[str, tuple[Array64, Array64]]

    @property
    def window(self) -> Array64:
        """(B, reach, D): the derivative, all paths together, in units of the target per unit of the column."""
        return self._sum(0)

    @property
    def ahead(self) -> Array64:
        """(B, H, F): the same for what the known columns hold at the steps predicted."""
        return self._sum(1)

    def _sum(self, which: int) -> Array64:
        whole: Array64 = np.sum([path[which] for path in self.paths.values()], axis=0)
        return whole

    def shares(self, spread: Array64, known: list[int]) -> dict[str, float]:
        """Path → its part of the whole effect: the sum of |derivative| · spread (D,) over all values and windows, by the sum
        over all paths; 0 for all where nothing has an effect. known: column numbers of the F known ones."""
        sizes = {
            name: float((np.abs(window) * spread).sum() + (np.abs(ahead) * spread[known]).sum())
            for name, (window, ahead) in self.paths.items()
        }
        whole = sum(sizes.values())
        return {name: size / whole if whole > 0 else 0.0 for name, size in sizes.items()}


def attention(
    model: Model, windows: Floats, future: Floats | None = None, *, target: int = 0, ahead: int = 0
) -> Attention:
    """The derivative of one output of `model.predict(windows, future)`: target number `target`, `ahead` steps after the first;
    of a quantile loss the level that serves as the point forecast, of an ensemble its median.

    windows (B, reach, D), future (B, H, F): original units, as for `Model.predict`. Where the prediction has a kink (ReLU at
    zero, two members that change places) it is the derivative on one side. Derivatives below a hundredth of the rounding of
    config.dtype, beside the largest of the pass, are 0. Raises ValueError for another shape, for an output that there is not,
    and for a network of many series: take `model.of(id)`.
    """
    _check(model, target, ahead)
    framed = model.framed(windows, future)
    outputs = [model.network.predict_levels(params, framed.x) for params in model.members]
    y = np.ascontiguousarray(in_order(combined(outputs))[:, :, middle_level(model.config)])
    predicted = framed.restored(y)[:, ahead, target]
    pull = pull_of_restore(framed, y, predicted, target, ahead)
    recurrent, skip = np.zeros(framed.x.shape), np.zeros(framed.x.shape)
    for params, dy in zip(model.members, _by_member(model, outputs, pull.outputs), strict=True):
        if dy.any():
            _add_input_derivatives(model, params, framed.x, dy, recurrent, skip)
    paths = {RECURRENT: pulled_back(framed, recurrent, pull.nothing)}
    if model.config.skip != "none":
        paths[SKIP] = pulled_back(framed, skip, pull.nothing)
    if model.framing.anchored or model.config.lag:
        paths[FRAMING] = pulled_back(framed, np.zeros(framed.x.shape), pull)
    return Attention(predicted, paths)


def _check(model: Model, target: int, ahead: int) -> None:
    if model.ids:
        raise ValueError(
            f"The network knows {len(model.ids)} series, each with a scaler of its own; take `model.of(id)`."
        )
    for name, value, count in (("target", target, len(model.targets)), ("ahead", ahead, model.config.horizon)):
        if not 0 <= value < count:
            raise ValueError(f"{name} must be from 0 to {count - 1}, got {value}.")


def _by_member(model: Model, outputs: Sequence[Floats], pull: Array64) -> Array64:
    """(members, B, O): what each output of each member adds to the prediction. outputs: of each member (B, H · K, levels);
    pull (B, H, K): what the combined point forecasts add."""
    members = np.stack(outputs)
    found = np.zeros(members.shape)
    flat, batch = pull.reshape(len(pull), -1), np.arange(len(pull))
    for output in np.flatnonzero(flat.any(axis=0)):
        levels = combined([one[:, output] for one in outputs])
        level = np.argsort(levels, axis=1, kind="stable")[:, middle_level(model.config)]
        order = np.argsort(members[:, batch, output, level], axis=0, kind="stable")
        middle = {(len(order) - 1) // 2, len(order) // 2}  # two where they are even in number
        for place in middle:
            found[order[place], batch, output, level] += flat[:, output] / len(middle)
    return found.reshape(*members.shape[:2], -1)


def _add_input_derivatives(
    model: Model, params: Params, x: Floats, dy: Array64, recurrent: Array64, skip: Array64
) -> None:
    """Adds dy (B, O) sent back to x (T, B, C), through the layers and through the skip."""
    network = _without_truncation(model.network)
    vector = network.flat(params)
    for part in even_parts(x.shape[1], network.tile):
        work = Workspace(network, part.stop - part.start, params=vector, want_dx=True)
        work.refresh()
        work.x[...] = x[:, part]
        work.forward()
        work.dy[...] = dy[part]
        work.send_back(add=False)
        recurrent[:, part] += work.layers[0].dx
        skip[:, part] += work.dx - work.layers[0].dx


def _without_truncation(network: Network) -> Network:
    """The article's own rule wants a number for `truncate`: that of all steps."""
    config = network.config.replace(truncate=network.config.steps)
    return Network(config, network.n_inputs, network.n_targets, network.n_static)
