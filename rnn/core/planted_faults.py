"""Mistakes that people make in backpropagation through time, to be planted on purpose: what a gradient check is there to catch.

Each is a gradient that is right in all but one thing. The pass is that of `rnn.core.unrolled`; nothing here ever trains.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.config import Config
from rnn.core.gradient_check import LossAndGradients
from rnn.core.network import Network
from rnn.core.unrolled import Unrolled, UnrolledLayer, send_back, step_gradients, unroll
from rnn.core.unrolled_cells import Arrays, BackStep, Weights, recurrent_errors

Floats = NDArray[np.floating[Any]]
Array64 = NDArray[np.float64]
# (what the right pass found, config, weights by full name) → what the wrong one finds
Rewrite = Callable[[Unrolled, Config, Weights], Unrolled]
Spoil = Callable[[Arrays, Unrolled], None]


@dataclass(frozen=True)
class Fault:
    """label: the mistake in a few words; meaning: what is done and what would be right, a sentence or two.

    applies(config): whether it can be made there. rewrite: the backward pass with the mistake in it. spoil(gradients, pass):
    a mistake made after it, in place; gradients by full name.
    """

    label: str
    meaning: str
    applies: Callable[[Config], bool]
    rewrite: Rewrite | None = None
    spoil: Spoil | None = None


def with_fault(network: Network, fault: Fault) -> LossAndGradients:
    """`network.loss_and_gradients` with the fault in it, for `rnn.core.gradient_check.check_gradients`; "x" is among the
    gradients. The network's dtype must be float64."""
    return partial(_wrong, network, fault)


def _wrong(
    network: Network,
    fault: Fault,
    params: Mapping[str, Floats],
    x: Floats,
    y: Floats,
    /,
    *,
    state: Mapping[str, Floats],
) -> tuple[float, Arrays]:
    found = unroll(network, params, x, y, state=state)
    if fault.rewrite is not None:
        found = fault.rewrite(found, network.config, params)
    gradients = _gradients(network, params, found)
    if fault.spoil is not None:
        fault.spoil(gradients, found)
    return found.loss, gradients


def _gradients(network: Network, params: Weights, found: Unrolled) -> Arrays:
    """The sums over the steps, by full name."""
    gradients: Arrays = {"readout.W": found.layers[-1].h[-1].T @ found.dy, "readout.b": found.dy.sum(axis=0)}
    for layer in range(len(found.layers)):
        steps = [step_gradients(found, layer, t) for t in range(len(found.x))]
        for name in steps[0]:
            each = np.array([step[name] for step in steps])
            full = f"layer{layer}.{name}"
            per_step = full in params and params[full].ndim == 3
            gradients[full] = each if per_step else each.sum(axis=0)
    lowest = {"W_x": params["layer0.W_x"]}
    gradients["x"] = found.layers[0].dx(lowest)
    if found.skipped is not None:
        gradients["skip.W"] = found.skipped.T @ found.dy
        through, dynamic = found.dy @ params["skip.W"].T, network.channels - network.n_static
        steps_, batch = found.x.shape[:2]
        records = through[:, : steps_ * dynamic].reshape(batch, steps_, dynamic)
        gradients["x"][:, :, :dynamic] += records.swapaxes(0, 1)
        gradients["x"][-1, :, dynamic:] += through[:, steps_ * dynamic :]
    return {name: array for name, array in gradients.items() if name in params or name == "x"}


def _again(
    found: Unrolled,
    config: Config,
    weights: Weights,
    *,
    first: int | None = None,
    everywhere: bool = False,
    change: Callable[[UnrolledLayer, int, Weights, BackStep], BackStep] | None = None,
) -> Unrolled:
    """The backward pass once more with something else in it."""
    errors = np.zeros_like(found.layers[-1].dh)
    errors[slice(None) if everywhere else -1] = found.dy @ weights["readout.W"].T
    way = found.first if first is None else first
    changes = {} if change is None else {"change": change}
    return dataclasses.replace(found, layers=send_back(config, weights, found.layers, errors, way, **changes))


def _with_dbefore(layer: UnrolledLayer, t: int, weights: Weights, step: BackStep, dbefore: Arrays) -> BackStep:
    """The step with other errors before activation, which go on as the right ones would."""
    gates = {letter: array[t] for letter, array in layer.gates.items()}
    off = recurrent_errors(gates, dbefore) - recurrent_errors(gates, step.dbefore)
    return dataclasses.replace(
        step, dbefore=dbefore, onward=step.onward | {"h": step.onward["h"] + off @ weights["W_h"].T}
    )


def _slope_of_a(config: Config, layer: UnrolledLayer, t: int, weights: Weights, step: BackStep) -> BackStep:
    wrong = {}
    for letter, error in step.dbefore.items():
        a, f = layer.before[letter][t], layer.gates[letter][t]
        tanh = letter in "gn" or (letter == "h" and config.activation == "tanh")
        wrong[letter] = error * ((1 - a * a) / (1 - f * f) if tanh else a * (1 - a) / (f * (1 - f)))
    return _with_dbefore(layer, t, weights, step, wrong)


