"""One time step of backpropagation through time for one unit, as lines of working with the numbers in them."""

from __future__ import annotations

import numpy as np

from pages.inside.step_by_step.forward import squash_of
from pages.inside.step_by_step.lines import Line
from pages.inside.step_by_step.passes import Passes
from pages.inside.step_by_step.sums import adding_up, in_brackets, written


def backward_lines(passes: Passes, step: int, unit: int) -> list[Line]:
    """What arrives at the unit's state, and what it comes to before the activation of each gate."""
    cell = passes.part.network.config.cell
    return [_arriving(passes, step, unit), *_OF_CELL[cell](passes, step, unit)]


_ERROR = "the error at the unit’s state: by how much the loss grows where that state grows a little"


def _d(name: str, n: int) -> str:
    return rf"\partial L / \partial {name}_{{{n}}}"


def _arriving(passes: Passes, step: int, unit: int) -> Line:
    """From above and from the step after; at the last step there is none after, and above it only the top layer has none."""
    own, n, top = passes.layer, step + 1, passes.part.is_top
    whole, above = float(own.dh[step, 0, unit]), float(passes.from_above[step, unit])
    last = step == passes.steps - 1
    name = _d("h", n)
    after = rf"\text{{from step }} {n + 1}"
    if top and last:
        return Line(rf"{name} = V \cdot \partial L / \partial \hat{{y}}", f"**{written(whole)}**", ((name, _ERROR),))
    if top:
        meaning = (name, f"the error at the unit’s state, sent back by all units of step {n + 1} through W_h")
        return Line(f"{name} = {after}", f"**{written(whole)}**", (meaning,))
    layer = passes.part.layer + 2
    over = rf"\text{{from layer }} {layer}"
    if last:
        return Line(
            f"{name} = {over}",
            f"**{written(whole)}**",
            ((name, f"the error at the unit’s state, sent by layer {layer}"),),
        )
    shown = adding_up([above, whole - above])
    meanings = (
        (name, _ERROR),
        (over, "enters at every step, as the layer above reads the states of every step"),
    )
    return Line(f"{name} = {over} + {after}", f"{shown.sum_text} = **{shown.total_text}**", meanings)


_SLOPES = {"tanh": "1 - {0}^2", "sigmoid": "{0} (1 - {0})", "relu": r"[{0} > 0]"}
_SLOPE_WORDS = (
    "slope of the curve at this point: near 0 where the unit is saturated, and then little of the error gets through"
)


def _slope(squash: str, value: float) -> tuple[float, str]:
    """f′ by the value after the curve, and how it is worked out."""
    if squash == "tanh":
        return 1 - value**2, f"(1 − {in_brackets(value)}²)"
    if squash == "sigmoid":
        rest = f"(1 − {written(value)})" if 1 - value >= 5e-4 else written(1 - value)
        return value * (1 - value), f"{written(value)} × {rest}"
    return float(value > 0), "1" if value > 0 else "0"


def _through(passes: Passes, letter: str, step: int, unit: int, before: str, factors: list[float]) -> Line:
    """∂L/∂a of one gate: the product of `factors` and the slope of its curve. before: the factors as LaTeX."""
    own, n = passes.layer, step + 1
    squash, value = squash_of(passes, letter), float(own.gates[letter][step, 0, unit])
    slope, working = _slope(squash, value)
    sign = _SLOPES[squash].format(rf"{letter}_{{{n}}}")
    name = rf"\partial L / \partial a_{{{n}}}" if letter == "h" else rf"\partial L / \partial a^{{{letter}}}_{{{n}}}"
    result = float(own.dbefore[letter][step, 0, unit])
    product = " × ".join(in_brackets(factor) for factor in factors)
    return Line(
        rf"{name} = {before} \cdot ({sign})", f"{product} × {working} = {product} × {written(slope)} = **{written(result)}**",
        ((name, "the error before the curve"), (f"({sign})", _SLOPE_WORDS)),
    )  # fmt: skip


