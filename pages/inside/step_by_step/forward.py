"""One time step of the forward pass for one unit, as lines of working with the numbers in them."""

from __future__ import annotations

import numpy as np

from pages.inside.step_by_step.lines import Line
from pages.inside.step_by_step.passes import Passes
from pages.inside.step_by_step.sums import adding_up, in_brackets, written
from rnn.core.inspection import GATES

SQUASH = {"tanh": r"\tanh", "sigmoid": r"\sigma", "relu": r"\mathrm{relu}"}
SQUASH_WORDS = {
    "tanh": "a curve that keeps every number between −1 and 1",
    "sigmoid": "a curve that keeps every number between 0 and 1",
    "relu": "the number itself, or 0 where it is below 0",
}
GATE_WORDS = {
    ("gru", "r"): "reset gate, how much of the old state the candidate may see, from 0 to 1",
    ("gru", "z"): "update gate, how much of the old state is kept, from 0 to 1",
    ("gru", "n"): "candidate, what the new state could be",
    ("lstm", "i"): "input gate, how much of the candidate is written, from 0 to 1",
    ("lstm", "f"): "forget gate, how much of the cell state is kept, from 0 to 1",
    ("lstm", "g"): "candidate, what could be written to the cell state",
    ("lstm", "o"): "output gate, how much of the cell state shows in the state, from 0 to 1",
}


def forward_lines(passes: Passes, step: int, unit: int) -> list[Line]:
    """Gate by gate, then the new state."""
    cell = passes.part.network.config.cell
    gates = [_gate(passes, letter, step, unit) for letter in _in_turn(cell)]
    if cell == "elman":
        return gates
    return [*gates, *(_gru_state if cell == "gru" else _lstm_state)(passes, step, unit)]


def _in_turn(cell: str) -> tuple[str, ...]:
    """An LSTM's gates in the order in which its equation for the cell state needs them."""
    return ("f", "i", "g", "o") if cell == "lstm" else GATES[cell]


def column(passes: Passes, letter: str, unit: int) -> int:
    """Of a unit's gate in W_x, W_h and b."""
    config = passes.part.network.config
    return GATES[config.cell].index(letter) * config.hidden + unit


def squash_of(passes: Passes, letter: str) -> str:
    """The curve that a pre-activation goes through."""
    if letter == "h":
        return passes.part.network.config.activation
    return "tanh" if letter in "ng" else "sigmoid"


def _gate(passes: Passes, letter: str, step: int, unit: int) -> Line:
    own, weights, at, n = passes.layer, passes.weights, column(passes, letter, unit), step + 1
    config = passes.part.network.config
    parts = [float(own.x[step, 0] @ passes.W_x(step)[:, at]), float(own.h[step, 0] @ weights["W_h"][:, at])]
    squash = squash_of(passes, letter)
    curve, result = SQUASH[squash], float(own.gates[letter][step, 0, unit])
    inside = rf"W_x x_{{{n}}} + W_h h_{{{n - 1}}}"
    meanings = [
        (rf"W_x x_{{{n}}}", f"what the unit hears from {_below(passes)}"),
        (rf"W_h h_{{{n - 1}}}", _before_words(step)),
    ]
    if (config.cell, letter) == ("gru", "n"):
        r, inner = float(own.gates["r"][step, 0, unit]), parts[1] + float(weights["b_hn"][unit])
        parts[1] = r * inner
        hears = rf"W_h h_{{{n - 1}}}" + (" + b_{hn}" if config.bias else "")
        inside = rf"W_x x_{{{n}}} + r_{{{n}}} \cdot ({hears})"
        product = f"{in_brackets(r)} × {in_brackets(inner)}"
        meanings[1] = (
            rf"r_{{{n}}} \cdot ({hears})", f"the same from the old states, b_hn with them, let through by gate r: {product}",
        )  # fmt: skip
    if config.bias:
        parts.append(float(weights["b"][at]))
        inside += " + b"
        meanings.append(("b", "bias, where the unit stands when it hears nothing"))
    shown = adding_up(parts)
    meanings.append((curve, SQUASH_WORDS[squash]))
    name = rf"{letter}_{{{n}}}"
    words = GATE_WORDS.get((config.cell, letter), "the unit’s new state")
    numbers = f"{_curve(squash)}({shown.sum_text}) = {_curve(squash)}({shown.total_text}) = **{written(result)}**"
    return Line(rf"{name} = {curve}({inside})", numbers, ((name, words), *meanings))


def _curve(squash: str) -> str:
    return {"tanh": "tanh", "sigmoid": "σ", "relu": "relu"}[squash]


def _below(passes: Passes) -> str:
    if passes.part.layer > 0:
        return f"the states of layer {passes.part.layer} at this step"
    return "the values of this step"


def _before_words(step: int) -> str:
    if step == 0:
        return "what it hears from the states before the window, which are all 0"
    return "what it hears from the states of the step before"


def _gru_state(passes: Passes, step: int, unit: int) -> list[Line]:
    own, n = passes.layer, step + 1
    z, new, old = (
        float(one) for one in (own.gates["z"][step, 0, unit], own.gates["n"][step, 0, unit], own.h[step, 0, unit])
    )
    shown = adding_up([(1 - z) * new, z * old])
    numbers = (
        f"(1 − {written(z)}) × {in_brackets(new)} + {written(z)} × {in_brackets(old)} = {shown.sum_text} = "
        f"**{shown.total_text}**"
    )
    formula = rf"h_{{{n}}} = (1 - z_{{{n}}}) \cdot n_{{{n}}} + z_{{{n}}} \cdot h_{{{n - 1}}}"
    return [Line(formula, numbers, ((rf"h_{{{n}}}", "the unit’s new state, between the candidate and the old state"),))]


def _lstm_state(passes: Passes, step: int, unit: int) -> list[Line]:
    own, n = passes.layer, step + 1
    assert own.c is not None
    f, i, g, o = (float(own.gates[letter][step, 0, unit]) for letter in "figo")
    old, new, state = float(own.c[step, 0, unit]), float(own.c[step + 1, 0, unit]), float(own.h[step + 1, 0, unit])
    shown = adding_up([f * old, i * g])
    cell = Line(
        rf"c_{{{n}}} = f_{{{n}}} \cdot c_{{{n - 1}}} + i_{{{n}}} \cdot g_{{{n}}}",
        f"{written(f)} × {in_brackets(old)} + {written(i)} × {in_brackets(g)} = {shown.sum_text} = **{shown.total_text}**",
        ((rf"c_{{{n}}}", "cell state, the memory itself: what is kept of the old one and what is newly written"),),
    )
    out = Line(
        rf"h_{{{n}}} = o_{{{n}}} \cdot \tanh(c_{{{n}}})",
        f"{written(o)} × tanh({written(new)}) = {written(o)} × {in_brackets(float(np.tanh(new)))} = **{written(state)}**",
        ((rf"h_{{{n}}}", "the unit’s new state, what of the cell state shows"),),
    )
    return [cell, out]
