"""Forecasts over many steps, direct or free-running, with intervals; of one series, or of many in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rnn.core.config import Config
from rnn.core.fit import Fit
from rnn.core.losses import level_count, middle_level
from rnn.core.model import Model
from rnn.core.series import Series
from rnn.forecast.ahead import predict_levels_ahead
from rnn.forecast.future import future_times
from rnn.forecast.held_out import held_out
from rnn.forecast.intervals import Intervals, calibrate, kind_of
from rnn.forecast.known_future import check_enough, known_values
from rnn.forecast.measure import Measure

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]


def forecast(
    fit: Fit,
    steps: int,
    levels: Sequence[float] = (80, 95),
    *,
    series: Series | None = None,
    future: pd.DataFrame | ArrayLike | Mapping[str, pd.DataFrame | ArrayLike] | None = None,
    id: str | None = None,
    intervals: str | None = None,
) -> pd.DataFrame:
    """The `steps` records after the end of the series, in original units, from the best weights, or from those trained once
    more on all records where there are such (`Fit.forecasting`).

    Up to the model's horizon the forecast is direct; beyond it the network is fed its own predictions (free-running),
    which needs every input to be a target, static or known ahead. What `mean` is depends on the loss: see `bias_of`.
    Intervals rest on the errors of the validation part, at the same step ahead and by the same procedure, of the model that
    did not see it (`rnn.forecast.intervals`); since the validation part also chose the epoch, they are a little optimistic.
    Where too few errors are known for a level, lo and hi are NaN.

    series: to forecast from instead of the one trained on (same columns). future: what the known columns hold in the steps
    after the last record, (≥ steps, F) or a frame with their names, instead of `series.future`; at least a horizon of
    it is read, and where it ends within a pass, that pass starts earlier by as much; for all of many series, id → its own,
    as `Table.futures` gives them. id: of a network of many series, the one
    to forecast; None forecasts all that are long enough for one window, which a column `id`, the first, tells apart. Their
    intervals come from the errors of all of them, each in units of its own (`Measure`). intervals: "conformal" is as wide
    as the point forecast erred; "quantile" stands on the quantiles that the network has learned, moved until they hold as
    often as they say (`calibrate` says how levels that were not learned are made); None takes quantiles where they are
    learned.

    Returns a frame with `time` and for each target mean, lo80, hi80, … (with several targets the names are `target.mean`, …).
    Raises ValueError for steps or levels out of range, inputs that are not predicted, an id that there is not, or a forecast
    that, fed back, grows beyond all numbers.
    """
    import pandas as pd  # here, so that a worker process, which forecasts nothing, starts without it

    series, model = fit.series if series is None else series, fit.forecasting
    needed = [name for name in model.names if name not in model.framing.static]
    check_request(fit.config, needed, model.targets, steps, levels, known=model.known)
    kind = kind_of(fit.config, intervals)
    _check_columns(model, series)
    chosen = chosen_of(model, series, id)
    for one in chosen:
        _check_length(model, one.series)
    aheads = [known_of(model, one, steps, future) for one in chosen]
    predicted = _predicted(model, chosen, steps, aheads)
    widths = {far: _widths(fit, steps, levels, kind, far) for far in {_length(one) for one in aheads}}
    frames = []
    for one, values, ahead in zip(chosen, predicted, aheads, strict=True):
        _check_finite(values[..., middle_level(fit.config)], steps)
        columns: dict[str, object] = {} if one.label is None else {"id": one.label}
        columns["time"] = future_times(one.series, steps)
        columns |= columns_of(model, one, values, widths[_length(ahead)])
        frames.append(pd.DataFrame(columns))
    return frames[0] if id is not None or not model.ids else pd.concat(frames, ignore_index=True)


def _widths(fit: Fit, steps: int, levels: Sequence[float], kind: str, ahead: int | None) -> Intervals:
    """What the validation part says about the width of the intervals."""
    measure = Measure.of(fit)
    held = held_out(fit, steps if levels else 1, ahead=ahead)
    return calibrate(held, measure, fit.config, levels, kind)


def columns_of(model: Model, one: Chosen, values: Array, widths: Intervals) -> dict[str, object]:
    """values: (steps, K, Q) of one series, original units → name → its numbers."""
    last = one.series.values[None, -model.config.reach :]
    found = widths.around(values[None], widths.measure.units(last, np.array([one.number])))
    columns: dict[str, object] = {}
    for k, target in enumerate(model.targets):
        prefix = f"{target}." if len(model.targets) > 1 else ""
        columns[f"{prefix}mean"] = values[:, k, widths.middle]
        for level, (lo, hi) in found.items():
            columns[f"{prefix}lo{_short(level)}"] = lo[0, :, k]
            columns[f"{prefix}hi{_short(level)}"] = hi[0, :, k]
    return columns


@dataclass(frozen=True, eq=False)
class Chosen:
    """A series to forecast; number: its place among those that the model was fitted on; label: what tells it apart."""

    series: Series
    number: int
    label: str | None


def chosen_of(model: Model, series: Series, id_: str | None) -> list[Chosen]:
    """What `id` asks for. Raises ValueError where the series and the model do not fit together."""
    if not model.ids:
        if series.lengths or id_ is not None:
            raise ValueError(
                "The model was trained on a single series; give it one, without an id, or train on many series in one."
            )
        return [Chosen(series, 0, None)]
    if not series.lengths and id_ is None:
        raise ValueError(
            f"The model was trained on {len(model.ids)} series, each scaled by itself; say with id= which of them this one is."
        )
    numbers = {id_: number for number, id_ in enumerate(model.ids)}
    wanted = series.ids if id_ is None else (id_,)
    strange = [one for one in wanted if one not in numbers]
    if strange:
        raise ValueError(f"id={strange[0]!r} is not one of the {len(model.ids)} series that the model was trained on.")
    if id_ is not None:
        return [Chosen(series.part(id_) if series.lengths else series, numbers[id_], None)]
    # What is too short for one window was left out of training as well, in a sentence.
    long = [one for one in series.apart() if len(one) >= model.config.reach]
    return [Chosen(one, numbers[one.name], one.name) for one in long]


def known_of(model: Model, one: Chosen, steps: int, future: Any) -> Array | None:
    """The known columns in the steps after the last record of one series."""
    if one.label is None or not model.known:
        return known_values(model, one.series, steps, future)
    if not isinstance(future, Mapping) or one.label not in future:
        raise ValueError(
            f"{', '.join(model.known)} are known ahead, and the future of {one.label!r} is not given: give `future` as a "
            "mapping from each id to its own (see Table.futures), or forecast them one by one, with id= and future=."
        )
    try:
        return known_values(model, one.series, steps, future[one.label])
    except ValueError as error:
        raise ValueError(f"Series {one.label!r}: {error}") from None


def _length(ahead: Array | None) -> int | None:
    return None if ahead is None else len(ahead)


def _predicted(model: Model, chosen: Sequence[Chosen], steps: int, aheads: Sequence[Array | None]) -> Array:
    """(series, steps, K, Q): those that are known equally far in one pass."""
    found = np.empty((len(chosen), steps, len(model.targets), level_count(model.config)))
    windows = np.stack([one.series.values[-model.config.reach :] for one in chosen])
    numbers = np.array([one.number for one in chosen])
    for far in {_length(ahead) for ahead in aheads}:
        places = [place for place, ahead in enumerate(aheads) if _length(ahead) == far]
        told = None if far is None else np.stack([np.asarray(aheads[place]) for place in places])
        of = numbers[places] if model.ids else None
        found[places] = predict_levels_ahead(model, windows[places], steps, told, of)
        if told is not None and not np.isfinite(found[places, : model.config.horizon]).all():
            raise ValueError(
                f"The forecast is no finite number: the future of {', '.join(model.known)} goes to {np.abs(told).max():.3g}, "
                "far from anything that the network has seen; correct it."
            )
    return found


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
    check_levels(levels)
    if ahead is not None:
        check_enough(config, known, steps, ahead)
    others = [name for name in names if name not in (*targets, *known)]
    if steps > config.horizon and others:
        raise ValueError(
            f"steps={steps} goes beyond the horizon ({config.horizon}), where the future of {', '.join(others)} would be "
            f"needed; train with horizon={steps}, or make these columns targets or known ahead."
        )


def _short(level: float) -> str:
    return f"{level:.10g}"


def check_levels(levels: Sequence[float]) -> None:
    """Raise ValueError for levels that are no percentages, or the same twice."""
    allowed = "allowed: percentages above 0 and below 100"
    if isinstance(levels, str) or not isinstance(levels, Sequence | np.ndarray):
        raise ValueError(f"levels={levels!r} is not allowed; {allowed}, as a list such as (80, 95).")
    for level in levels:
        if isinstance(level, bool) or not isinstance(level, int | float | np.number) or not 0 < level < 100:
            raise ValueError(f"levels: {level!r} is not allowed; {allowed}.")
    if len({_short(level) for level in levels}) != len(levels):
        raise ValueError(f"levels must differ, got {', '.join(map(_short, levels))}.")


def _check_columns(model: Model, series: Series) -> None:
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


def _check_length(model: Model, series: Series) -> None:
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
