"""Forecasts made within a part that the network was not trained on, beside what came: what everything measured rests on."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rnn.core.cells import CELLS
from rnn.core.config import Config
from rnn.core.fit import Fit
from rnn.core.losses import middle_level
from rnn.core.panel import each, split_series
from rnn.core.windows import Split, Starts, chunks
from rnn.forecast.ahead import predict_levels_ahead
from rnn.forecast.known_future import known_track
from rnn.forecast.measure import Measure

Array = NDArray[np.float64]

PARTS = ("validation", "test")

# Origins that a part is measured from: enough for a 99 % interval, and quick to run. Where a free-running forecast takes many
# passes, fewer of them.
MOST_ORIGINS, LEAST_ORIGINS = 1000, 100
MOST_PASSES = 200_000
# Multiply-adds of all passes together, a few seconds of one core; what a time step of one unit costs beside its products.
MOST_WORK, UNIT_OVERHEAD = 4e10, 30
# Numbers that the windows of one pass may hold, whatever the window.
PASS_NUMBERS = 2_000_000


@dataclass(frozen=True, eq=False)
class Origins:
    """Forecasts to be checked, (n,) each. starts: the first record that each reads. ends: the record after the last one that
    it is checked against, in its series' part. stops: the record after the last of its series. middles: the record in the
    middle of its series' part. numbers: which of many series it belongs to."""

    starts: Starts
    ends: Starts
    stops: Starts
    middles: Starts
    numbers: Starts

    def spread(self, most: int) -> Origins:
        """At most so many of them, evenly."""
        if len(self.starts) <= most:
            return self
        return self.at(np.linspace(0, len(self.starts) - 1, most).astype(int))

    def at(self, places: Starts | slice) -> Origins:
        """Some of them."""
        arrays = (self.starts, self.ends, self.stops, self.middles, self.numbers)
        return Origins(*(array[places] for array in arrays))


@dataclass(frozen=True, eq=False)
class HeldOut:
    """n forecasts of S steps for K targets, in original units, oldest first.

    first: (n,) the first record that each predicts. predicted: (n, S, K, Q), Q levels of a quantile loss, else one. middle:
    which of them is the point forecast. actual: (n, S, K), NaN where a step cannot be checked: beyond the part, or beyond what
    is known of the columns known ahead. unit: (n, 1, K), what errors are divided by, see `Measure`. middles, numbers: as of
    `Origins`.
    """

    first: Starts
    predicted: Array
    middle: int
    actual: Array
    unit: Array
    middles: Starts
    numbers: Starts

    @property
    def point(self) -> Array:
        """(n, S, K): the point forecasts."""
        return self.predicted[..., self.middle]

    @property
    def told(self) -> NDArray[np.bool_]:
        """(n, S, K): which of them can be checked."""
        return np.isfinite(self.actual)

    @property
    def records(self) -> Starts:
        """(n, S): the records predicted."""
        found: Starts = self.first[:, None] + np.arange(self.predicted.shape[1])
        return found

    def earlier(self) -> HeldOut:
        """What could be checked by the middle of each series' part."""
        early = (self.records < self.middles[:, None])[:, :, None]
        return replace(self, actual=np.where(early, self.actual, math.nan))

    def later(self) -> HeldOut:
        """The forecasts made from the middle of each series' part on."""
        late = self.first >= self.middles
        return HeldOut(self.first[late], self.predicted[late], self.middle, self.actual[late], self.unit[late],
                       self.middles[late], self.numbers[late])  # fmt: skip


def has(fit: Fit, part: str) -> bool:
    """Whether there is such a part."""
    if part not in PARTS:
        raise ValueError(f"part={part!r} is not allowed; allowed: {', '.join(PARTS)}.")
    return part == "validation" or bool(fit.config.test)


def origins_of(fit: Fit, part: str = "validation") -> Origins:
    """From every window that begins where one of the part's own does, as far as one record of the part is left to check.

    Raises ValueError where there is no such part.
    """
    if not has(fit, part):
        raise ValueError("The run has no test part; train with test= a share or a number of records.")
    found = []
    for number, first, split in each(split_series(fit.config, fit.series)):
        begin, records = _of_part(split, part)
        starts = first + np.arange(begin, records.stop - split.window)
        middle = first + (records.start + records.stop + 1) // 2
        same = (first + records.stop, first + split.rows, middle, number)
        found.append([starts, *(np.full(len(starts), value) for value in same)])
    return Origins(*(np.concatenate(arrays) for arrays in zip(*found, strict=True)))


