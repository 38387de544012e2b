"""Swings that grow with the level: a case for logarithms."""

from __future__ import annotations

import numpy as np

from ..findings import BadFile
from ..repair.record import Repair
from ..repair.transform import fitted_power
from .diagnosis import Diagnosis, Remedy, around
from .probe import Probe

_PARTS = 12
_LEAST = 48
_RATIO = 1.5  # of the highest part's level to the lowest's
_AGREE = 0.7  # correlation of level and spread, both as logarithms
_SLOPE = 0.5
_CLEAR = 8.0


def growing_spread(probe: Probe) -> list[Diagnosis]:
    """Whether the spread of a part of the series grows with its level (spread ~ level^slope, slope from 0.5 on).

    The parts are whole seasons where there is one; a straight line is taken out of each.
    """
    at = np.flatnonzero(probe.sound)
    values = probe.y[at]
    if len(values) < _LEAST or values.min() <= 0:
        return []
    season = next((one for one in probe.seasons if one <= len(values) // 6), 4)
    size = max(season, len(values) // _PARTS // season * season)
    parts = values[: len(values) // size * size].reshape(-1, size)
    level = parts.mean(axis=1)
    line = np.arange(size) - (size - 1) / 2
    slopes = parts @ line / (line @ line)
    spread = (parts - level[:, None] - slopes[:, None] * line).std(axis=1)
    if len(level) < 5 or (spread <= 0).any() or level.max() < _RATIO * level.min():
        return []
    if level.var() < _CLEAR * (spread**2).mean() / size:
        return []  # the levels differ no more than chance makes them: where high values are rare, theirs is the spread too
    x, y = np.log(level), np.log(spread)
    agree = float(np.corrcoef(x, y)[0, 1])
    slope = float(np.polyfit(x, y, 1)[0])
    if agree < _AGREE or slope < _SLOPE:
        return []
    low, high = int(np.argmin(level)), int(np.argmax(level))
    message = (
        f"The swings of {probe.name!r} grow with its level: ±{spread[low]:.3g} around {level[low]:.4g}, "
        f"±{spread[high]:.3g} around {level[high]:.4g}."
    )
    none = np.zeros(len(probe.y), dtype=bool)
    picture = around(probe.x, probe.y, none, (0, len(none)))
    return [Diagnosis("growing-spread", probe.name, len(values), probe.rows[:0], message, picture, _remedies(probe))]


def _remedies(probe: Probe) -> tuple[Remedy, ...]:
    remedies = [
        Remedy(
            "Train on logarithms",
            "A setting: the network sees logarithms, and losses and forecasts stay in your unit.",
            settings={"log": True},
        ),
        Remedy(
            "Logarithm of the column",
            "The data themselves change, and forecasts are logarithms.",
            Repair("log", probe.name),
        ),
    ]
    try:
        power = fitted_power(probe.y)
    except BadFile:
        return tuple(remedies)
    remedies.append(
        Remedy(
            f"Box–Cox transform (λ = {power:g})",
            "The data themselves change; λ is from the first 70 % of the rows and stays fixed.",
            Repair("boxcox", probe.name, {"power": power}),
        )
    )
    return tuple(remedies)
