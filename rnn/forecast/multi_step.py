"""Forecasts over many steps, direct or free-running, with split-conformal intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rnn.core.config import Config
from rnn.core.fit import Fit
from rnn.core.model import Model
from rnn.core.series import Series
from rnn.core.windows import chunks, split_windows
from rnn.forecast.future import future_times
from rnn.forecast.known_future import check_enough, known_track, known_values

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

# Validation origins that intervals are measured from: enough for a 99 % interval, and quick to run. Where a free-running
# forecast takes many passes, fewer of them.
MOST_ORIGINS, LEAST_ORIGINS = 1000, 100
MOST_PASSES = 200_000
# Numbers that the windows of one pass may hold, whatever the window.
PASS_NUMBERS = 2_000_000
SMALLEST = float(np.finfo(np.float64).tiny)


def forecast(
    fit: Fit,
    steps: int,
    levels: Sequence[float] = (80, 95),
    *,
    series: Series | None = None,
    future: pd.DataFrame | ArrayLike | None = None,
) -> pd.DataFrame:
    """The `steps` records after the end of the series, in original units, from the best weights.

    Up to the model's horizon the forecast is direct; beyond it the network is fed its own predictions (free-running),
    which needs every input to be a target, static or known ahead. Intervals are split conformal (Papadopoulos et al. 2002;
    Vovk et al. 2005) on the absolute residuals of the validation part, at the same step ahead and by the same procedure;
    since the validation part also chose the epoch, they are a little optimistic. Where too few residuals exist for a
    level, lo and hi are NaN.

    series: to forecast from instead of the one trained on (same columns). future: what the known columns hold in the steps
    after the last record, (≥ steps, F) or a frame with their names, instead of `series.future`; at least a horizon of
    it is read, and where it ends within a pass, that pass starts earlier by as much. Returns a frame with `time` and for each
    target mean, lo80, hi80, … (with several targets the names are `target.mean`, …).
    Raises ValueError for steps or levels out of range, inputs that are not predicted, or a forecast that, fed back, grows
    beyond all numbers.
    """
    import pandas as pd  # here, so that a worker process, which forecasts nothing, starts without it

    series = fit.series if series is None else series
    model = fit.model
    needed = [name for name in model.names if name not in model.framing.static]
    check_request(fit.config, needed, model.targets, steps, levels, known=model.known)
    _check_series(model, series)
    ahead = known_values(model, series, steps, future)
    times = future_times(series, steps)
    mean = predict_ahead(
        model, series.values[None, -fit.config.reach :], steps, None if ahead is None else ahead[None]
    )[0]
    if ahead is not None and not np.isfinite(mean[: fit.config.horizon]).all():
        raise ValueError(
            f"The forecast is no finite number: the future of {', '.join(model.known)} goes to {np.abs(ahead).max():.3g}, far "
            "from anything that the network has seen; correct it."
        )
    _check_finite(mean, steps)
    residuals = validation_residuals(fit, steps, None if ahead is None else len(ahead))
    columns: dict[str, object] = {"time": times}
    for k, target in enumerate(model.targets):
        prefix = f"{target}." if len(model.targets) > 1 else ""
        columns[f"{prefix}mean"] = mean[:, k]
        for level in levels:
            reach = np.array([conformal_reach(residuals[step][:, k], level) for step in range(steps)])
            columns[f"{prefix}lo{_short(level)}"] = mean[:, k] - reach
            columns[f"{prefix}hi{_short(level)}"] = mean[:, k] + reach
    return pd.DataFrame(columns)


def check_request(
    config: Config,
    names: Sequence[str],
    targets: Sequence[str],
    steps: int,
    levels: Sequence[float],
    *,
    known: Sequence[str] = (),
    ahead: int | None = None,
) -> None:
    """Raise ValueError where a model of this config cannot give such a forecast; asked before training it saves the wait.

    names: the columns that change with time; static ones need no future. known: those of them that are known ahead, for
    `ahead` steps after the last record (None: not asked).
    """
    if isinstance(steps, bool) or not isinstance(steps, int | np.integer) or not 1 <= steps <= 100_000:
        raise ValueError(f"steps={steps!r} is not allowed; allowed: a whole number from 1 to 100000.")
    _check_levels(levels)
    if ahead is not None:
        check_enough(config, known, steps, ahead)
    others = [name for name in names if name not in (*targets, *known)]
    if steps > config.horizon and others:
        raise ValueError(
            f"steps={steps} goes beyond the horizon ({config.horizon}), where the future of {', '.join(others)} would be "
            f"needed; train with horizon={steps}, or make these columns targets or known ahead."
        )


@np.errstate(over="ignore", invalid="ignore")
def predict_ahead(model: Model, windows: NDArray[np.floating], steps: int, future: Array | None = None) -> Array:
    """windows (B, reach, D) → (B, steps, K): direct for the first horizon, then on its own predictions; static columns stay
    as they are. What overflows on the way is infinite, and NaN from there on.

    future: (B, A, F), the known columns in the A ≥ max(steps, horizon) steps after the windows, NaN from where they are not
    known, and so is then the forecast. A last pass that would read beyond A starts earlier, and its first steps are left.
    """
    config = model.config
    records = np.asarray(windows, np.float64)
    targets, static, known = (
        [model.names.index(name) for name in names] for names in (model.targets, model.framing.static, model.known)
    )
    parts, done, back = [], 0, 0
    while done < steps:
        if future is not None:
            back = max(0, done + config.horizon - future.shape[1])
        windows = records[:, records.shape[1] - back - config.reach : records.shape[1] - back]
        finite = np.isfinite(windows).all(axis=(1, 2))
        ahead = None
        if future is not None:
            ahead = future[:, done - back : done - back + config.horizon]
            finite &= np.isfinite(ahead).all(axis=(1, 2))
        predicted = np.full((len(windows), config.horizon, len(targets)), math.nan)
        if finite.any():
            predicted[finite] = model.predict(windows[finite], None if ahead is None else ahead[finite])
        parts.append(predicted[:, back:])
        done += config.horizon - back
        if done < steps:
            fed_back = np.empty((len(windows), config.horizon, len(model.names)))
            # The exponential of a very small logarithm is zero, which has no logarithm to be fed back.
            fed_back[:, :, targets] = np.maximum(predicted, SMALLEST) if config.log else predicted
            fed_back[:, :, static] = windows[:, -1:, static]
            fed_back[:, :, known] = ahead if ahead is not None else math.nan
            records = np.concatenate([records, fed_back], axis=1)[:, -config.reach - config.horizon :]
    return np.concatenate(parts, axis=1)[:, :steps]


def validation_residuals(fit: Fit, steps: int, ahead: int | None = None) -> list[Array]:
    """For each step ahead the absolute residuals (origins, K) over the validation part, original units.

    An origin's forecast starts where a validation window's does; steps that reach past the validation part are left out, so
    later steps have fewer residuals: a test part is not looked at. What overflows counts as an infinite residual. ahead: how
    many steps of the known columns the forecast has (None: what whole passes read); steps whose pass reads further than the
    record and the series' future go are left out as well.
    """
    series, window, horizon = fit.series, fit.config.reach, fit.config.horizon
    split = split_windows(fit.config, len(series))
    end = split.validation_records.stop
    starts = np.arange(split.first_validation_window, end - window)
    # Not further than the longest forecast that any origin can be checked against.
    reach = min(steps, len(starts))
    passes = -(-reach // horizon)
    most = min(MOST_ORIGINS, max(LEAST_ORIGINS, MOST_PASSES // passes))
    if len(starts) > most:
        starts = starts[np.linspace(0, len(starts) - 1, most).astype(int)]
    ahead = -(-steps // horizon) * horizon if ahead is None else ahead
    track = known_track(fit, ahead)
    records, after = np.arange(window), window + np.arange(ahead)
    at_once = max(1, PASS_NUMBERS // (window * len(series.names) + ahead * len(series.known)))
    predicted = np.concatenate(
        [
            predict_ahead(
                fit.model,
                series.values[starts[part][:, None] + records],
                reach,
                None if track is None else track[starts[part][:, None] + after],
            )
            for part in chunks(len(starts), at_once)
        ]
    )
    there = math.inf if track is None else int(np.isfinite(track).all(axis=1).sum())
    actual = series.values[:, series.target_columns]
    residuals = [np.empty((0, actual.shape[1]))] * steps
    for step in range(reach):
        read = min(step // horizon * horizon + horizon, ahead)
        told = (starts + window + step < end) & (starts + window + read <= there)
        errors = np.abs(actual[starts[told] + window + step] - predicted[told, step])
        residuals[step] = np.nan_to_num(errors, nan=math.inf, posinf=math.inf)
    return residuals


def conformal_reach(residuals: Array, level: float) -> float:
    """Half the width of the split-conformal interval: the ⌈(n + 1) · level⌉-th smallest absolute residual of n, or NaN
    where n is too small for the level."""
    # 99.9 is not exactly 99.9 in binary: without rounding, the ⌈ ⌉ of a whole number could be the next one.
    rank = max(1, math.ceil(round((len(residuals) + 1) * level / 100, 9)))
    if rank > len(residuals):
        return math.nan
    return float(np.partition(residuals, rank - 1)[rank - 1])


def _short(level: float) -> str:
    return f"{level:.10g}"


def _check_levels(levels: Sequence[float]) -> None:
    allowed = "allowed: percentages above 0 and below 100"
    if isinstance(levels, str) or not isinstance(levels, Sequence | np.ndarray):
        raise ValueError(f"levels={levels!r} is not allowed; {allowed}, as a list such as (80, 95).")
    for level in levels:
        if isinstance(level, bool) or not isinstance(level, int | float | np.number) or not 0 < level < 100:
            raise ValueError(f"levels: {level!r} is not allowed; {allowed}.")
    if len({_short(level) for level in levels}) != len(levels):
        raise ValueError(f"levels must differ, got {', '.join(map(_short, levels))}.")


def _check_series(model: Model, series: Series) -> None:
    if series.names != model.names:
        raise ValueError(f"The series must have the model's columns {model.names}, got {series.names}.")
    if series.static != model.framing.static:
        raise ValueError(
            f"The series must have the model's static columns {model.framing.static}, got {series.static}; choose the same."
        )
    if series.known != model.known:
        raise ValueError(
            f"The series must have the model's columns known ahead {model.known}, got {series.known}; choose the same."
        )
    if len(series) < model.config.reach:
        raise ValueError(f"The model reads {model.config.reach} records, but the series has only {len(series)}.")


def _check_finite(mean: Array, steps: int) -> None:
    finite = np.isfinite(mean).all(axis=1)
    if finite.all():
        return
    first = int(np.argmin(finite)) + 1
    reach = f"steps={first - 1} is the most" if first > 1 else "train again with a smaller lr"
    raise ValueError(
        f"Fed its own predictions, the network grows beyond all numbers at step {first} of {steps}; {reach}, or train with "
        f"horizon={steps}."
    )