def _of_part(split: Split, part: str) -> tuple[int, slice]:
    if part == "validation":
        return split.first_validation_window, split.validation_records
    return split.first_test_window, split.test_records


def held_out(
    fit: Fit,
    steps: int,
    part: str = "validation",
    *,
    ahead: int | None = None,
    stride: int | None = None,
    origins: Origins | None = None,
    local: bool | None = None,
) -> HeldOut:
    """The network's forecasts of `steps` records within a part, by `fit.model`, which never saw it.

    At most MOST_ORIGINS of them, spread evenly, unless origins are given. ahead: how many steps of the known columns a
    forecast has (None: what whole passes read). stride: see `predict_ahead`. local: see `Measure`. Steps further than any
    origin can be checked at are NaN, and so are those that no network could predict (`runs_freely`). Raises ValueError where
    there is no such part.
    """
    series, window, horizon = fit.series, fit.config.reach, fit.config.horizon
    kept = horizon if stride is None else stride
    found = origins_of(fit, part) if origins is None else origins
    # Not further than the longest forecast that any origin can be checked against.
    reach = max(1, min(steps, int((found.ends - found.starts).max(initial=0)) - window))
    if origins is None:
        found = found.spread(most_origins(fit.config, -(-reach // kept)))
    if ahead is None:
        ahead = (-(-steps // kept) - 1) * kept + horizon
    measure = Measure.of(fit, local)
    predicted, unit, there = _predicted(fit, found, reach, ahead, kept, measure)
    records = found.starts[:, None] + window + np.arange(reach)
    passes = np.arange(reach) // kept * kept
    read = found.starts[:, None] + window + np.minimum(passes + horizon, ahead)
    told = (records < found.ends[:, None]) & (read <= there)
    if not runs_freely(fit):
        told &= passes == 0
    targets = series.values[:, series.target_columns]
    actual = np.where(told[:, :, None], targets[np.minimum(records, len(targets) - 1)], math.nan)
    further = ((0, 0), (0, steps - reach), (0, 0))
    return HeldOut(
        found.starts + window,
        np.pad(predicted, (*further, (0, 0)), constant_values=math.nan),
        middle_level(fit.config),
        np.pad(actual, further, constant_values=math.nan),
        unit,
        found.middles,
        found.numbers,
    )


def most_origins(config: Config, passes: int) -> int:
    """How many origins there is time for, where each takes so many passes of the network."""
    units = config.seeds * config.layers * config.steps * CELLS[config.cell].gates * config.hidden
    affordable = MOST_WORK / (units * (config.hidden + config.patch + UNIT_OVERHEAD))
    return min(MOST_ORIGINS, max(LEAST_ORIGINS, int(min(MOST_PASSES, affordable) // passes)))


def runs_freely(fit: Fit) -> bool:
    """Whether all inputs of a step are there once its targets are predicted: each is a target, static or known ahead."""
    model = fit.model
    return not {*model.names} - {*model.targets, *model.framing.static, *model.known}


def _predicted(
    fit: Fit, origins: Origins, reach: int, ahead: int, stride: int, measure: Measure
) -> tuple[Array, Array, Array | float]:
    """(n, reach, K, Q) forecasts, their units (n, 1, K), and up to which record (n, 1) the known columns are there."""
    series, window, starts = fit.series, fit.config.reach, origins.starts
    track = known_track(fit, ahead)
    records, after = np.arange(window), window + np.arange(ahead)
    at_once = max(1, PASS_NUMBERS // (window * len(series.names) + ahead * len(series.known)))
    parts, units = [], []
    for part in chunks(len(starts), at_once):
        known = None
        if track is not None:
            rows = starts[part][:, None] + after
            known = track[rows]
            if series.lengths:  # what comes after the end of a series is another one
                known[rows >= origins.stops[part][:, None]] = math.nan
        numbers = origins.numbers[part]
        windows = series.values[starts[part][:, None] + records]
        of = numbers if series.lengths else None
        parts.append(predict_levels_ahead(fit.model, windows, reach, known, of, stride=stride))
        units.append(measure.units(windows, numbers))
    if track is None:
        return np.concatenate(parts), np.concatenate(units), math.inf
    there = origins.stops if series.lengths else np.full(len(starts), np.isfinite(track).all(axis=1).sum())
    return np.concatenate(parts), np.concatenate(units), there[:, None].astype(np.float64)
