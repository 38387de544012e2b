"""Truncated BPTT of every cell by plain loops over layers and steps, into which a fault can be planted.

It stands between the naive forward pass and the engine: nothing in it is fast, and every line is one of the chain rule's.
What each fault does stands where it is asked for; FAULTS lists them by what they can be planted in.
"""

from __future__ import annotations

import numpy as np

from rnn.core.naive import naive_readout, naive_steps

# In any cell; one layer or several; per cell; per loss; with a skip.
FAULTS = {
    "any": (
        "none", "truncated a step too early", "truncated a step too late", "W_h not transposed", "bias gradient missing",
        "state after the step in place of the one before", "last step forgotten", "sum in place of mean", "not a number",
        "all derivatives of the activations missing", "input gradient missing",
    ),
    "layers": ("error from above missing", "error from above a step late"),
    "elman": ("derivative has the wrong sign",),
    "gru": (
        "derivative of the reset gate wrong", "derivative of the candidate wrong", "reset applied before the product",
        "state carried past the gates missing", "b_hn without the reset gate", "reset and update gate swapped",
    ),
    "lstm": (
        "derivative of the input gate wrong", "forget gate's path missing", "derivative of tanh(c) missing",
        "cell after the step in place of the one before", "input and forget gate swapped", "output gate's path missing",
    ),
    "mae": ("error in place of its sign",),
    "huber": ("never linear", "never square"),
    "quantile": ("levels the other way round", "one level for all"),
    "skip": ("skip's share of the input gradient missing", "records of the skip backwards"),
}  # fmt: skip

SLOPES = {"tanh": lambda h: 1 - h * h, "sigmoid": lambda h: h * (1 - h), "relu": lambda h: (h > 0) * 1.0}


def plain_bptt(config, fault, params, x, y, *, state):
    """(0.0, gradients of every parameter, of "x" and of every initial state). Shapes as everywhere; no static values."""
    T, L = len(x), config.layers
    trace = list(naive_steps(config, params, x, state, 0, T))
    y_hat = naive_readout(config, params, x, trace[-1][0])
    dy = loss_slope(config, fault, y_hat, y)
    grads = {name: np.zeros_like(array) for name, array in {**params, **state, "x": x}.items()}
    top = f"layer{L - 1}.h"
    grads["readout.W"] += trace[-1][0][top].T @ dy
    if config.bias:
        grads["readout.b"] += dy.sum(axis=0)
    first = 0 if config.truncate is None else T - config.truncate
    first += {"truncated a step too early": 1, "truncated a step too late": -1}.get(fault, 0)
    errors = np.zeros((T, len(y), config.hidden))
    errors[-2 if fault == "last step forgotten" else -1] = dy @ params["readout.W"].T
    for layer in reversed(range(L)):
        errors = _layer(config, fault, params, grads, trace, state, x, layer, errors, first)
        if fault == "error from above missing":
            errors = 0 * errors
        if fault == "error from above a step late":
            errors = np.concatenate([errors[1:], 0 * errors[:1]])
    grads["x"] += errors * (fault != "input gradient missing")
    if config.skip == "linear":
        _skip(fault, params, grads, x, dy)
    if fault == "not a number":
        grads["layer0.W_x"].flat[1] = np.nan
    return 0.0, grads


def loss_slope(config, fault, y_hat, y):
    """∂loss/∂ŷ (B, O)."""
    count = 1 if fault == "sum in place of mean" else y_hat.size
    if config.loss == "quantile":
        levels = np.array(config.quantiles)
        if fault == "levels the other way round":
            levels = 1 - levels
        if fault == "one level for all":
            levels[:] = 0.5
        above = y[:, :, None] > y_hat.reshape(*y.shape, -1)
        return np.where(above, -levels, 1 - levels).reshape(y_hat.shape) / count
    e = y_hat - y
    if config.loss == "mse":
        return 2 * e / count
    if config.loss == "mae":
        return (e if fault == "error in place of its sign" else np.sign(e)) / count
    inside = np.full(e.shape, {"never linear": True, "never square": False}.get(fault, np.nan))
    inside = np.where(np.isnan(inside), np.abs(e) <= config.huber_delta, inside)
    return np.where(inside, e, config.huber_delta * np.sign(e)) / count


