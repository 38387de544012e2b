"""The error on its way back through time: how large ∂loss/∂h_t is at each step, and what becomes of it, in a word.

An error that travels back through a recurrent layer is multiplied by the layer's Jacobian at every step, and so vanishes or
explodes geometrically unless these keep its size (Hochreiter 1991; Bengio, Simard and Frasconi 1994; Pascanu, Mikolov and
Bengio 2013). T steps, B windows, H hidden, L layers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.cells import GRU, LSTM, Layer
from rnn.core.network import Network
from rnn.core.unrolled import Unrolled, layer_weights
from rnn.core.unrolled_cells import BACK_STEPS, Arrays, Weights, recurrent_errors
from rnn.core.windows import even_parts
from rnn.core.workspace import Workspace

Floats = NDArray[np.floating[Any]]
Array64 = NDArray[np.float64]

# Numbers of one kind (T · B · H) that a tile of windows keeps: some dozen megabytes in all.
TILE_NUMBERS = 1_000_000
# An error below this is taken as zero: in float32 it would soon be denormal, and sixty times slower to go on with.
NOTHING = 1e-30
LEFT = 0.01
"""The share of an error below which it counts as gone."""
_POINTS = 200  # of a fit


def error_norms(network: Network, params: Mapping[str, Floats], x: Floats, y: Floats) -> Array64:
    """(L, T), lowest layer first: for each step the norm of ∂loss/∂h_t, all that arrives at that state, as the root mean
    square over the windows of each window's own loss. Zero before the step at which `config.truncate` ends the error.

    x: (T, B, C), y: (B, horizon · K), scaled units. The forward pass is that of training, in the config's dtype; an error
    below 1e-30 is taken as zero. Raises ValueError for weights or arrays of another shape than the network's.
    """
    config, x = network.config, network.as_steps(x, None)
    y, batch = np.asarray(y, config.dtype), x.shape[1]
    network.check_targets(y, batch)
    vector = network.flat(params)
    weights = network.views(vector)
    squares: Array64 = np.zeros((config.layers, config.steps))
    tile = max(1, TILE_NUMBERS // (config.steps * config.hidden))
    works: dict[int, Workspace] = {}
    with np.errstate(all="ignore"):  # what overflows shows as infinite
        for part in even_parts(batch, min(tile, network.tile)):
            size = part.stop - part.start
            if size not in works:
                works[size] = Workspace(network, size, params=vector)
                works[size].refresh()
            work = works[size]
            work.x[...] = x[:, part]
            work.set_state(None, part)
            work.forward()
            work.loss.derivative(work.y_hat, y[part], work.loss_parameter, work.dy)
            squares += _squares(work, weights, work.dy * size)
    found: Array64 = np.sqrt(squares / batch)
    return found


def _squares(work: Workspace, weights: Weights, dy: Floats) -> Array64:
    """(L, T): sums over the windows of a tile of ‖∂loss/∂h_t‖². dy: (B, O), of each window's own loss."""
    config = work.network.config
    found: Array64 = np.empty((config.layers, config.steps))
    errors = np.zeros((config.steps, work.batch, config.hidden), dy.dtype)
    errors[-1] = dy @ weights["readout.W"].T
    for n in reversed(range(config.layers)):
        own = layer_weights(weights, n)
        found[n] = _travel(work, work.layers[n], own, errors, onward=n > 0)
    return found


def _travel(work: Workspace, layer: Layer, weights: Weights, errors: Floats, *, onward: bool) -> Array64:
    """(T,) of one layer. errors (T, B, H): what enters from above at each step; with `onward` they become what enters the
    layer below."""
    config = work.network.config
    h, c, gates = _seen(layer)
    norms: Array64 = np.zeros(config.steps)
    arriving: Arrays = {name: np.zeros_like(errors[0]) for name in layer.state_names}
    W_xT = weights["W_x"].T if onward else None
    for t in reversed(range(work.first, config.steps)):
        states = {"h": (layer.initial["h"] if t == 0 else h[t - 1], h[t])}
        if c is not None:
            states["c"] = (layer.initial["c"] if t == 0 else c[t - 1], c[t])
        arriving["h"] = arriving["h"] + errors[t]
        norms[t] = np.square(arriving["h"], dtype=np.float64).sum()
        here = {letter: array[t] for letter, array in gates.items()}
        step = BACK_STEPS[config.cell](config.activation, weights, states, here, arriving)
        if W_xT is not None:
            errors[t] = np.concatenate(list(step.dbefore.values()), axis=1) @ W_xT
        arriving = {name: np.where(np.abs(error) < NOTHING, 0, error) for name, error in step.onward.items()}
    errors[: work.first] = 0
    return norms


