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

Array = NDArray[np.float64]

KINDS = ("conformal", "quantile")


def kind_of(config: Config, intervals: str | None) -> str:
    """Which kind of interval it is to be: None takes quantiles where the network learns them. Raises ValueError for a kind
    that there is not, or that the network cannot give."""
    if intervals is None:
        return "quantile" if config.loss == "quantile" and len(config.quantiles) > 1 else "conformal"
    if intervals not in KINDS:
        raise ValueError(
            f"intervals={intervals!r} is not allowed; allowed: {', '.join(KINDS)}, or None for what suits."
        )
    if intervals == "quantile" and (config.loss != "quantile" or len(config.quantiles) < 2):
        raise ValueError(
            f"intervals='quantile' needs a network that learns two quantiles or more, and this one has loss={config.loss!r}"
            f"{f' with quantiles={config.quantiles}' if config.loss == 'quantile' else ''}; take intervals='conformal'."
        )
    return intervals


def learned_pair(config: Config, level: float) -> tuple[int, int] | None:
    """The places of the two quantiles that bound this level, such as 0.1 and 0.9 for 80; None where they are not learned."""
    if config.loss != "quantile":
        return None
    tail = (100 - level) / 200
    places = [[place for place, learned in enumerate(config.quantiles) if math.isclose(learned, wanted, abs_tol=1e-9)]
              for wanted in (tail, 1 - tail)]  # fmt: skip
    return (places[0][0], places[1][0]) if places[0] and places[1] else None


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
    "quantile": conformalised quantile regression (Romano, Patterson and Candès 2019) for the levels whose two quantiles are
    learned, on how far the actual value lies beyond them (negative within); the other levels are as "conformal".
    """
    found = {level: learned_pair(config, level) if kind == "quantile" else None for level in levels}
    pairs = {level: pair for level, pair in found.items() if pair is not None}
    with np.errstate(invalid="ignore", over="ignore"):
        actual, predicted = measure.scale(held.actual), measure.scale(held.predicted)
        scores = {
            (low, high): _ordered(
                np.maximum(predicted[..., low] - actual, actual - predicted[..., high]) / held.unit, held.told
            )
            for low, high in {pairs.get(level, (held.middle, held.middle)) for level in levels}
        }
    counts = held.told.sum(axis=0)
    reaches = {level: _reach(scores[pairs.get(level, (held.middle, held.middle))], counts, level) for level in levels}
    return Intervals(measure, held.middle, reaches, pairs)


def _ordered(scores: Array, told: NDArray[np.bool_]) -> Array:
    """Scores (n, S, K) in rising order; first those that are told, what overflowed counting as infinite."""
    scores = np.where(np.isnan(scores), math.inf, scores)
    return np.sort(np.where(told, scores, math.nan), axis=0)


def _rank(count: int, level: float) -> int:
    """⌈(n + 1) · level⌉, at least 1."""
    # 99.9 is not exactly 99.9 in binary: without rounding, the ⌈ ⌉ of a whole number could be the next one.
    return max(1, math.ceil(round((count + 1) * level / 100, 9)))


def _reach(ordered: Array, counts: NDArray[np.intp], level: float) -> Array:
    """(S, K): the score of that rank, NaN where there are too few of them."""
    reach = np.full(counts.shape, math.nan)
    for place in np.ndindex(*counts.shape):
        rank = _rank(int(counts[place]), level)
        if rank <= counts[place]:
            reach[place] = ordered[(rank - 1, *place)]
    return reach


def conformal_reach(residuals: Array, level: float) -> float:
    """Half the width of the split-conformal interval: the ⌈(n + 1) · level⌉-th smallest absolute residual of n, or NaN
    where n is too small for the level."""
    rank = _rank(len(residuals), level)
    if rank > len(residuals):
        return math.nan
    return float(np.partition(residuals, rank - 1)[rank - 1])