def _layer(config, fault, params, grads, trace, state, x, layer, errors, first):
    """One layer's share of `grads` from the errors (T, B, H) that enter from above; returns those that go on below."""
    T, own = len(x), f"layer{layer}."
    per_step = config.input_weights == "per_step" and layer == 0
    W_h, W_x = params[own + "W_h"], params[own + "W_x"]
    below = x if layer == 0 else np.array([states[f"layer{layer - 1}.h"] for states, _ in trace])
    out = np.zeros_like(below)
    dh, dc = np.zeros_like(errors[0]), np.zeros_like(errors[0])
    for t in reversed(range(first, T)):
        after, gates = _of_layer(trace[t], own)
        before, _ = _of_layer(trace[t - 1], own) if t else _of_layer((state, {}), own)
        d_x, d_h, dh, dc = BACKWARD[config.cell](config, fault, params, own, before, after, gates, dh + errors[t], dc)
        seen = after["h"] if fault.startswith("state after") else before["h"]
        grads[own + "W_h"] += seen.T @ d_h
        if fault == "reset applied before the product":
            H = config.hidden
            d_n = d_x[:, 2 * H :]
            grads[own + "W_h"][:, 2 * H :] += (gates["r"] * before["h"]).T @ d_n - before["h"].T @ d_h[:, 2 * H :]
        grads[own + "W_x"][t if per_step else ...] += below[t].T @ d_x
        if config.bias and fault != "bias gradient missing":
            grads[own + "b"] += d_x.sum(axis=0)
        if own + "b_hn" in grads:
            late = d_x if fault == "b_hn without the reset gate" else d_h
            grads[own + "b_hn"] += late[:, 2 * config.hidden :].sum(axis=0)
        out[t] = d_x @ (W_x[t] if per_step else W_x).T
        dh = dh + d_h @ (W_h.reshape(W_h.T.shape) if fault == "W_h not transposed" else W_h.T)
    if first == 0:
        for name, error in (("h", dh), ("c", dc)):
            if own + name in grads:
                grads[own + name] += error
    return out


def _elman(config, fault, params, own, before, after, gates, dh, dc):
    slope = _slope(fault, SLOPES[config.activation](after["h"]))
    d = -dh * slope if fault == "derivative has the wrong sign" else dh * slope
    return d, d, 0 * dh, dc


def _gru(config, fault, params, own, before, after, gates, dh, dc):
    H, h = config.hidden, before["h"]
    r, z, n = gates["r"], gates["z"], gates["n"]
    recurrent = h @ params[own + "W_h"][:, 2 * H :] + params.get(own + "b_hn", 0.0)
    slope_n = 1 - n if fault == "derivative of the candidate wrong" else 1 - n * n
    slope_r = 1 - r * r if fault == "derivative of the reset gate wrong" else r * (1 - r)
    d_n = dh * (1 - z) * _slope(fault, slope_n)
    d_z = dh * (h - n) * _slope(fault, z * (1 - z))
    d_r = d_n * recurrent * _slope(fault, slope_r)
    if fault == "reset and update gate swapped":
        d_r, d_z = d_z, d_r
    kept = 0 * dh if fault == "state carried past the gates missing" else dh * z
    return np.hstack([d_r, d_z, d_n]), np.hstack([d_r, d_z, d_n * r]), kept, dc


def _lstm(config, fault, params, own, before, after, gates, dh, dc):
    i, f, g, o = gates["i"], gates["f"], gates["g"], gates["o"]
    tanh_c = np.tanh(after["c"])
    d_o = dh * tanh_c * _slope(fault, o * (1 - o)) * (fault != "output gate's path missing")
    dc = dc + dh * o * (1 if fault == "derivative of tanh(c) missing" else _slope(fault, 1 - tanh_c**2))
    c = after["c"] if fault.startswith("cell after") else before["c"]
    slope_i = i if fault == "derivative of the input gate wrong" else i * (1 - i)
    d_i, d_f = dc * g * _slope(fault, slope_i), dc * c * _slope(fault, f * (1 - f))
    d_g = dc * i * _slope(fault, 1 - g * g)
    if fault == "input and forget gate swapped":
        d_i, d_f = d_f, d_i
    d = np.hstack([d_i, d_f, d_g, d_o])
    return d, d, 0 * dh, dc * f * (fault != "forget gate's path missing")


BACKWARD = {"elman": _elman, "gru": _gru, "lstm": _lstm}


def _slope(fault, slope):
    return np.ones_like(slope) if fault == "all derivatives of the activations missing" else slope


def _skip(fault, params, grads, x, dy):
    T, B, C = x.shape
    records = x[::-1] if fault == "records of the skip backwards" else x
    grads["skip.W"] += records.transpose(1, 0, 2).reshape(B, T * C).T @ dy
    if fault != "skip's share of the input gradient missing":
        grads["x"] += (dy @ params["skip.W"].T).reshape(B, T, C).transpose(1, 0, 2)


def _of_layer(at, own):
    return tuple({name.removeprefix(own): v for name, v in part.items() if name.startswith(own)} for part in at)