def _swapped(config: Config, layer: UnrolledLayer, t: int, weights: Weights, step: BackStep) -> BackStep:
    one, other = ("r", "z") if config.cell == "gru" else ("i", "f")
    wrong = step.dbefore | {one: step.dbefore[other], other: step.dbefore[one]}
    return _with_dbefore(layer, t, weights, step, wrong)


def _forgetful(config: Config, layer: UnrolledLayer, t: int, weights: Weights, step: BackStep) -> BackStep:
    """What passes from state to state by the gate that keeps them is left out."""
    if config.cell == "lstm":
        return dataclasses.replace(step, onward=step.onward | {"c": 0 * step.onward["c"]})
    kept = step.d_states["h"] * layer.gates["z"][t]
    return dataclasses.replace(step, onward={"h": step.onward["h"] - kept})


def _not_transposed(config: Config, layer: UnrolledLayer, t: int, weights: Weights, step: BackStep) -> BackStep:
    gates = {letter: array[t] for letter, array in layer.gates.items()}
    errors, W_h = recurrent_errors(gates, step.dbefore), weights["W_h"]
    H = len(W_h)
    wrong = sum(errors[:, k : k + H] @ W_h[:, k : k + H] for k in range(0, W_h.shape[1], H))
    return dataclasses.replace(step, onward=step.onward | {"h": step.onward["h"] - errors @ W_h.T + wrong})


def _changed(change: Callable[[Config, UnrolledLayer, int, Weights, BackStep], BackStep]) -> Rewrite:
    return lambda found, config, weights: _again(found, config, weights, change=partial(change, config))


def _state_after(found: Unrolled, config: Config, weights: Weights) -> Unrolled:
    """h is what W_h's gradient is made from; the errors stay as they are."""
    late = [dataclasses.replace(layer, h=np.concatenate([layer.h[1:], layer.h[-1:]], axis=0)) for layer in found.layers]
    return dataclasses.replace(found, layers=tuple(late))


def _summed(found: Unrolled, config: Config, weights: Weights) -> Unrolled:
    return _again(dataclasses.replace(found, dy=found.dy * found.y.size), config, weights)


def _bias_off(gradients: Arrays, found: Unrolled) -> None:
    name = f"layer{len(found.layers) - 1}.b"
    gradients[name][np.abs(gradients[name]).argmax()] *= 1.001


def _always(config: Config) -> bool:
    return True


def _travels(config: Config) -> bool:
    return (config.truncate or config.steps) > 1


def _bent(config: Config) -> bool:
    return config.cell != "elman" or config.activation != "relu"


FAULTS: dict[str, Fault] = {
    "bias": Fault(
        "One bias off by 0.1 %",
        "The largest entry of the top layer’s bias gradient is multiplied by 1.001. No loss curve would ever show it.",
        lambda config: config.bias, spoil=_bias_off,
    ),
    "slope": Fault(
        "Derivative taken of the wrong number",
        "The derivative of σ is written a(1 − a) with a from before the activation, as the article has it; right is h(1 − h) "
        "with h = σ(a). Of tanh likewise 1 − a² in place of 1 − h².",
        _bent, _changed(_slope_of_a),
    ),
    "early": Fault(
        "Error stopped one step too early",
        "The loop back through time ends a step before it should, so one step less adds to the gradient.",
        _travels, lambda found, config, weights: _again(found, config, weights, first=found.first + 1),
    ),
    "every": Fault(
        "Output’s error sent into every step",
        "The prediction is made from the last state alone, yet its error is fed in at each step, as the article does.",
        _travels, lambda found, config, weights: _again(found, config, weights, everywhere=True),
    ),
    "transposed": Fault(
        "W_h not transposed on the way back",
        "Forward the state is multiplied by W_h, so the error has to go back through its transpose; here it does not.",
        lambda config: _travels(config) and config.hidden > 1, _changed(_not_transposed),
    ),
    "state": Fault(
        "State after the step in place of the one before",
        "The gradient of W_h is made from h of the same step; right is h of the step before, which is what W_h multiplies.",
        _always, _state_after,
    ),
    "gates": Fault(
        "Two gates swapped",
        "The errors of two gates change places: reset and update in a GRU, input and forget in an LSTM, as happens where two "
        "libraries keep them in another order.",
        lambda config: config.cell != "elman", _changed(_swapped),
    ),
    "kept": Fault(
        "Error does not pass the gate that keeps",
        "What an LSTM’s forget gate, or a GRU’s update gate, carries from step to step is left out on the way back.",
        lambda config: config.cell != "elman" and _travels(config), _changed(_forgetful),
    ),
    "mean": Fault(
        "Sum in place of mean",
        "The loss is a mean over all predicted numbers; its derivative is taken as if it were their sum.",
        _always, _summed,
    ),
}  # fmt: skip
