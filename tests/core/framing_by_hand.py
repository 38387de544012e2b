"""Framing once more, window by window and number by number in plain Python: what the fast code is held against."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, pstdev

import numpy as np

from rnn.core.config import Config

Column = list[float]
SCALINGS = ("none", "standard", "minmax", "window")


def read(framing, values, starts, dtype=np.float64):
    """Inputs (T, B, C), anchor and outputs of the windows that start there."""
    prepared = framing.prepare(values).astype(dtype)
    x = np.full((framing.config.steps, len(starts), framing.channels), np.nan, dtype)
    anchor = framing.inputs(prepared, starts, x)
    return x, anchor, framing.outputs(prepared, starts, anchor)


def actual(framing, values, starts):
    rows = starts[:, None] + framing.config.reach + np.arange(framing.config.horizon)
    return values[rows][:, :, framing.target_columns]


@dataclass
class ByHand:
    """columns: raw records by name; rows: how many, from the first on, may be fitted on."""

    config: Config
    columns: dict[str, Column]
    targets: tuple[str, ...]
    static: tuple[str, ...]
    rows: int
    known: tuple[str, ...] = ()

    def __post_init__(self):
        self.dynamic = [name for name in self.columns if name not in self.static]
        self.prepared, self.centre, self.scale, self.usual = {}, {}, {}, {}
        for name, column in self.columns.items():
            self._prepare(name, self._levels(name, column))

    def _levels(self, name: str, column: Column) -> Column:
        return [math.log(value) for value in column] if self.config.log and name in self.targets else column

    def _prepare(self, name: str, levels: Column) -> None:
        lag = self.config.lag
        changes = levels[lag:]
        if name in self.targets and lag:
            changes = [levels[row] - levels[row - lag] for row in range(lag, len(levels))]
        seen = changes[: self.rows - lag]
        if self.config.scaling in ("standard", "window"):
            centre, scale = fmean(seen), pstdev(seen)
        elif self.config.scaling == "minmax":
            centre, scale = min(seen), max(seen) - min(seen)
        else:
            centre, scale = 0.0, 1.0
        scale = 1.0 if scale < 1e-11 else scale
        self.centre[name], self.scale[name] = centre, scale
        self.prepared[name] = [(value - centre) / scale for value in changes]
        usual = mean_change(self.prepared[name][: self.rows - lag])
        self.usual[name] = 0.0 if usual < 1e-11 else usual

    def units(self, name: str, start: int) -> tuple[float, float]:
        """Centre and scale of the window that starts at this record."""
        if self.config.scaling != "window" or name in self.known:
            return 0.0, 1.0
        seen, season, usual = self.seen(name, start), self.config.season, self.usual[name]
        centre = fmean(seen[-season:]) if season and season <= len(seen) else seen[-1]
        own = mean_change(seen) if len(seen) > 1 else usual
        return centre, max(own, usual / 10 if usual else 1.0)

    def end(self, start: int) -> int:
        """The first prepared row after the window."""
        return start + self.config.reach - self.config.lag

    def seen(self, name: str, start: int) -> Column:
        end = self.end(start)
        return self.prepared[name][end - self.config.window : end]

    def inputs(self, start: int) -> list[Column]:
        """The time steps of one window, each a list of channels."""
        patch, steps = self.config.patch, []
        for step in range(self.config.window // patch):
            channels = []
            for record in range(step * patch, (step + 1) * patch):
                for name in self.dynamic:
                    centre, scale = self.units(name, start)
                    channels.append((self.seen(name, start)[record] - centre) / scale)
            channels += [self.seen(name, start)[-1] for name in self.columns if name in self.static]
            for ahead in range(self.config.horizon):
                channels += [self.prepared[name][self.end(start) + ahead] for name in self.known]
            steps.append(channels)
        return steps

    def base(self, name: str, start: int, ahead: int) -> float:
        end, season = self.end(start), self.config.season
        if self.config.residual == "last":
            return self.prepared[name][end - 1]
        if self.config.residual == "seasonal":
            row = end + ahead
            while row >= end:
                row -= season
            return self.prepared[name][row]
        if self.config.residual == "seasons":
            first, seen = end + ahead % season, max(1, self.config.window // season)
            return fmean(self.prepared[name][first - (back + 1) * season] for back in range(seen))
        return self.units(name, start)[0]

    def outputs(self, start: int) -> Column:
        end, found = self.end(start), []
        for ahead in range(self.config.horizon):
            for name in self.targets:
                value = self.prepared[name][end + ahead] - self.base(name, start, ahead)
                found.append(value / self.units(name, start)[1])
        return found

    def restore(self, y_hat: Column, start: int) -> list[Column]:
        """One window's answers (H · K) → H lists of K values."""
        lag, end = self.config.lag, start + self.config.reach
        levels: dict[str, Column] = {name: self._levels(name, self.columns[name][:end]) for name in self.targets}
        found, left = [], list(y_hat)
        for ahead in range(self.config.horizon):
            found.append([])
            for name in self.targets:
                value = left.pop(0) * self.units(name, start)[1] + self.base(name, start, ahead)
                level = value * self.scale[name] + self.centre[name]
                if lag:
                    level += levels[name][end + ahead - lag]
                levels[name].append(level)
                found[-1].append(math.exp(level) if self.config.log else level)
        return found


def mean_change(values: Column) -> float:
    return fmean(abs(after - before) for before, after in pairwise(values))
