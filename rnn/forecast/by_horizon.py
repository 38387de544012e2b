"""How the error grows with the steps ahead: direct and free-running forecasts beside the baselines, on the same points."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.fit import Fit
from rnn.core.panel import AnySplit, PanelSplit, split_series
from rnn.core.windows import Split, Starts
from rnn.forecast.ahead import predict_ahead
from rnn.forecast.baselines import BASELINES, baseline_forecasts
from rnn.forecast.held_out import HeldOut, Origins, held_out, most_origins, origins_of, runs_freely
from rnn.forecast.known_future import known_track
from rnn.forecast.residuals import units_of

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

# The two ways in which a network looks further than one step, and what they are in words.
MODES = {
    "direct": "direct: all steps of the horizon at once",
    "free-running": "free-running: one step at a time, each fed back as if it had happened",
}


def errors_by_horizon(fit: Fit, steps: int, target: int = 0, part: str = "validation") -> pd.DataFrame:
    """Errors at each step ahead over a held-out part ("validation" or "test"), original units; of many series in one, each
    divided by its own series' usual step.

    mode "direct" is what `forecast` does: the network's horizon at once, and beyond it pass after pass on its own
    predictions. "free-running" feeds back the first step of each pass alone; it is missing where inputs are neither targets,
    static nor known ahead, whose values it would have to know. A network with horizon=1 can do nothing but run freely, and
    only that is listed. Then the baselines by their keys (`BASELINES`), each that has a meaning here. At each step all of
    them are measured on the same origins.

    Returns a frame with step (from 1), mode, label, mae, rmse, n (origins), NaN where no origin can be checked so far ahead.
    """
    import pandas as pd  # here, so that a worker process, which measures nothing, starts without it

    origins = _spread(fit, steps, part)
    held = held_out(fit, steps, part, origins=origins)
    modes: dict[str, HeldOut] = {"direct": held} if fit.config.horizon > 1 else {}
    if runs_freely(fit) or steps == 1:
        modes["free-running"] = (
            held if fit.config.horizon == 1 else held_out(fit, steps, part, origins=origins, stride=1)
        )
    predicted = {mode: one.point[:, :, target] for mode, one in modes.items()} or {"direct": held.point[:, :, target]}
    actual = held.actual[:, :, target]
    told = np.logical_and.reduce([np.isfinite(actual), *(one.told[:, :, target] for one in modes.values())])
    for name, values in _baselines(fit, steps, origins).items():
        predicted[name] = values[:, :, target]
        told &= np.isfinite(predicted[name])
    units = units_of(fit)
    unit = np.ones((len(actual), 1)) if units is None else units[origins.numbers][:, [target]]
    rows = []
    for mode, values in predicted.items():
        with np.errstate(invalid="ignore", over="ignore"):
            errors = np.nan_to_num(np.abs(values - actual) / unit, nan=math.inf, posinf=math.inf)
            for step in range(steps):
                known = errors[told[:, step], step]
                n, label = len(known), MODES.get(mode) or BASELINES[mode].label
                mae = float(known.mean()) if n else math.nan
                rmse = float(np.sqrt(np.square(known).mean())) if n else math.nan
                rows.append((step + 1, mode, label, mae, rmse, n))
    return pd.DataFrame(rows, columns=["step", "mode", "label", "mae", "rmse", "n"])


def _spread(fit: Fit, steps: int, part: str) -> Origins:
    """As many origins as a free-running forecast has time for."""
    return origins_of(fit, part).spread(most_origins(fit.config, steps))


@dataclass(frozen=True)
class _At(Split):
    """A split whose validation windows are these and no others."""

    at: tuple[int, ...] = ()

    @cached_property
    def validation_starts(self) -> Starts:  # type: ignore[override]
        return np.array(self.at, np.intp)


def _baselines(fit: Fit, steps: int, origins: Origins) -> dict[str, Array]:
    """Key → (origins, steps, K) of each baseline that has a meaning, NaN where it cannot be told."""
    series = fit.series
    found: dict[str, Array] = {}
    # The regression reads the known columns at all steps, which end with the series.
    whole = (
        origins.starts + fit.config.reach + steps <= origins.stops
        if series.known
        else np.full(len(origins.starts), True)
    )
    split = _moved(split_series(fit.config, series), origins.at(np.flatnonzero(whole)), steps)
    if split is None or not whole.any():
        return found
    for name, predicted in baseline_forecasts(series, split, fit.config.season):
        found[name] = np.full((len(whole), steps, predicted.shape[2]), math.nan)
        found[name][whole] = predicted
    return found


def _moved(split: AnySplit, origins: Origins, steps: int) -> AnySplit | None:
    """The split as if its horizon were so many steps, with the same records to train on and these windows to predict from;
    None where the training part is too short for one such window."""
    if isinstance(split, Split):
        return _moved_one(split, origins.starts, steps)
    splits, first = [], 0
    for number, (own, length) in enumerate(zip(split.splits, split.lengths, strict=True)):
        starts = origins.starts[origins.numbers == number] - first
        moved = None if own is None else _moved_one(own, starts, steps)
        if moved is None and len(starts):
            return None
        splits.append(moved if len(starts) else None)
        first += length
    return PanelSplit(split.ids, split.lengths, tuple(splits))


def _moved_one(split: Split, starts: Starts, steps: int) -> Split | None:
    train = split.train + split.horizon - steps
    if train < 1:
        return None
    fields = {name: getattr(split, name) for name in ("rows", "window", "leak")}
    return _At(**fields, horizon=steps, train=train, gap=0, validation=len(starts), test=0, at=tuple(starts.tolist()))


@dataclass(frozen=True, eq=False)
class Tracks:
    """One forecast beside what came, for a chart; S steps, original units, NaN where something is not known.

    origin: the first record predicted. earliest, latest: between which records it may be moved. times: (S,). actual: (S, K),
    NaN after the series. one_step: (S, K), each record predicted from the actual ones before it. direct: (S, K), what
    `forecast` would have said. free_running: (S, K), one step at a time on its own predictions, None where that cannot be
    done.
    """

    origin: int
    earliest: int
    latest: int
    times: NDArray[Any]
    actual: Array
    one_step: Array
    direct: Array
    free_running: Array | None


def tracks(fit: Fit, steps: int, origin: int | None = None) -> Tracks:
    """One-step, direct and free-running predictions of the `steps` records from `origin` on (a record, counted from 0).

    origin: from the first record of the validation part on, which the network has not seen, to the last of the series; None
    takes the last from which all steps lie within the part. Steps beyond the series are left away. Of many series in one,
    ask `fit.of(id)`. Raises ValueError for an origin out of range.
    """
    series, model, reach = fit.series, fit.model, fit.config.reach
    if series.lengths:
        raise ValueError("These are many series; choose one of them with fit.of(id).")
    split = split_series(fit.config, series)
    assert isinstance(split, Split)
    earliest, latest = split.validation_records.start, len(series) - 1
    if origin is None:
        origin = max(earliest, split.validation_records.stop - steps)
    if not earliest <= origin <= latest:
        raise ValueError(
            f"origin={origin} is not allowed; allowed: a record from {earliest}, where the validation part begins, to {latest}."
        )
    rows = np.arange(origin, min(origin + steps, len(series)))
    ahead = max(steps, 1) + fit.config.horizon
    track = known_track(fit, ahead + 1)

    def run(starts: Starts, count: int, stride: int | None = None) -> Array:
        windows = series.values[starts[:, None] + np.arange(reach)]
        length = (-(-count // (stride or fit.config.horizon)) - 1) * (stride or fit.config.horizon) + fit.config.horizon
        told = None if track is None else track[(starts + reach)[:, None] + np.arange(length)]
        return predict_ahead(model, windows, count, told, stride=stride)

    first, count = np.array([origin - reach]), len(rows)
    free = run(first, count, 1)[0] if runs_freely(fit) else None
    return Tracks(
        origin, earliest, latest, series.times[rows], series.values[rows][:, series.target_columns],
        run(rows - reach, 1)[:, 0], run(first, count)[0], free,
    )  # fmt: skip