def _elman(passes: Passes, step: int, unit: int) -> list[Line]:
    return [_through(passes, "h", step, unit, _d("h", step + 1), [float(passes.layer.dh[step, 0, unit])])]


def _gru(passes: Passes, step: int, unit: int) -> list[Line]:
    own, n = passes.layer, step + 1
    dh, old = float(own.dh[step, 0, unit]), float(own.h[step, 0, unit])
    z, new = (float(own.gates[letter][step, 0, unit]) for letter in "zn")
    at = 2 * passes.part.network.config.hidden + unit
    hears = float(own.h[step, 0] @ passes.weights["W_h"][:, at] + passes.weights["b_hn"][unit])
    d_n = float(own.dbefore["n"][step, 0, unit])
    heard = rf"W_h h_{{{n - 1}}}" + (" + b_{hn}" if passes.part.network.config.bias else "")
    return [
        _through(passes, "n", step, unit, rf"{_d('h', n)} \cdot (1 - z_{{{n}}})", [dh, 1 - z]),
        _through(passes, "z", step, unit, rf"{_d('h', n)} \cdot (h_{{{n - 1}}} - n_{{{n}}})", [dh, old - new]),
        _through(passes, "r", step, unit, rf"\partial L / \partial a^{{n}}_{{{n}}} \cdot ({heard})", [d_n, hears]),
    ]


def _lstm(passes: Passes, step: int, unit: int) -> list[Line]:
    own, n = passes.layer, step + 1
    assert own.c is not None and own.dc is not None
    dh, dc, c = float(own.dh[step, 0, unit]), float(own.dc[step, 0, unit]), float(own.c[step + 1, 0, unit])
    old = float(own.c[step, 0, unit])
    i, g, o = (float(own.gates[letter][step, 0, unit]) for letter in "igo")
    tanh_c = float(np.tanh(c))
    return [
        _through(passes, "o", step, unit, rf"{_d('h', n)} \cdot \tanh c_{{{n}}}", [dh, tanh_c]),
        _cell_error(passes, step, unit, dh, o, tanh_c),
        _through(passes, "f", step, unit, rf"{_d('c', n)} \cdot c_{{{n - 1}}}", [dc, old]),
        _through(passes, "i", step, unit, rf"{_d('c', n)} \cdot g_{{{n}}}", [dc, g]),
        _through(passes, "g", step, unit, rf"{_d('c', n)} \cdot i_{{{n}}}", [dc, i]),
    ]


def _cell_error(passes: Passes, step: int, unit: int, dh: float, o: float, tanh_c: float) -> Line:
    """∂L/∂c: by way of the state, and from the cell state of the step after."""
    own, n, name = passes.layer, step + 1, _d("c", step + 1)
    assert own.dc is not None
    slope = 1 - tanh_c**2
    here = rf"{_d('h', n)} \cdot o_{{{n}}} (1 - \tanh^2 c_{{{n}}})"
    product = f"{in_brackets(dh)} × {written(o)} × {written(slope)}"
    if step == passes.steps - 1:
        meaning = (name, "the error at the cell state, by way of the state")
        return Line(f"{name} = {here}", f"{product} = **{written(float(own.dc[step, 0, unit]))}**", (meaning,))
    f, after = float(own.gates["f"][step + 1, 0, unit]), float(own.dc[step + 1, 0, unit])
    shown = adding_up([dh * o * slope, f * after])
    meaning = (
        name, "the error at the cell state: by way of the state, and from the cell state of the step after by its forget gate"
    )  # fmt: skip
    return Line(
        rf"{name} = {here} + {_d('c', n + 1)} \cdot f_{{{n + 1}}}",
        f"{product} + {in_brackets(after)} × {written(f)} = {shown.sum_text} = **{shown.total_text}**", (meaning,),
    )  # fmt: skip


_OF_CELL = {"elman": _elman, "gru": _gru, "lstm": _lstm}
