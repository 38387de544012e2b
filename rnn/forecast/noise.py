"""Whether one forecast errs less than another by more than chance, on validation windows that overlap and so repeat each other.

Windows next to each other share most of what they predict, and errors come in swarms; both make a lead look surer than it is.
So the windows are cut into blocks, and the differences of whole blocks are compared (batch means: Schmeiser 1982): a paired
test of equal accuracy as Diebold and Mariano's (1995), that holds for many series in one as well.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from rnn.core.panel import AnySplit, each
from rnn.core.series import Series
from rnn.forecast.baselines import baseline_forecasts, units, validation_actual

Array = NDArray[np.float64]

BETTER, LEVEL, WORSE = "better", "level", "worse"
# A lead must be surer than this, and larger than this share of 1 / √points. The network's weights are those of the best of
# many epochs on these very points: both keep a random walk's best epoch from being called a gain.
CHANCE = 0.005
LEAST_LEAD = 0.5
# A difference below this share of the error does not matter, however sure.
MATTERS = 0.01
# So many blocks at most: fewer are longer, so that what is alike from block to block is little.
MOST_BLOCKS = 32
# Fewer say too little about how much blocks differ. Then only a lead above this share of 1 / √points counts: on random walks
# of 110 to 500 records the recommended settings came to less than two thirds of that in 98 of 100 cases.
LEAST_BLOCKS = 8
LARGE_LEAD = 0.6


def losses_of(actual: Array, predicted: NDArray[np.floating]) -> Array:
    """Both (windows, horizon, K) → (windows,): the mean squared error of each window."""
    apart = np.subtract(predicted, actual, dtype=np.float64)
    return np.asarray(np.einsum("whk,whk->w", apart, apart) / max(1, actual[0].size))


def baseline_losses(series: Series, split: AnySplit, season: int | None = None) -> dict[str, Array]:
    """(windows,) of every baseline that has a meaning here: its mean squared error in each validation window, original units;
    of many series in one in each one's own usual step. The root of the mean is what `baseline_errors` gives."""
    unit = units(series, split, split.validation_starts)
    actual = validation_actual(series, split) / unit
    forecasts = baseline_forecasts(series, split, season)
    return {name: losses_of(actual, predicted / unit) for name, predicted in forecasts}


def blocks_of(split: AnySplit) -> NDArray[np.intp]:
    """The first window of each block of validation windows: none shorter than two horizons, so that most of what overlaps does
    so within one (unless its series has no more windows), and none of two series."""
    owned = [own.validation for _, _, own in each(split)]
    per_series = max(1, MOST_BLOCKS // len(owned))
    shortest = 1 if split.horizon == 1 else 2 * split.horizon
    firsts = []
    for first, count in zip(itertools.accumulate(owned, initial=0), owned, strict=False):
        blocks = max(1, min(per_series, count // shortest))
        firsts.append(first + count * np.arange(blocks) // blocks)
    return np.concatenate(firsts)


def points_of(split: AnySplit) -> int:
    """How many forecasts of the validation part share nothing with each other."""
    return sum(max(1, own.validation // own.horizon) for _, _, own in each(split))


def standing(losses: Array, baseline: Array | float, split: AnySplit) -> str:
    """BETTER, LEVEL or WORSE: the network beside a baseline, by more than chance or not.

    losses: (windows,) mean squared errors of the network, finite. baseline: the same of the baseline, or its RMSE alone, which
    cannot be compared window by window: then, and where there are too few blocks, only a large lead counts.
    """
    mean = float(losses.mean())
    other = float(baseline) ** 2 if np.ndim(baseline) == 0 else float(np.mean(baseline))
    larger, smaller = math.sqrt(max(mean, other)), math.sqrt(min(mean, other))
    lead, points, blocks = 1 - smaller / larger if larger else 0.0, points_of(split), blocks_of(split)
    if lead < max(MATTERS, LEAST_LEAD / math.sqrt(points)):
        return LEVEL
    if np.ndim(baseline) == 0 or len(blocks) < LEAST_BLOCKS:
        sure = lead > LARGE_LEAD / math.sqrt(points)
    else:
        sure = _difference_is_sure(np.subtract(losses, baseline), blocks)
    return LEVEL if not sure else BETTER if mean < other else WORSE


def _difference_is_sure(difference: Array, blocks: NDArray[np.intp]) -> bool:
    """Student's t of the mean difference, its variance that of the blocks' sums about their share of it."""
    from scipy.special import stdtrit  # here: a worker process judges nothing

    count = len(blocks)
    sums = np.add.reduceat(difference, blocks)
    sizes = np.diff(blocks, append=len(difference))
    about = sums - sizes * difference.mean()
    spread = math.sqrt(count / (count - 1) * float(about @ about))
    return abs(float(difference.sum())) > float(stdtrit(count - 1, 1 - CHANCE)) * spread


def baseline_rmse(baselines: Mapping[str, Array | float]) -> dict[str, float]:
    """Name → RMSE, of baselines given by their windows' mean squares or by their RMSE itself."""
    return {
        name: float(one) if np.ndim(one) == 0 else math.sqrt(float(np.mean(one))) for name, one in baselines.items()
    }
