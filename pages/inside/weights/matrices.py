"""The weights as heat maps, with the largest of each and the spectral radius of the recurrent ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.inside.states.quantities import QUANTITIES
from pages.inside.view import View
from pages.inside.weights.radius import say_radii
from rnn.core.inspection import gate_blocks
from rnn.core.model import Model
from rnn.ui.figures import alt_weights, weights_figure
from rnn.ui.live_chart import live_chart
from rnn.ui.wording import number_in_words

HEIGHT = 400


def draw(view: View) -> None:
    """A fragment."""
    model, part = view.fit.model, view.part
    cell = model.config.cell
    blocks = gate_blocks(cell, part.params[part.weights("W_h")])
    letter, of_gate = next(iter(blocks)), ""
    if len(blocks) > 1:
        letter = st.segmented_control(
            "Gate", list(blocks), default=letter, required=True, key=f"inside_gate:{cell}", persist_state="session",
            format_func=lambda letter: QUANTITIES[cell][letter].name,
        )  # fmt: skip
        of_gate = f", gate {letter}"
    identity = f"{view.identity}:{letter}"
    W_x = gate_blocks(cell, part.params[part.weights("W_x")])[letter]
    inputs, recurrent, outputs = st.columns([3, 6, 3], gap="medium")
    with inputs:
        # One row a unit, as in the other two, so that a unit can be followed across.
        below = part.layer > 0
        _draw(
            W_x.reshape(-1, W_x.shape[-1]).T,
            f"W\\_x, from the {f'units of layer {part.layer}' if below else 'inputs'}{of_gate}",
            part.weights("W_x"), ("unit", "unit below" if below else "input"), identity,
            () if below else input_names(model),
        )  # fmt: skip
    with recurrent:
        _draw(
            blocks[letter].T, f"W\\_h, from the states of the step before{of_gate}", part.weights("W_h"),
            ("unit", "unit of the step before"), identity,
        )  # fmt: skip
    with outputs:
        readout = part.params["readout.W"]
        _draw(readout, "Readout, to the outputs", "readout.W", ("unit", "output"), identity, output_names(model))
    if "skip.W" in part.params:
        _draw(
            part.params["skip.W"].T, "Linear skip, from the window straight to the outputs", "skip.W",
            ("output", "record and column"), identity, skip_names(model), output_names(model),
        )  # fmt: skip
    say_radii(blocks, model.config)


def _draw(
    matrix: NDArray[np.floating],
    title: str,
    name: str,
    axes: tuple[str, str],
    identity: str,
    columns: Sequence[str] = (),
    rows: Sequence[str] = (),
) -> None:
    """axes: what a row and a column stand for; columns, rows: their names, else they are numbered."""
    st.markdown(
        f"**{title}** :gray[{matrix.shape[0]:,} × {matrix.shape[1]:,}, largest "
        f"{number_in_words(float(np.abs(matrix).max()))}]"
    )
    row, column = axes
    figure = weights_figure(matrix, row=row, column=column, row_names=rows, column_names=columns)
    words = alt_weights(matrix, name=name, row=row, column=column)
    # A skip to one or two outputs is a strip.
    height = HEIGHT if matrix.shape[0] > 8 else 120 + 24 * matrix.shape[0]
    live_chart(figure, key=f"weights_{name}", identity=identity, alt=words, height=height)


def _dynamic(model: Model) -> list[str]:
    return [name for name in model.names if name not in model.framing.static]


def _beside(model: Model) -> list[str]:
    """What a window has once: the static columns, then the known ones at each step predicted."""
    ahead = [f"{name} +{step}" for step in range(1, model.config.horizon + 1) for name in model.known]
    return [*model.framing.static, *ahead]


def input_names(model: Model) -> list[str]:
    """The columns of one step's input, for per-step weights those of all steps."""
    config, dynamic, beside = model.config, _dynamic(model), _beside(model)
    if config.patch > 1:
        dynamic = [f"{name}, record {place + 1}" for place in range(config.patch) for name in dynamic]
    step = dynamic + beside
    if config.input_weights == "shared":
        return step
    return [
        f"step {number + 1}{f', {name}' if len(step) > 1 else ''}" for number in range(config.steps) for name in step
    ]


def skip_names(model: Model) -> list[str]:
    """The rows of the linear skip: records of the window, counted back from the first one predicted, then static columns and
    what is known of the steps predicted."""
    dynamic, window = _dynamic(model), model.config.window
    several = len(dynamic) > 1
    records = [f"−{back}{f', {name}' if several else ''}" for back in range(window, 0, -1) for name in dynamic]
    return records + _beside(model)


def output_names(model: Model) -> list[str]:
    """One a column of the readout: target, step ahead where there are several, level where quantiles are learned."""
    config = model.config
    steps = [f" +{step}" for step in range(1, config.horizon + 1)] if config.horizon > 1 else [""]
    levels = [f", {100 * level:g} %" for level in config.quantiles] if config.loss == "quantile" else [""]
    return [f"{name}{step}{level}" for step in steps for name in model.targets for level in levels]
