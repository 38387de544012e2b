"""Framing: how a series becomes what the network reads and predicts, and how its answers become original units again.

The order is: logarithm and differencing of the targets, the scaler (all three by `prepare`, over the whole series), then
window by window the window's own units and the residual (`inputs`, `outputs`); `restore` goes the way back.

N records, D columns of which S are static, F known ahead and K targets, B windows, T = window / patch time steps, H = horizon.
A window is `config.reach` records from its start on; the network reads the last `window` of them, the others are what
differencing and a seasonal residual look back to. Prepared row = record − `config.lag`. Of the known columns it also reads
the H records that are predicted, as MQ-RNN does (Wen et al. 2017).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.config import Config
from rnn.core.layout import Layout, Starts
from rnn.core.network import beside
from rnn.core.scaling import Scaler, window_units
from rnn.core.series import Series
from rnn.core.series_scaler import fitted, transformed_records
from rnn.core.transforms import undo_difference

Array64 = NDArray[np.float64]
Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Anchor:
    """What the network's outputs are measured from, window by window: prepared value = output · scale + base, with base
    (B, H or 1, K) and scale (B, 1, K), both in prepared units."""

    base: Floats
    scale: Floats


@dataclass(frozen=True, eq=False)
class Framing:
    """The way from records to the network and back, fitted on training rows only (`fit`).

    names: the D columns; targets: the K predicted ones; static: the S that belong to the series and not to a moment;
    known: the F whose values are known ahead.
    least: (D,) the least scale of a window, in prepared units, by what is usual in the training rows.

    Of P series in one, named by ids, each has its own scaler and least scale, (P, D). layout: whose the records are that
    `prepare` and the others are given, those of the series that it was fitted on until `laid_out` says otherwise.
    """

    config: Config
    names: tuple[str, ...]
    targets: tuple[str, ...]
    static: tuple[str, ...]
    scaler: Scaler
    least: Array64
    known: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    layout: Layout | None = None

    @classmethod
    def fit(cls, config: Config, series: Series, rows: int | Sequence[int]) -> Framing:
        """Fit on the first `rows` records, of which there must be more than `config.reach`; the rest is not looked at. Of
        many series in one, on the first `rows[n]` of each.

        Raises ValueError for too few of them, and for values without a logarithm where `config.log` asks for it.
        """
        if isinstance(rows, int | np.integer) and rows <= config.reach:
            raise ValueError(f"`rows > reach` must hold, but got (rows={rows}, reach={config.reach}).")
        columns, layout = (series.names, series.targets, series.static), Layout.of(series) if series.lengths else None
        return cls(config, *columns, *fitted(config, series, rows), series.known, series.ids, layout)

    def of(self, id_: str) -> Framing:
        """That of one of many series by itself. Raises ValueError for an id that there is not."""
        if id_ not in self.ids:
            raise ValueError(f"id={id_!r} is not one of the {len(self.ids)} series that it was fitted on.")
        number = self.ids.index(id_)
        return replace(self, scaler=self.scaler.of(number), least=self.least[number], ids=(), layout=None)

    def laid_out(self, numbers: Starts, records: int) -> Framing:
        """For other records than those fitted on: `records` of the series number numbers[0], then as many of numbers[1], …"""
        return replace(self, layout=Layout(np.arange(len(numbers)) * records, numbers))

    @property
    def channels(self) -> int:
        """C: columns of one time step of the network's input, `patch` records and then what stands beside the window."""
        return self._width + self.beside

    @property
    def beside(self) -> int:
        """The S + H · F values that a window has once: the static columns, then the known ones at each step predicted."""
        return beside(self.config, len(self.static), len(self.known))

    @property
    def anchored(self) -> bool:
        """Whether windows have a measure of their own. Their prepared values are then best left in float64: what is small
        beside the whole series may be large beside one window."""
        return self.config.scaling == "window" or self.config.residual != "none"

    @cached_property
    def target_columns(self) -> list[int]:
        """Column numbers of the targets (K)."""
        return [self.names.index(target) for target in self.targets]

    def prepare(self, values: Floats) -> Array64:
        """Records (N, D) in original units → (N − lag, D): logarithm, differencing and scaler; the columns that are not
        differenced lose their first `lag` rows. Raises ValueError for a target value that has no logarithm."""
        transformed = transformed_records(self.config, values, self.target_columns, self.targets)
        rows, lag = np.arange(len(transformed)), self.config.lag
        prepared = self._scaler(rows + lag).transform(transformed)
        if self.layout is not None and lag:  # differences across a seam mean nothing, and stand in no window
            prepared[self.layout.at(rows) != self.layout.at(rows + lag)] = 0
        return prepared

    def inputs(self, prepared: Floats, starts: Starts, out: Floats) -> Anchor | None:
        """Fill out (T, B, C) with the windows that start at these records; prepared: (N − lag, D), C-contiguous.

        A time step holds the dynamic columns of its `patch` records, oldest first, then the static columns as they are at
        the window's last record, then the known columns at each step predicted, which must stand in `prepared`, the first
        step ahead first. What is known ahead keeps the series' units, so that a holiday is one in any window. Returns what
        the outputs are measured from, None where that is the same for all windows.
        """
        config = self.config
        first = starts + (config.reach - config.lag - config.window)
        records = np.take(prepared, first + self._rows, axis=0)
        dynamic = records[:, :, self._dynamic] if self.static else records
        units = None
        if config.scaling == "window":
            least = self._least if self.layout is None else self._least[self.layout.at(starts)]
            units = window_units(dynamic, config.season, least)
            if self.known:
                units[0][:, self._known], units[1][:, self._known] = 0, 1
            dynamic -= units[0]
            dynamic /= units[1]
        steps, batch = len(out), len(starts)
        into = out[:, :, : self._width].reshape(steps, batch, config.patch, -1)
        into[...] = dynamic.reshape(steps, config.patch, batch, -1).transpose(0, 2, 1, 3)
        if self.static:
            out[:, :, self._width : self._width + len(self.static)] = records[-1][:, self._static]
        if self.known:
            ahead = self._at(prepared, starts, self._known_ahead)
            out[:, :, self._width + len(self.static) :] = ahead.reshape(batch, -1)
        return self._anchor(prepared, starts, units) if self.anchored else None

    def outputs(self, prepared: Floats, starts: Starts, anchor: Anchor | None) -> Floats:
        """The targets (B, H · K) in the network's units, all targets of the first step ahead first."""
        targets = self._at(prepared, starts, self._ahead)
        if anchor is not None:
            targets -= anchor.base
            targets /= anchor.scale
        return targets.reshape(len(starts), -1)

    def restore(self, y_hat: Floats, values: Floats, starts: Starts, anchor: Anchor | None) -> Array64:
        """Outputs (B, H · K) of the windows that start at these records of values (N, D, original units) →
        (B, H, K) in original units. Of `values` nothing after the windows is read.

        Where the logarithm was taken the result is its exponential, which makes a mean into about a median.
        """
        config = self.config
        y = y_hat.reshape(len(starts), config.horizon, -1).astype(np.float64)
        if anchor is not None:
            y = y * anchor.scale + anchor.base
        y = self._scaler(starts).inverse(y, self.target_columns)
        if config.lag:
            back = np.arange(min(config.lag, config.horizon)) + (config.reach - config.lag)
            before = values[(starts[:, None] + back)[:, :, None], self.target_columns].astype(np.float64)
            y = undo_difference(y, np.log(before) if config.log else before, config.lag)
        if config.log:
            with np.errstate(over="ignore"):  # a wild network's answer is infinite, which is seen where it is used
                np.exp(y, out=y)
        return y

    def _scaler(self, records: Starts) -> Scaler:
        """The scaler of these records, one row each where many series have their own."""
        return self.scaler if self.layout is None else self.scaler.of(self.layout.at(records))

    def _anchor(self, prepared: Floats, starts: Starts, units: tuple[Floats, Floats] | None) -> Anchor:
        """units: centre and scale (B, dynamic columns) of each window, None for units that are those of `prepared`."""
        shape = (len(starts), 1, len(self.targets))
        scale = np.ones(shape, prepared.dtype) if units is None else units[1][:, None, self._targets]
        if self.config.residual != "none":
            base = self._at(prepared, starts, self._bases[0])
            for offsets in self._bases[1:]:
                base += self._at(prepared, starts, offsets)
            return Anchor(base / len(self._bases) if len(self._bases) > 1 else base, scale)
        assert units is not None
        return Anchor(units[0][:, None, self._targets], scale)

    def _at(self, prepared: Floats, starts: Starts, offsets: Starts) -> Floats:
        """Entries of `prepared` at fixed offsets (…) from each window's first prepared row: (B, …), copied."""
        found: Floats = prepared.reshape(-1).take((starts * len(self.names))[:, None, None] + offsets)
        return found

    def _offsets(self, ahead: Starts, columns: list[int] | None = None) -> Starts:
        """Steps ahead (n,), 0 for the first record after the window → offsets (n, K) of their targets for `_at`, or of
        other columns."""
        rows = ahead + (self.config.reach - self.config.lag)
        places = self.target_columns if columns is None else columns
        offsets: Starts = rows[:, None] * len(self.names) + np.array(places)
        return offsets

    @cached_property
    def _ahead(self) -> Starts:
        return self._offsets(np.arange(self.config.horizon))

    @cached_property
    def _known_ahead(self) -> Starts:
        return self._offsets(np.arange(self.config.horizon), [self.names.index(name) for name in self.known])

    @cached_property
    def _bases(self) -> list[Starts]:
        """Offsets of what a residual is taken from, the mean of them: the last record, or the one a season before each step
        predicted (the last whole season over and over beyond it), or that of every whole season in the window."""
        if self.config.residual == "last":
            return [self._offsets(np.array([-1]))]
        season = self.config.season
        assert season is not None
        seasons = max(1, self.config.window // season) if self.config.residual == "seasons" else 1
        ahead = np.arange(self.config.horizon) % season
        return [self._offsets(ahead - back * season) for back in range(1, seasons + 1)]

    @cached_property
    def _width(self) -> int:
        """Columns of one time step that come from its own records."""
        return self.config.patch * len(self._dynamic)

    @cached_property
    def _rows(self) -> Starts:
        return np.arange(self.config.window)[:, None]

    @cached_property
    def _dynamic(self) -> list[int]:
        return [column for column, name in enumerate(self.names) if name not in self.static]

    @cached_property
    def _least(self) -> Array64:
        return self.least[..., self._dynamic]

    @cached_property
    def _static(self) -> list[int]:
        return [self.names.index(name) for name in self.static]

    @cached_property
    def _known(self) -> list[int]:
        """The known columns' places among the dynamic columns."""
        return [self._dynamic.index(self.names.index(name)) for name in self.known]

    @cached_property
    def _targets(self) -> list[int]:
        """The targets' places among the dynamic columns."""
        return [self._dynamic.index(column) for column in self.target_columns]
