"""Is the network any good? Its skill against the baselines on the same validation points, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnn.core.metrics import rmse
from rnn.core.panel import AnySplit
from rnn.core.series import Series
from rnn.core.windows import gather_targets
from rnn.forecast.baselines import BASELINES, units, validation_actual

# Below this relative gain a network that sits closest to the last value is said to copy it.
COPYING_GAIN = 0.05
# Clearly closer, that is: a forecast far from both values, or the mean of them all, lies about as far from either.
COPYING_CLOSENESS = 0.7
# What is said where errors of series of different size are put together.
IN_USUAL_STEPS = " Each series’ errors count in its own usual step from record to record."
# An error below this share of the largest value is rounding.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Verdict:
    """rmse: the network's, validation, original units; of many series in one, in each one's own usual step. skill: baseline
    → 1 − RMSE / RMSE of the baseline (positive: the network is better; −inf where the baseline is exact, or the network's
    error is not a finite number). good: it beats all of them and is no copy. copies: it mostly repeats the last value.
    sentence: the same in words; the word "better" stands in it only where some baseline is beaten."""

    rmse: float
    skill: dict[str, float]
    good: bool
    copies: bool
    sentence: str


@np.errstate(over="ignore", invalid="ignore")
def judge(series: Series, split: AnySplit, predicted: NDArray[np.floating], baselines: Mapping[str, float]) -> Verdict:
    """predicted: (validation windows, horizon, K), original units; a diverging run's may be infinite or NaN.
    baselines: name → RMSE, from `baseline_errors`."""
    unit = units(series, split, split.validation_starts)
    actual, predicted = validation_actual(series, split) / unit, predicted / unit
    error = rmse(actual, predicted)
    rounding = ROUNDING * float(np.abs(actual).max())
    skill = {name: _skill(error, baseline, rounding) for name, baseline in baselines.items()}
    copies = skill.get("naive", 1.0) < COPYING_GAIN and _copies_last_value(series, split, predicted, actual, unit)
    good = bool(skill) and all(value > 0 for value in skill.values()) and not copies
    sentence = _sentence(error, skill, copies) + (IN_USUAL_STEPS if len(series.parts) > 1 else "")
    return Verdict(error, skill, good, copies, sentence)


def error_on_test(series: Series, split: AnySplit, predicted: NDArray[np.floating] | None) -> float | None:
    """RMSE on the test part, original units; of many series in one, in each one's own usual step. predicted: (test windows,
    horizon, K), of the best weights; None, as it is before the end and where there is no such part, gives None."""
    if predicted is None or not split.test:
        return None
    actual = gather_targets(series.values[:, series.target_columns], split.test_starts, split.window, split.horizon)
    unit = units(series, split, split.test_starts)
    return rmse(np.asarray(actual, np.float64).reshape(predicted.shape) / unit, predicted / unit)


def _skill(error: float, baseline: float, rounding: float) -> float:
    if not np.isfinite(error):
        return -np.inf
    # A baseline that errs by rounding alone is exact; a ratio to rounding noise would be a meaningless number.
    if baseline > rounding:
        return 1 - error / baseline
    return 0.0 if error <= rounding else -np.inf


def _copies_last_value(
    series: Series,
    split: AnySplit,
    predicted: NDArray[np.floating],
    actual: NDArray[np.float64],
    unit: NDArray[np.float64] | float,
) -> bool:
    """Whether the first step ahead lies clearly closer to the value before it than to the value it should predict."""
    before = series.values[split.validation_starts + split.window - 1][:, series.target_columns]
    before = (before[:, None] / unit)[:, 0]
    return rmse(before, predicted[:, 0]) < COPYING_CLOSENESS * rmse(actual[:, 0], predicted[:, 0])


def _sentence(error: float, skill: Mapping[str, float], copies: bool) -> str:
    if not np.isfinite(error):
        return "Its predictions are no longer finite numbers, so they beat nothing."
    if not skill:
        return "There is no baseline to compare with."
    if copies:
        return f"It mostly copies the last value: {_beside_naive(skill['naive'])}"
    beaten = [_name(name, value) for name, value in skill.items() if value > 0]
    lost = [_name(name, value) for name, value in skill.items() if value <= 0]
    if not lost:
        return f"Better than {_listed(beaten, 'and')} on the validation part."
    if not beaten:
        return f"Does not beat {_listed(lost, 'or')} on the validation part so far."
    return f"Better than {_listed(beaten, 'and')}, but does not beat {_listed(lost, 'or')}."


def _beside_naive(skill: float) -> str:
    if not np.isfinite(skill):
        return "the naive forecast, which does just that, is exact."
    if skill > 0:
        return f"it errs only {_percent(skill)} less than the naive forecast, which does just that."
    return "the naive forecast, which does just that, errs no more."


def _name(name: str, skill: float) -> str:
    label = BASELINES[name].label
    if not np.isfinite(skill):
        return f"{label} (which is exact)"
    if skill < -1:
        return f"{label} ({1 - skill:.3g} times its error)"
    if skill == 0:
        return f"{label} (the same error)"
    return f"{label} ({_percent(abs(skill))} {'less' if skill > 0 else 'more'} error)"


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.01 else "under 1%"


def _listed(names: list[str], last: str) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"
