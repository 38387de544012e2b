"""Is the network any good? Its skill against the baselines on the same validation points, in words.

Stated rules. A baseline without error is beaten by nothing: the skill is −inf, or 0 where the network has no error either, so a
constant series never makes a perfect score. A seasonal naive forecast of a series shorter than a season is no baseline and
stands nowhere. A difference that chance may have made (`rnn.forecast.noise`) is said to be one, and is not "better".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rnn.core.metrics import rmse
from rnn.core.panel import AnySplit
from rnn.core.series import Series
from rnn.forecast.baselines import actual_of, units, validation_actual
from rnn.forecast.copycat import NO_COPY, CopyCat, copycat
from rnn.forecast.exact import rounding_of
from rnn.forecast.fitting import NOT_YET, Fitting
from rnn.forecast.noise import BETTER, LEVEL, WORSE, baseline_rmse, losses_of, standing
from rnn.forecast.verdict_words import sentence_of

# Below this relative gain a network that sits closest to the last value is said to copy it.
COPYING_GAIN = 0.05
# What is said where errors of series of different size are put together.
IN_USUAL_STEPS = " Each series’ errors count in its own usual step from record to record."


@dataclass(frozen=True)
class Verdict:
    """rmse: the network's, validation, original units; of many series in one, in each one's own usual step. skill: baseline
    → 1 − RMSE / RMSE of the baseline (positive: the network is better; −inf where the baseline is exact, or the network's
    error is not a finite number). marks: baseline → "better", "level" (the difference is within noise, or below one per cent)
    or "worse". good: it is better than all of them and no copy. copies: it mostly repeats the last value (`copycat`), and gains
    next to nothing over it. sentence: the same in words; the word "better" stands in it only where some baseline is beaten by
    more than noise, or after "no". fitting: over- and under-fitting, from the course of the losses."""

    rmse: float
    skill: dict[str, float]
    good: bool
    copies: bool
    sentence: str
    marks: dict[str, str] = field(default_factory=dict)
    copycat: CopyCat = NO_COPY
    fitting: Fitting = NOT_YET


@np.errstate(over="ignore", invalid="ignore")
def judge(
    series: Series,
    split: AnySplit,
    predicted: NDArray[np.floating],
    baselines: Mapping[str, float | NDArray[np.float64]],
) -> Verdict:
    """predicted: (validation windows, horizon, K), original units; a diverging run's may be infinite or NaN.
    baselines: name → its mean squared error in every validation window (windows,), from `baseline_losses`; or its RMSE alone,
    from `baseline_errors`, beside which only a large difference is told from noise."""
    unit = units(series, split, split.validation_starts)
    actual = validation_actual(series, split)
    rounding = rounding_of(actual / unit)
    if isinstance(unit, float):
        losses = losses_of(actual, predicted)
    else:
        actual, predicted = actual / unit, predicted / unit
        losses = losses_of(actual, predicted)
    error = float(np.sqrt(losses.mean()))
    error = 0.0 if error <= rounding else error
    skill = {name: _skill(error, one, rounding) for name, one in baseline_rmse(baselines).items()}
    marks = {name: _mark(skill[name], losses, one, split) for name, one in baselines.items()}
    late = copycat(series, split, predicted, error, unit)
    copies = late.copies and skill.get("naive", 1.0) < COPYING_GAIN
    good = bool(marks) and all(mark == BETTER for mark in marks.values()) and not copies
    sentence = sentence_of(error, skill, marks, copies) + (IN_USUAL_STEPS if len(series.parts) > 1 else "")
    return Verdict(error, skill, good, copies, sentence, marks, late)


def error_on_test(series: Series, split: AnySplit, predicted: NDArray[np.floating] | None) -> float | None:
    """RMSE on the test part, original units; of many series in one, in each one's own usual step. predicted: (test windows,
    horizon, K), of the best weights; None, as it is before the end and where there is no such part, gives None."""
    if predicted is None or not split.test:
        return None
    unit = units(series, split, split.test_starts)
    return rmse(actual_of(series, split, split.test_starts) / unit, predicted / unit)


def _skill(error: float, baseline: float, rounding: float) -> float:
    if not np.isfinite(error):
        return -np.inf
    # A baseline that errs by rounding alone is exact; a ratio to rounding noise would be a meaningless number.
    if baseline > rounding:
        return 1 - error / baseline
    return 0.0 if error == 0 else -np.inf


def _mark(skill: float, losses: NDArray[np.float64], baseline: NDArray[np.float64] | float, split: AnySplit) -> str:
    if not np.isfinite(skill):
        return WORSE
    return LEVEL if skill == 0 else standing(losses, baseline, split)
