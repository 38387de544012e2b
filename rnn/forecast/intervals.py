"""Prediction intervals that hold as often as they say: split conformal, and conformalised quantiles, step by step ahead.

Both need no law of the errors, only that the errors to come are exchangeable with those held out: as likely in any order.
Series that change their ways, errors of neighbouring forecasts that hang together, and a validation part that chose the epoch
all bend that, and the coverage measured on later data (`rnn.forecast.coverage`) says by how much.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnn.core.config import Config
from rnn.forecast.held_out import HeldOut
from rnn.forecast.measure import Measure
from rnn.forecast.residuals import rank_of

Array = NDArray[np.float64]

KINDS = ("conformal", "quantile")


def kind_of(config: Config, intervals: str | None) -> str:
    """Which kind of interval it is to be: None takes quantiles where the network learns them. Raises ValueError for a kind
    that there is not, or that the network cannot give."""
    if intervals is None:
        return "quantile" if learned_levels(config) else "conformal"
    if intervals not in KINDS:
        raise ValueError(
            f"intervals={intervals!r} is not allowed; allowed: {', '.join(KINDS)}, or None for what suits."
        )
    if intervals == "quantile" and not learned_levels(config):
        told = f" with quantiles={config.quantiles}" if config.loss == "quantile" else ""
        raise ValueError(
            "intervals='quantile' needs a network that learns two quantiles as far from the middle, such as 0.1 and 0.9, and "
            f"this one has loss={config.loss!r}{told}; take intervals='conformal'."
        )
    return intervals


def learned_levels(config: Config) -> dict[float, tuple[int, int]]:
    """Level in per cent → the places of the two quantiles that bound it, such as 80 for 0.1 and 0.9; rising, empty for other
    losses."""
    if config.loss != "quantile":
        return {}
    learned = [round(one, 9) for one in config.quantiles]
    pairs = [(low, learned.index(round(1 - one, 9))) for low, one in enumerate(learned)
             if one < 0.5 and round(1 - one, 9) in learned]  # fmt: skip
    return {round(100 * (learned[high] - learned[low]), 7): (low, high) for low, high in reversed(pairs)}


def _pair(config: Config, level: float) -> tuple[int, int] | None:
    """The quantiles that an interval of this level stands on: of the widest level learned that is no wider."""
    narrower = [pair for learned, pair in learned_levels(config).items() if learned <= level + 1e-7]
    return narrower[-1] if narrower else None


@dataclass(frozen=True, eq=False)
class Intervals:
    """What held-out forecasts say about the width of intervals.

    reaches: level → (S, K), how far beyond the point forecast, or beyond the pair of learned quantiles, an interval of this
    level goes, in the measure's units; NaN where too few errors are known for the level. pairs: level → the places of those
    quantiles, for levels that were learned.
    """

    measure: Measure
    middle: int
    reaches: Mapping[float, Array]
    pairs: Mapping[float, tuple[int, int]]

    def around(self, predicted: Array, unit: Array) -> dict[float, tuple[Array, Array]]:
        """predicted (n, S, K, Q) and unit (n, 1, K), as of `HeldOut` → level → lo and hi, (n, S, K) in original units.

        An interval holds its point forecast and every narrower interval: where quantiles would have it otherwise it is
        widened, so that it covers no less than it was measured to.
        """
        point = predicted[..., self.middle]
        with np.errstate(invalid="ignore", over="ignore"):
            scaled = self.measure.scale(predicted)
            inner_lo = inner_hi = point
            found = {}
            for level in sorted(self.reaches):
                low, high = self.pairs.get(level, (self.middle, self.middle))
                reach = self.reaches[level] * unit
                lo = self.measure.original(scaled[..., low] - reach)
                hi = self.measure.original(scaled[..., high] + reach)
                found[level] = lo, hi = np.minimum(lo, inner_lo), np.maximum(hi, inner_hi)
                inner_lo, inner_hi = np.where(np.isnan(lo), inner_lo, lo), np.where(np.isnan(hi), inner_hi, hi)
        return {level: found[level] for level in self.reaches}


def calibrate(held: HeldOut, measure: Measure, config: Config, levels: Sequence[float], kind: str) -> Intervals:
    """The intervals that the held-out forecasts ask for, each step ahead by itself.

    "conformal": split conformal (Papadopoulos et al. 2002; Vovk et al. 2005) on absolute errors, in the units of `measure`.
    "quantile": conformalised quantile regression (Romano, Patterson and Candès 2019), on how far the actual value lies beyond
    two learned quantiles (negative within). A level that was not learned stands on the widest one learned that is narrower,
    and one narrower than all of these is as "conformal".
    """
    found = {level: _pair(config, level) if kind == "quantile" else None for level in levels}
    pairs = {level: pair for level, pair in found.items() if pair is not None}
    with np.errstate(invalid="ignore", over="ignore"):
        actual, predicted = measure.scale(held.actual), measure.scale(held.predicted)
        scores = {
            (low, high): _scores(held, actual, predicted[..., low], predicted[..., high])
            for low, high in {pairs.get(level, (held.middle, held.middle)) for level in levels}
        }
    base = (held.middle, held.middle)
    reaches = {level: _reaches(held, *scores[pairs.get(level, base)], level) for level in levels}
    return Intervals(measure, held.middle, reaches, pairs)


def _reaches(held: HeldOut, scores: Array, ordered: Array, level: float) -> Array:
    """(S, K): the score of the rank that the level asks for, NaN where there are too few of them.

    The ⌈(n + 1) · level⌉-th of n scores holds the next one as often as the level says where all are independent. Forecasts h
    steps ahead from origins less than h records apart have errors in common, so that n of them are worth fewer, m, and the
    level is raised to level · (1 + 1/m), of which (n + 1) / n is the case m = n; as far as the largest score. Without that
    intervals many steps ahead, from few seasons of validation, hold clearly less than they say (benchmarks/intervals.py).
    """
    counts = held.told.sum(axis=0)
    place = np.clip(np.ceil(counts * level / 100).astype(int) - 1, 0, max(0, len(ordered) - 1))
    limit = np.take_along_axis(ordered, place[None], axis=0)[0]
    worth = _worth(held, np.where(held.told, scores > limit, 0.0))
    reach = np.full(counts.shape, math.nan)
    for place in np.ndindex(*counts.shape):
        n = int(counts[place])
        if rank_of(n, n, level) <= n:
            reach[place] = ordered[(min(n, rank_of(n, float(worth[place]), level)) - 1, *place)]
    return reach


def _worth(held: HeldOut, beyond: Array) -> Array:
    """(S, K): how many independent scores those of each step are worth. beyond: (n, S, K), 1 where one lies beyond the level.

    n / (1 + 2 Σ r), the usual effective size, by the autocorrelations r of `beyond` between origins whose forecasts have
    records in common.
    """
    told = held.told
    counts = told.sum(axis=0)
    centred = np.where(told, beyond - beyond.sum(axis=0) / np.maximum(counts, 1), 0.0)
    before = np.concatenate([np.zeros((1, *counts.shape)), np.cumsum(centred, axis=0)])
    last = np.searchsorted(held.numbers, held.numbers, side="right")
    found = counts.astype(np.float64)
    here = np.arange(1, len(told) + 1)
    for step in range(1, len(counts)):
        common = np.minimum(np.searchsorted(held.first, held.first + step, side="right"), last)
        shared = (centred[:, step] * (before[common, step] - before[here, step])).sum(axis=0)
        squares = np.square(centred[:, step]).sum(axis=0)
        found[step] /= np.maximum(1.0, 1 + 2 * shared / np.where(squares > 0, squares, 1.0))
    return found


def _scores(held: HeldOut, actual: Array, low: Array, high: Array) -> tuple[Array, Array]:
    """How far each actual value lies beyond low and high, (n, S, K), in units, what overflowed infinitely far; and the same
    in rising order, those that are told first."""
    scores = np.maximum(low - actual, actual - high) / held.unit
    scores = np.where(np.isnan(scores), math.inf, scores)
    return scores, np.sort(np.where(held.told, scores, math.nan), axis=0)
