"""What the edits do to the chosen window: its prediction and its states, before and after."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pages.inside.by_hand.edits import Cells, WeightEdit, edited_values, edited_weights
from pages.inside.view import View
from pages.inside.window import Window
from rnn.core.ensemble import joined
from rnn.core.inspection import hidden_states
from rnn.core.model import Model
from rnn.core.network import Params
from rnn.core.series import Series

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Outcome:
    """values: (reach + horizon, D), original units. predicted: (horizon, K) by the network looked into; whole: the same by
    the whole ensemble. states: (T, H) of the layer looked into."""

    values: NDArray[np.float64]
    predicted: NDArray[np.float64]
    whole: NDArray[np.float64]
    states: Floats


@dataclass(frozen=True, eq=False)
class Effect:
    """actual: (horizon, K), what the series holds there. params: the weights after the edits."""

    before: Outcome
    after: Outcome
    actual: NDArray[np.float64]
    params: Params

    @property
    def finite(self) -> bool:
        return bool(np.isfinite(self.after.predicted).all() and np.isfinite(self.after.states).all())


def effect_of(view: View, cells: Cells, weights: Mapping[WeightEdit, float]) -> Effect:
    """The same window twice: as the run knows it, and with the edits."""
    series, window, part = view.series, view.window, view.part
    params = edited_weights(part.network, part.params, weights) if weights else part.params
    rows = slice(window.rows.start, window.ahead.stop)
    before = _outcome(view, series.values[rows], part.params)
    after = _outcome(view, edited_values(series, rows, cells), params) if cells or weights else before
    return Effect(before, after, series.values[window.ahead][:, series.target_columns], params)


def alone(model: Model, params: Params) -> Model:
    """A model of one network with these weights."""
    return Model(model.config.replace(seeds=1), params, model.framing)


def with_member(view: View, params: Params) -> Model:
    """The run's model with these weights in the place of those that are looked into."""
    members = list(view.fit.model.members)
    members[view.part.member] = params
    return Model(view.config, joined(members), view.fit.model.framing)


def _outcome(view: View, values: NDArray[np.float64], params: Params) -> Outcome:
    series, part, rows = view.series, view.part, view.window.rows
    # Cut out by itself, so that a long series is not copied for one value of it.
    here = slice(rows.start, rows.start + len(values))
    cut = Series(
        series.times[here], values, series.names, series.targets, series.name, None, series.static, series.known
    )
    window = Window(alone(view.fit.model, params), cut, 0)
    with np.errstate(all="ignore"):  # weights moved far may overflow, which is said where it is shown
        predicted = window.predicted
        states = hidden_states(part.network, params, window.x, part.layer)[:, 0]
        whole = predicted
        if view.config.seeds > 1:
            whole = dataclasses.replace(window, model=with_member(view, params)).predicted
    return Outcome(values, predicted, whole, states)
