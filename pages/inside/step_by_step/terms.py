"""What a sum over inputs or units is made of: its largest terms by name, the others as a rest, adding up to what is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from pages.inside.states.quantities import QUANTITIES
from pages.inside.step_by_step.forward import column
from pages.inside.step_by_step.passes import Passes
from pages.inside.step_by_step.sums import Shown, adding_up, in_brackets
from pages.inside.weights.blocks import input_names
from rnn.core.inspection import gate_blocks
from rnn.core.model import Model
from rnn.ui.wording import escaped

NAMED = 5


@dataclass(frozen=True)
class Term:
    """A product of a sum. name: plain text. factors: of the product, none for what is added as it is."""

    name: str
    factors: tuple[float, ...]
    product: float


@dataclass(frozen=True)
class Terms:
    """named: the largest, in their order. rest: how many others there are; their sum is the part that follows the named ones in
    `shown`, where there are any."""

    named: tuple[Term, ...]
    rest: int
    shown: Shown


def gathered(terms: Sequence[Term]) -> Terms:
    """At most `NAMED` terms by name; one more is named rather than called a rest of one."""
    by_size = sorted(range(len(terms)), key=lambda k: -abs(terms[k].product))
    kept = sorted(by_size if len(terms) <= NAMED + 1 else by_size[:NAMED])
    named = tuple(terms[k] for k in kept)
    others = [terms[k].product for k in by_size[len(kept) :]]
    parts = [term.product for term in named] + ([float(np.sum(others))] if others else [])
    return Terms(named, len(others), adding_up(parts))


def gate_terms(passes: Passes, model: Model, step: int, unit: int, letter: str) -> Terms:
    """Of a unit's pre-activation: from each input, from each state of the step before, and the bias."""
    part, weights, own = passes.part, passes.weights, passes.layer
    at, through, prefix = column(passes, letter, unit), (), "state of unit"
    if part.network.config.cell == "gru" and letter == "n":
        through = (float(own.gates["r"][step, 0, unit]),)
        prefix = "reset gate × state of unit"
    names = channel_names(passes, model, step)
    found = [
        _product(name, (float(w), float(x)))
        for name, w, x in zip(names, passes.W_x(step)[:, at], own.x[step, 0], strict=True)
    ]
    found += [
        _product(f"{prefix} {k} before", (*through, float(w), float(h)))
        for k, (w, h) in enumerate(zip(weights["W_h"][:, at], own.h[step, 0], strict=True))
    ]
    if part.network.config.bias:
        found.append(Term("bias", (), float(weights["b"][at])))
        if through:
            found.append(_product("reset gate × bias inside it", (*through, float(weights["b_hn"][unit]))))
    return gathered(found)


def channel_names(passes: Passes, model: Model, step: int) -> list[str]:
    """What a step of the layer reads."""
    if passes.part.layer > 0:
        return [f"layer {passes.part.layer}, unit {k}" for k in range(model.config.hidden)]
    names = input_names(model)
    if model.config.input_weights == "per_step":
        channels = passes.part.network.channels
        names = names[step * channels : (step + 1) * channels]
    return names


def output_terms(passes: Passes, output: int) -> Terms:
    """Of one output: from each state of the top layer after the last step, the bias, and the linear skip as one."""
    params, unrolled = passes.part.params, passes.unrolled
    W, last = np.asarray(params["readout.W"], np.float64)[:, output], unrolled.layers[-1].h[-1, 0]
    found = [_product(f"state of unit {k}", (float(w), float(h))) for k, (w, h) in enumerate(zip(W, last, strict=True))]
    if "readout.b" in params:
        found.append(Term("bias", (), float(params["readout.b"][output])))
    if unrolled.skipped is not None:
        through = unrolled.skipped[0] @ np.asarray(params["skip.W"], np.float64)[:, output]
        found.append(Term("linear skip, straight from the window", (), float(through)))
    return gathered(found)


def error_terms(passes: Passes, step: int, unit: int) -> Terms:
    """Of the error at a unit's state: from the units of the step after, or by their gates, and from the layer above."""
    own, config, row = passes.layer, passes.part.network.config, passes.weights["W_h"][unit]
    found: list[Term] = []
    if not passes.part.is_top:
        found.append(Term(f"layer {passes.part.layer + 2}, this step", (), float(passes.from_above[step, unit])))
    if config.cell == "elman":
        errors = own.dbefore["h"][step + 1, 0]
        found += [
            _product(f"unit {k}, step {step + 2}", (float(w), float(d)))
            for k, (w, d) in enumerate(zip(row, errors, strict=True))
        ]
        return gathered(found)
    for letter, weights in gate_blocks(config.cell, row).items():
        errors = own.dbefore[letter][step + 1, 0]
        if config.cell == "gru" and letter == "n":
            errors = errors * own.gates["r"][step + 1, 0]
        name = f"{QUANTITIES[config.cell][letter].name} of all units, step {step + 2}"
        found.append(Term(name, (), float(weights @ errors)))
    if config.cell == "gru":
        kept, error = float(own.gates["z"][step + 1, 0, unit]), float(own.dh[step + 1, 0, unit])
        found.append(_product(f"the state kept, z × ∂L/∂h of step {step + 2}", (kept, error)))
    return gathered(found)


def _product(name: str, factors: tuple[float, ...]) -> Term:
    return Term(name, factors, float(np.prod(factors)))


def draw(terms: Terms, total: str, alt: str) -> None:
    """A row a term, the sum in the last; total: what that is called."""
    shown = terms.shown
    rows = [
        (escaped(term.name), " × ".join(in_brackets(factor) for factor in term.factors), shown.text(digits))
        for term, digits in zip(terms.named, shown.parts, strict=False)
    ]
    if terms.rest:
        rows.append((f"rest, {terms.rest:,} more", "", shown.text(shown.parts[-1])))
    rows.append((f"**{total}**", "", f"**{shown.text(shown.total)}**"))
    scale = shown.scale.removeprefix(" · ")
    adds = f"Adds, in {scale}" if scale else "Adds"
    frame = pd.DataFrame(rows, columns=["From", "Weight × value", adds])
    st.table(frame, border="horizontal", hide_index=True, alt=alt)
