"""The derivatives of the forecast, computed once for weights, window and output, and put in the order of the columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.inside.attention.choices import ALL, Choice
from pages.inside.states import followed
from pages.inside.view import View
from rnn.core.attention import Attention, attention
from rnn.core.model import Model
from rnn.core.unit_courses import spread_out
from rnn.core.windows import split_windows

Array64 = NDArray[np.float64]

FEWEST, MOST, COST = 4, 128, 600_000_000
"""Windows of the usual view, and multiplications of a forward pass that they may take."""

MOST_COLUMNS = 24


@dataclass(frozen=True, eq=False)
class Drawn:
    """matrix: (rows, reach + horizon), NaN where a column is not read; names: of its rows."""

    matrix: Array64
    names: list[str]


@dataclass(frozen=True, eq=False)
class Effects:
    """by_unit: (D, reach + horizon), what one unit more of each value adds to the forecast; the columns known ahead go on over
    the steps predicted, NaN for the others. low, high: where eight windows in ten lie (usual view), the same otherwise.
    spread: (D,), the usual spread of each column. shares: path → its part of the whole effect. names, static: of the columns.
    predicted: the forecast, of several windows its mean."""

    by_unit: Array64
    low: Array64
    high: Array64
    spread: Array64
    shares: dict[str, float]
    names: tuple[str, ...]
    static: tuple[str, ...]
    predicted: float
    windows: int
    of: int

    @property
    def by_spread(self) -> Array64:
        return self.by_unit * self.spread[:, None]

    @property
    def by_column(self) -> dict[str, float]:
        """Column → its part of the whole effect, the largest first; {} where there is none."""
        sizes = np.nansum(np.abs(self.by_spread), axis=1)
        order = np.argsort(-sizes, kind="stable")
        return {self.names[k]: float(sizes[k] / sizes.sum()) for k in order} if sizes.sum() > 0 else {}

    def drawn(self, by_spread: bool) -> Drawn:
        """The dynamic columns; of very many those with the largest effect."""
        strongest = [name for name in self.by_column or self.names if name not in self.static][:MOST_COLUMNS]
        rows = [k for k, name in enumerate(self.names) if name in strongest]
        matrix = (self.by_spread if by_spread else self.by_unit)[rows]
        return Drawn(matrix, [self.names[k] for k in rows])


def effects(view: View, choice: Choice) -> Effects:
    model, series, config = view.fit.model, view.series, view.config
    starts = followed.starts(view)
    asked = np.array([view.window.first])
    if choice.usually:
        cost = max(1, followed.units_of(view, "h").cost * config.seeds)
        asked = starts[spread_out(len(starts), min(MOST, max(FEWEST, COST // cost)))]
    found = _attention(
        (view.run.id, view.subject.id, str(view.epoch)), tuple(asked.tolist()), choice.target, choice.ahead, model,
        series.values,
    )  # fmt: skip
    seen = series.values[: split_windows(config, len(series)).seen_rows]
    spread = seen.std(axis=0)
    known = [series.names.index(name) for name in series.known]
    window, ahead = (found.window, found.ahead) if choice.path == ALL else found.paths[choice.path]
    each = np.full((len(asked), len(series.names), config.reach + config.horizon), np.nan)
    each[:, :, : config.reach] = window.swapaxes(1, 2)
    each[:, known, config.reach :] = ahead.swapaxes(1, 2)
    with np.errstate(invalid="ignore"):
        low, mean, high = np.quantile(each, 0.1, axis=0), each.mean(axis=0), np.quantile(each, 0.9, axis=0)
    return Effects(
        mean, low, high, spread, found.shares(spread, known), series.names, series.static,
        float(found.predicted.mean()), len(asked), len(starts),
    )  # fmt: skip


@st.cache_resource(max_entries=32, show_spinner="Asking what changes the forecast …")
def _attention(
    identity: tuple[str, ...], starts: tuple[int, ...], target: int, ahead: int, _model: Model, _values: Array64
) -> Attention:
    config = _model.config
    windows = np.stack([_values[start : start + config.reach] for start in starts])
    known = [_model.names.index(name) for name in _model.known]
    after = [_values[start + config.reach : start + config.reach + config.horizon, known] for start in starts]
    return attention(_model, windows, np.stack(after) if known else None, target=target, ahead=ahead)
