"""The matrices that the section shows: of one network of the ensemble, one layer and one gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnn.core.ensemble import parted
from rnn.core.inspection import gate_blocks
from rnn.core.model import Model
from rnn.core.network import Params

W_X, W_H, READOUT, SKIP = "W_x", "W_h", "readout.W", "skip.W"


@dataclass(frozen=True)
class Place:
    """cell, seeds: of the config. member, layer: numbers from 0 on. letter: the gate's, "h" for Elman."""

    cell: str
    seeds: int
    member: int
    layer: int
    letter: str

    def full(self, name: str) -> str:
        """The name among all parameters."""
        return f"layer{self.layer}.{name}" if name in (W_X, W_H) else name

    def blocks(self, params: Params) -> dict[str, NDArray[np.floating]]:
        """Name → matrix, one row a hidden unit (of the skip one row an output), in the order in which they are drawn."""
        own = parted(params, self.seeds)[self.member]
        gate = {name: gate_blocks(self.cell, own[self.full(name)])[self.letter] for name in (W_X, W_H)}
        found = {W_X: gate[W_X].reshape(-1, gate[W_X].shape[-1]).T, W_H: gate[W_H].T, READOUT: own[READOUT]}
        return found | ({SKIP: own[SKIP].T} if SKIP in own else {})


@dataclass(frozen=True, eq=False)
class Names:
    """What stands at the axes of a matrix. title: where it leads from and to. row, column: what one of them stands for;
    rows, columns: their names, () where they are numbered."""

    title: str
    row: str
    column: str
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


def names_of(model: Model, place: Place) -> Mapping[str, Names]:
    """Of every matrix."""
    below = place.layer > 0
    of_gate = "" if place.cell == "elman" else f", gate {place.letter}"
    outputs = tuple(output_names(model))
    return {
        W_X: Names(
            f"W\\_x, from the {f'units of layer {place.layer}' if below else 'inputs'}{of_gate}", "unit",
            "unit below" if below else "input", columns=() if below else tuple(input_names(model)),
        ),
        W_H: Names(f"W\\_h, from the states of the step before{of_gate}", "unit", "unit of the step before"),
        READOUT: Names("Readout, to the outputs", "unit", "output", columns=outputs),
        SKIP: Names(
            "Linear skip, from the window straight to the outputs", "output", "record and column", outputs,
            tuple(skip_names(model)) if model.config.skip != "none" else (),
        ),
    }  # fmt: skip


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
