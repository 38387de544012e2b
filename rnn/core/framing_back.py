"""Framing walked back: from derivatives by what the network reads and says to derivatives by the records, in original units.

`Framing` goes from records to the network and back to a prediction; here each of its steps is differentiated, for one output
of the prediction. B windows, D columns of which F are known ahead, K targets, H steps ahead, T steps of C channels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.model import Framed
from rnn.core.scaling import window_units

Array64 = NDArray[np.float64]
Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Pull:
    """The derivative of one output of the prediction by all that `Framing.restore` makes it from. outputs (B, H, K): by the
    network's outputs; base (B, H, K) and scale (B, K): by the anchor's; level (B,): by the record, or its logarithm, that
    the difference is added to, in row `row` of the window and column `column`."""

    outputs: Array64
    base: Array64
    scale: Array64
    level: Array64
    row: int
    column: int

    @property
    def nothing(self) -> Pull:
        """The same with no derivative past the network."""
        zeros = [np.zeros_like(array) for array in (self.base, self.scale, self.level)]
        return replace(self, base=zeros[0], scale=zeros[1], level=zeros[2])


def pull_of_restore(framed: Framed, y: Floats, predicted: Array64, target: int, ahead: int) -> Pull:
    """y: (B, H · K), what the network says; predicted: (B,), what `restore` makes of it for this target and step ahead."""
    framing, config = framed.framing, framed.framing.config
    batch, K = len(framed.starts), len(framing.targets)
    own = y.reshape(batch, config.horizon, K).astype(np.float64)
    column = framing.target_columns[target]
    by_level = predicted if config.log else np.ones(batch)  # the exponential is its own derivative
    # A level is its change, that of the step `lag` before, and so on, and the record that the first of them is added to.
    steps = list(range(ahead, -1, -config.lag)) if config.lag else [ahead]
    prepared = np.zeros_like(own)
    prepared[:, steps, target] = (by_level * framing.scaler.scale[column])[:, None]
    anchor = framed.anchor
    outputs = prepared if anchor is None else prepared * anchor.scale
    row = config.reach - config.lag + ahead % config.lag if config.lag else 0
    level = by_level if config.lag else np.zeros(batch)
    return Pull(outputs, prepared, (prepared * own).sum(axis=1), level, row, column)


def pulled_back(framed: Framed, dx: Floats, pull: Pull) -> tuple[Array64, Array64]:
    """dx (T, B, C), the derivative by what the network reads, and what goes past the network → the derivative by the windows'
    records (B, reach, D) and by the known columns at the steps predicted (B, H, F)."""
    framing, config = framed.framing, framed.framing.config
    records = _records(framed)
    d_levels = np.zeros_like(records)
    d_prepared = d_levels[:, config.lag :]  # prepared row = record − lag
    _through_inputs(framed, dx, pull, d_prepared)
    if config.residual != "none":
        _through_residual(framed, pull.base, d_prepared)
    d_prepared /= framing.scaler.scale
    if config.lag:
        targets = framing.target_columns
        d_levels[:, : -config.lag, targets] -= d_prepared[:, :, targets]
        d_levels[np.arange(len(records)), pull.row, pull.column] += pull.level
    if config.log:
        d_levels[:, :, framing.target_columns] /= records[:, :, framing.target_columns]
    known = [framing.names.index(name) for name in framing.known]
    ahead = d_levels[:, config.reach :, known].reshape(len(records), config.horizon, len(known))
    return d_levels[:, : config.reach], ahead


def _records(framed: Framed) -> Array64:
    """(B, reach, D), or with known columns (B, reach + H, D)."""
    return framed.values.reshape(len(framed.starts), -1, len(framed.framing.names)).astype(np.float64)


def _through_inputs(framed: Framed, dx: Floats, pull: Pull, d_prepared: Array64) -> None:
    """What `Framing.inputs` makes of the prepared rows; adds to d_prepared (B, rows, D)."""
    framing, config = framed.framing, framed.framing.config
    batch = len(framed.starts)
    dynamic = [column for column, name in enumerate(framing.names) if name not in framing.static]
    static = [framing.names.index(name) for name in framing.static]
    width = config.patch * len(dynamic)
    end = config.reach - config.lag
    by_step = dx[:, :, :width].swapaxes(0, 1)  # (B, T, patch · dynamic columns): the records in their order
    d_records = by_step.reshape(batch, config.window, -1).astype(np.float64)
    if config.scaling == "window":
        d_records = _through_units(framed, d_records, pull, dynamic)
    d_prepared[:, end - config.window : end, dynamic] += d_records
    beside = dx[:, :, width:].sum(axis=0, dtype=np.float64)
    d_prepared[:, end - 1, static] += beside[:, : len(static)]
    if framing.known:
        known = [framing.names.index(name) for name in framing.known]
        d_prepared[:, end : end + config.horizon, known] += beside[:, len(static) :].reshape(batch, config.horizon, -1)


def _through_units(framed: Framed, d_read: Array64, pull: Pull, dynamic: list[int]) -> Array64:
    """read = (record − centre) / scale, with centre and scale from the records themselves; d_read (B, window, dynamic columns)
    → the derivative by the records. What the outputs are measured from by these units comes in as well."""
    framing, config = framed.framing, framed.framing.config
    end = config.reach - config.lag
    rows = framed.starts[:, None] + np.arange(end - config.window, end)
    records = framed.prepared[rows][:, :, dynamic].astype(np.float64)
    least = framing.least[dynamic]
    centre, scale = window_units(records.swapaxes(0, 1), config.season, least)
    targets = [dynamic.index(column) for column in framing.target_columns]
    known = [dynamic.index(framing.names.index(name)) for name in framing.known]
    centre[:, known], scale[:, known] = 0, 1
    read = (records - centre[:, None]) / scale[:, None]
    d_centre = -d_read.sum(axis=1) / scale
    d_scale = -(d_read * read).sum(axis=1) / scale
    if config.residual == "none":
        d_centre[:, targets] += pull.base.sum(axis=1)
    d_scale[:, targets] += pull.scale
    d_centre[:, known], d_scale[:, known] = 0, 0
    d_scale[scale <= least] = 0  # held at the least, it does not move
    found = d_read / scale[:, None]
    season = config.season
    if season is None or season > config.window:
        found[:, -1] += d_centre
    else:
        found[:, -season:] += d_centre[:, None] / season
    if config.window > 1:
        turned = np.sign(np.diff(records, axis=1)) * (d_scale / (config.window - 1))[:, None]
        found[:, 1:] += turned
        found[:, :-1] -= turned
    return found


def _through_residual(framed: Framed, base: Array64, d_prepared: Array64) -> None:
    """base (B, H, K): what a unit of each base adds; the bases are means of prepared rows."""
    config, targets = framed.framing.config, framed.framing.target_columns
    end = config.reach - config.lag
    if config.residual == "last":
        d_prepared[:, end - 1, targets] += base.sum(axis=1)
        return
    assert config.season is not None
    seasons = max(1, config.window // config.season) if config.residual == "seasons" else 1
    for ahead in range(config.horizon):
        for back in range(1, seasons + 1):
            d_prepared[:, end + ahead % config.season - back * config.season, targets] += base[:, ahead] / seasons
