"""The network unrolled over one batch of windows: every number of the forward pass and of backpropagation through time.

Written to be read, equation by equation, in float64; training runs on `rnn.core.cells`, which gives the same gradients and
keeps none of this. T steps, B windows, C inputs a step, D what a layer reads, H hidden, O outputs. Sources: Werbos 1990 for
BPTT, Williams and Peng 1990 for its truncation; the cells as in `rnn.core.cells`. Without dropout, as in a forecast.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.config import Config
from rnn.core.losses import LOSSES, parameter
from rnn.core.network import Network
from rnn.core.unrolled_cells import BACK_STEPS, FORWARD_STEPS, STATES, Arrays, BackStep, Weights, recurrent_errors

Floats = NDArray[np.floating[Any]]
Array64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class UnrolledLayer:
    """One layer along the window.

    x (T, B, D): what it reads. h (T + 1, B, H): h[0] is the state before the window, h[t + 1] the state after step t. c
    (T + 1, B, H): an LSTM's cell state likewise, else None. before, gates: letter → (T, B, H), pre-activations and what
    became of them (Elman: "h"; GRU: r, z, n; LSTM: i, f, g, o).
    dh (T, B, H): dh[t] = ∂loss/∂h[t + 1], all that arrives there: from the output or the layer above, and from the steps
    after. dc: likewise for c[t + 1], what the state h[t + 1] passes on to it included; None without c. dbefore: letter →
    (T, B, H), ∂loss/∂ pre-activation. All three are zero before `Unrolled.first`.
    """

    x: Array64
    h: Array64
    c: Array64 | None
    before: Arrays
    gates: Arrays
    dh: Array64
    dc: Array64 | None
    dbefore: Arrays

    def dx(self, weights: Weights) -> Array64:
        """∂loss/∂x (T, B, D); weights: the layer's own, by bare name."""
        found: Array64 = np.concatenate(list(self.dbefore.values()), axis=2) @ weights["W_x"].swapaxes(-1, -2)
        return found


@dataclass(frozen=True, eq=False)
class Unrolled:
    """x (T, B, C); y (B, horizon · K); y_hat (B, O), for the quantile loss every level; loss as `Network.loss_and_gradients`
    gives it; dy (B, O) = ∂loss/∂ŷ. first: the step at which truncation ends the error, 0 without; the state before it
    counts as a constant. layers: the lowest first. skipped (B, window · D + S): what the linear skip reads, else None.
    """

    x: Array64
    y: Array64
    y_hat: Array64
    loss: float
    dy: Array64
    first: int
    layers: tuple[UnrolledLayer, ...]
    skipped: Array64 | None


# (layer, step, the layer's weights by bare name, what the chain rule says) → what is gone on with
Change = Callable[[UnrolledLayer, int, Weights, BackStep], BackStep]


def _same(layer: UnrolledLayer, t: int, weights: Weights, step: BackStep) -> BackStep:
    return step


def unroll(
    network: Network,
    params: Mapping[str, Floats],
    x: Floats,
    y: Floats,
    *,
    static: Floats | None = None,
    state: Mapping[str, Floats] | None = None,
) -> Unrolled:
    """One forward and backward pass with everything kept; the arguments are those of `Network.loss_and_gradients`.

    Weights and windows are taken into float64 whatever the network's precision. Memory: about 8 · T · B · H · (2 G + 3)
    bytes a layer, so a few windows at a time. Raises ValueError as `Network.loss_and_gradients` does.
    """
    config = network.config.replace(dtype="float64")
    network = Network(config, network.n_inputs, network.n_targets, network.n_static)
    weights = network.views(network.flat(params))
    windows: Array64 = np.asarray(network.as_steps(x, static), np.float64)
    targets: Array64 = np.asarray(y, np.float64)
    batch = windows.shape[1]
    network.check_targets(targets, batch)

    forward: list[UnrolledLayer] = []
    below = windows
    for layer, start in enumerate(_start(network, batch, state)):
        forward.append(_forward(config, layer_weights(weights, layer), below, start))
        below = forward[-1].h[1:]
    y_hat = below[-1] @ weights["readout.W"] + weights.get("readout.b", 0.0)
    skipped = None
    if config.skip != "none":
        skipped = _read_by_skip(network, windows)
        y_hat = y_hat + skipped @ weights["skip.W"]

    loss, at, dy = LOSSES[config.loss], parameter(config), np.empty_like(y_hat)
    loss.derivative(y_hat, targets, at, dy)
    first = 0 if config.truncate is None else config.steps - config.truncate
    # What enters the top layer from above at each step: the error of the output, at the last step alone.
    errors = np.zeros_like(below)
    errors[-1] = dy @ weights["readout.W"].T
    layers = send_back(config, weights, forward, errors, first)
    total = loss.total(y_hat, targets, at)
    return Unrolled(windows, targets, y_hat, total / targets.size, dy, first, layers, skipped)


