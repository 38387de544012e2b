"""Who won a race, by how much, and whether by more than chance: several networks judged on the validation points they share.

Networks of other windows, horizons or shares may not be validated on the same records. Here each is judged on the forecasts
that all of them made: from the same records on, over as many steps as the shortest horizon has. The test is the one that the
verdict on Train uses (`rnn.forecast.noise`), so a lead that is called one here would be called one there.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnn.core.panel import AnySplit, PanelSplit, each
from rnn.core.series import Series
from rnn.core.windows import Split
from rnn.forecast.baselines import units, validation_actual
from rnn.forecast.noise import BETTER, LEVEL, baseline_losses, losses_of, standing

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """order: the lanes, best first; one whose predictions are no finite numbers comes last. rmse: of each lane on the common
    points, original units (of many series in one, each one's usual steps). level: of each lane whether its distance to the best
    is within noise; True for the best itself. naive: RMSE of the naive forecast there. beats_naive: whether the best is better
    than that by more than chance. windows, steps: how many forecasts were compared, and how many steps of each. shared: whether
    these were all validation forecasts of every lane."""

    order: tuple[int, ...]
    rmse: tuple[float, ...]
    level: tuple[bool, ...]
    naive: float
    beats_naive: bool
    windows: int
    steps: int
    shared: bool


def judge_race(series: Series, splits: Sequence[AnySplit], predicted: Sequence[NDArray[np.floating]]) -> Judged | None:
    """splits, predicted: of each lane its split and its validation predictions (windows, horizon, K), original units. None
    where the lanes have no forecast in common."""
    common = common_split(splits)
    if common is None:
        return None
    unit = units(series, common, common.validation_starts)
    actual = validation_actual(series, common) / unit
    losses = []
    for split, own in zip(splits, predicted, strict=True):
        with np.errstate(over="ignore", invalid="ignore"):
            losses.append(losses_of(actual, own[_rows_in(split, common), : common.horizon] / unit))
    rmse = [_root(own) for own in losses]
    order = sorted(range(len(losses)), key=lambda lane: (not math.isfinite(rmse[lane]), rmse[lane], lane))
    best = order[0]
    naive = baseline_losses(series, common)["naive"]
    finite = math.isfinite(rmse[best])
    return Judged(
        order=tuple(order),
        rmse=tuple(rmse),
        level=tuple(
            lane == best or (math.isfinite(rmse[lane]) and standing(losses[best], losses[lane], common) == LEVEL)
            for lane in range(len(losses))
        ),
        naive=_root(naive),
        beats_naive=finite and standing(losses[best], naive, common) == BETTER,
        windows=common.validation,
        steps=common.horizon,
        shared=all(split.validation == common.validation and split.horizon == common.horizon for split in splits),
    )


def common_split(splits: Sequence[AnySplit]) -> AnySplit | None:
    """A split whose validation windows predict what the validation windows of all these do; None where that is nothing. All are
    of the same series."""
    if all(isinstance(split, Split) for split in splits):
        return _common([split for split in splits if isinstance(split, Split)])
    panels = [split for split in splits if isinstance(split, PanelSplit)]
    found = tuple(
        None if any(own is None for own in of_one) else _common([own for own in of_one if own is not None])
        for of_one in zip(*(panel.splits for panel in panels), strict=True)
    )
    return dataclasses.replace(panels[0], splits=found) if any(found) else None


def _common(splits: Sequence[Split]) -> Split | None:
    first, horizon = splits[0], min(split.horizon for split in splits)
    start = max(split.validation_rows().start for split in splits)
    stop = min(split.validation_rows().stop for split in splits)
    if stop <= start:
        return None
    train = start - first.window - first.gap
    return dataclasses.replace(first, horizon=horizon, train=train, validation=stop - start, test=0)


def _rows_in(split: AnySplit, common: AnySplit) -> NDArray[np.intp]:
    """The places of the common forecasts among all validation forecasts of a lane."""
    wanted = {number: own.validation_rows() for number, _, own in each(common)}
    places, before = [], 0
    for number, _, own in each(split):
        if number in wanted:
            first = before + wanted[number].start - own.validation_rows().start
            places.append(first + np.arange(wanted[number].stop - wanted[number].start))
        before += own.validation
    return np.concatenate(places)


def _root(losses: Array) -> float:
    with np.errstate(over="ignore", invalid="ignore"):
        mean = float(losses.mean())
    return math.sqrt(mean) if math.isfinite(mean) else math.inf
