"""The network once more, straight from the equations: the yardstick that fast code is held against.

It shares no code with `rnn.core.cells`, `rnn.core.network` or `rnn.core.losses`; it is slow, and that is its merit.
T steps, B windows, D inputs, H hidden, O outputs. Any array may carry further axes in front of its own ("…" below):
arrays with and without them go together, so that many slightly different networks are one pass. Everything is float64.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.config import Config

Floats = NDArray[np.floating[Any]]
Array64 = NDArray[np.float64]
Arrays = dict[str, Array64]
Formula = Callable[[Array64], Array64]
# (x (…, B, D), state name → (…, B, H), bare parameter name → array, activation) → (state, gate letter → (…, B, H))
CellFormula = Callable[[Array64, Arrays, Arrays, Formula], tuple[Arrays, Arrays]]
# (ŷ (…, B, O), y (B, horizon · K), config) → (…)
LossFormula = Callable[[Array64, Array64, Config], Array64]


def naive_steps(
    config: Config, params: Mapping[str, Array64], x: Array64, state: Mapping[str, Array64], first: int, end: int
) -> Iterator[tuple[Arrays, Arrays]]:
    """Steps first … end − 1 of all layers; after each the states and the gates, "layer0.h" and so on → (…, B, H).

    x: (…, T, B, D); state: the states before step `first`. Without dropout.
    """
    layers = [_layer_weights(params, layer) for layer in range(config.layers)]
    f = ACTIVATION_FORMULAS[config.activation]
    for t in range(first, end):
        below = x[..., t, :, :]
        states: Arrays = {}
        gates: Arrays = {}
        for layer, weights in enumerate(layers):
            now = weights
            if layer == 0 and config.input_weights == "per_step":
                now = weights | {"W_x": weights["W_x"][..., t, :, :]}
            before = {name: state[f"layer{layer}.{name}"] for name in STATE_NAMES[config.cell]}
            after, opened = CELL_FORMULAS[config.cell](below, before, now, f)
            states |= {f"layer{layer}.{name}": array for name, array in after.items()}
            gates |= {f"layer{layer}.{name}": array for name, array in opened.items()}
            below = after["h"]
        state = states
        yield states, gates


def naive_state(
    config: Config, params: Mapping[str, Array64], x: Array64, state: Mapping[str, Array64], first: int, end: int
) -> Arrays:
    """The states after steps first … end − 1 from those before them; all else as in `naive_steps`."""
    found = dict(state)
    for states, _ in naive_steps(config, params, x, state, first, end):
        found = states
    return found


def naive_readout(config: Config, params: Mapping[str, Array64], x: Array64, state: Mapping[str, Array64]) -> Array64:
    """ŷ (…, B, O) from the states after the last step and, with a linear skip, from the window x (…, T, B, D) itself."""
    y_hat = state[f"layer{config.layers - 1}.h"] @ params["readout.W"] + _bias(params, "readout.b")
    if config.skip != "none":
        y_hat = y_hat + _skipped(x, params["skip.W"])
    return np.asarray(y_hat)


def zero_state(config: Config, batch: int) -> Arrays:
    """ "layer0.h" and so on → zeros (B, H): what a window begins with."""
    names = (f"layer{layer}.{name}" for layer in range(config.layers) for name in STATE_NAMES[config.cell])
    return {name: np.zeros((batch, config.hidden)) for name in names}


def naive_outputs(
    config: Config, params: Mapping[str, Floats], x: Floats, state: Mapping[str, Floats] | None = None
) -> Array64:
    """ŷ (B, O) for x (T, B, D), in float64 whatever the precision of the weights. state: None is zero.

    For the quantile loss every level, O = horizon · K · levels; `naive_forecast` takes the one forecast out of them.
    """
    weights, state64 = _in_64_bits(params), _in_64_bits(state or zero_state(config, x.shape[1]))
    x64 = np.asarray(x, np.float64)
    return naive_readout(config, weights, x64, naive_state(config, weights, x64, state64, 0, len(x64)))


def naive_forecast(
    config: Config, params: Mapping[str, Floats], x: Floats, state: Mapping[str, Floats] | None = None
) -> Array64:
    """The forecast (B, horizon · K): of several levels the one nearest 0.5, of two the lower; else all of ŷ."""
    y_hat = naive_outputs(config, params, x, state)
    if config.loss != "quantile":
        return y_hat
    distances = [round(abs(level - 0.5), 6) for level in config.quantiles]
    return y_hat[:, distances.index(min(distances)) :: len(distances)]


def _elman(x: Array64, state: Arrays, w: Arrays, f: Formula) -> tuple[Arrays, Arrays]:
    """Elman 1990."""
    return {"h": f(x @ w["W_x"] + state["h"] @ w["W_h"] + _bias(w, "b"))}, {}


def _gru(x: Array64, state: Arrays, w: Arrays, f: Formula) -> tuple[Arrays, Arrays]:
    """Cho et al. 2014 in cuDNN's variant: the reset gate acts after the recurrent product."""
    h = state["h"]
    x_r, x_z, x_n = np.split(x @ w["W_x"] + _bias(w, "b"), 3, axis=-1)
    h_r, h_z, h_n = np.split(h @ w["W_h"], 3, axis=-1)
    r = _sigmoid(x_r + h_r)
    z = _sigmoid(x_z + h_z)
    n = np.tanh(x_n + r * (h_n + _bias(w, "b_hn")))
    return {"h": (1 - z) * n + z * h}, {"r": r, "z": z, "n": n}


