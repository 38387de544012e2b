"""One fold of a backtest: what may be learnt from, and what is then judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.series import Series
from rnn.forecast.backtest.plan import Cutoff, Plan

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fold:
    """P series cut at one cut-off. histories: of each the records that the fold learns from, which end just before the first
    one predicted, with what its known columns hold from there on as their future. times: (P, steps) and actual: (P, steps, K)
    of what is predicted. scale: (P, K), the mean absolute change over a season in the history, by which errors are
    divided for the MASE (Hyndman and Koehler 2006); over one record where the history has no two seasons."""

    cutoff: Cutoff
    histories: tuple[Series, ...]
    times: NDArray[Any]
    actual: Array
    scale: Array

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(history.name for history in self.histories)


def folds_of(parts: Sequence[Series], plan: Plan, cutoffs: Sequence[Cutoff], season: int | None) -> list[Fold]:
    """parts: the series that are judged, each by itself and long enough. season: of the scale."""
    spare = cutoffs[-1].back - plan.steps
    found = []
    for cutoff in cutoffs:
        histories = [history_of(part, plan.learnt_from(len(part), cutoff.number, spare)) for part in parts]
        rows = [slice(len(part) - cutoff.back, len(part) - cutoff.back + plan.steps) for part in parts]
        found.append(
            Fold(
                cutoff, tuple(histories),
                np.stack([part.times[one] for part, one in zip(parts, rows, strict=True)]),
                np.stack([part.values[one][:, part.target_columns] for part, one in zip(parts, rows, strict=True)]),
                np.stack([scale_of(history, season) for history in histories]),
            )
        )  # fmt: skip
    return found


def history_of(part: Series, rows: slice) -> Series:
    """The records `rows` of a single series, with what its known columns hold after them as their future."""
    future = None
    if part.known:
        future = part.values[rows.stop :, [part.names.index(name) for name in part.known]]
        if part.future is not None:
            future = np.concatenate([future, part.future])
    return replace(part, times=part.times[rows], values=part.values[rows], future=future)


def scale_of(history: Series, season: int | None) -> Array:
    """(K,): the mean absolute change of each target over a season, or from record to record where the history has no two
    seasons; NaN for a single record."""
    values = history.values[:, history.target_columns]
    lag = season if season and len(values) >= 2 * season else 1
    if len(values) <= lag:
        return np.full(values.shape[1], np.nan)
    return np.abs(values[lag:] - values[:-lag]).mean(axis=0)


def together(histories: Sequence[Series], many: bool) -> Series:
    """The histories as what a network is trained on: many series in one, or the only one."""
    if not many:
        return histories[0]
    plain = [replace(history, future=None) for history in histories]
    return Series.joined(plain, [history.name for history in histories])
