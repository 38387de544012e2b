"""The mean of the network's forecast and Theta's, for series with a season and few of them.

Two forecasts that err in different ways err less together (Bates and Granger 1969): a network that has seen few seasons
follows them too closely, Theta too little.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rnn.core.config import Config
from rnn.core.fit import Fit
from rnn.core.series import Series
from rnn.forecast.held_out import HeldOut, Origins, held_out, origins_of
from rnn.forecast.intervals import Intervals, calibrate
from rnn.forecast.measure import Measure
from rnn.forecast.methods import METHODS
from rnn.forecast.multi_step import check_levels, chosen_of, columns_of, forecast, known_of

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

# Origins in the validation part that intervals are measured from: Theta is fitted anew at each, and 19 are enough for 95 %.
MOST_ORIGINS, MOST_ORIGINS_OF_MANY = 20, 100


def suits(config: Config, series: Series) -> bool:
    """Whether the mean is worth offering: a season, and fewer of them than many in the typical (median) series."""
    # Here, because all that looks at data comes with it; the rule draws the same line between few seasons and many.
    from rnn.data.look.season import MANY_SEASONS

    if config.season is None or config.season < 2:
        return False
    counts = sorted(series.lengths or (len(series),))
    return counts[len(counts) // 2] < MANY_SEASONS * config.season


def mean_with(network: Array, theta: Array, log: bool) -> Array:
    """Half of each. log: where logarithms are learned, a Theta of zero or below has no place: the network's stands alone."""
    mean = network + (theta - network) / 2
    return np.where(theta <= 0, network, mean) if log else mean


def forecast_with_theta(
    fit: Fit,
    steps: int,
    levels: Sequence[float] = (80, 95),
    *,
    future: pd.DataFrame | ArrayLike | Mapping[str, pd.DataFrame | ArrayLike] | None = None,
    id: str | None = None,
) -> pd.DataFrame:
    """As `rnn.forecast`, with the mean of the network's forecast and Theta's (METHODS["theta"], with the network's season) in
    the place of the network's own.

    Theta reads nothing but the targets up to the last record; short, constant, zero or negative data it forecasts by its
    stated rules. Intervals are split conformal on the errors of the same mean in the validation part, from at most
    MOST_ORIGINS origins, of many series MOST_ORIGINS_OF_MANY over all of them; lo and hi are NaN where those are too few for
    a level. From a network with quantiles it takes the middle one.

    Returns a frame as of `rnn.forecast`, and raises ValueError for the same.
    """
    import pandas as pd  # here, so that a worker process, which forecasts nothing, starts without it

    check_levels(levels)
    alone = forecast(fit, steps, (), future=future, id=id)
    model, chosen = fit.forecasting, chosen_of(fit.forecasting, fit.series, id)
    means = alone[[name for name in alone if name not in ("id", "time")]].to_numpy().reshape(len(chosen), steps, -1)
    widths: dict[int | None, Intervals] = {}
    frames = []
    for number, one in enumerate(chosen):
        ahead = known_of(model, one, steps, future)
        far = None if ahead is None else len(ahead)
        if far not in widths:
            widths[far] = _widths(fit, steps, levels, far)
        mean = mean_with(means[number], _theta(one.series, fit.config, steps), fit.config.log)
        own = alone.iloc[number * steps : (number + 1) * steps]
        columns = {name: own[name].to_numpy() for name in ("id", "time") if name in own}
        frames.append(pd.DataFrame(columns | columns_of(model, one, mean[..., None], widths[far])))
    return pd.concat(frames, ignore_index=True)


def measured_from(fit: Fit, steps: int) -> Origins:
    """The origins that intervals are measured from: first those that can be checked at every step, then others."""
    found = origins_of(fit)
    most = MOST_ORIGINS_OF_MANY if fit.series.lengths else MOST_ORIGINS
    whole = found.ends - found.starts - fit.config.reach >= steps
    places = _evenly(np.flatnonzero(whole), most)
    more = _evenly(np.flatnonzero(~whole), most - len(places))
    return found.at(np.sort(np.concatenate([places, more])))


def _evenly(places: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    if len(places) <= most:
        return places
    return places[np.linspace(0, len(places) - 1, most).astype(int)]


def _widths(fit: Fit, steps: int, levels: Sequence[float], ahead: int | None) -> Intervals:
    """What the errors of the mean in the validation part say about the width of intervals."""
    if not levels:
        return Intervals(Measure.of(fit), 0, {}, {})
    held = _averaged(fit, held_out(fit, steps, ahead=ahead, origins=measured_from(fit, steps)), steps)
    return calibrate(held, Measure.of(fit), fit.config, levels, "conformal")


def _averaged(fit: Fit, held: HeldOut, steps: int) -> HeldOut:
    """The held-out forecasts of the mean, in the place of the network's: each Theta knows the records before its origin."""
    parts, series = fit.series.parts, fit.series.apart() if fit.series.lengths else [fit.series]
    theta = np.stack([
        _theta(_until(series[number], first - parts[number].start), fit.config, steps)
        for first, number in zip(held.first, held.numbers, strict=True)
    ])  # fmt: skip
    return replace(held, predicted=mean_with(held.point, theta, fit.config.log)[..., None], middle=0)


def _until(series: Series, stop: int) -> Series:
    return replace(series, times=series.times[:stop], values=series.values[:stop], future=None)


def _theta(history: Series, config: Config, steps: int) -> Array:
    found = METHODS["theta"].forecast(history, config, steps)
    assert found is not None  # it has a forecast of everything
    return found