def _lstm(x: Array64, state: Arrays, w: Arrays, f: Formula) -> tuple[Arrays, Arrays]:
    """Hochreiter and Schmidhuber 1997 with the forget gate of Gers, Schmidhuber and Cummins 2000."""
    a_i, a_f, a_g, a_o = np.split(x @ w["W_x"] + state["h"] @ w["W_h"] + _bias(w, "b"), 4, axis=-1)
    gates = {"i": _sigmoid(a_i), "f": _sigmoid(a_f), "g": np.tanh(a_g), "o": _sigmoid(a_o)}
    c = gates["f"] * state["c"] + gates["i"] * gates["g"]
    return {"h": gates["o"] * np.tanh(c), "c": c}, gates


def _sigmoid(a: Array64) -> Array64:
    return np.asarray(1 / (1 + np.exp(-a)))


def _relu(a: Array64) -> Array64:
    return np.asarray(np.where(a > 0, a, 0.0))


def _mean(entries: Array64) -> Array64:
    return np.asarray(entries.mean(axis=(-2, -1)))


def _squared(y_hat: Array64, y: Array64, config: Config) -> Array64:
    return _mean((y_hat - y) ** 2)


def _absolute(y_hat: Array64, y: Array64, config: Config) -> Array64:
    return _mean(np.abs(y_hat - y))


def _huber(y_hat: Array64, y: Array64, config: Config) -> Array64:
    """Huber 1964: ½e² up to |e| = δ, then δ(|e| − ½δ)."""
    e, delta = np.abs(y_hat - y), config.huber_delta
    return _mean(np.where(e <= delta, e**2 / 2, delta * (e - delta / 2)))


def _pinball(y_hat: Array64, y: Array64, config: Config) -> Array64:
    """Koenker and Bassett 1978: an actual value above the level-τ forecast costs τ a unit, one below it 1 − τ."""
    above = np.repeat(y, len(config.quantiles), axis=-1) - y_hat
    level = np.tile(config.quantiles, y.shape[-1])
    return _mean(np.where(above >= 0, level * above, (level - 1) * above))


STATE_NAMES: dict[str, tuple[str, ...]] = {"elman": ("h",), "gru": ("h",), "lstm": ("h", "c")}
CELL_FORMULAS: dict[str, CellFormula] = {"elman": _elman, "gru": _gru, "lstm": _lstm}
ACTIVATION_FORMULAS: dict[str, Formula] = {"tanh": np.tanh, "sigmoid": _sigmoid, "relu": _relu}
LOSS_FORMULAS: dict[str, LossFormula] = {"mse": _squared, "mae": _absolute, "huber": _huber, "quantile": _pinball}


def _layer_weights(params: Mapping[str, Array64], layer: int) -> Arrays:
    prefix = f"layer{layer}."
    return {name.removeprefix(prefix): array for name, array in params.items() if name.startswith(prefix)}


def _skipped(x: Array64, W: Array64) -> Array64:
    """The linear skip: a window's records one after the other, then what stands beside it and is the same at every step
    (static values, and what is known of the steps predicted)."""
    *_, T, _, C = x.shape
    static = (T * C - W.shape[-2]) // max(T - 1, 1)  # W has T · (C − S) + S rows
    records = np.moveaxis(x[..., : C - static], -3, -2)
    records = records.reshape(*records.shape[:-2], -1)
    return np.asarray(np.concatenate([records, x[..., -1, :, C - static :]], axis=-1) @ W)


def _bias(params: Mapping[str, Array64], name: str) -> Array64:
    """(…, 1, H), the same for every window; zero in a network without it."""
    return params[name][..., None, :] if name in params else np.zeros(1)


def _in_64_bits(arrays: Mapping[str, Floats]) -> Arrays:
    return {name: np.asarray(array, np.float64) for name, array in arrays.items()}
