"""What the columns known ahead will hold in the steps of a forecast: whether enough of it is there, and in order."""

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
from rnn.forecast.future import future_times

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]


def steps_needed(config: Config, steps: int) -> int:
    """How many steps of the known columns a forecast reads: all that are forecast, and a whole horizon at least."""
    return max(steps, config.horizon)


def check_enough(config: Config, known: Sequence[str], steps: int, ahead: int) -> None:
    """Raise ValueError where the known columns are there for too few steps (`ahead`) after the last record."""
    needed = steps_needed(config, steps)
    if not known or ahead >= needed:
        return
    reads = f" (the network reads all of its horizon={config.horizon})" if steps < config.horizon else ""
    remedy = f"take steps={ahead}" if ahead >= config.horizon else f"train with horizon={ahead}" if ahead else ""
    raise ValueError(
        f"A forecast of steps={steps} needs {', '.join(known)} for the {needed} steps after the last record{reads}, and "
        f"{ahead} are there; add rows with these columns after the last value of the target, or give them as "
        f"`future`{f', or {remedy} or less' if remedy else ''}."
    )


def known_values(
    model: Model, series: Series, steps: int, future: pd.DataFrame | ArrayLike | None = None
) -> Array | None:
    """(A, F): the known columns in the steps after the last record, A ≥ `steps_needed`, at most what whole passes read; None
    for a model without any.

    future: (≥ needed, F) in the order of `model.known`, or a frame with columns of these names; None: `series.future`.
    Raises ValueError where there is too little of it, or something missing in it.
    """
    config, known = model.config, model.known
    if not known:
        if future is not None:
            raise ValueError("The model has no columns that are known ahead, so it takes no `future`; leave it out.")
        return None
    given = series.future if future is None else _as_array(future, known, series)
    values = np.empty((0, len(known))) if given is None else given
    check_enough(config, known, steps, len(values))
    values = values[: -(-steps // config.horizon) * config.horizon]
    lacking = ~np.isfinite(values).all(axis=1)
    whole = int(np.argmax(lacking)) if lacking.any() else len(values)
    if whole < steps_needed(config, steps):
        column = known[int(np.argmin(np.isfinite(values[whole])))]
        raise ValueError(
            f"Step {whole + 1} of the future of {column!r} is missing, and the forecast needs "
            f"{steps_needed(config, steps)} steps; fill it in."
        )
    return values[:whole]


def known_track(fit: Fit, ahead: int) -> Array | None:
    """The known columns over the record, its future and `ahead` further steps, of which nothing is known (NaN)."""
    series, known = fit.series, fit.model.known
    if not known:
        return None
    recorded = series.values[:, [series.names.index(name) for name in known]]
    future = np.empty((0, len(known))) if series.future is None else series.future
    return np.concatenate([recorded, future, np.full((ahead, len(known)), math.nan)])


def _as_array(future: pd.DataFrame | ArrayLike, known: Sequence[str], series: Series) -> Array:
    columns = getattr(future, "columns", None)
    if columns is not None:
        absent = [name for name in known if name not in columns]
        if absent:
            raise ValueError(f"future has no column {', '.join(map(repr, absent))}; it must hold {', '.join(known)}.")
        _check_times(future, series)
        future = future[list(known)]
    try:
        values = np.asarray(future, np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"future must hold numbers only ({' '.join(str(error).split()).rstrip('.')}).") from error
    if values.ndim == 1 and len(known) == 1:
        values = values[:, None]
    if values.ndim != 2 or values.shape[1] != len(known):
        raise ValueError(
            f"future must have the shape (steps, {len(known)}), one column each for {', '.join(known)}, got {values.shape}."
        )
    return values


def _check_times(frame: pd.DataFrame, series: Series) -> None:
    """A frame that says when its rows are must begin at the step after the last record, where the series has dates."""
    if not np.issubdtype(series.times.dtype, np.datetime64) or not len(frame):
        return
    for name in frame.columns:
        times = frame[name].to_numpy()
        if times.dtype.kind == "M" and times[0] != (first := future_times(series, 1)[0]):
            raise ValueError(
                f"Row 1 of future is for {times[0]} (column {name!r}), and the step after the last record is {first}; give the "
                "rows from there on."
            )