def _seen(layer: Layer) -> tuple[Floats, Floats | None, dict[str, Floats]]:
    """States, cell states and gates after every step, (T, B, H) each."""
    if not isinstance(layer, GRU | LSTM):
        return layer.states, None, {"h": layer.states}
    # These layers lie feature by feature in memory; window by window, as the errors lie, a step is twice as quick.
    gates = {letter: np.ascontiguousarray(array) for letter, array in layer.gates_of().items()}
    cells = np.ascontiguousarray(layer.cells) if isinstance(layer, LSTM) else None
    return np.ascontiguousarray(layer.states), cells, gates


@dataclass(frozen=True)
class Flow:
    """What becomes of an error on its way back through a layer.

    word: "vanishing" where less than 1 % of it is left before the way ends, "exploding" where it has grown a hundredfold,
    "steady" in between, "none" where no error enters at all, "not finite" where a norm is not a finite number.
    factor: by which it changes a step, from a straight line through log norm over steps back, robustly (Theil 1950, Sen
    1968); NaN where there are not two norms to compare. reach: the fewest steps back from which on no more than 1 % of the
    error at the last step is left; None where more is left all the way. steps: T. cut: the steps over which it travels
    where truncation ends it before the window does, else None. left: the share of it that arrives at the first of these
    steps, what truncation would let go on.
    """

    word: str
    factor: float
    reach: int | None
    steps: int
    cut: int | None
    left: float


def describe_flow(norms: Floats, truncate: int | None = None, steps: NDArray[np.integer[Any]] | None = None) -> Flow:
    """norms (T',): of one layer, in the order of the steps; truncate: as in the config. steps (T',): the steps that the norms
    stand for, the last of the window among them; None: all of them.
    """
    at = np.arange(len(norms)) if steps is None else np.asarray(steps)
    T = int(at[-1]) + 1
    cut = truncate if truncate is not None and truncate < T else None
    way = at[-1] - at < (cut or T)
    at, back = at[-1] - at[way][::-1], np.asarray(norms, np.float64)[way][::-1]  # by steps back from the last
    if not np.isfinite(back).all():
        return Flow("not finite", math.nan, None, T, cut, math.nan)
    if back[0] == 0:
        return Flow("none", math.nan, None, T, cut, math.nan)
    share = back / back[0]
    after = int(np.flatnonzero(share > LEFT)[-1]) + 1
    reach = int(at[after]) if after < len(at) else None
    word = "vanishing" if reach is not None else "exploding" if share.max() >= 1 / LEFT else "steady"
    return Flow(word, _factor(at, share), reach, T, cut, float(share[-1]))


def _factor(back: NDArray[Any], share: Array64) -> float:
    """exp of the median of the slopes between all pairs of points."""
    at = np.flatnonzero(share > 0)
    at = at[np.linspace(0, len(at) - 1, min(len(at), _POINTS)).round().astype(np.intp)]
    if len(at) < 2:
        return math.nan
    first, second = np.triu_indices(len(at), k=1)
    logs = np.log(share[at])
    slopes = (logs[second] - logs[first]) / (back[at[second]] - back[at[first]])
    return float(np.exp(np.median(slopes)))


def step_gradient_norms(unrolled: Unrolled, layer: int) -> dict[str, Array64]:
    """How much each step adds to the gradient of the layer's "W_h" and "W_x": (T,) each, the norm of what
    `rnn.core.unrolled.step_gradients` gives for the step.

    Such a gradient is a sum over the windows of products (state or input of the window) × (its error), so its squared norm is
    a sum over pairs of windows, and the matrix itself is not needed.
    """
    own = unrolled.layers[layer]
    d_x = np.concatenate(list(own.dbefore.values()), axis=2)
    d_h = recurrent_errors(own.gates, own.dbefore)
    read = {"W_h": (own.h[:-1], d_h), "W_x": (own.x, d_x)}
    return {name: np.sqrt(_squared_norms(*both)) for name, both in read.items()}


def _squared_norms(read: Array64, errors: Array64) -> Array64:
    """(T,): ‖readᵀ errors‖² at each step, from (T, B, ·) each."""
    pairs = (read @ read.swapaxes(1, 2)) * (errors @ errors.swapaxes(1, 2))
    found: Array64 = np.maximum(pairs.sum(axis=(1, 2)), 0)
    return found
