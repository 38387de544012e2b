"""How far off forecasts within the validation part were, step by step ahead."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from rnn.core.fit import Fit
from rnn.core.layout import usual_steps
from rnn.core.panel import split_series
from rnn.forecast.held_out import held_out

Array = NDArray[np.float64]


def validation_residuals(fit: Fit, steps: int, ahead: int | None = None) -> list[Array]:
    """For each step ahead the absolute residuals (origins, K) over the validation part, original units; of many series in one
    those of all of them, each divided by its own series' usual step (`units_of`).

    An origin's forecast starts where a validation window's does; steps that reach past the validation part are left out, so
    later steps have fewer residuals: a test part is not looked at. What overflows counts as an infinite residual. ahead: how
    many steps of the known columns the forecast has (None: what whole passes read); steps whose pass reads further than the
    record and the series' future go are left out as well.
    """
    found, units = held_out(fit, steps, ahead=ahead), units_of(fit)
    with np.errstate(over="ignore", invalid="ignore"):
        errors = np.abs(found.actual - found.point)
    if units is not None:
        errors /= units[found.numbers][:, None]
    errors = np.nan_to_num(errors, nan=math.inf, posinf=math.inf)
    told = found.told.all(axis=2)
    return [errors[told[:, step], step] for step in range(steps)]


def units_of(fit: Fit) -> Array | None:
    """(P, K): what the residuals of each of many series are divided by before they are put together, its usual step in the
    training part; None for a single series."""
    if not fit.series.lengths:
        return None
    split = split_series(fit.config, fit.series)
    assert not isinstance(split.seen_rows, int)
    return usual_steps(fit.series, split.seen_rows)


def rank_of(count: int, worth: float, level: float) -> int:
    """⌈n · level · (1 + 1/m)⌉, at least 1, of n scores that are worth m."""
    # 99.9 is not exactly 99.9 in binary: without rounding, the ⌈ ⌉ of a whole number could be the next one.
    return max(1, math.ceil(round(count * (1 + 1 / worth) * level / 100, 9))) if count else 1


def conformal_reach(residuals: Array, level: float) -> float:
    """Half the width of the split-conformal interval of independent errors: the ⌈(n + 1) · level⌉-th smallest absolute
    residual of n, or NaN where n is too small for the level."""
    rank = rank_of(len(residuals), len(residuals), level)
    if rank > len(residuals):
        return math.nan
    return float(np.partition(residuals, rank - 1)[rank - 1])
