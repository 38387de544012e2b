"""Is the network any good? Its skill against the baselines on the same validation points, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnn.core.metrics import rmse
from rnn.core.series import Series
from rnn.core.windows import Split
from rnn.forecast.baselines import BASELINES, validation_actual

# Below this relative gain a network that sits closest to the last value is said to copy it.
COPYING_GAIN = 0.05


@dataclass(frozen=True)
class Verdict:
    """rmse: the network's, validation, original units. skill: baseline → 1 − RMSE / RMSE of the baseline (positive: the
    network is better; −inf where the baseline is exact). good: it beats all of them. sentence: the same in words."""

    rmse: float
    skill: dict[str, float]
    good: bool
    copies: bool
    sentence: str


def judge(series: Series, split: Split, predicted: NDArray[np.floating], baselines: Mapping[str, float]) -> Verdict:
    """predicted: (validation windows, horizon, K), original units. baselines: name → RMSE, from `baseline_errors`."""
    actual = validation_actual(series, split)
    error = rmse(actual, predicted)
    rounding = 1e-9 * float(np.abs(actual).max())
    skill = {name: _skill(error, baseline, rounding) for name, baseline in baselines.items()}
    copies = _copies_last_value(series, split, predicted, actual) and skill.get("naive", 1.0) < COPYING_GAIN
    good = all(value > 0 for value in skill.values())
    return Verdict(error, skill, good, copies, _sentence(skill, copies))


def _skill(error: float, baseline: float, rounding: float) -> float:
    # A baseline that errs by rounding alone is exact; a ratio to rounding noise would be a meaningless number.
    if baseline > rounding:
        return 1 - error / baseline
    return 0.0 if error <= rounding else -np.inf


def _copies_last_value(
    series: Series, split: Split, predicted: NDArray[np.floating], actual: NDArray[np.float64]
) -> bool:
    """Whether the first step ahead lies closer to the value before it than to the value it should predict."""
    first = split.validation_rows().start
    before = series.values[first - 1 : first - 1 + split.validation][:, series.target_columns]
    return rmse(before, predicted[:, 0]) < rmse(actual[:, 0], predicted[:, 0])


def _sentence(skill: Mapping[str, float], copies: bool) -> str:
    beaten = [_name(name, value) for name, value in skill.items() if value > 0]
    lost = [_name(name, value) for name, value in skill.items() if value <= 0]
    if copies:
        return "It mostly copies the last value: the naive forecast does as well."
    if not lost:
        return f"Better than {_listed(beaten)} on the validation part."
    if not beaten:
        return f"No better than {_listed(lost)} on the validation part so far."
    return f"Better than {_listed(beaten)}, but not than {_listed(lost)}."


def _name(name: str, skill: float) -> str:
    label = BASELINES[name].label
    if not np.isfinite(skill):
        return f"{label} (which is exact)"
    return f"{label} ({abs(skill):.0%} {'less' if skill > 0 else 'more'} error)"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
