"""One step of each cell forward and one step back, as their equations stand: what `rnn.core.unrolled` goes through.

B windows, H hidden, G gates. An error is ∂loss/∂ of the quantity that it is named after. W_h (H, G·H) holds the gates side
by side in the order of `rnn.core.inspection.GATES`. Precision is that of the arrays given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]
Weights = Mapping[str, NDArray[Any]]

STATES: dict[str, tuple[str, ...]] = {"elman": ("h",), "gru": ("h",), "lstm": ("h", "c")}


@dataclass(frozen=True)
class ForwardStep:
    """before, gates: letter → (B, H), pre-activations and what became of them. states: "h", "c" → (B, H) after the step."""

    before: Arrays
    gates: Arrays
    states: Arrays


@dataclass(frozen=True)
class BackStep:
    """dbefore: letter → (B, H). d_states: the whole error of each state after the step. onward: that part of the errors of
    the states before the step that comes by way of this step."""

    dbefore: Arrays
    d_states: Arrays
    onward: Arrays


# (activation, weights by bare name, x W_x + b (B, G·H), states before)
Forward = Callable[[str, Weights, NDArray[Any], Arrays], ForwardStep]
# State → (2, B, H), or a pair of arrays: before and after the step.
Around = Mapping[str, Sequence[NDArray[Any]] | NDArray[Any]]
# (activation, weights by bare name, states around the step, gates, errors that arrive at the states)
Back = Callable[[str, Weights, Around, Arrays, Arrays], BackStep]


def _elman(activation: str, w: Weights, from_x: NDArray[Any], state: Arrays) -> ForwardStep:
    """h′ = f(x W_x + h W_h + b) (Elman 1990)."""
    a = from_x + state["h"] @ w["W_h"]
    h = _FORMULAS[activation](a)
    return ForwardStep({"h": a}, {"h": h}, {"h": h})


def _elman_back(activation: str, w: Weights, states: Around, gates: Arrays, d: Arrays) -> BackStep:
    da = d["h"] * _SLOPES[activation](gates["h"])
    return BackStep({"h": da}, {"h": d["h"]}, {"h": da @ w["W_h"].T})


def _gru(activation: str, w: Weights, from_x: NDArray[Any], state: Arrays) -> ForwardStep:
    """r, z = σ(x W_x + h W_h + b), n = tanh(x W_xn + b_n + r (h W_hn + b_hn)), h′ = (1 − z) n + z h (Cho et al. 2014; the
    reset gate acts after the recurrent product, as in cuDNN)."""
    h = state["h"]
    x_r, x_z, x_n = np.split(from_x, 3, axis=1)
    h_r, h_z, h_n = np.split(h @ w["W_h"], 3, axis=1)
    a_r, a_z = x_r + h_r, x_z + h_z
    r, z = _sigmoid(a_r), _sigmoid(a_z)
    a_n = x_n + r * (h_n + w.get("b_hn", 0.0))
    n = np.tanh(a_n)
    return ForwardStep({"r": a_r, "z": a_z, "n": a_n}, {"r": r, "z": z, "n": n}, {"h": (1 - z) * n + z * h})


def _gru_back(activation: str, w: Weights, states: Around, gates: Arrays, d: Arrays) -> BackStep:
    h, dh = states["h"][0], d["h"]
    r, z, n = gates["r"], gates["z"], gates["n"]
    H = h.shape[1]
    h_n = h @ w["W_h"][:, 2 * H :] + w.get("b_hn", 0.0)
    da_n = dh * (1 - z) * (1 - n * n)
    da_z = dh * (h - n) * z * (1 - z)
    da_r = da_n * h_n * r * (1 - r)
    da = {"r": da_r, "z": da_z, "n": da_n}
    return BackStep(da, {"h": dh}, {"h": dh * z + recurrent_errors(gates, da) @ w["W_h"].T})


def _lstm(activation: str, w: Weights, from_x: NDArray[Any], state: Arrays) -> ForwardStep:
    """i, f, o = σ(x W_x + h W_h + b), g = tanh(…), c′ = f c + i g, h′ = o tanh(c′) (Hochreiter and Schmidhuber 1997, with
    the forget gate of Gers, Schmidhuber and Cummins 2000)."""
    a_i, a_f, a_g, a_o = np.split(from_x + state["h"] @ w["W_h"], 4, axis=1)
    i, f, g, o = _sigmoid(a_i), _sigmoid(a_f), np.tanh(a_g), _sigmoid(a_o)
    c = f * state["c"] + i * g
    before = {"i": a_i, "f": a_f, "g": a_g, "o": a_o}
    return ForwardStep(before, {"i": i, "f": f, "g": g, "o": o}, {"h": o * np.tanh(c), "c": c})


def _lstm_back(activation: str, w: Weights, states: Around, gates: Arrays, d: Arrays) -> BackStep:
    c_before, c = states["c"]
    i, f, g, o = gates["i"], gates["f"], gates["g"], gates["o"]
    tanh_c, dh = np.tanh(c), d["h"]
    dc = d["c"] + dh * o * (1 - tanh_c * tanh_c)
    da = {
        "i": dc * g * i * (1 - i),
        "f": dc * c_before * f * (1 - f),
        "g": dc * i * (1 - g * g),
        "o": dh * tanh_c * o * (1 - o),
    }
    onward = np.concatenate(list(da.values()), axis=1) @ w["W_h"].T
    return BackStep(da, {"h": dh, "c": dc}, {"h": onward, "c": dc * f})


def recurrent_errors(gates: Mapping[str, NDArray[Any]], dbefore: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    """(…, G·H): ∂loss/∂(h W_h), gate by gate: the errors before activation, but in the GRU the candidate's comes through the
    reset gate, which stands between it and its recurrent product."""
    errors = {letter: array * gates["r"] if letter == "n" else array for letter, array in dbefore.items()}
    return np.concatenate(list(errors.values()), axis=-1)


def _sigmoid(a: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(0.5 * np.tanh(0.5 * a) + 0.5)  # 1 / (1 + e⁻ᵃ), which would overflow for large −a


_FORMULAS: dict[str, Callable[[NDArray[Any]], NDArray[Any]]] = {
    "tanh": np.tanh,
    "sigmoid": _sigmoid,
    "relu": lambda a: np.maximum(a, 0),
}
# f′(a) by h = f(a).
_SLOPES: dict[str, Callable[[NDArray[Any]], NDArray[Any]]] = {
    "tanh": lambda h: 1 - h * h,
    "sigmoid": lambda h: h * (1 - h),
    "relu": lambda h: (h > 0).astype(h.dtype),
}
FORWARD_STEPS: dict[str, Forward] = {"elman": _elman, "gru": _gru, "lstm": _lstm}
BACK_STEPS: dict[str, Back] = {"elman": _elman_back, "gru": _gru_back, "lstm": _lstm_back}
