"""What has been changed by hand, and the window and the weights as they are with it. Nothing here is written to a run.

An edit is a place and a number: the value of a record, a weight, how loudly a unit is heard, or noise on everything.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pages.inside.by_hand.blocks import Block
from rnn.core.config import Config
from rnn.core.network import Network, Params
from rnn.core.series import LARGEST, Series

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Cell:
    """A value of the series, in original units. row: of the series, from 0; None for a static column, the same in all."""

    row: int | None
    column: str


@dataclass(frozen=True)
class Weight:
    """A weight, set to a number; row and column as in `Block.of`."""

    block: Block
    row: int
    column: int


@dataclass(frozen=True)
class Loudness:
    """A factor on all that reads the state of this unit: 0 switches it off, 1 leaves it as it is."""

    layer: int
    unit: int


@dataclass(frozen=True)
class Noise:
    """Normal noise on every weight; its number is a share of the standard deviation of the parameter that it falls on."""

    draw: int


Cells = Mapping[Cell, float]
WeightEdit = Weight | Loudness | Noise


def check_value(config: Config, series: Series, column: str, value: float) -> str | None:
    """Why a column of the window cannot hold this value, in a sentence; None where it can."""
    if not math.isfinite(value):
        return f"{column} must be a finite number, got {value}; type one, or undo the change."
    if abs(value) > LARGEST:
        return f"{column} cannot be {value:g}: values beyond {LARGEST:g} cannot be squared and summed."
    if config.log and column in series.targets and value <= 0:
        return (
            f"{column} cannot be {value:g}: this run learns its logarithm, which there is only of values above zero. Take a "
            "positive value."
        )
    return None


def counts(cell: Cell, series: Series, window: slice, ahead: slice) -> bool:
    """Whether a window reads this value: one of its records, or of what is known of the steps that it predicts."""
    if cell.row is None or window.start <= cell.row < window.stop:
        return True
    return ahead.start <= cell.row < ahead.stop and cell.column in series.known


def edited_values(series: Series, rows: slice, cells: Cells) -> NDArray[np.float64]:
    """A copy of these records (rows, D) with the changed values in it; changes elsewhere are passed over."""
    values = series.values[rows].copy()
    for cell, value in cells.items():
        column = series.names.index(cell.column)
        if cell.row is None:
            values[:, column] = value
        elif rows.start <= cell.row < rows.stop:
            values[cell.row - rows.start, column] = value
    return values


def edited_weights(network: Network, params: Params, edits: Mapping[WeightEdit, float]) -> Params:
    """A copy of the weights with the edits in it: noise first, then how loud units are, then single weights, so that a
    weight that was set has the number that it was set to."""
    changed = {name: np.array(array, order="C") for name, array in params.items()}
    for edit, number in edits.items():
        if isinstance(edit, Noise):
            rng = np.random.default_rng(edit.draw)
            for array in changed.values():
                array += (number * array.std() * rng.standard_normal(array.shape)).astype(array.dtype)
    for edit, number in edits.items():
        if isinstance(edit, Loudness):
            for array in _readers(network, changed, edit.layer):
                array[edit.unit] *= number
    for edit, number in edits.items():
        if isinstance(edit, Weight):
            edit.block.of(changed, network.config.cell)[edit.row, edit.column] = number
    return changed


def _readers(network: Network, params: Params, layer: int) -> list[Floats]:
    """The weights that read a layer's states, a row for each of its units."""
    top = layer == network.config.layers - 1
    return [params[f"layer{layer}.W_h"], params["readout.W" if top else f"layer{layer + 1}.W_x"]]
