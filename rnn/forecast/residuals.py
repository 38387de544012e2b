"""How far off forecasts within the validation part were, step by step ahead, and the intervals that follow from it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnn.core.fit import Fit
from rnn.core.layout import usual_steps
from rnn.core.panel import each, split_series
from rnn.core.windows import Starts, chunks
from rnn.forecast.ahead import predict_ahead
from rnn.forecast.known_future import known_track

Array = NDArray[np.float64]

# Validation origins that intervals are measured from: enough for a 99 % interval, and quick to run. Where a free-running
# forecast takes many passes, fewer of them.
MOST_ORIGINS, LEAST_ORIGINS = 1000, 100
MOST_PASSES = 200_000
# Numbers that the windows of one pass may hold, whatever the window.
PASS_NUMBERS = 2_000_000


@dataclass(frozen=True, eq=False)
class Origins:
    """Forecasts to be checked, (n,) each. starts: the first record that each reads. ends: the record after the last one that
    it is checked against, in its series' validation part. stops: the record after the last of its series. numbers: which of
    many series it belongs to."""

    starts: Starts
    ends: Starts
    stops: Starts
    numbers: Starts

    def spread(self, most: int) -> Origins:
        """At most so many of them, evenly."""
        if len(self.starts) <= most:
            return self
        kept = np.linspace(0, len(self.starts) - 1, most).astype(int)
        return Origins(self.starts[kept], self.ends[kept], self.stops[kept], self.numbers[kept])


def _origins(fit: Fit) -> Origins:
    window = fit.config.reach
    found = []
    for number, first, split in each(split_series(fit.config, fit.series)):
        end = split.validation_records.stop
        starts = first + np.arange(split.first_validation_window, end - window)
        found.append([starts, *(np.full(len(starts), value) for value in (first + end, first + split.rows, number))])
    return Origins(*(np.concatenate(arrays) for arrays in zip(*found, strict=True)))


def validation_residuals(fit: Fit, steps: int, ahead: int | None = None) -> list[Array]:
    """For each step ahead the absolute residuals (origins, K) over the validation part, original units; of many series in one
    those of all of them, each divided by its own series' usual step (`units_of`).

    An origin's forecast starts where a validation window's does; steps that reach past the validation part are left out, so
    later steps have fewer residuals: a test part is not looked at. What overflows counts as an infinite residual. ahead: how
    many steps of the known columns the forecast has (None: what whole passes read); steps whose pass reads further than the
    record and the series' future go are left out as well.
    """
    series, window, horizon = fit.series, fit.config.reach, fit.config.horizon
    origins = _origins(fit)
    # Not further than the longest forecast that any origin can be checked against.
    reach = min(steps, int((origins.ends - origins.starts).max()) - window)
    passes = -(-reach // horizon)
    origins = origins.spread(min(MOST_ORIGINS, max(LEAST_ORIGINS, MOST_PASSES // passes)))
    ahead = -(-steps // horizon) * horizon if ahead is None else ahead
    predicted, there = _predicted(fit, origins, reach, ahead)
    starts, actual = origins.starts, series.values[:, series.target_columns]
    units = units_of(fit)
    residuals = [np.empty((0, actual.shape[1]))] * steps
    for step in range(reach):
        read = min(step // horizon * horizon + horizon, ahead)
        told = (starts + window + step < origins.ends) & (starts + window + read <= there)
        errors = np.abs(actual[starts[told] + window + step] - predicted[told, step])
        if units is not None:
            errors /= units[origins.numbers[told]]
        residuals[step] = np.nan_to_num(errors, nan=math.inf, posinf=math.inf)
    return residuals


def _predicted(fit: Fit, origins: Origins, reach: int, ahead: int) -> tuple[Array, NDArray[np.floating] | float]:
    """(origins, reach, K) forecasts, and up to which record (origins,) the known columns are there."""
    series, window, starts = fit.series, fit.config.reach, origins.starts
    track = known_track(fit, ahead)
    records, after = np.arange(window), window + np.arange(ahead)
    at_once = max(1, PASS_NUMBERS // (window * len(series.names) + ahead * len(series.known)))
    parts = []
    for part in chunks(len(starts), at_once):
        known = None
        if track is not None:
            rows = starts[part][:, None] + after
            known = track[rows]
            if series.lengths:  # what comes after the end of a series is another one
                known[rows >= origins.stops[part][:, None]] = math.nan
        numbers = origins.numbers[part] if series.lengths else None
        parts.append(predict_ahead(fit.model, series.values[starts[part][:, None] + records], reach, known, numbers))
    if track is None:
        return np.concatenate(parts), math.inf
    there = origins.stops if series.lengths else int(np.isfinite(track).all(axis=1).sum())
    return np.concatenate(parts), there


def units_of(fit: Fit) -> Array | None:
    """(P, K): what the residuals of each of many series are divided by before they are put together, its usual step in the
    training part; None for a single series."""
    if not fit.series.lengths:
        return None
    split = split_series(fit.config, fit.series)
    assert not isinstance(split.seen_rows, int)
    return usual_steps(fit.series, split.seen_rows)


def conformal_reach(residuals: Array, level: float) -> float:
    """Half the width of the split-conformal interval: the ⌈(n + 1) · level⌉-th smallest absolute residual of n, or NaN
    where n is too small for the level."""
    # 99.9 is not exactly 99.9 in binary: without rounding, the ⌈ ⌉ of a whole number could be the next one.
    rank = max(1, math.ceil(round((len(residuals) + 1) * level / 100, 9)))
    if rank > len(residuals):
        return math.nan
    return float(np.partition(residuals, rank - 1)[rank - 1])