def step_gradients(unrolled: Unrolled, layer: int, t: int) -> Arrays:
    """What step t alone adds to the gradient of the layer's parameters, by bare name: W_h (H, G·H), W_x (D, G·H), b (G·H,),
    for the GRU b_hn (H,); biases also for a network without them. Summed over t it is the gradient of
    `Network.loss_and_gradients`; of per-step input weights (T, D, G·H) it is entry t.
    """
    own = unrolled.layers[layer]
    gates = {letter: array[t] for letter, array in own.gates.items()}
    errors = {letter: array[t] for letter, array in own.dbefore.items()}
    d_x = np.concatenate(list(errors.values()), axis=1)
    d_h = recurrent_errors(gates, errors)
    found = {"W_h": own.h[t].T @ d_h, "W_x": own.x[t].T @ d_x, "b": d_x.sum(axis=0)}
    if "r" in gates:
        found["b_hn"] = d_h[:, -own.h.shape[2] :].sum(axis=0)
    return found


def layer_weights(params: Mapping[str, Any], layer: int) -> Weights:
    """A layer's parameters by bare name."""
    prefix = f"layer{layer}."
    return {name.removeprefix(prefix): array for name, array in params.items() if name.startswith(prefix)}


def send_back(
    config: Config,
    weights: Weights,
    layers: Sequence[UnrolledLayer],
    errors: Array64,
    first: int,
    change: Change = _same,
) -> tuple[UnrolledLayer, ...]:
    """The layers with their errors anew: what BPTT makes of errors (T, B, H) that enter the top layer, back to step `first`.

    weights: by full name. change: what becomes of a step's result before it goes on, to plant a fault.
    """
    found: list[UnrolledLayer] = []
    for layer in reversed(range(config.layers)):
        own = layer_weights(weights, layer)
        found.insert(0, _backward(config, own, layers[layer], errors, first, change))
        if layer > 0:
            errors = found[0].dx(own)
    return tuple(found)


def _forward(config: Config, weights: Weights, x: Array64, start: Arrays) -> UnrolledLayer:
    """With errors of zero."""
    states = {name: [array] for name, array in start.items()}
    before: list[Arrays] = []
    gates: list[Arrays] = []
    for t, read in enumerate(x):
        now = {name: arrays[-1] for name, arrays in states.items()}
        W_x = weights["W_x"][t] if weights["W_x"].ndim == 3 else weights["W_x"]
        from_x = read @ W_x + weights.get("b", 0.0)
        step = FORWARD_STEPS[config.cell](config.activation, weights, from_x, now)
        before.append(step.before)
        gates.append(step.gates)
        for name, array in step.states.items():
            states[name].append(array)
    h = np.array(states["h"])
    c = np.array(states["c"]) if "c" in states else None
    none = np.zeros_like(h[1:])
    return UnrolledLayer(x, h, c, _stacked(before), _stacked(gates), none, None if c is None else none, {})


def _backward(
    config: Config, weights: Weights, layer: UnrolledLayer, errors: Array64, first: int, change: Change
) -> UnrolledLayer:
    """errors (T, B, H): what enters at each step from above."""
    states = {"h": layer.h} if layer.c is None else {"h": layer.h, "c": layer.c}
    d_states = {name: np.zeros_like(errors) for name in states}
    dbefore = {letter: np.zeros_like(errors) for letter in layer.gates}
    arriving = {name: np.zeros_like(errors[0]) for name in states}  # from the step after
    for t in reversed(range(first, len(errors))):
        gates = {letter: array[t] for letter, array in layer.gates.items()}
        around = {name: array[t : t + 2] for name, array in states.items()}
        arriving["h"] = arriving["h"] + errors[t]
        right = BACK_STEPS[config.cell](config.activation, weights, around, gates, arriving)
        step = change(layer, t, weights, right)
        for letter, array in step.dbefore.items():
            dbefore[letter][t] = array
        for name, array in step.d_states.items():
            d_states[name][t] = array
        arriving = dict(step.onward)
    return dataclasses.replace(layer, dh=d_states["h"], dc=d_states.get("c"), dbefore=dbefore)


def _stacked(steps: list[Arrays]) -> Arrays:
    return {letter: np.array([step[letter] for step in steps]) for letter in steps[0]}


def _start(network: Network, batch: int, state: Mapping[str, Floats] | None) -> list[Arrays]:
    """The states before the first step, layer by layer: those given, else zero."""
    given = dict(state or {})
    shape = (batch, network.config.hidden)
    starts = [
        {
            name: np.array(np.broadcast_to(given.pop(f"layer{layer}.{name}", 0.0), shape), np.float64)
            for name in STATES[network.config.cell]
        }
        for layer in range(network.config.layers)
    ]
    if given:
        raise ValueError(f"state {next(iter(given))!r} is unknown to this network.")
    return starts


def _read_by_skip(network: Network, x: Array64) -> Array64:
    """(B, window · D + S): a window's records one after the other, then what stands beside it and is the same at all steps."""
    dynamic = network.channels - network.n_static
    records = x[:, :, :dynamic].swapaxes(0, 1).reshape(x.shape[1], -1)
    return np.concatenate([records, x[-1, :, dynamic:]], axis=1)
