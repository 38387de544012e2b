"""From raw windows to what the network reads, and from its outputs to original units: `rnn.core.framing` as nodes of a graph.

B windows of `reach` records and D columns, all in float64 as there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnn.core.framing import Framing
from rnn.export.onnx.graph import Graph


@dataclass(frozen=True)
class Read:
    """Names of values. x: (T, B, C). base (B, H or 1, K), scale (B, 1, K): what the outputs are measured from, None where that
    is the same for all windows. before: (B, min(lag, H), K), the levels that differences are added to, or None."""

    x: str
    base: str | None
    scale: str | None
    before: str | None


class FramedGraph:
    """windows: the name of (B, reach, D). future: (B, H, F) where columns are known ahead. number: (B,), which of many series
    each window belongs to, where there are many."""

    def __init__(self, graph: Graph, framing: Framing, windows: str, future: str | None, number: str | None) -> None:
        self.graph, self.framing, self.config = graph, framing, framing.config
        self.windows, self.future, self.number = windows, future, number
        self.dynamic = [column for column, name in enumerate(framing.names) if name not in framing.static]
        self.targets = framing.target_columns
        self.places = [self.dynamic.index(column) for column in self.targets]

    def read(self) -> Read:
        graph, config, framing = self.graph, self.config, self.framing
        levels, prepared = self._prepared()
        rows = config.reach - config.lag
        records = graph.slice(prepared, rows - config.window, rows, 1)
        dynamic = graph.gather(records, self.dynamic, 2) if framing.static else records
        units = self._units(dynamic) if config.scaling == "window" else None
        if units:
            dynamic = graph.op("Div", graph.op("Sub", dynamic, units[0]), units[1])
        width = config.patch * len(self.dynamic)
        parts = [graph.reshape(dynamic, (-1, config.steps, width))]
        if framing.static:
            last = graph.gather(records, [config.window - 1], 1)
            static = [framing.names.index(name) for name in framing.static]
            parts.append(self._at_every_step(graph.gather(last, static, 2), len(static)))
        if framing.known:
            parts.append(self._at_every_step(self._known_ahead(), config.horizon * len(framing.known)))
        x = graph.op("Concat", *parts, axis=2) if len(parts) > 1 else parts[0]
        base, scale = self._anchor(prepared, units)
        before = None
        if config.lag:
            first = config.reach - config.lag
            before = graph.slice(levels, first, first + min(config.lag, config.horizon), 1)
            before = graph.gather(before, self.targets, 2)
        return Read(graph.op("Transpose", x, perm=[1, 0, 2]), base, scale, before)

    def restored(self, y: str, read: Read) -> str:
        """Outputs (B, H · K), float64 → (B, H, K) in original units."""
        graph, config = self.graph, self.config
        y = graph.reshape(y, (-1, config.horizon, len(self.targets)))
        if read.base is not None:
            y = graph.op("Mul", y, read.scale) if read.scale is not None else y
            y = graph.op("Add", y, read.base)
        centre, scale = (self._of_series(array[..., self.targets]) for array in self._scaler())
        y = graph.op("Add", graph.op("Mul", y, scale), centre)
        if read.before is not None:
            y = self._summed(y, read.before)
        return graph.op("Exp", y) if config.log else y

    def _prepared(self) -> tuple[str, str]:
        """(B, reach, D) with the targets' logarithms, and (B, reach − lag, D) differenced and scaled."""
        graph, config = self.graph, self.config
        levels, mask = self.windows, np.isin(np.arange(len(self.framing.names)), self.targets)
        is_target = graph.op("Cast", graph.constant(mask.astype(np.int64), "int64"), to=9)  # to bool
        if config.log:
            levels = graph.op("Where", is_target, graph.op("Log", levels), levels)
        changed = levels
        if config.lag:
            later = graph.slice(levels, config.lag, config.reach, 1)
            earlier = graph.slice(levels, 0, config.reach - config.lag, 1)
            changed = graph.op("Where", is_target, graph.op("Sub", later, earlier), later)
        centre, scale = (self._of_series(array) for array in self._scaler())
        return levels, graph.op("Div", graph.op("Sub", changed, centre), scale)

    def _scaler(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return self.framing.scaler.centre, self.framing.scaler.scale

    def _of_series(self, array: NDArray[np.float64]) -> str:
        """(D,), or of many series (P, D) → (B, 1, D)."""
        if self.number is None:
            return self.graph.constant(array)
        chosen = self.graph.op("Gather", self.graph.constant(array), self.number, axis=0)
        return self.graph.reshape(chosen, (-1, 1, array.shape[-1]))

    def _units(self, dynamic: str) -> tuple[str, str]:
        """Centre and scale (B, 1, columns) of each window, as `rnn.core.scaling.window_units`."""
        graph, config = self.graph, self.config
        if config.season is None or config.season > config.window:
            centre = graph.slice(dynamic, config.window - 1, config.window, 1)
        else:
            centre = graph.mean(graph.slice(dynamic, config.window - config.season, config.window, 1), 1)
        least = self._of_series(self.framing.least[..., self.dynamic])
        if config.window > 1:
            later, earlier = graph.slice(dynamic, 1, config.window, 1), graph.slice(dynamic, 0, config.window - 1, 1)
            change = graph.mean(graph.op("Abs", graph.op("Sub", later, earlier)), 1)
        else:
            change = graph.op("Sub", centre, centre)
        scale = graph.op("Max", change, least)
        if self.framing.known:
            known = np.isin([self.framing.names[column] for column in self.dynamic], self.framing.known)
            keep = graph.constant(np.where(known, 0.0, 1.0))
            centre = graph.op("Mul", centre, keep)
            scale = graph.op("Add", graph.op("Mul", scale, keep), graph.constant(np.where(known, 1.0, 0.0)))
        return centre, scale

    def _known_ahead(self) -> str:
        """(B, 1, H · F), scaled."""
        assert self.future is not None
        columns = [self.framing.names.index(name) for name in self.framing.known]
        centre, scale = (self._of_series(array[..., columns]) for array in self._scaler())
        scaled = self.graph.op("Div", self.graph.op("Sub", self.future, centre), scale)
        return self.graph.reshape(scaled, (-1, 1, self.config.horizon * len(columns)))

    def _at_every_step(self, value: str, width: int) -> str:
        """(B, 1, width) → (B, T, width)."""
        return self.graph.op("Expand", value, self.graph.constant([1, self.config.steps, width], "int64"))

    def _anchor(self, prepared: str, units: tuple[str, str] | None) -> tuple[str | None, str | None]:
        graph, config = self.graph, self.config
        scale = graph.gather(units[1], self.places, 2) if units else None
        if config.residual == "none":
            return (graph.gather(units[0], self.places, 2), scale) if units else (None, None)
        ends = config.reach - config.lag
        if config.residual == "last":
            base = graph.slice(prepared, ends - 1, ends, 1)
        else:
            season = config.season or 1
            seasons = max(1, config.window // season) if config.residual == "seasons" else 1
            ahead = np.arange(config.horizon) % season
            bases = [graph.gather(prepared, ends + ahead - back * season, 1) for back in range(1, seasons + 1)]
            base = graph.op("Div", graph.op("Sum", *bases), graph.constant(float(seasons)))
        return graph.gather(base, self.targets, 2), scale

    def _summed(self, changes: str, before: str) -> str:
        """Differences (B, H, K) as levels: each stands on the one `lag` before it."""
        graph, H, K, lag = self.graph, self.config.horizon, len(self.targets), self.config.lag
        if lag >= H:
            return graph.op("Add", changes, before)
        blocks = -(-H // lag)
        padded = graph.op("Pad", changes, graph.constant([0, 0, 0, 0, blocks * lag - H, 0], "int64"))
        by_block = graph.op("CumSum", graph.reshape(padded, (-1, blocks, lag, K)), graph.constant(1, "int64"))
        levels = graph.op("Add", by_block, graph.reshape(before, (-1, 1, lag, K)))
        return graph.slice(graph.reshape(levels, (-1, blocks * lag, K)), 0, H, 1)
